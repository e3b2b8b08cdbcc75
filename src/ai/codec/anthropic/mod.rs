//! Anthropic's Messages API (`anthropic-messages`), as Anthropic, GitHub Copilot, Cloudflare and others serve it.

mod body;
mod decode;
mod request;
#[cfg(test)]
mod tests;
mod tool_names;
mod wire;

use serde::Deserialize;

use super::{Codec, HttpRequest, rejection};
use crate::ai::{Failure, FailureKind, Headers, Model, Turn};

/// The protocol.
pub(super) struct Wire;

impl Codec for Wire {
    fn encode(&self, turn: Turn) -> Result<HttpRequest, Failure> {
        request::encode(turn)
    }

    fn decoder(&self, turn: &Turn) -> Box<dyn super::Decoder> {
        Box::new(decode::Decoder::new(turn))
    }

    fn rejection(&self, status: u16, _headers: &Headers, body: &str) -> Failure {
        reject(status, body)
    }

    fn bodiless(&self) -> Failure {
        let message = "Attempted to iterate over an Anthropic response with no body";
        Failure::new(FailureKind::Truncated, message)
    }
}

/// The failure that a response with an error status means. The text is `{status} {body}`.
fn reject(status: u16, body: &str) -> Failure {
    let json = rejection::parse(body);
    let text = if json.as_ref().is_some_and(rejection::is_truthy) { "" } else { body };
    let message = rejection::message(Some(status), json.as_ref(), text);
    let typed = json.as_ref().and_then(|json| json.pointer("/error/type")).and_then(|typed| typed.as_str());
    rejection::classify(status, message, typed)
}

/// What an endpoint can do, from the model's `compat`; everything unless it says otherwise.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Compat {
    supports_eager_tool_input_streaming: Option<bool>,
    supports_long_cache_retention: Option<bool>,
}

impl Compat {
    /// Whether tools may ask for their input as it is written.
    fn eager_input(self) -> bool {
        self.supports_eager_tool_input_streaming.unwrap_or(true)
    }

    /// Whether the prompt may be cached for an hour.
    fn long_cache(self) -> bool {
        self.supports_long_cache_retention.unwrap_or(true)
    }
}

/// Models that decide by themselves when and how much to think.
fn thinks_adaptively(model: &Model) -> bool {
    ["opus-4-6", "opus-4.6", "opus-4-7", "opus-4.7", "sonnet-4-6", "sonnet-4.6"]
        .iter()
        .any(|family| model.id.contains(family))
}

/// Whether a credential is a subscription's OAuth token; such requests must look like those of Anthropic's own agent.
fn is_oauth_token(api_key: &str) -> bool {
    api_key.contains("sk-ant-oat")
}
