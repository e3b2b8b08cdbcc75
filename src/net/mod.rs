//! Bytes to and from providers: connections, proxies and certificates, retries, limits, deadlines. Knows protocols only as
//! codecs.

mod aws;
mod client;
mod credential;
mod deadline;
mod exchange;
mod governor;
mod limits;
mod retry;
mod roots;
#[cfg(test)]
mod tests;

pub use client::Network;
pub use credential::authorise;
pub use deadline::Deadlines;
pub use exchange::{Exchange, Receiver, exchange};
pub use governor::{Pass, Place};
pub use limits::{asked_delay, request_id};
pub use retry::Policy;

use crate::ai::{Failure, FailureKind};

/// The most that is read of one response, in bytes: more than any answer, less than what would hurt the host.
pub const LARGEST_RESPONSE: usize = 100 << 20;

/// The most that is read of an error response, in bytes.
pub const LARGEST_ERROR: usize = 8 << 20;

/// No connection, or it broke before the response's head. The text is that of the providers' JavaScript clients.
pub fn no_connection() -> Failure {
    Failure::new(FailureKind::Connection, "Connection error.")
}

/// The response's head did not come in time. The text is that of the providers' JavaScript clients.
pub fn timed_out() -> Failure {
    Failure::new(FailureKind::Timeout, "Request timed out.")
}

/// The connection broke within the response's body. The text is that of Node's `fetch`.
pub fn broken_off() -> Failure {
    Failure::new(FailureKind::Connection, "terminated")
}

/// The host gave up before the response's head came. The text is that of the providers' JavaScript clients.
pub fn given_up() -> Failure {
    Failure::aborted("Request was aborted.")
}

/// The response is larger than this library takes.
pub fn too_large(limit: usize) -> Failure {
    Failure::new(FailureKind::TooLarge, format!("Response is larger than {} MiB", limit >> 20))
}
