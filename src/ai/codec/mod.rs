//! Wire protocols, sans-I/O: `encode` makes an HTTP request of a [`Turn`], a [`Decoder`] makes [`Event`](super::Event)s
//! of the response's bytes, however they are cut.

mod anthropic;
mod azure_responses;
mod bedrock;
mod data_url;
mod ending;
mod endpoint;
pub(super) mod fields;
mod mistral;
mod openai_chat;
mod openai_client;
mod openai_responses;
mod rejection;
#[cfg(test)]
pub(super) mod replay;
pub mod sse;

pub use bedrock::{Aws, Proof};

use super::{Failure, FailureKind, Headers, Sink, StopReason, Turn};

/// An HTTP request, to be sent with POST.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HttpRequest {
    /// Where to.
    pub url: String,
    /// Header names in lower case with their values.
    pub headers: Vec<(String, String)>,
    /// The payload or, once sealed, the body: JSON text.
    pub body: String,
    /// The credential that is still to be fetched, and what it goes into.
    pub credential: Credential,
    /// Whether it must go over HTTP/1.1.
    pub http1: bool,
    /// Why the request may not be sent, found out after the host has seen its body.
    pub refused: Option<Failure>,
}

/// A credential that the request lacks because getting it takes more than the host's word: whoever sends the request
/// gets it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Credential {
    /// Nothing is lacking.
    #[default]
    Sent,
    /// A signature or a token for AWS, and the address that depends on the region.
    Aws(Box<Aws>),
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

/// A wire protocol: a pure function each way.
pub trait Codec: Sync {
    /// Makes the request for a turn. Its body is the payload as the provider's own JavaScript client takes it, which is
    /// what the host's hook sees.
    fn encode(&self, turn: Turn) -> Result<HttpRequest, Failure>;

    /// Makes of a request whose payload the host has seen, and may have changed, the one that is sent. `turn` has no
    /// messages any more.
    fn seal(&self, turn: &Turn, request: HttpRequest) -> Result<HttpRequest, Failure> {
        let _ = turn;
        Ok(request)
    }

    /// Makes a reader for the response to a turn; see [`reader`].
    fn decoder(&self, turn: &Turn) -> Box<dyn Decoder>;

    /// The failure that a response with an error status means.
    fn rejection(&self, status: u16, headers: &Headers, body: &str) -> Failure;

    /// The failure that a response without a body means.
    fn bodiless(&self) -> Failure {
        let message = "Attempted to iterate over a response with no body";
        Failure::new(FailureKind::Truncated, message)
    }
}

/// The reader for the response to a turn: the protocol's, with what the model is known to leak into its text put right.
/// What is wrong with an answer that ends well comes as [`Event::Flaw`](super::Event::Flaw).
pub fn reader(protocol: &dyn Codec, turn: &Turn) -> Box<dyn Decoder> {
    Box::new(ending::Judged::new(super::mend::mended(protocol.decoder(turn), turn)))
}

/// The protocol behind a model's `api`.
pub fn of_api(api: &str) -> Option<&'static dyn Codec> {
    PROTOCOLS.iter().find(|(name, _)| *name == api).map(|(_, codec)| *codec)
}

const PROTOCOLS: &[(&str, &dyn Codec)] = &[
    ("anthropic-messages", &anthropic::Wire),
    ("openai-completions", &openai_chat::Wire),
    ("mistral-conversations", &mistral::Wire),
    ("openai-responses", &openai_responses::Wire),
    ("azure-openai-responses", &azure_responses::Wire),
    ("bedrock-converse-stream", &bedrock::Wire),
];
