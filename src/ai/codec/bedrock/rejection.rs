//! What AWS's exceptions mean, as error responses and as messages of a stream.

use serde_json::Value;

use crate::ai::classify::Report;
use crate::ai::codec::rejection;
use crate::ai::{Failure, Headers};

/// The failure that a response with an error status means.
pub(super) fn reject(status: u16, headers: &Headers, body: &str) -> Failure {
    let json = rejection::parse(body);
    if json.is_none() && !body.is_empty() {
        // A proxy's page: its status says more than that it is no JSON.
        return rejection::classify(status, format!("{status} {body}"), None);
    }
    let json = json.unwrap_or_default();
    let code = headers.get("x-amzn-errortype").map(Into::into).or_else(|| {
        let code = json.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case("code"));
        code.map(|(_, code)| code).or_else(|| json.get("__type")).map(plain)
    });
    let name = code.map_or_else(|| "Unknown".to_owned(), |code: String| bare(&code).to_owned());
    let said = json.get("message").filter(|said| !said.is_null()).or_else(|| json.get("Message"));
    let said = said.filter(|said| rejection::is_truthy(said)).map(plain);
    let message = describe(&name, said.as_deref().unwrap_or("UnknownError"));
    rejection::classify(status, message, Some(&name))
}

/// The failure that an exception in a stream means. `member` is its name there.
pub(super) fn exception(member: &str, body: &[u8]) -> Failure {
    let text = String::from_utf8_lossy(body);
    let mut letters = member.chars();
    let name: String =
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect();
    let Some((.., status)) = known(&name) else {
        return Report { status: None, code: Some(&name), param: None, message: text.into_owned() }.failure();
    };
    let json = rejection::parse(&text).unwrap_or_default();
    let said = json.get("message").filter(|said| !said.is_null()).map(plain);
    let message = describe(&name, said.as_deref().unwrap_or("Unknown"));
    // It means what the same exception means as an error response.
    Failure { status: None, ..rejection::classify(*status, message, Some(&name)) }
}

/// A value as text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| rejection::compact(value), str::to_owned)
}

/// The name in a code such as `com.amazonaws#Name:http://...`.
fn bare(code: &str) -> &str {
    let code = code.split([',', ':']).next().unwrap_or_default();
    code.split('#').nth(1).unwrap_or(code)
}

/// The text that hosts match on: some exceptions have a prefix in words, the others their name.
fn describe(name: &str, said: &str) -> String {
    let prefix = known(name).map_or(name, |(_, prefix, _)| prefix);
    format!("{prefix}: {said}")
}

fn known(name: &str) -> Option<&'static (&'static str, &'static str, u16)> {
    EXCEPTIONS.iter().find(|(known, ..)| *known == name)
}

const EXCEPTIONS: &[(&str, &str, u16)] = &[
    ("InternalServerException", "Internal server error", 500),
    ("ModelStreamErrorException", "Model stream error", 424),
    ("ValidationException", "Validation error", 400),
    ("ThrottlingException", "Throttling error", 429),
    ("ServiceUnavailableException", "Service unavailable", 503),
];
