//! Makes the HTTP request for a turn: where it goes and as whom. The body is [`super::body`]'s.

use super::body;
use super::compat::Compat;
use crate::ai::codec::{HttpRequest, endpoint, openai_client};
use crate::ai::{CacheRetention, Failure, Turn};

/// Makes the request for a turn.
pub(in crate::ai::codec) fn encode(turn: Turn) -> Result<HttpRequest, Failure> {
    let compat = Compat::of(&turn.model);
    let key = openai_client::key(&turn)?;
    let url = openai_client::url(&turn, "/chat/completions")?;
    endpoint::check_timeout(&turn)?;
    let headers = headers(&turn, &compat, key);
    let body = body::encode(turn, &compat)?;
    Ok(HttpRequest { url, headers, body, ..HttpRequest::default() })
}

fn headers(turn: &Turn, compat: &Compat, key: &str) -> Vec<(String, String)> {
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
    openai_client::bearer_headers(turn, key, own)
}
