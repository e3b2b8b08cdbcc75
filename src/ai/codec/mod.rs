//! Wire protocols, sans-I/O: `encode` makes an HTTP request of a [`Turn`], a [`Decoder`] makes [`Event`](super::Event)s
//! of the response's bytes, however they are cut.

mod anthropic;
mod azure_responses;
mod bedrock;
mod data_url;
mod ending;
mod endpoint;
pub(super) mod fields;
mod google;
mod mistral;
mod openai_chat;
mod openai_client;
mod openai_codex;
mod openai_responses;
mod rejection;
#[cfg(test)]
pub(super) mod replay;
mod short_hash;
pub mod sse;

pub use bedrock::{Aws, Proof};
pub use openai_codex::{Continuation, Frame};

use std::collections::BTreeMap;
use std::time::Duration;

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
    /// Google's application default credentials, an access token: the environment variables that say where they are.
    Google(BTreeMap<String, String>),
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

/// The items that a Codex answer, the one message of a turn, is in later requests.
pub fn answer_items(turn: Turn) -> Result<Vec<String>, Failure> {
    openai_codex::answer_items(turn)
}

/// When a request that failed is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// As the host allows and the provider asks.
    AsAsked,
    /// After this wait, whatever they say.
    After(Duration),
    /// Never.
    Never,
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

    /// The failure when no response came, or none in time.
    fn unreachable(&self, timed_out: bool) -> Failure {
        if timed_out {
            Failure::new(FailureKind::Timeout, "Request timed out.")
        } else {
            Failure::new(FailureKind::Connection, "Connection error.")
        }
    }

    /// The failure when the host gave up before the response's head came.
    fn given_up(&self) -> Failure {
        Failure::aborted("Request was aborted.")
    }

    /// When to send a request again after the failure of an attempt (counted from 0).
    fn again(&self, attempt: u32, failure: &Failure) -> Again {
        let _ = (attempt, failure);
        Again::AsAsked
    }

    /// Whether the host hears of the heads of error responses as well.
    fn shows_rejections(&self) -> bool {
        false
    }

    /// The turn over a WebSocket, in protocols that have one: the request that opens it. `id` is the session's or, for
    /// turns that belong to none, the turn's own.
    fn socket(&self, request: &HttpRequest, id: &str) -> Option<HttpRequest> {
        let _ = (request, id);
        None
    }

    /// Makes a reader for the answer over a WebSocket, which takes each message whole; see [`socket_reader`].
    fn socket_decoder(&self, turn: &Turn) -> Box<dyn Decoder> {
        self.decoder(turn)
    }

    /// The failure that a response without a body means.
    fn bodiless(&self) -> Failure {
        let message = "Attempted to iterate over a response with no body";
        Failure::new(FailureKind::Truncated, message)
    }
}

/// The reader for the response to a turn: the protocol's, with what the model is known to leak into its text put right.
/// What is wrong with an answer that ends well comes as [`Event::Flaw`](super::Event::Flaw).
pub fn reader(protocol: &dyn Codec, turn: &Turn) -> Box<dyn Decoder> {
    judged(protocol.decoder(turn), turn)
}

/// The same for the answer over a WebSocket.
pub fn socket_reader(protocol: &dyn Codec, turn: &Turn) -> Box<dyn Decoder> {
    judged(protocol.socket_decoder(turn), turn)
}

fn judged(decoder: Box<dyn Decoder>, turn: &Turn) -> Box<dyn Decoder> {
    Box::new(ending::Judged::new(super::mend::mended(decoder, turn)))
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
    ("openai-codex-responses", &openai_codex::Wire),
    ("azure-openai-responses", &azure_responses::Wire),
    ("google-generative-ai", &google::Service::Gemini),
    ("google-vertex", &google::Service::Vertex),
    ("bedrock-converse-stream", &bedrock::Wire),
];
