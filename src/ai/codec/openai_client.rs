//! What all of `OpenAI`'s APIs see of its JavaScript client: where it sends to and as whom, its headers, the texts it
//! makes of errors.

use serde_json::Value;

use super::endpoint;
use super::rejection::{is_truthy, message, parse};
use crate::ai::classify::Report;
use crate::ai::{Failure, FailureKind, Headers, Turn};

/// The version of the client that this one passes for.
const VERSION: &str = "6.26.0";
const DEFAULT_BASE_URL: &str = "https://api.openai.com/v1";
const NO_KEY: &str =
    "OpenAI API key is required. Set OPENAI_API_KEY environment variable or pass it as an argument.";

/// The URL of one of the APIs for the turn's model.
pub(super) fn url(turn: &Turn, path: &str) -> Result<String, Failure> {
    let base = match &*turn.model.provider {
        "cloudflare-workers-ai" | "cloudflare-ai-gateway" => endpoint::base_url(turn)?,
        _ => turn.model.base_url.to_string(),
    };
    let base = if base.is_empty() { DEFAULT_BASE_URL } else { &base };
    Ok(endpoint::join(base, path))
}

/// The host's key, else the environment's.
pub(super) fn key(turn: &Turn) -> Result<&str, Failure> {
    let own = turn.options.api_key.as_deref().filter(|key| !key.is_empty());
    own.or_else(|| turn.env("OPENAI_API_KEY"))
        .ok_or_else(|| Failure::new(FailureKind::InvalidRequest, NO_KEY))
}

/// The headers of a request with the key as a bearer's token; `own` are the model's, the provider's and the host's.
pub(super) fn bearer_headers(turn: &Turn, key: &str, mut own: Headers) -> Vec<(String, String)> {
    let bearer = format!("Bearer {key}");
    if &*turn.model.provider == "cloudflare-ai-gateway" {
        // The key is the gateway's; the upstream provider's, if the host has one, is a header of the host's.
        if !own.mentions("authorization") {
            own.remove("authorization");
        }
        own.set("cf-aig-authorization", &*bearer);
    }
    headers(turn, "OpenAI", ("authorization", &bearer), &own)
}

/// The headers of a request that `client` sends with its credential.
pub(super) fn headers(
    turn: &Turn,
    client: &str,
    (name, credential): (&str, &str),
    own: &Headers,
) -> Vec<(String, String)> {
    let mut headers = endpoint::client_headers(turn, client, VERSION);
    if turn.options.timeout_ms.is_none_or(|timeout| timeout.0 == 0.0) {
        // The client names only a timeout that the host chose.
        headers.remove("x-stainless-timeout");
    }
    let variable = |name: &str| turn.env.get(name).map(|value| value.trim());
    headers.set_some("openai-organization", variable("OPENAI_ORG_ID"));
    headers.set_some("openai-project", variable("OPENAI_PROJECT_ID"));
    headers.set(name, credential);
    headers.merge(own);
    endpoint::finish(headers)
}

/// The failure that a response with an error status means. `aside` is what the text says besides the client's words.
pub(super) fn rejection(status: u16, body: &str, aside: impl Fn(Option<&Value>) -> String) -> Failure {
    let json = parse(body).filter(is_truthy);
    let error = json.as_ref().and_then(|json| json.get("error"));
    // A body that is JSON but says no error leaves the client without words.
    let text = if json.is_some() { "" } else { body };
    let message = message(Some(status), error, text) + &aside(error);
    report(Some(status), error, message)
}

/// The failure that an `error` in the stream means.
pub(super) fn in_stream(error: &str, aside: impl Fn(Option<&Value>) -> String) -> Failure {
    let json = parse(error);
    let message = message(None, json.as_ref(), error) + &aside(json.as_ref());
    report(None, json.as_ref(), message)
}

/// A failure that came with status 200, so that its own code has to say of what kind it is.
pub(super) fn reported(message: String, code: Option<&str>) -> Failure {
    Report { status: None, code, param: None, message }.failure()
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
