use crate::ai::codec::google::rejection::rejection;
use crate::ai::{FailureKind, Headers};

fn headers(kind: &str) -> Headers {
    let mut headers = Headers::default();
    headers.set("content-type", kind);
    headers
}

#[test]
fn an_error_is_shown_as_its_json() {
    let body = "{\n  \"error\": {\"code\": 429, \"message\": \"Slow down\", \"status\": \"RESOURCE_EXHAUSTED\"}\n}\n";
    let failure = rejection(429, &headers("application/json; charset=UTF-8"), body);
    assert_eq!(
        failure.message,
        r#"{"error":{"code":429,"message":"Slow down","status":"RESOURCE_EXHAUSTED"}}"#
    );
    assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::RateLimit, Some("RESOURCE_EXHAUSTED")));
    assert!(failure.retryable);
}

#[test]
fn what_is_no_json_is_put_into_some() {
    let failure = rejection(502, &headers("text/html"), "<h1>Bad</h1>");
    assert_eq!(failure.message, r#"{"error":{"message":"<h1>Bad</h1>","code":502,"status":"Bad Gateway"}}"#);
    let failure = rejection(400, &headers("application/json"), "{\"err");
    assert_eq!((failure.message.as_str(), failure.json.as_deref()), ("{json}", Some("{\"err")));
    assert_eq!(rejection(400, &headers("application/json"), "terminated").message, "terminated");
}

#[test]
fn kinds_are_told_by_status_and_by_googles_words() {
    let kind = |status, body: &str| rejection(status, &headers("application/json"), body).kind;
    let details = |message: &str, reason: &str| {
        format!(
            r#"{{"error":{{"code":400,"message":"{message}","status":"INVALID_ARGUMENT","details":[{{"reason":"{reason}"}}]}}}}"#
        )
    };
    let overflow = "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).";
    for (status, body, expected) in [
        (400, details("API key not valid.", "API_KEY_INVALID"), FailureKind::Auth),
        (400, details(overflow, "x"), FailureKind::ContextOverflow),
        (400, details("Bad field", "x"), FailureKind::InvalidRequest),
        (403, details("Denied", "x"), FailureKind::Auth),
        (503, "{}".to_owned(), FailureKind::Overloaded),
        (500, "{}".to_owned(), FailureKind::Server),
    ] {
        assert_eq!(kind(status, &body), expected, "{status} {body}");
    }
}
