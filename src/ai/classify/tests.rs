use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Row {
    text: String,
    kind: String,
    retryable: bool,
    status: Option<u16>,
}

#[test]
fn the_corpus_of_texts_is_judged_as_it_says() {
    let rows: Vec<Row> = serde_json::from_str(include_str!("../../../fixtures/errors/texts.json")).unwrap();
    for Row { text, kind, retryable, status } in rows {
        let failure = of_text(&text);
        let name = serde_json::to_value(failure.kind).unwrap();
        assert_eq!(
            (name.as_str(), failure.retryable, failure.status),
            (Some(&*kind), retryable, status),
            "{text}"
        );
    }
}

#[test]
fn what_is_judged_too_long_by_its_text_is_so_with_every_status_that_can_mean_it() {
    let corpus: std::collections::BTreeMap<String, Vec<String>> =
        serde_json::from_str(include_str!("../../../fixtures/errors/overflow.json")).unwrap();
    for text in corpus.iter().filter(|(group, _)| group.starts_with("overflow")).flat_map(|(_, texts)| texts)
    {
        for status in [None, Some(400), Some(413), Some(422), Some(500)] {
            let failure = Report { status, message: text.clone(), ..Report::default() }.failure();
            assert_eq!((failure.kind, failure.retryable), (FailureKind::ContextOverflow, false), "{text}");
        }
        let failure = Report { status: Some(429), message: text.clone(), ..Report::default() }.failure();
        assert_eq!(failure.kind, FailureKind::RateLimit);
    }
}

#[test]
fn a_status_goes_before_a_code_and_a_code_before_a_text() {
    let of = |status, code, text: &str| {
        Report { status, code, message: text.to_owned(), param: None }.failure().kind
    };
    #[rustfmt::skip]
    let rows = [
        (Some(401), Some("overloaded_error"), "timeout", FailureKind::Auth),
        (Some(402), None, "rate limit", FailureKind::Billing),
        (Some(403), Some("content_policy_violation"), "", FailureKind::Refused),
        (Some(403), None, "insufficient balance", FailureKind::Billing),
        (Some(404), Some("model_not_found"), "overloaded", FailureKind::Rejected),
        (Some(400), Some("invalid_request_error"), "Your credit balance is too low", FailureKind::Billing),
        (Some(400), Some("INVALID_ARGUMENT"), "API key not valid. Please pass a valid API key.", FailureKind::Auth),
        (Some(400), Some("content_filter"), "", FailureKind::Refused),
        (Some(400), Some("ThrottlingException"), "Too many tokens", FailureKind::RateLimit),
        (Some(400), None, "timeout must be an integer", FailureKind::InvalidRequest),
        (Some(429), Some("RESOURCE_EXHAUSTED"), "You exceeded your current quota, see billing", FailureKind::RateLimit),
        (Some(429), Some("insufficient_quota"), "You exceeded your current quota", FailureKind::Billing),
        (Some(429), Some("1308"), "limit", FailureKind::Billing),
        (Some(500), Some("context_length_exceeded"), "x", FailureKind::ContextOverflow),
        (Some(500), Some("overloaded_error"), "x", FailureKind::Overloaded),
        (Some(502), None, "<html>", FailureKind::Server),
        (None, Some("rate_limit_error"), "too long", FailureKind::RateLimit),
        (None, Some("invalid_request_error"), "prompt is too long", FailureKind::ContextOverflow),
        (None, Some("invalid_request_error"), "odd", FailureKind::InvalidRequest),
        (None, Some("401"), "odd", FailureKind::Auth),
        (None, Some("modelStreamErrorException"), "odd", FailureKind::Server),
        (None, Some("throttlingException"), "odd", FailureKind::RateLimit),
        (None, None, "odd", FailureKind::Server),
    ];
    for (status, code, text, kind) in rows {
        assert_eq!(of(status, code, text), kind, "{status:?} {code:?} {text}");
    }
}

#[test]
fn reasons_to_end_an_answer_are_told_apart() {
    for (reason, kind) in [
        ("refusal", FailureKind::Refused),
        ("content_filter", FailureKind::Refused),
        ("SAFETY", FailureKind::Refused),
        ("model_context_window_exceeded", FailureKind::ContextOverflow),
        ("network_error", FailureKind::Connection),
        ("error", FailureKind::Server),
        ("something_new", FailureKind::Stopped),
    ] {
        assert_eq!(ended(reason, "text").kind, kind, "{reason}");
    }
}
