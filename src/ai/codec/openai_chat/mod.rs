//! `OpenAI`'s Chat Completions API (`openai-completions`), and the many that imitate it.

mod body;
mod calls;
mod chunk;
mod compat;
mod conversation;
mod decode;
mod message;
mod rejection;
mod request;
#[cfg(test)]
mod tests;

pub(super) use body::messages;
pub(super) use compat::is_truthy;
pub(super) use rejection::in_stream;

use super::{Codec, HttpRequest};
use crate::ai::{Failure, Headers, Turn};

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
        rejection::rejection(status, body)
    }
}
