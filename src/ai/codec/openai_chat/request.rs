//! Makes the HTTP request for a turn: where it goes and as whom. The body is [`super::body`]'s.

use super::body;
use super::compat::Compat;
use crate::ai::codec::{HttpRequest, endpoint};
use crate::ai::{CacheRetention, Failure, FailureKind, Turn};

/// The version of the JavaScript client that this one passes for.
const CLIENT_VERSION: &str = "6.26.0";
const DEFAULT_BASE_URL: &str = "https://api.openai.com/v1";
const NO_KEY: &str =
    "OpenAI API key is required. Set OPENAI_API_KEY environment variable or pass it as an argument.";

/// Makes the request for a turn.
pub(in crate::ai::codec) fn encode(turn: Turn) -> Result<HttpRequest, Failure> {
    let compat = Compat::of(&turn.model);
    let key = key(&turn)?;
    let url = url(&turn)?;
    endpoint::check_timeout(&turn)?;
    let headers = headers(&turn, &compat, key);
    let body = body::encode(turn, &compat)?;
    Ok(HttpRequest { url, headers, body, ..HttpRequest::default() })
}

fn url(turn: &Turn) -> Result<String, Failure> {
    let base = match &*turn.model.provider {
        "cloudflare-workers-ai" | "cloudflare-ai-gateway" => endpoint::base_url(turn)?,
        _ => turn.model.base_url.to_string(),
    };
    let base = if base.is_empty() { DEFAULT_BASE_URL } else { &base };
    Ok(endpoint::join(base, "/chat/completions"))
}

fn key(turn: &Turn) -> Result<&str, Failure> {
    let own = turn.options.api_key.as_deref().filter(|key| !key.is_empty());
    own.or_else(|| turn.env("OPENAI_API_KEY"))
        .ok_or_else(|| Failure::new(FailureKind::InvalidRequest, NO_KEY))
}

fn headers(turn: &Turn, compat: &Compat, key: &str) -> Vec<(String, String)> {
    let bearer = format!("Bearer {key}");
    let mut headers = endpoint::client_headers(turn, "OpenAI", CLIENT_VERSION);
    if turn.options.timeout_ms.is_none_or(|timeout| timeout.0 == 0.0) {
        // The client names only a timeout that the host chose.
        headers.remove("x-stainless-timeout");
    }
    let variable = |name: &str| turn.env.get(name).map(|value| value.trim());
    headers.set_some("openai-organization", variable("OPENAI_ORG_ID"));
    headers.set_some("openai-project", variable("OPENAI_PROJECT_ID"));
    headers.set("authorization", &*bearer);

    let mut own = turn.model.headers.clone();
    if &*turn.model.provider == "github-copilot" {
        own.merge(&endpoint::copilot_headers(&turn.messages));
    }
    if compat.session_affinity_headers && turn.cache_retention() != CacheRetention::None {
        let session = turn.options.session_id.as_deref().filter(|session| !session.is_empty());
        for name in ["session_id", "x-client-request-id", "x-session-affinity"] {
            own.set_some(name, session);
        }
    }
    own.merge(&turn.options.headers);
    if &*turn.model.provider == "cloudflare-ai-gateway" {
        // The key is the gateway's; the upstream provider's, if the host has one, is a header of the host's.
        if !own.mentions("authorization") {
            own.remove("authorization");
        }
        own.set("cf-aig-authorization", &*bearer);
    }
    headers.merge(&own);
    endpoint::finish(headers)
}
