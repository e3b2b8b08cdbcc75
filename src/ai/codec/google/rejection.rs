//! Failures that the service reports, with the texts of Google's JavaScript client: the error's JSON.

use serde_json::{Value, json};

use crate::ai::codec::rejection::{classify, is_truthy, parse};
use crate::ai::{Failure, FailureKind, Headers};
use crate::json::stringify;

/// What stands in place of a body that broke off.
const BROKEN: &str = "terminated";

/// The failure that a response with an error status means.
pub(super) fn rejection(status: u16, headers: &Headers, body: &str) -> Failure {
    let is_json = headers.get("content-type").is_some_and(|kind| kind.contains("application/json"));
    let text = if body == BROKEN {
        Some(BROKEN.to_owned())
    } else if is_json {
        stringify(body)
    } else {
        Some(json!({ "error": { "message": body, "code": status, "status": reason(status) } }).to_string())
    };
    let Some(text) = text else {
        let failure = classify(status, "{json}".to_owned(), None);
        return Failure { json: Some(body.into()), ..failure };
    };
    let typed = parse(body).as_ref().and_then(|body| body.get("error")).and_then(kind);
    let failure = classify(status, text, typed.as_deref());
    if status == 400 && body.contains("API_KEY_INVALID") {
        return Failure { kind: FailureKind::Auth, ..failure };
    }
    failure
}

/// The failure that an `error` means that came in place of a chunk; `None` if it is none. `strict` asks for a code that
/// is an error's, as the client does where a chunk need not be Google's.
pub(super) fn in_stream(chunk: &str, strict: bool) -> Option<Failure> {
    let json = parse(chunk)?;
    let error = json.get("error").filter(|error| is_truthy(error))?;
    let code = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
    let code = code.filter(|code| (400..600).contains(code));
    if strict && code.is_none() {
        return None;
    }
    let status = error.get("status").map_or_else(|| "undefined".to_owned(), text);
    let message = format!("got status: {status}. {}", stringify(chunk)?);
    // It came with status 200, so its own code has to say of what kind it is.
    Some(Failure { status: code, ..classify(code.unwrap_or(500), message, kind(error).as_deref()) })
}

/// Google's own word for an error.
fn kind(error: &Value) -> Option<String> {
    error.get("status").and_then(Value::as_str).map(str::to_owned)
}

/// A value as it reads inside a JavaScript text.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The phrase that goes with a status.
fn reason(status: u16) -> &'static str {
    http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default()
}
