use crate::ai::FailureKind;
use crate::ai::codec::openai_chat::rejection::rejection;

#[test]
fn texts_are_the_clients() {
    let cases = [
        (500, "", "500 status code (no body)"),
        (502, "<html>", "502 <html>"),
        (400, "null", "400 null"),
        (400, "{}", "400 status code (no body)"),
        (400, r#"{"message":"outer"}"#, "400 status code (no body)"),
        (401, r#"{"error":{"message":"No such key"}}"#, "401 No such key"),
        (400, r#"{"error":"bad"}"#, r#"400 "bad""#),
        (400, r#"{"error":{"message":"","n":2.0}}"#, r#"400 {"message":"","n":2}"#),
        (400, r#"{"error":{"message":{"a":1}}}"#, r#"400 {"a":1}"#),
        (429, r#"{"error":{"message":"m","metadata":{"raw":"slow down"}}}"#, "429 m\nslow down"),
        (429, r#"{"error":{"message":"m","metadata":{"raw":{"a":1}}}}"#, "429 m\n[object Object]"),
        (429, r#"{"error":{"message":"m","metadata":{"raw":[1,null,["x"]]}}}"#, "429 m\n1,,x"),
        (429, r#"{"error":{"message":"m","metadata":{"raw":""}}}"#, "429 m"),
    ];
    for (status, body, expected) in cases {
        assert_eq!(rejection(status, body).message, expected, "{status} {body}");
    }
}

#[test]
fn kinds_follow_status_and_code() {
    let overflow =
        r#"{"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded"}}"#;
    let quota = r#"{"error":{"message":"pay","type":"insufficient_quota","code":"insufficient_quota"}}"#;
    let cases = [
        (400, overflow, FailureKind::ContextOverflow),
        (429, quota, FailureKind::Billing),
        (429, "", FailureKind::RateLimit),
        (401, "", FailureKind::Auth),
        (402, "", FailureKind::Billing),
        (404, "", FailureKind::Rejected),
        (500, "", FailureKind::Server),
        (503, "", FailureKind::Overloaded),
    ];
    for (status, body, kind) in cases {
        assert_eq!(rejection(status, body).kind, kind, "{status} {body}");
    }
    assert_eq!(rejection(400, overflow).code.as_deref(), Some("context_length_exceeded"));
}
