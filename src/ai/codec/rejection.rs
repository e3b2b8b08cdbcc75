//! What an error status and its body mean.

use serde_json::Value;

use crate::ai::Failure;
use crate::ai::classify::Report;
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

/// A value as it reads inside a JavaScript text.
pub(super) fn to_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(_) => "[object Object]".to_owned(),
        Value::Array(items) => {
            let text = |item: &Value| if item.is_null() { String::new() } else { to_text(item) };
            items.iter().map(text).collect::<Vec<_>>().join(",")
        }
        other => compact(other),
    }
}

/// A failure from an error response: the kind from the status first, then from the typed body, the text last.
pub(super) fn classify(status: u16, message: String, typed: Option<&str>) -> Failure {
    Report { status: Some(status), code: typed, param: None, message }.failure()
}
