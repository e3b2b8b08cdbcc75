//! When and how long after a failure to try again. Only what the host has seen nothing of is tried again.

use std::time::Duration;

use serde_json::Value;

use crate::ai::{Failure, Headers, Options};

const FIRST: f64 = 0.5;
const LONGEST: f64 = 8.0;
const USUAL_RETRIES: f64 = 2.0;
const USUAL_LONGEST_ASKED: f64 = 60_000.0;

/// What the host allows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    retries: f64,
    /// The longest wait that a provider may ask for, in milliseconds; 0 for no limit.
    longest_asked: f64,
}

impl Policy {
    /// The host's policy, else two retries and waits of up to a minute.
    pub fn new(options: &Options) -> Self {
        Self {
            retries: options.max_retries.map_or(USUAL_RETRIES, |retries| retries.0),
            longest_asked: options.max_retry_delay_ms.map_or(USUAL_LONGEST_ASKED, |delay| delay.0),
        }
    }

    /// How long to wait before trying again after the failure of an attempt (counted from 0), or the failure when it is
    /// final. Waits are random up to a limit that doubles, unless the provider says how long.
    pub fn after(&self, attempt: u32, mut failure: Failure) -> Result<Duration, Failure> {
        if !failure.retryable || f64::from(attempt) >= self.retries {
            return Err(failure);
        }
        let Some(asked) = failure.retry_after_ms else {
            let limit = (FIRST * f64::from(2_u32.saturating_pow(attempt))).min(LONGEST);
            return Ok(Duration::from_secs_f64(limit * fastrand::f64()));
        };
        let asked = Duration::from_millis(asked);
        if self.longest_asked > 0.0 && asked.as_secs_f64() * 1000.0 > self.longest_asked {
            let (asked, limit) = (asked.as_secs_f64(), self.longest_asked / 1000.0);
            failure.message =
                format!("{} (retry after {asked} s is longer than the limit of {limit} s)", failure.message);
            return Err(failure);
        }
        Ok(asked)
    }
}

/// Completes the failure of an error response by its headers and typed body: what the provider asks to wait, whether it
/// says that trying again is useful, and the request's id.
pub fn asked_delay(mut failure: Failure, headers: &Headers, body: &str) -> Failure {
    match headers.get("x-should-retry") {
        Some("true") => failure.retryable = true,
        Some("false") => failure.retryable = false,
        _ => {}
    }
    let seconds = |name| headers.get(name).and_then(|value| value.trim().parse::<f64>().ok());
    let asked = seconds("retry-after-ms")
        .map(|ms| ms / 1000.0)
        .or_else(|| seconds("retry-after"))
        .or_else(|| headers.get("retry-after").and_then(until))
        .or_else(|| retry_info(body));
    failure.retry_after_ms = asked.and_then(|asked| {
        let asked = Duration::try_from_secs_f64(asked.max(0.0)).ok()?;
        u64::try_from(asked.as_millis()).ok()
    });
    let ids = ["request-id", "x-request-id", "x-amzn-requestid"];
    failure.request_id = ids.iter().find_map(|name| headers.get(name)).map(str::to_owned);
    failure
}

/// Seconds until an HTTP date.
fn until(date: &str) -> Option<f64> {
    let then = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
    Some(then.duration_since(jiff::Timestamp::now()).as_secs_f64())
}

/// Google's `RetryInfo`, in seconds.
fn retry_info(body: &str) -> Option<f64> {
    if !body.contains("retryDelay") {
        return None;
    }
    let body: Value = serde_json::from_str(body).ok()?;
    let details = body.pointer("/error/details").or_else(|| body.pointer("/0/error/details"))?;
    let delay = details.as_array()?.iter().find_map(|detail| detail.get("retryDelay")?.as_str())?;
    delay.strip_suffix('s')?.parse().ok()
}
