//! Why a turn failed, told in a way that a program can act on.

use serde::Serialize;

use super::Culprit;

/// The kinds of failure. The names are what JavaScript sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The host gave up the turn.
    Aborted,
    /// The request is not one that can be answered: the host gave too little to make it of, or the provider found fault
    /// with what is in it (400, 422). With a status it is the provider that says so.
    InvalidRequest,
    /// The provider refuses the credential, or what it may do (401, 403).
    Auth,
    /// The account has no money or quota left (402 or the body says so).
    Billing,
    /// Too many requests (429).
    RateLimit,
    /// The provider has no capacity (529, 503 or the body says so).
    Overloaded,
    /// The provider rejects the request (other 4xx): no such model, no such address.
    Rejected,
    /// The prompt does not fit the model.
    ContextOverflow,
    /// The provider broke (other 5xx).
    Server,
    /// No connection, or it broke.
    Connection,
    /// No response came in time.
    Timeout,
    /// A response began and then fell silent.
    Stalled,
    /// The stream stopped before the provider had said how it ended.
    Truncated,
    /// What came is not the protocol.
    Protocol,
    /// The response is larger than this library takes.
    TooLarge,
    /// The model or the provider declined: a refusal, a content filter.
    Refused,
    /// The answer ended well and says nothing.
    Empty,
    /// The provider ended the answer for a reason of its own.
    Stopped,
}

impl FailureKind {
    /// Whether the same request usually succeeds later.
    pub const fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::RateLimit
                | Self::Overloaded
                | Self::Server
                | Self::Connection
                | Self::Timeout
                | Self::Stalled
                | Self::Truncated
                | Self::Empty
        )
    }
}

/// Why a turn failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// What went wrong.
    pub kind: FailureKind,
    /// The text that hosts show and match on. Equal to Pi's where Pi has one.
    pub message: String,
    /// The HTTP status, where a response came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The provider's own code or type for the error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// How long the provider asks to wait, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// The provider's id of the request, for its support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// The part of the request that the provider finds fault with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<Box<Culprit>>,
    /// A text that did not parse as JSON. JavaScript puts its own parser's complaint where `message` says `{json}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Box<str>>,
}

impl Failure {
    /// A failure of one kind, with the retryability that is usual for it.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            status: None,
            code: None,
            retry_after_ms: None,
            request_id: None,
            retryable: kind.is_retryable(),
            block: None,
            json: None,
        }
    }

    /// A text that should have been JSON. `message` holds `{json}` where the parser's complaint goes.
    pub fn not_json(message: impl Into<String>, text: &str) -> Self {
        Self { json: Some(text.into()), ..Self::new(FailureKind::Protocol, message) }
    }

    /// The host gave up the turn; the message is the protocol's client's.
    pub fn aborted(message: &str) -> Self {
        Self::new(FailureKind::Aborted, message)
    }
}
