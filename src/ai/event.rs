//! What a response says, piece by piece, in the order in which it says it.

use super::{Failure, Usage};
use crate::json::WireStr;

/// Why the model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// It had finished.
    Stop,
    /// It ran into the limit on the answer's length.
    Length,
    /// It wants tools called.
    ToolUse,
    /// The provider reported a failure.
    Error,
    /// The host gave up the turn.
    Aborted,
}

impl StopReason {
    /// The name that hosts see.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ToolUse => "toolUse",
            Self::Error => "error",
            Self::Aborted => "aborted",
        }
    }
}

/// How a block of the answer begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Opening<'a> {
    /// Text for the user.
    Text,
    /// Thinking. The signature is the provider's proof of it or, in protocols that have none, the name of the field
    /// that the thinking came in.
    Thinking {
        /// What it begins with; none where the protocol has no signatures while thinking streams.
        signature: Option<&'a WireStr<'a>>,
    },
    /// Thinking that the provider withheld; only the encrypted signature came.
    RedactedThinking {
        /// The encrypted thinking.
        signature: &'a WireStr<'a>,
    },
    /// A call of a tool.
    ToolCall {
        /// The call's id, empty when the provider has not said it yet.
        id: &'a WireStr<'a>,
        /// The tool's name, empty when the provider has not said it yet.
        name: &'a WireStr<'a>,
        /// Arguments that came with the opening, as JSON text.
        arguments: Option<&'a str>,
    },
    /// A call of a tool that came whole: no more of it follows but its end.
    WholeCall {
        /// The call's id; empty where the provider gave none, or one that the answer has already. Whoever assembles
        /// the answer makes one up.
        id: &'a WireStr<'a>,
        /// The tool's name.
        name: &'a WireStr<'a>,
        /// The arguments as JSON text.
        arguments: &'a str,
        /// What the provider wants back with the call, empty where it wants nothing.
        signature: &'a WireStr<'a>,
    },
}

/// One piece of a response. `block` counts the blocks of the answer from 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event<'a> {
    /// What follows, up to the next of these, came in one piece: a host that follows the answer step by step sees it
    /// together.
    Piece,
    /// The answer begins. Only in protocols that say so; in the others it begins with the response's head.
    Start,
    /// The provider's id of the response.
    ResponseId(&'a WireStr<'a>),
    /// The model that answered, where it is not the one that was asked.
    ResponseModel(&'a WireStr<'a>),
    /// Usage so far; replaces what was known.
    Usage(&'a Usage),
    /// Why the model will have stopped; blocks may still follow.
    Stopping(StopReason),
    /// What the provider says is wrong with the answer; blocks may still follow.
    Complaint(&'a str),
    /// The model declines, though the protocol's ending will not say so.
    Refused,
    /// What is wrong with an answer that ends well all the same.
    Flaw(&'a Failure),
    /// A block begins. `wire` is the number that the provider gave it, if any.
    Open {
        /// Which block.
        block: usize,
        /// The provider's own number for it.
        wire: Option<u32>,
        /// Its kind and what it starts with.
        opening: Opening<'a>,
    },
    /// More of a block: text, thinking, or the JSON text of a call's arguments.
    Delta {
        /// Which block.
        block: usize,
        /// What is added.
        text: &'a WireStr<'a>,
    },
    /// More of a thinking block's signature.
    Signature {
        /// Which block.
        block: usize,
        /// What is added.
        text: &'a WireStr<'a>,
    },
    /// The whole signature of a thinking block; replaces what was known.
    WholeSignature {
        /// Which block.
        block: usize,
        /// The signature.
        text: &'a WireStr<'a>,
    },
    /// What the provider wants back with a text block; replaces what was known.
    TextSignature {
        /// Which block.
        block: usize,
        /// The signature.
        text: &'a WireStr<'a>,
    },
    /// The provider's last word on a block of text or thinking, or the whole JSON text of a call's arguments; replaces
    /// what was streamed and is not an event of its own.
    Whole {
        /// Which block.
        block: usize,
        /// All of it.
        text: &'a WireStr<'a>,
    },
    /// The id of a call that began without one.
    CallId {
        /// Which block.
        block: usize,
        /// The id.
        id: &'a WireStr<'a>,
    },
    /// The name of a call that began without one.
    CallName {
        /// Which block.
        block: usize,
        /// The tool's name.
        name: &'a WireStr<'a>,
    },
    /// The provider's own number of a call that began without one.
    CallWire {
        /// Which block.
        block: usize,
        /// The number.
        wire: u32,
    },
    /// Encrypted reasoning that belongs to a call, as JSON text.
    ThoughtSignature {
        /// Which block.
        block: usize,
        /// The JSON text.
        json: &'a str,
    },
    /// A block is complete.
    Close {
        /// Which block.
        block: usize,
    },
}

impl Event<'_> {
    /// Whether a host sees it as part of the answer, so that it cannot be taken back.
    pub const fn is_visible(&self) -> bool {
        matches!(self, Self::Start | Self::Open { .. } | Self::Delta { .. })
    }
}

/// Takes events as a decoder finds them.
pub trait Sink {
    /// One event. What it borrows is gone after the call.
    fn event(&mut self, event: Event<'_>);
}
