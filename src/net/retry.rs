//! When and how long after a failure to try again. Only what the host has seen nothing of is tried again.

use std::time::Duration;

use crate::ai::codec::{Again, Codec};
use crate::ai::{Failure, FailureKind, Options};

const FIRST: f64 = 0.5;
const LONGEST: f64 = 8.0;
const USUAL_RETRIES: f64 = 2.0;
const USUAL_LONGEST_ASKED: f64 = 60_000.0;

/// What the host allows.
#[derive(Clone, Copy)]
pub struct Policy {
    protocol: &'static dyn Codec,
    retries: f64,
    /// The longest wait that a provider may ask for, in milliseconds; 0 for no limit.
    longest_asked: f64,
}

impl Policy {
    /// The host's policy, else two retries and waits of up to a minute, where the protocol has no rule of its own.
    pub fn new(protocol: &'static dyn Codec, options: &Options) -> Self {
        Self {
            protocol,
            retries: options.max_retries.map_or(USUAL_RETRIES, |retries| retries.0),
            longest_asked: options.max_retry_delay_ms.map_or(USUAL_LONGEST_ASKED, |delay| delay.0),
        }
    }

    /// The longest wait that a provider may ask for; none for no limit.
    pub(super) fn longest_asked(&self) -> Option<Duration> {
        let millis = (self.longest_asked > 0.0).then_some(self.longest_asked)?;
        Duration::try_from_secs_f64(millis / 1000.0).ok()
    }

    /// The failure when the host gives up while a request waits.
    pub(super) fn given_up(&self) -> Failure {
        self.protocol.given_up()
    }

    /// How long to wait before trying again after the failure of an attempt (counted from 0): as long as the protocol
    /// says or the provider asks, else a random time up to a limit that doubles.
    pub(super) fn wait(&self, attempt: u32, failure: &Failure) -> Duration {
        if let Again::After(wait) = self.protocol.again(attempt, failure) {
            return wait;
        }
        failure.retry_after_ms.map_or_else(
            || {
                let limit = (FIRST * f64::from(2_u32.saturating_pow(attempt))).min(LONGEST);
                Duration::from_secs_f64(limit * fastrand::f64())
            },
            Duration::from_millis,
        )
    }

    /// Whether the failure of an attempt is final: with the failure, if so.
    pub(super) fn after(&self, attempt: u32, mut failure: Failure) -> Result<(), Failure> {
        match self.protocol.again(attempt, &failure) {
            Again::AsAsked => {}
            Again::After(_) => return Ok(()),
            Again::Never => return Err(failure),
        }
        if !failure.retryable || f64::from(attempt) >= self.retries {
            return Err(failure);
        }
        let asked = failure.retry_after_ms.map(Duration::from_millis);
        if let (Some(asked), Some(longest)) = (asked, self.longest_asked())
            && asked > longest
        {
            let (asked, limit) = (asked.as_secs_f64(), longest.as_secs_f64());
            failure.message =
                format!("{} (retry after {asked} s is longer than the limit of {limit} s)", failure.message);
            return Err(failure);
        }
        Ok(())
    }
}

/// Whether a failure says that all requests under the same key should wait.
pub(super) fn is_limit(failure: &Failure) -> bool {
    match failure.kind {
        FailureKind::RateLimit => true,
        FailureKind::Overloaded => failure.retry_after_ms.is_some(),
        _ => false,
    }
}
