//! Makes the HTTP request for a turn: where it goes and as whom. The body is [`super::body`]'s.

use super::body::{self, House};
use super::compat::Compat;
use crate::ai::codec::{HttpRequest, endpoint, openai_client};
use crate::ai::{CacheRetention, Failure, Turn};

/// Makes the request for a turn.
pub(super) fn encode(turn: Turn) -> Result<HttpRequest, Failure> {
    let key = openai_client::key(&turn)?;
    let url = openai_client::url(&turn, "/responses")?;
    endpoint::check_timeout(&turn)?;
    let headers = headers(&turn, key);
    let model = turn.model.id.clone();
    let body = body::encode(turn, &model, House::OpenAi)?;
    Ok(HttpRequest { url, headers, body, ..HttpRequest::default() })
}

fn headers(turn: &Turn, key: &str) -> Vec<(String, String)> {
    let mut own = turn.model.headers.clone();
    if &*turn.model.provider == "github-copilot" {
        own.merge(&endpoint::copilot_headers(&turn.messages));
    }
    if turn.cache_retention() != CacheRetention::None {
        let session = turn.options.session_id.as_deref().filter(|session| !session.is_empty());
        if Compat::of(&turn.model).send_session_id_header.unwrap_or(true) {
            own.set_some("session_id", session);
        }
        own.set_some("x-client-request-id", session);
    }
    own.merge(&turn.options.headers);
    openai_client::bearer_headers(turn, key, own)
}
