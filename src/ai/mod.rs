//! The vocabulary of a turn (models, messages, options, events, usage, failures) and the wire protocols as pure codecs.
//!
//! Nothing here opens a socket, reads the environment or knows that JavaScript exists: a [`codec`] turns a [`Turn`] into
//! an HTTP request and the bytes of the response into [`Event`]s. A [`provider`] of Argent's makes the turn of a request.

pub mod catalog;
pub(crate) mod classify;
pub mod codec;
mod culprit;
mod event;
mod failure;
mod headers;
pub mod image;
mod mend;
pub mod message;
mod model;
mod options;
mod overflow;
pub mod provider;
pub(crate) mod thinking;
mod transform;
mod usage;

pub use classify::of_text as classify_text;
pub use culprit::{Culprit, CulpritKind};
pub use event::{Event, Opening, Sink, StopReason};
pub use failure::{Failure, FailureKind};
pub use headers::Headers;
pub use message::{Block, Content, Message, Prose, Tool, ToolCall, ToolResult};
pub use model::Model;
pub use options::{CacheRetention, Options, Turn};
pub use thinking::{Level, LevelMap};
pub use transform::transform;
pub use usage::{Cost, Rates, Tiers, Usage};
