//! Every way for a turn to go wrong ends in a typed failure.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::server::{Server, Step, answer, event, head, opening, reply, text};
use super::{Network, Seen, run, run_with, turn};
use crate::ai::{FailureKind, StopReason};

const ONCE: &str = r#"{"maxRetries":0}"#;

async fn failure_of(script: Vec<Step>, options: &str) -> (crate::ai::Failure, Seen) {
    let server = Server::start(vec![script]).await;
    let (outcome, seen) = run(&server.url, options).await;
    (outcome.unwrap_err(), seen)
}

#[tokio::test]
async fn a_whole_answer_is_read() {
    let server = Server::start(vec![answer("hello")]).await;
    let (outcome, seen) = run(&server.url, "{}").await;
    assert_eq!((outcome, seen.text.as_str(), seen.heads), (Ok(StopReason::Stop), "hello", vec![200]));
}

#[tokio::test]
async fn nobody_listens() {
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    drop(server);
    let failure = run(&url, ONCE).await.0.unwrap_err();
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Connection, "Connection error."));
    assert!(failure.retryable);
}

#[tokio::test]
async fn reset_before_the_head() {
    let (failure, _) = failure_of(vec![Step::Reset], ONCE).await;
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Connection, "Connection error."));
}

#[tokio::test]
async fn reset_within_the_body_keeps_what_came() {
    let mut script = opening();
    script.extend([text("so far"), Step::Wait(Duration::from_millis(50)), Step::Reset]);
    let (failure, seen) = failure_of(script, ONCE).await;
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Connection, "terminated"));
    assert_eq!(seen.text, "so far");
}

#[tokio::test]
async fn no_head_in_time() {
    let (failure, _) =
        failure_of(vec![Step::Wait(Duration::from_mins(1))], r#"{"maxRetries":0,"timeoutMs":50}"#).await;
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Timeout, "Request timed out."));
}

#[tokio::test]
async fn no_first_event_in_time_though_the_connection_lives() {
    let mut script = vec![head("200 OK", "")];
    for _ in 0..40 {
        script.extend([Step::Send(b": keep-alive\n\n".to_vec()), Step::Wait(Duration::from_millis(20))]);
    }
    let (failure, _) = failure_of(script, r#"{"maxRetries":0,"firstEventTimeoutMs":100}"#).await;
    assert_eq!(
        (failure.kind, failure.code.as_deref()),
        (FailureKind::Stalled, Some("stream_stalled_first_event"))
    );
    assert!(failure.message.contains("timed out"), "{failure}");
}

#[tokio::test]
async fn no_further_event_in_time_though_the_provider_pings() {
    let mut script = opening();
    script.push(text("so far"));
    for _ in 0..40 {
        script.extend([
            Step::Send(event("ping", r#""x":0"#).into_bytes()),
            Step::Wait(Duration::from_millis(20)),
        ]);
    }
    let (failure, seen) = failure_of(script, r#"{"maxRetries":0,"idleTimeoutMs":100}"#).await;
    assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Stalled, Some("stream_stalled_idle")));
    assert_eq!((seen.text.as_str(), failure.retryable), ("so far", true));
}

#[tokio::test]
async fn error_statuses_are_told_apart() {
    let body = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    for (status, kind, retryable) in [
        ("400 Bad Request", FailureKind::InvalidRequest, false),
        ("401 Unauthorized", FailureKind::Auth, false),
        ("403 Forbidden", FailureKind::Auth, false),
        ("404 Not Found", FailureKind::Rejected, false),
        ("429 Too Many Requests", FailureKind::RateLimit, true),
        ("500 Internal Server Error", FailureKind::Overloaded, true),
        ("529 Overloaded", FailureKind::Overloaded, true),
    ] {
        let (failure, _) = failure_of(reply(status, "request-id: req_1\r\n", body), ONCE).await;
        let code: u16 = status.split(' ').next().unwrap().parse().unwrap();
        assert_eq!(
            (failure.kind, failure.retryable, failure.status),
            (kind, retryable, Some(code)),
            "{status}"
        );
        assert_eq!(failure.message, format!("{code} {body}"));
        assert_eq!(
            (failure.code.as_deref(), failure.request_id.as_deref()),
            (Some("overloaded_error"), Some("req_1"))
        );
    }
}

#[tokio::test]
async fn a_page_instead_of_json_is_shown_as_it_is() {
    let (failure, _) = failure_of(reply("502 Bad Gateway", "", "<html>Bad Gateway</html>"), ONCE).await;
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (FailureKind::Server, "502 <html>Bad Gateway</html>")
    );
    let (failure, _) =
        failure_of(reply("200 OK", "content-type: text/html\r\n", "<html>Log in</html>"), ONCE).await;
    assert_eq!(failure.kind, FailureKind::Truncated);
}

#[tokio::test]
async fn an_empty_error_response_says_so() {
    let (failure, _) = failure_of(reply("413 Too Large", "", ""), ONCE).await;
    assert_eq!(failure.message, "413 status code (no body)");
}

#[tokio::test]
async fn a_stream_cut_short_is_no_success() {
    let mut script = opening();
    script.push(text("half an ans"));
    let (failure, seen) = failure_of(script, ONCE).await;
    assert_eq!(failure.message, "Anthropic stream ended before message_stop");
    assert_eq!((failure.kind, seen.text.as_str()), (FailureKind::Truncated, "half an ans"));
}

#[tokio::test]
async fn an_error_event_ends_the_turn_and_keeps_what_came() {
    let mut script = opening();
    let error = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    script.extend([text("so far"), Step::Send(format!("event: error\ndata: {error}\n\n").into_bytes())]);
    let (failure, seen) = failure_of(script, ONCE).await;
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Overloaded, error));
    assert_eq!(seen.text, "so far");
}

