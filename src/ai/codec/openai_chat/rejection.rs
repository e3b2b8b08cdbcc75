//! Failures that the provider reports, with the texts of the provider's JavaScript client.

use serde_json::Value;

use crate::ai::Failure;
use crate::ai::classify::Report;
use crate::ai::codec::rejection::{is_truthy, message, parse};

/// The failure that a response with an error status means.
pub(in crate::ai::codec) fn rejection(status: u16, body: &str) -> Failure {
    let json = parse(body).filter(is_truthy);
    let error = json.as_ref().and_then(|json| json.get("error"));
    // A body that is JSON but says no error leaves the client without words.
    let text = if json.is_some() { "" } else { body };
    let message = message(Some(status), error, text) + &raw_metadata(error);
    report(Some(status), error, message)
}

/// The failure that an `error` in the stream means. It came with status 200, so its own code has to say of what kind.
pub(super) fn in_stream(error: &str) -> Failure {
    let json = parse(error);
    let message = message(None, json.as_ref(), error) + &raw_metadata(json.as_ref());
    report(None, json.as_ref(), message)
}

fn report(status: Option<u16>, error: Option<&Value>, message: String) -> Failure {
    let param = error.and_then(|error| error.get("param")?.as_str());
    Report { status, code: code(error).as_deref(), param, message }.failure()
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
