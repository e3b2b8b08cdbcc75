//! Trying again: only while nothing was seen, and for as long as the provider asks.

use std::time::Duration;

use super::run;
use super::server::{Server, Step, answer, event, head, opening, reply, text};
use crate::ai::{FailureKind, StopReason};

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    for first in
        [reply("500 Oops", "", "{}"), reply("429 Slow", "retry-after-ms: 1\r\n", ""), vec![Step::Reset]]
    {
        let server = Server::start(vec![first, answer("second")]).await;
        let (outcome, seen) = run(&server.url, "{}").await;
        assert_eq!((outcome, seen.text.as_str()), (Ok(StopReason::Stop), "second"));
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn what_will_not_pass_is_not() {
    let rejected = reply("400 Bad", "", "{}");
    let told = reply("500 Oops", "x-should-retry: false\r\n", "{}");
    let broke =
        reply("429 No", "", r#"{"error":{"type":"insufficient_quota","message":"insufficient_quota"}}"#);
    for script in [rejected, told, broke] {
        let server = Server::start(vec![script]).await;
        run(&server.url, "{}").await.0.unwrap_err();
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_provider_may_ask_for_another_attempt() {
    let server = Server::start(vec![reply("400 Bad", "x-should-retry: true\r\n", "{}"), answer("x")]).await;
    assert_eq!(run(&server.url, "{}").await.0, Ok(StopReason::Stop));
}

#[tokio::test]
async fn attempts_are_counted() {
    for (options, requests) in [(r#"{"maxRetries":0}"#, 1), ("{}", 3), (r#"{"maxRetries":1}"#, 2)] {
        let server = Server::start(vec![reply("500 Oops", "retry-after-ms: 1\r\n", "{}")]).await;
        run(&server.url, options).await.0.unwrap_err();
        assert_eq!(server.requests().len(), requests, "{options}");
    }
}

#[tokio::test]
async fn nothing_seen_yet_is_tried_again_after_the_head_too() {
    let mut early = vec![head("200 OK", "")];
    early.push(Step::Send(event("error", r#""error":{"type":"overloaded_error"}"#).into_bytes()));
    let server = Server::start(vec![early, answer("second")]).await;
    let (outcome, seen) = run(&server.url, "{}").await;
    assert_eq!((outcome, seen.text.as_str()), (Ok(StopReason::Stop), "second"));
}

#[tokio::test]
async fn what_was_seen_is_not_said_twice() {
    let mut script = opening();
    script.extend([text("once"), Step::Wait(Duration::from_millis(30)), Step::Reset]);
    let server = Server::start(vec![script, answer("again")]).await;
    let (outcome, seen) = run(&server.url, "{}").await;
    assert_eq!(outcome.unwrap_err().message, "terminated");
    assert_eq!((seen.text.as_str(), server.requests().len()), ("once", 1));
}

#[tokio::test]
async fn a_wait_beyond_the_limit_fails_at_once_and_says_so() {
    let script = reply("429 Slow", "retry-after: 3600\r\n", r#"{"error":{"message":"slow down"}}"#);
    let server = Server::start(vec![script]).await;
    let failure = run(&server.url, "{}").await.0.unwrap_err();
    assert_eq!((failure.kind, failure.retry_after_ms), (FailureKind::RateLimit, Some(3_600_000)));
    assert!(failure.message.starts_with(r#"429 {"error":{"message":"slow down"}}"#), "{failure}");
    assert!(failure.message.contains("3600 s"), "{failure}");
    assert_eq!(server.requests().len(), 1);
}
