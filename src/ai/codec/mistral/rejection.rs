//! Failures that Mistral reports with an error status, in the words of Pi.

use serde_json::Value;

use crate::ai::codec::rejection::{classify, parse};
use crate::ai::{Failure, FailureKind, Headers};
use crate::json::trim;

/// The longest body that is quoted, in UTF-16 code units.
const LONGEST: usize = 4000;

/// The failure that a response with an error status means.
pub(super) fn rejection(status: u16, headers: &Headers, body: &str) -> Failure {
    let json = parse(body);
    let code = ["code", "type"].into_iter().find_map(|name| match json.as_ref()?.get(name)? {
        Value::String(code) => Some(code.clone()),
        Value::Number(code) => Some(code.to_string()),
        _ => None,
    });
    let detail = match trim(body) {
        "" => nothing_said("API error occurred", status, headers.get("content-type"), body),
        text => shortened(text),
    };
    classify(status, format!("Mistral API error ({status}): {detail}"), code.as_deref())
}

/// The failure that a response without a body means.
pub(super) fn bodiless() -> Failure {
    let said = nothing_said("Unexpected Status or Content-Type", 204, None, "");
    Failure::new(FailureKind::Truncated, format!("Mistral API error (204): {said}"))
}

/// What Mistral's client says of a response that says nothing.
fn nothing_said(what: &str, status: u16, content_type: Option<&str>, body: &str) -> String {
    let content_type = match content_type.unwrap_or("\"\"") {
        "application/json" => String::new(),
        spaced if spaced.contains(' ') => format!(" Content-Type \"{spaced}\""),
        other => format!(" Content-Type {other}"),
    };
    let body = if body.is_empty() { " \"\"" } else { "" };
    format!("{what}: Status {status}{content_type}. Body:{body}")
}

/// A text in a length that hosts can show.
pub(super) fn shortened(text: &str) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    match units.get(..LONGEST) {
        Some(head) if units.len() > LONGEST => {
            let (head, left) = (String::from_utf16_lossy(head), units.len() - LONGEST);
            format!("{head}... [truncated {left} chars]")
        }
        _ => text.to_owned(),
    }
}
