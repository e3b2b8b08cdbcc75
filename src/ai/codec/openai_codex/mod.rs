//! The Responses API of `ChatGPT`'s Codex (`openai-codex-responses`), over HTTP and over WebSockets.

mod account;
mod body;
mod continuation;
mod decode;
mod rejection;
mod request;
#[cfg(test)]
mod tests;

pub use continuation::{Continuation, Frame};

pub(super) use body::answer_items;

use std::time::Duration;

use super::{Again, Codec, HttpRequest};
use crate::ai::{Failure, FailureKind, Headers, Turn};

/// How often a request is tried again.
const RETRIES: u32 = 3;

/// The text of Node's `fetch`.
const UNREACHABLE: &str = "fetch failed";

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

    fn unreachable(&self, timed_out: bool) -> Failure {
        if timed_out {
            Failure::new(FailureKind::Timeout, "Request timed out.")
        } else {
            Failure::new(FailureKind::Connection, UNREACHABLE)
        }
    }

    fn given_up(&self) -> Failure {
        Failure::aborted("Request was aborted")
    }

    /// As Pi does: after 1, 2 and 4 seconds, whatever the provider asks and the host allows, and also where that is of
    /// little use; only a usage limit is final. What goes wrong after the response's head is another matter.
    fn again(&self, attempt: u32, failure: &Failure) -> Again {
        let may_pass = match failure.status {
            Some(429 | 500 | 502 | 503 | 504) => true,
            Some(_) => {
                failure.code.as_deref() == Some("rate_limit_exceeded")
                    || !failure.message.contains("usage limit")
            }
            None if failure.message == UNREACHABLE => true,
            None => return Again::AsAsked,
        };
        if may_pass && attempt < RETRIES {
            Again::After(Duration::from_secs(1 << attempt))
        } else {
            Again::Never
        }
    }

    fn shows_rejections(&self) -> bool {
        true
    }

    fn socket(&self, request: &HttpRequest, id: &str) -> Option<HttpRequest> {
        Some(request::socket(request, id))
    }

    fn socket_decoder(&self, turn: &Turn) -> Box<dyn super::Decoder> {
        Box::new(decode::SocketDecoder::new(turn))
    }

    fn bodiless(&self) -> Failure {
        Failure::new(FailureKind::Protocol, "No response body")
    }
}
