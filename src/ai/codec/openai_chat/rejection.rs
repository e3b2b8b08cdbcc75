//! Failures that the provider reports, with the texts of the provider's JavaScript client.

use serde_json::Value;

use crate::ai::Failure;
use crate::ai::codec::rejection::{classify, is_truthy, message, parse};

/// The failure that a response with an error status means.
pub(in crate::ai::codec) fn rejection(status: u16, body: &str) -> Failure {
    let json = parse(body).filter(is_truthy);
    let error = json.as_ref().and_then(|json| json.get("error"));
    // A body that is JSON but says no error leaves the client without words.
    let text = if json.is_some() { "" } else { body };
    let message = message(Some(status), error, text) + &raw_metadata(error);
    classify(status, message, code(error).as_deref())
}

/// The failure that an `error` in the stream means. It came with status 200, so its own code has to say of what kind.
pub(in crate::ai::codec) fn in_stream(error: &str) -> Failure {
    let json = parse(error);
    let message = message(None, json.as_ref(), error) + &raw_metadata(json.as_ref());
    let code = code(json.as_ref());
    Failure { status: None, ..classify(implied_status(code.as_deref()), message, code.as_deref()) }
}

fn implied_status(code: Option<&str>) -> u16 {
    match code {
        Some("insufficient_quota" | "rate_limit_exceeded" | "rate_limit_error") => 429,
        Some("invalid_request_error" | "context_length_exceeded" | "content_policy_violation") => 400,
        Some("invalid_api_key" | "authentication_error") => 401,
        Some(code) => code.parse().ok().filter(|status| (400..600).contains(status)).unwrap_or(500),
        None => 500,
    }
}

/// The provider's own word for the error.
fn code(error: Option<&Value>) -> Option<String> {
    ["code", "type"].into_iter().find_map(|name| match error?.get(name)? {
        Value::String(code) => Some(code.clone()),
        Value::Number(code) => Some(code.to_string()),
        _ => None,
    })
}

/// What `OpenRouter` passes on from the provider behind it, on a line of its own.
fn raw_metadata(error: Option<&Value>) -> String {
    let raw = error.and_then(|error| error.get("metadata")?.get("raw")).filter(|raw| is_truthy(raw));
    raw.map(|raw| format!("\n{}", to_text(raw))).unwrap_or_default()
}

/// A value as it reads inside a JavaScript text.
fn to_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(_) => "[object Object]".to_owned(),
        Value::Array(items) => {
            let text = |item: &Value| if item.is_null() { String::new() } else { to_text(item) };
            items.iter().map(text).collect::<Vec<_>>().join(",")
        }
        other => crate::ai::codec::rejection::compact(other),
    }
}
