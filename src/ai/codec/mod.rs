//! Wire protocols, sans-I/O: `encode` makes an HTTP request of a [`Turn`], a [`Decoder`] makes [`Event`](super::Event)s
//! of the response's bytes, however they are cut.

mod anthropic;
mod endpoint;
mod openai_chat;
mod rejection;
#[cfg(test)]
mod replay;
pub mod sse;

use super::{Failure, FailureKind, Sink, StopReason, Turn};

/// An HTTP request, to be sent with POST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// Where to.
    pub url: String,
    /// Header names in lower case with their values.
    pub headers: Vec<(String, String)>,
    /// The body, JSON text.
    pub body: String,
    /// Why the request may not be sent, found out after the host has seen its body.
    pub refused: Option<Failure>,
}

/// How a stream of bytes came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The provider closed it.
    Closed,
    /// The host gave up the turn.
    Aborted,
}

/// Reads one response.
pub trait Decoder: Send {
    /// Takes the next bytes. After a failure nothing more may be pushed.
    fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Failure>;

    /// Takes the end of the response and says how the answer ended.
    fn finish(&mut self, end: End, sink: &mut dyn Sink) -> Result<StopReason, Failure>;

    /// Whether the provider has said that nothing more will come, so that its connection need not close first.
    fn is_complete(&self) -> bool;
}

/// The messages of a chat completions request, JSON text.
pub fn chat_messages(turn: Turn) -> Result<String, Failure> {
    openai_chat::messages(turn)
}

/// A wire protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Anthropic's Messages API.
    Anthropic,
    /// `OpenAI`'s Chat Completions API, and the many that imitate it.
    OpenaiChat,
}

impl Protocol {
    /// The protocol behind a model's `api`.
    pub fn of_api(api: &str) -> Option<Self> {
        match api {
            "anthropic-messages" => Some(Self::Anthropic),
            "openai-completions" => Some(Self::OpenaiChat),
            _ => None,
        }
    }

    /// Makes the request for a turn.
    pub fn encode(self, turn: Turn) -> Result<HttpRequest, Failure> {
        match self {
            Self::Anthropic => anthropic::encode(turn),
            Self::OpenaiChat => openai_chat::encode(turn),
        }
    }

    /// Makes a reader for the response to a turn.
    pub fn decoder(self, turn: &Turn) -> Box<dyn Decoder> {
        match self {
            Self::Anthropic => Box::new(anthropic::Decoder::new(turn)),
            Self::OpenaiChat => Box::new(openai_chat::Decoder::new(turn)),
        }
    }

    /// The failure that a response without a body means.
    pub fn bodiless(self) -> Failure {
        let whose = match self {
            Self::Anthropic => "an Anthropic",
            Self::OpenaiChat => "a",
        };
        let message = format!("Attempted to iterate over {whose} response with no body");
        Failure::new(FailureKind::Truncated, message)
    }

    /// The failure that a response with an error status means.
    pub fn rejection(self, status: u16, body: &str) -> Failure {
        match self {
            Self::Anthropic => anthropic::rejection(status, body),
            Self::OpenaiChat => openai_chat::rejection(status, body),
        }
    }
}
