//! Bytes to and from providers: connections, proxies and certificates, retries, limits, deadlines. Knows protocols only as
//! codecs.

mod aws;
mod client;
mod credential;
mod deadline;
mod exchange;
mod google;
mod governor;
mod limits;
mod retry;
mod socket;
#[cfg(test)]
mod tests;
mod ws;

pub use client::Network;
pub use credential::authorise;
pub use deadline::Deadlines;
pub use exchange::{Exchange, Receiver, exchange};
pub use governor::{Pass, Place};
pub use limits::{asked_delay, request_id};
pub use retry::Policy;
pub use socket::{Dialogue, Ended, Socket};
pub use ws::Break;

use crate::ai::{Failure, FailureKind};

/// The most that is read of one response, in bytes: more than any answer, less than what would hurt the host.
pub const LARGEST_RESPONSE: usize = 100 << 20;

/// The most that is read of an error response, in bytes.
pub const LARGEST_ERROR: usize = 8 << 20;

/// The connection broke within the response's body. The text is that of Node's `fetch`.
pub fn broken_off() -> Failure {
    Failure::new(FailureKind::Connection, "terminated")
}

/// The response is larger than this library takes.
pub fn too_large(limit: usize) -> Failure {
    Failure::new(FailureKind::TooLarge, format!("Response is larger than {} MiB", limit >> 20))
}
