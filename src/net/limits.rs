//! What a response says about the provider's limits: how long to wait, what is used up, and the request's id for the
//! provider's support.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::ai::{Failure, Headers};

/// Where the providers, and the proxies before them, put the id of a request.
const REQUEST_IDS: &[&str] = &[
    "request-id",
    "x-request-id",
    "x-amzn-requestid",
    "x-amzn-request-id",
    "apim-request-id",
    "x-ms-request-id",
    "x-goog-request-id",
    "x-cloud-trace-context",
    "mistral-correlation-id",
    "x-generation-id",
    "cf-ray",
];

/// Numbers above this are seconds since 1970 rather than seconds to wait.
const EPOCH_SECONDS: f64 = 1e9;
/// Numbers above this are milliseconds since 1970.
const EPOCH_MILLIS: f64 = 1e12;

/// Completes the failure of an error response by its headers and typed body: what the provider asks to wait, whether it
/// says that trying again is useful, and the request's id.
pub fn asked_delay(mut failure: Failure, headers: &Headers, body: &str) -> Failure {
    match headers.get("x-should-retry") {
        Some("true") => failure.retryable = true,
        Some("false") => failure.retryable = false,
        _ => {}
    }
    let now = Timestamp::now();
    let of_body = failure.retry_after_ms.map(Duration::from_millis);
    let asked = asked(headers, body, now).or(of_body).or_else(|| match failure.status {
        Some(429 | 503 | 529) => {
            used_up(headers, now).or_else(|| reset(headers.get("x-ratelimit-reset")?, now))
        }
        _ => None,
    });
    failure.retry_after_ms = asked.map(|asked| u64::try_from(asked.as_millis()).unwrap_or(u64::MAX));
    failure.request_id = request_id(headers);
    failure
}

/// The provider's id of a request, for its support, from the response's headers.
pub fn request_id(headers: &Headers) -> Option<String> {
    REQUEST_IDS.iter().find_map(|name| headers.get(name).filter(|id| !id.is_empty())).map(str::to_owned)
}

/// How long the provider asks to wait in so many words. What cannot be read asks for nothing.
fn asked(headers: &Headers, body: &str, now: Timestamp) -> Option<Duration> {
    let number = |name| headers.get(name).and_then(|value| value.trim().parse::<f64>().ok());
    number("retry-after-ms")
        .and_then(|ms| seconds(ms / 1000.0))
        .or_else(|| number("retry-after").and_then(seconds))
        .or_else(|| headers.get("retry-after").and_then(|value| until(value, now)))
        .or_else(|| retry_info(body))
}

/// How long until what the headers say is used up comes back: every limit has a header for what remains of it and one
/// of the same name for its reset. None if nothing is used up.
pub(super) fn used_up(headers: &Headers, now: Timestamp) -> Option<Duration> {
    let limits = headers.iter().filter(|(name, _)| name.contains("ratelimit") && name.contains("remaining"));
    let gone = limits.filter(|(_, value)| value.trim().parse::<f64>().is_ok_and(|left| left <= 0.0));
    gone.filter_map(|(name, _)| reset(headers.get(&name.replace("remaining", "reset"))?, now)).max()
}

/// The wait until a reset: seconds, `6m0.5s`, a time since 1970 or a date.
fn reset(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    match value.parse::<f64>() {
        Ok(number) if number > EPOCH_MILLIS => seconds(number / 1000.0 - now.as_duration().as_secs_f64()),
        Ok(number) if number > EPOCH_SECONDS => seconds(number - now.as_duration().as_secs_f64()),
        Ok(number) => seconds(number),
        Err(_) => span(value).or_else(|| until(value, now)),
    }
}

/// A duration as Go writes it.
fn span(text: &str) -> Option<Duration> {
    const UNITS: [(&str, f64); 6] =
        [("ms", 0.001), ("us", 1e-6), ("ns", 1e-9), ("h", 3600.0), ("m", 60.0), ("s", 1.0)];
    let (mut rest, mut total) = (text, 0.0);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at_checked(digits)?;
        let (unit, scale) = UNITS.iter().find(|(unit, _)| after.starts_with(unit))?;
        total += number.parse::<f64>().ok()? * scale;
        rest = after.get(unit.len()..)?;
    }
    seconds(total)
}

