//! How long to wait, by what is waited for: the response's head, its first event, the next event. Bytes that carry no
//! event, such as keep-alive comments, do not count.

use std::time::Duration;

use reqwest::Url;

use super::client::is_loopback;
use crate::ai::{Failure, FailureKind, Options};
use crate::json::Num;

const HEAD: Duration = Duration::from_mins(10);
const FIRST_EVENT: Duration = Duration::from_mins(10);
const IDLE: Duration = Duration::from_mins(5);
/// A model on the host's own machine may have to be loaded first, and may think slowly.
const LOCAL: Duration = Duration::from_mins(30);

/// The deadlines of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// From the request to the response's head, connecting included.
    pub head: Duration,
    /// From the head to the first event; `None` for ever.
    pub first_event: Option<Duration>,
    /// From one event to the next; `None` for ever.
    pub idle: Option<Duration>,
}

impl Deadlines {
    /// The host's deadlines, else the usual ones for the address.
    pub fn new(options: &Options, url: &str) -> Self {
        let local = Url::parse(url).is_ok_and(|url| is_loopback(&url) || is_private(&url));
        let usual = |remote| if local { LOCAL } else { remote };
        let chosen = |ms: Option<Num>, usual| match ms.map(|ms| ms.0) {
            Some(ms) if ms > 0.0 => Some(millis(ms)),
            Some(_) => None,
            None => Some(usual),
        };
        Self {
            head: options.timeout_ms.filter(|ms| ms.0 > 0.0).map_or(usual(HEAD), |ms| millis(ms.0)),
            first_event: chosen(options.first_event_timeout_ms, usual(FIRST_EVENT)),
            idle: chosen(options.idle_timeout_ms, usual(IDLE)),
        }
    }

    /// The deadline for the next event.
    pub fn next(&self, seen_any: bool) -> Option<Duration> {
        if seen_any { self.idle } else { self.first_event }
    }

    /// The failure when no event came in time.
    pub fn stalled(&self, seen_any: bool) -> Failure {
        let (code, which) = if seen_any { ("idle", "event") } else { ("first_event", "first event") };
        let waited = self.next(seen_any).unwrap_or_default().as_secs_f64();
        let message = format!("Stream timed out: no {which} within {waited} s");
        Failure {
            code: Some(format!("stream_stalled_{code}")),
            ..Failure::new(FailureKind::Stalled, message)
        }
    }
}

fn millis(ms: f64) -> Duration {
    Duration::try_from_secs_f64(ms / 1000.0).unwrap_or(Duration::MAX)
}

fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_private() || ip.is_unspecified(),
        Some(url::Host::Domain(name)) => {
            ["local", "internal", "lan", "home"].contains(&name.rsplit('.').next().unwrap_or_default())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(options: &str, url: &str) -> Deadlines {
        Deadlines::new(&serde_json::from_str(options).unwrap(), url)
    }

    #[test]
    fn models_nearby_have_longer() {
        let remote = of("{}", "https://api.example.com/v1");
        assert_eq!((remote.head, remote.first_event, remote.idle), (HEAD, Some(FIRST_EVENT), Some(IDLE)));
        for url in
            ["http://localhost:11434/v1", "http://[::1]/", "http://192.168.1.7:8000", "http://box.local/"]
        {
            assert_eq!(of("{}", url).idle, Some(LOCAL), "{url}");
        }
    }

    #[test]
    fn the_hosts_own_come_first_and_0_means_for_ever() {
        let own = of(r#"{"timeoutMs":5,"firstEventTimeoutMs":0,"idleTimeoutMs":7}"#, "http://localhost");
        let millis = Duration::from_millis;
        assert_eq!((own.head, own.next(false), own.next(true)), (millis(5), None, Some(millis(7))));
    }
}
