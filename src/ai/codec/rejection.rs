//! What an error status and its body mean.

use serde_json::Value;

use crate::ai::{Failure, FailureKind};
use crate::json::stringify;

/// The body of an error response as JSON, if it is that.
pub(super) fn parse(body: &str) -> Option<Value> {
    serde_json::from_str(body).ok()
}

/// JSON text as JavaScript writes it.
pub(super) fn compact(value: &Value) -> String {
    stringify(&value.to_string()).unwrap_or_default()
}

/// The text that the providers' JavaScript clients make of a status and a body. `error` is the part of the body that
/// the client takes for the error.
pub(super) fn message(status: Option<u16>, error: Option<&Value>, text: &str) -> String {
    let error = error.filter(|error| is_truthy(error));
    let detail = match error.map(|error| (error, error.get("message").filter(|m| is_truthy(m)))) {
        Some((_, Some(Value::String(message)))) => message.clone(),
        Some((_, Some(message))) => compact(message),
        Some((error, None)) => compact(error),
        None => text.to_owned(),
    };
    match (status, detail.as_str()) {
        (Some(status), "") => format!("{status} status code (no body)"),
        (Some(status), detail) => format!("{status} {detail}"),
        (None, "") => "(no status code or body)".to_owned(),
        (None, detail) => detail.to_owned(),
    }
}

/// Whether JavaScript takes a value for true.
pub(super) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        _ => true,
    }
}

/// A failure from an error response: the kind from the status first, then from the typed body, the text last.
pub(super) fn classify(status: u16, message: String, typed: Option<&str>) -> Failure {
    let said = |words: &[&str]| {
        let text = message.to_ascii_lowercase();
        typed.is_some_and(|typed| words.contains(&typed)) || words.iter().any(|word| text.contains(word))
    };
    let kind = match status {
        401 | 403 => FailureKind::Auth,
        402 => FailureKind::Billing,
        400 | 413 | 422 if said(OVERFLOW) => FailureKind::ContextOverflow,
        429 if said(&["insufficient_quota"]) => FailureKind::Billing,
        429 => FailureKind::RateLimit,
        503 | 529 => FailureKind::Overloaded,
        500.. if said(&["overloaded_error"]) => FailureKind::Overloaded,
        408 | 409 | 500.. => FailureKind::Server,
        _ => FailureKind::Rejected,
    };
    Failure { status: Some(status), code: typed.map(str::to_owned), ..Failure::new(kind, message) }
}

const OVERFLOW: &[&str] = &[
    "context_length_exceeded",
    "prompt is too long",
    "input is too long",
    "request_too_large",
    "maximum context length",
    "exceeds the context window",
];
