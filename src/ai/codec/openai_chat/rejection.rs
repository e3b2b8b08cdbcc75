//! Failures that the provider reports, with the texts of the provider's JavaScript client.

use serde_json::Value;

use crate::ai::Failure;
use crate::ai::codec::openai_client;
use crate::ai::codec::rejection::{is_truthy, to_text};

/// The failure that a response with an error status means.
pub(in crate::ai::codec) fn rejection(status: u16, body: &str) -> Failure {
    openai_client::rejection(status, body, raw_metadata)
}

/// The failure that an `error` in the stream means. It came with status 200, so its own code has to say of what kind.
pub(in crate::ai::codec) fn in_stream(error: &str) -> Failure {
    openai_client::in_stream(error, raw_metadata)
}

/// What `OpenRouter` passes on from the provider behind it, on a line of its own.
fn raw_metadata(error: Option<&Value>) -> String {
    let raw = error.and_then(|error| error.get("metadata")?.get("raw")).filter(|raw| is_truthy(raw));
    raw.map(|raw| format!("\n{}", to_text(raw))).unwrap_or_default()
}
