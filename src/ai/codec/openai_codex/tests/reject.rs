use std::time::Duration;

use crate::ai::codec::openai_codex::Wire;
use crate::ai::codec::{Again, Codec};
use crate::ai::{Failure, FailureKind, Headers};

fn rejection(status: u16, body: &str) -> Failure {
    Wire.rejection(status, &Headers::default(), body)
}

#[test]
fn a_usage_limit_is_told_in_plain_words() {
    let soon = jiff::Timestamp::now().as_second() + 1790;
    let body = format!(
        r#"{{"error":{{"type":"usage_limit_reached","message":"no","plan_type":"PLUS","resets_at":{soon}}}}}"#
    );
    let failure = rejection(429, &body);
    assert_eq!(failure.message, "You have hit your ChatGPT usage limit (plus plan). Try again in ~30 min.");
    assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Billing, Some("usage_limit_reached")));
    assert!(failure.retry_after_ms.is_some_and(|wait| (1_780_000..=1_790_000).contains(&wait)));
    let short = rejection(429, r#"{"error":{"code":"rate_limit_exceeded","message":"Slow down"}}"#);
    assert_eq!((short.kind, short.retryable), (FailureKind::RateLimit, true));
    let bare = rejection(404, r#"{"error":{"code":"usage_not_included"}}"#);
    assert_eq!(bare.message, "You have hit your ChatGPT usage limit.");
    assert_eq!((bare.kind, bare.retryable), (FailureKind::Billing, false));
}

#[test]
fn other_errors_say_what_the_provider_says() {
    for (status, body, message) in [
        (400, r#"{"error":{"message":"Bad"}}"#, "Bad"),
        (400, r#"{"detail":"Unsupported"}"#, r#"{"detail":"Unsupported"}"#),
        (502, "<html>", "<html>"),
        (401, "", "Unauthorized"),
        (599, "", "Request failed"),
    ] {
        assert_eq!(rejection(status, body).message, message);
    }
}

#[test]
fn requests_are_tried_again_by_pis_clock() {
    let failures = [
        rejection(429, r#"{"error":{"code":"usage_limit_reached"}}"#),
        rejection(503, ""),
        rejection(400, "no"),
        Wire.unreachable(false),
    ];
    for failure in failures {
        let waits: Vec<_> = (0..4).map(|attempt| Wire.again(attempt, &failure)).collect();
        let seconds = |count| Again::After(Duration::from_secs(count));
        assert_eq!(waits, [seconds(1), seconds(2), seconds(4), Again::Never], "{failure}");
    }
    assert_eq!(Wire.again(0, &rejection(403, r#"{"error":{"code":"usage_limit_reached"}}"#)), Again::Never);
    assert_eq!(Wire.again(0, &Failure::new(FailureKind::Connection, "terminated")), Again::AsAsked);
}
