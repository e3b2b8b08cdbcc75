//! Makes the request for a turn: where it goes and as whom. The body is [`super::body`]'s.

use url::Url;

use super::{account, body};
use crate::ai::codec::{HttpRequest, endpoint};
use crate::ai::{Failure, FailureKind, Headers, Turn};

const DEFAULT_BASE_URL: &str = "https://chatgpt.com/backend-api";
const SOCKET_FEATURES: &str = "responses_websockets=2026-02-06";

/// Makes the request for a turn.
pub(super) fn encode(turn: Turn) -> Result<HttpRequest, Failure> {
    let key = turn.options.api_key.as_deref().filter(|key| !key.is_empty()).ok_or_else(|| {
        let message = format!("No API key for provider: {}", &*turn.model.provider);
        Failure::new(FailureKind::InvalidRequest, message)
    })?;
    let headers = endpoint::finish(headers(&turn, &account::account_id(key)?, key));
    let url = url(&turn.model.base_url);
    let refused = Url::parse(&url)
        .is_err()
        .then(|| Failure::new(FailureKind::InvalidRequest, format!("Failed to parse URL from {url}")));
    let body = body::encode(turn)?;
    Ok(HttpRequest { url, headers, body, refused, ..HttpRequest::default() })
}

/// The request that opens a WebSocket for the same turn.
pub(super) fn socket(request: &HttpRequest, id: &str) -> HttpRequest {
    let mut headers = Headers::default();
    for (name, value) in &request.headers {
        headers.set(name, value);
    }
    headers.remove("accept");
    headers.remove("content-type");
    headers.set("openai-beta", SOCKET_FEATURES);
    headers.set("x-client-request-id", id);
    headers.set("session_id", id);
    let headers = headers.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let url = Url::parse(&request.url).map_or_else(|_| request.url.clone(), String::from);
    // `http` becomes `ws`, `https` `wss`; nothing else can be opened.
    let url = if url.starts_with("http") { url.replacen("http", "ws", 1) } else { url };
    HttpRequest { url, headers, ..HttpRequest::default() }
}

fn url(base: &str) -> String {
    let base = if crate::json::is_blank(base) { DEFAULT_BASE_URL } else { base };
    let base = base.trim_end_matches('/');
    if base.ends_with("/codex/responses") {
        base.to_owned()
    } else if base.ends_with("/codex") {
        format!("{base}/responses")
    } else {
        format!("{base}/codex/responses")
    }
}

fn headers(turn: &Turn, account: &str, key: &str) -> Headers {
    let mut headers = turn.model.headers.clone();
    headers.merge(&turn.options.headers);
    headers.set("authorization", format!("Bearer {key}"));
    headers.set("chatgpt-account-id", account);
    headers.set("originator", "pi");
    headers.merge(&turn.platform);
    headers.set("openai-beta", "responses=experimental");
    headers.set("accept", "text/event-stream");
    let session = turn.options.session_id.as_deref().filter(|session| !session.is_empty());
    headers.set_some("session_id", session);
    headers.set_some("x-client-request-id", session);
    headers
}
