//! What goes wrong at the provider, in the words that Pi has for it.

use serde_json::Value;

use crate::ai::Failure;
use crate::ai::classify::Report;
use crate::ai::codec::rejection::{is_truthy, parse, to_text};

/// The failure that a response with an error status means.
pub(super) fn rejection(status: u16, body: &str) -> Failure {
    let json = parse(body);
    let error = json.as_ref().and_then(|json| json.get("error")).filter(|error| is_truthy(error));
    let code = error.and_then(code);
    let limited = status == 429 || code.as_deref().is_some_and(is_usage_limit);
    let friendly = error.filter(|_| limited).map(usage_limit);
    let said = || error?.get("message").filter(|text| is_truthy(text)).map(to_text);
    let plain = || if body.is_empty() { reason(status).to_owned() } else { body.to_owned() };
    let said = said().unwrap_or_else(plain);
    let param = error.and_then(|error| error.get("param")?.as_str());
    // The kind comes from the provider's own words.
    let mut failure = Report { status: Some(status), code: code.as_deref(), param, message: said }.failure();
    failure.message = friendly.unwrap_or(failure.message);
    if limited {
        failure.retry_after_ms = error.and_then(millis_left).and_then(|left| u64::try_from(left).ok());
    }
    failure
}

/// The failure that an event means which ends the answer. It came with status 200, so its code has to say of what kind.
pub(super) fn in_stream(message: String, code: Option<&str>) -> Failure {
    Report { code, message, ..Report::default() }.failure()
}

fn code(error: &Value) -> Option<String> {
    ["code", "type"].into_iter().filter_map(|name| error.get(name)).find(|code| is_truthy(code)).map(to_text)
}

fn is_usage_limit(code: &str) -> bool {
    let code = code.to_ascii_lowercase();
    ["usage_limit_reached", "usage_not_included", "rate_limit_exceeded"]
        .iter()
        .any(|word| code.contains(word))
}

fn usage_limit(error: &Value) -> String {
    let plan = error.get("plan_type").and_then(Value::as_str).filter(|plan| !plan.is_empty());
    let plan = plan.map(|plan| format!(" ({} plan)", plan.to_lowercase())).unwrap_or_default();
    let minutes = millis_left(error).map(|left| left.saturating_add(30_000).div_euclid(60_000).max(0));
    let when = minutes.map(|minutes| format!(" Try again in ~{minutes} min.")).unwrap_or_default();
    format!("You have hit your ChatGPT usage limit{plan}.{when}")
}

/// How long until the limit is lifted.
fn millis_left(error: &Value) -> Option<i64> {
    let resets_at = error.get("resets_at")?.as_f64().filter(|at| *at != 0.0)?;
    #[expect(clippy::cast_possible_truncation, reason = "a time beyond the range counts as its end")]
    let resets_at = (resets_at * 1000.0) as i64;
    Some(resets_at.saturating_sub(jiff::Timestamp::now().as_millisecond()))
}

/// What HTTP calls a status, for responses without a body.
fn reason(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Payload Too Large",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Request failed",
    }
}