/// The wait until a date, in HTTP's way or as RFC 3339 has it.
fn until(date: &str, now: Timestamp) -> Option<Duration> {
    let parsed = jiff::fmt::rfc2822::parse(date).map(|date| date.timestamp());
    let then = parsed.or_else(|_| date.parse::<Timestamp>()).ok()?;
    seconds(then.duration_since(now).as_secs_f64())
}

/// Google's `RetryInfo`.
fn retry_info(body: &str) -> Option<Duration> {
    if !body.contains("retryDelay") {
        return None;
    }
    let body: Value = serde_json::from_str(body).ok()?;
    let details = body.pointer("/error/details").or_else(|| body.pointer("/0/error/details"))?;
    let delay = details.as_array()?.iter().find_map(|detail| detail.get("retryDelay")?.as_str())?;
    seconds(delay.strip_suffix('s')?.parse().ok()?)
}

/// A wait; none where there is nothing to wait for.
fn seconds(seconds: f64) -> Option<Duration> {
    let wait = || Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    (seconds.is_finite() && seconds > 0.0).then(wait)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ai::FailureKind;

    type List = &'static [(&'static str, &'static str)];

    const NOW: &str = "2026-03-01T12:00:00Z";

    fn headers(list: &[(&str, &str)]) -> Headers {
        let mut headers = Headers::default();
        for (name, value) in list {
            headers.set(name, *value);
        }
        headers
    }

    #[test]
    fn every_way_to_ask_for_a_delay_is_understood() {
        let google = r#"{"error":{"details":[{"@type":"x"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"2.5s"}]}}"#;
        for (name, value, body, millis) in [
            ("retry-after", "7", "", Some(7000)),
            ("retry-after", "0.5", "", Some(500)),
            ("retry-after-ms", "250", "", Some(250)),
            ("retry-after", "Sun, 01 Mar 2026 12:01:40 GMT", "", Some(100_000)),
            ("x", "", google, Some(2500)),
            ("retry-after", "soon", "", None),
            ("retry-after", "Sun, 99 Foo 2026", "", None),
            ("retry-after", "Sun, 01 Mar 2026 11:00:00 GMT", "", None),
            ("retry-after", "0", "", None),
            ("retry-after", "-3", "", None),
            ("retry-after", "NaN", "", None),
            ("retry-after-ms", "inf", "", None),
            ("x", "", r#"{"error":{"details":[{"retryDelay":"soon"}]}}"#, None),
        ] {
            let asked = asked(&headers(&[(name, value)]), body, NOW.parse().unwrap());
            assert_eq!(asked.map(|asked| asked.as_millis()), millis, "{name}: {value}");
        }
    }

    #[test]
    fn what_is_used_up_comes_back_at_its_own_reset() {
        #[rustfmt::skip]
        let rows: &[(List, Option<u128>)] = &[
            (&[("anthropic-ratelimit-requests-remaining", "0"), ("anthropic-ratelimit-requests-reset", "2026-03-01T12:00:30Z")], Some(30_000)),
            (&[("anthropic-ratelimit-input-tokens-remaining", "1000"), ("anthropic-ratelimit-input-tokens-reset", "2026-03-01T12:00:30Z")], None),
            (&[("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "1m6.5s")], Some(66_500)),
            (&[("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "20ms")], Some(20)),
            (&[("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "1s"), ("x-ratelimit-remaining-tokens", "-1"), ("x-ratelimit-reset-tokens", "4s")], Some(4000)),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1772366410")], Some(10_000)),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1772366410000")], Some(10_000)),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "12")], Some(12_000)),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "whenever")], None),
            (&[("x-ratelimit-remaining", "0")], None),
        ];
        for (list, millis) in rows {
            let wait = used_up(&headers(list), NOW.parse().unwrap());
            assert_eq!(wait.map(|wait| wait.as_millis()), *millis, "{list:?}");
        }
    }

    #[test]
    fn a_failure_takes_the_wait_and_the_id_that_its_response_names() {
        let limited = || Failure { status: Some(429), ..Failure::new(FailureKind::RateLimit, "429") };
        let list = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "12"),
            ("x-request-id", ""),
            ("cf-ray", "8a"),
        ];
        let failure = asked_delay(limited(), &headers(&list), "");
        assert_eq!((failure.retry_after_ms, failure.request_id.as_deref()), (Some(12_000), Some("8a")));
        let failure =
            asked_delay(limited(), &headers(&[("x-amzn-requestid", "a"), ("x-should-retry", "false")]), "");
        assert_eq!((failure.retryable, failure.request_id.as_deref()), (false, Some("a")));
    }
}
