//! Makes the HTTP request for a turn: where it goes and as whom. The payload is [`super::body`]'s.

use super::body;
use crate::ai::codec::{HttpRequest, endpoint};
use crate::ai::{Failure, FailureKind, Headers, Turn};

/// What the JavaScript client that this one passes for calls itself.
const USER_AGENT: &str = "mistral-client-typescript/2.7.0";
const DEFAULT_BASE_URL: &str = "https://api.mistral.ai";

/// Makes the request for a turn. Its body is the payload in camel case.
pub(super) fn encode(turn: Turn) -> Result<HttpRequest, Failure> {
    let url = url(&endpoint::base_url(&turn)?)?;
    let headers = headers(&turn)?;
    let body = body::encode(turn)?;
    Ok(HttpRequest { url, headers, body, ..HttpRequest::default() })
}

/// The path replaces what a base URL has behind its own path.
fn url(base: &str) -> Result<String, Failure> {
    let base = if base.is_empty() { DEFAULT_BASE_URL } else { base };
    url::Url::parse(base).map_err(|_| Failure::new(FailureKind::InvalidRequest, "Invalid URL"))?;
    let path = base.split(['?', '#']).next().unwrap_or_default();
    Ok(format!("{}/v1/chat/completions", path.trim_end_matches('/')))
}

fn headers(turn: &Turn) -> Result<Vec<(String, String)>, Failure> {
    let key = turn.options.api_key.as_deref().filter(|key| !key.is_empty()).ok_or_else(|| {
        let message = format!("No API key for provider: {}", &*turn.model.provider);
        Failure::new(FailureKind::InvalidRequest, message)
    })?;
    let has_scheme = key.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer "));
    let mut headers = Headers::default();
    headers.set("content-type", "application/json");
    headers.set("accept", "text/event-stream");
    headers.set("authorization", if has_scheme { key.to_owned() } else { format!("Bearer {key}") });
    headers.set("cookie", "");

    let mut own = turn.model.headers.clone();
    own.merge(&turn.options.headers);
    if own.get("x-affinity").is_none_or(str::is_empty) {
        // Mistral keeps the requests of a session where its cache is.
        let session = turn.options.session_id.as_deref().filter(|session| !session.is_empty());
        own.set_some("x-affinity", session);
    }
    headers.merge(&own);
    headers.set("user-agent", USER_AGENT);
    Ok(endpoint::trimmed(&headers))
}