#[tokio::test]
async fn an_endless_body_is_not_read_to_its_end() {
    let mut script = vec![head("200 OK", "")];
    script.push(Step::Repeat(b": filler filler filler filler filler filler filler\n".repeat(20_000), 1_000));
    let (failure, _) = failure_of(script, ONCE).await;
    assert_eq!(failure.kind, FailureKind::TooLarge);
    let mut script = vec![head("400 Bad Request", "")];
    script.push(Step::Repeat(vec![b'x'; 1 << 20], 100));
    let (failure, _) = failure_of(script, ONCE).await;
    assert_eq!(failure.kind, FailureKind::TooLarge);
}

#[tokio::test]
async fn giving_up_ends_the_turn_at_every_phase() {
    let silent = Server::start(vec![vec![Step::Wait(Duration::from_mins(1))]]).await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let mut seen = Seen::default();
    let outcome = run_with(turn(&silent.url, "{}"), Network::default(), cancel, &mut seen).await;
    assert_eq!(outcome.unwrap_err().message, "Request was aborted.");
    assert_eq!(silent.requests().len(), 0);

    let cancel = CancellationToken::new();
    let later = cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(50)).await;
        later.cancel();
    });
    let outcome = run_with(turn(&silent.url, "{}"), Network::default(), cancel, &mut seen).await;
    assert_eq!(outcome.unwrap_err().message, "Request was aborted.");

    let mut script = opening();
    script.extend([text("one"), text("two"), Step::Wait(Duration::from_mins(1))]);
    let server = Server::start(vec![script]).await;
    let cancel = CancellationToken::new();
    let mut seen = Seen { abort_after: Some((2, cancel.clone())), ..Seen::default() };
    let outcome = run_with(turn(&server.url, "{}"), Network::default(), cancel, &mut seen).await;
    let failure = outcome.unwrap_err();
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (FailureKind::Aborted, "This operation was aborted")
    );
    assert_eq!(seen.text, "onetwo");
}

#[tokio::test]
async fn a_host_that_takes_no_more_stops_the_server() {
    let mut script = opening();
    let delta = event(
        "content_block_delta",
        r#""index":0,"delta":{"type":"text_delta","text":"aaaaaaaaaaaaaaaaaaaa"}"#,
    );
    script.push(Step::Repeat(delta.repeat(1000).into_bytes(), 400));
    let server = Server::start(vec![script]).await;
    let full = Arc::new(Notify::new());
    full.notify_one();
    let cancel = CancellationToken::new();
    let mut seen = Seen { full: Some(full), ..Seen::default() };
    let later = cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(400)).await;
        later.cancel();
    });
    let outcome = run_with(turn(&server.url, ONCE), Network::default(), cancel, &mut seen).await;
    assert_eq!(outcome.unwrap_err().kind, FailureKind::Aborted);
    let (sent, all) = (server.sent(), delta.len() * 400_000);
    assert!(sent < all / 2, "the server could send {sent} of {all} bytes");
}
