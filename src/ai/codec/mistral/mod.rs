//! Mistral's chat API (`mistral-conversations`). Hosts see the payload as Mistral's JavaScript client takes it, in camel
//! case; the wire has it in snake case.

mod body;
mod call_ids;
mod decode;
mod message;
mod rejection;
mod request;
mod schema;
mod seal;
#[cfg(test)]
mod tests;

use super::{Codec, HttpRequest};
use crate::ai::{Failure, Headers, Turn};

/// The protocol.
pub(super) struct Wire;

impl Codec for Wire {
    fn encode(&self, turn: Turn) -> Result<HttpRequest, Failure> {
        request::encode(turn)
    }

    fn seal(&self, _turn: &Turn, request: HttpRequest) -> Result<HttpRequest, Failure> {
        let body = seal::seal(&request.body)?;
        Ok(HttpRequest { body, ..request })
    }

    fn decoder(&self, turn: &Turn) -> Box<dyn super::Decoder> {
        Box::new(decode::Decoder::new(turn))
    }

    fn rejection(&self, status: u16, headers: &Headers, body: &str) -> Failure {
        rejection::rejection(status, headers, body)
    }

    fn bodiless(&self) -> Failure {
        rejection::bodiless()
    }
}
