use crate::ai::codec::mistral::rejection::rejection;
use crate::ai::{FailureKind, Headers};

fn message(status: u16, content_type: &str, body: &str) -> String {
    let mut headers = Headers::default();
    headers.set_some("content-type", Some(content_type).filter(|text| !text.is_empty()));
    rejection(status, &headers, body).message
}

#[test]
fn a_body_is_quoted_and_shortened() {
    assert_eq!(message(401, "", " {\"message\":\"Unauthorized\"}\n"), {
        "Mistral API error (401): {\"message\":\"Unauthorized\"}"
    });
    let long = message(500, "", &format!("{}\u{1F600}!", "x".repeat(3998)));
    assert_eq!(
        long,
        format!("Mistral API error (500): {}\u{1F600}... [truncated 1 chars]", "x".repeat(3998))
    );
}

#[test]
fn a_response_that_says_nothing_is_described() {
    let nothing = "Mistral API error (500): API error occurred: Status 500";
    assert_eq!(message(500, "application/json", ""), format!("{nothing}. Body: \"\""));
    assert_eq!(message(500, "", ""), format!("{nothing} Content-Type \"\". Body: \"\""));
    assert_eq!(message(500, "text/html; charset=x", ""), {
        format!("{nothing} Content-Type \"text/html; charset=x\". Body: \"\"")
    });
    assert_eq!(message(500, "application/json", " \n"), format!("{nothing}. Body:"));
}

#[test]
fn failures_are_typed() {
    let kind = |status, body| rejection(status, &Headers::default(), body).kind;
    assert_eq!(kind(429, ""), FailureKind::RateLimit);
    assert_eq!(kind(401, ""), FailureKind::Auth);
    let overflow =
        r#"{"message":"Prompt contains 9 tokens, too large for model with 8 maximum context length"}"#;
    assert_eq!(kind(400, overflow), FailureKind::ContextOverflow);
    let failure = rejection(429, &Headers::default(), r#"{"type":"x","code":"1300"}"#);
    assert_eq!(failure.code.as_deref(), Some("1300"));
}
