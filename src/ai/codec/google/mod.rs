//! Google's `generateContent` API: Gemini's own (`google-generative-ai`) and Vertex AI's (`google-vertex`).
//!
//! The payload is what Google's JavaScript client takes, `{model, contents, config}`; [`seal`] makes the body and the
//! URL of it, as that client does.

mod address;
mod chunk;
mod conversation;
mod decode;
mod family;
mod open_api;
mod payload;
mod rejection;
mod schema;
mod seal;
mod tables;
#[cfg(test)]
mod tests;
mod thinking;
mod tools;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Codec, HttpRequest};
use crate::ai::{Failure, FailureKind, Headers, Turn};
use crate::json::{Text, lenient};

/// The two services that speak the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// The Gemini API.
    Gemini,
    /// Vertex AI.
    Vertex,
}

impl Codec for Service {
    fn encode(&self, turn: Turn) -> Result<HttpRequest, Failure> {
        if *self == Self::Vertex {
            address::Account::of(&turn)?;
        }
        Ok(HttpRequest { body: payload::write(turn, *self)?, ..HttpRequest::default() })
    }

    fn seal(&self, turn: &Turn, request: HttpRequest) -> Result<HttpRequest, Failure> {
        seal::seal(turn, *self, &request.body)
    }

    fn decoder(&self, turn: &Turn) -> Box<dyn super::Decoder> {
        Box::new(decode::Decoder::new(turn))
    }

    fn rejection(&self, status: u16, headers: &Headers, body: &str) -> Failure {
        rejection::rejection(status, headers, body)
    }

    fn unreachable(&self, timed_out: bool) -> Failure {
        if timed_out {
            Failure::new(FailureKind::Timeout, "Request timed out.")
        } else {
            Failure::new(FailureKind::Connection, "fetch failed")
        }
    }

    fn given_up(&self) -> Failure {
        Failure::aborted(ABORTED)
    }

    fn bodiless(&self) -> Failure {
        Failure::new(FailureKind::Truncated, "Response body is empty")
    }
}

const ABORTED: &str = "This operation was aborted";

/// The options that only this protocol has.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Own {
    /// How to think: `enabled`, `level`, `budgetTokens`.
    thinking: Option<Box<RawValue>>,
    /// Vertex AI's project.
    #[serde(deserialize_with = "lenient")]
    project: Option<Text>,
    /// Vertex AI's location.
    #[serde(deserialize_with = "lenient")]
    location: Option<Text>,
}
