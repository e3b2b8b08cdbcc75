//! Many turns under one key of a provider that has limits. The clock of most of these tests is a simulated one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::server::{Server, answer, reply};
use super::{Seen, run_with, turn};
use crate::ai::codec::{self, HttpRequest};
use crate::ai::{Failure, FailureKind, Headers, StopReason};
use crate::net::governor::has_lane;
use crate::net::{Network, Pass, Place, Policy};

fn place(key: &str) -> Place {
    let headers = vec![("x-api-key".to_owned(), key.to_owned())];
    Place::new(
        "sim",
        &HttpRequest { url: "http://sim.test/v1".to_owned(), headers, ..HttpRequest::default() },
    )
}

fn policy(options: &str) -> Policy {
    Policy::new(codec::of_api("openai-completions").unwrap(), &serde_json::from_str(options).unwrap())
}

fn limited(seconds: u64) -> Failure {
    Failure { retry_after_ms: Some(seconds * 1000), ..Failure::new(FailureKind::RateLimit, "429 slow down") }
}

fn headers(list: &[(&str, &str)]) -> Headers {
    let mut headers = Headers::default();
    for (name, value) in list {
        headers.set(name, *value);
    }
    headers
}

async fn leave(place: Place) -> Result<Pass, Failure> {
    place.turn(&policy("{}"), &CancellationToken::new()).await
}

/// Has the provider refuse a request under `key` for so many seconds.
async fn refuse(key: &str, seconds: u64) -> Failure {
    let place = place(key);
    let pass = leave(place).await.unwrap();
    let never = policy(r#"{"maxRetries":0}"#);
    place.again(pass, &never, 0, limited(seconds), &CancellationToken::new()).await.unwrap_err()
}

/// A provider that takes so many requests in ten seconds.
struct Provider {
    allows: usize,
    started: Instant,
    /// How many it has taken, by window.
    taken: BTreeMap<u64, usize>,
    order: Vec<usize>,
    refusals: usize,
}

impl Provider {
    fn ask(&mut self, who: usize) -> Result<(), Failure> {
        let elapsed = u64::try_from(self.started.elapsed().as_millis()).unwrap();
        let taken = self.taken.entry(elapsed / 10_000).or_default();
        if *taken < self.allows {
            *taken += 1;
            self.order.push(who);
            return Ok(());
        }
        self.refusals += 1;
        Err(Failure { retry_after_ms: Some(10_000 - elapsed % 10_000), ..limited(0) })
    }
}

/// One turn from its first attempt to its end.
async fn stream(who: usize, place: Place, provider: Arc<Mutex<Provider>>) -> Result<(), Failure> {
    let (policy, cancel) = (policy("{}"), CancellationToken::new());
    let mut pass = place.turn(&policy, &cancel).await?;
    for attempt in 0.. {
        sleep(Duration::from_millis(50)).await;
        let said = provider.lock().unwrap().ask(who);
        match said {
            Ok(()) => {
                pass.accepted(&Headers::default());
                break;
            }
            Err(failure) => pass = place.again(pass, &policy, attempt, failure, &cancel).await?,
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn all_of_a_crowd_get_through_in_their_order_and_few_are_refused() {
    for allows in [1, 2, 3, 5, 7, 12] {
        let provider = Arc::new(Mutex::new(Provider {
            allows,
            started: Instant::now(),
            taken: BTreeMap::new(),
            order: Vec::new(),
            refusals: 0,
        }));
        let key = format!("crowd of {allows}");
        let turns: Vec<_> =
            (0..20).map(|who| tokio::spawn(stream(who, place(&key), Arc::clone(&provider)))).collect();
        for turn in turns {
            turn.await.unwrap().unwrap();
        }
        let provider = provider.lock().unwrap();
        assert_eq!(provider.order, (0..20).collect::<Vec<_>>(), "{allows} at a time");
        // The first rush cannot know; after it one a window is enough to learn that it is full.
        let most = 20 - allows + allows + 20 / allows;
        assert!(provider.refusals <= most, "{allows} at a time: {} refusals", provider.refusals);
        let windows = provider.taken.len();
        assert!(windows <= 20_usize.div_ceil(allows) + 1, "{allows} at a time: {:?}", provider.taken);
        assert!(!has_lane(&place(&key)));
    }
}

#[tokio::test(start_paused = true)]
async fn another_key_does_not_wait() {
    refuse("mine", 50).await;
    let before = Instant::now();
    leave(place("another")).await.unwrap();
    assert_eq!(before.elapsed(), Duration::ZERO);
    leave(place("mine")).await.unwrap();
    assert_eq!(before.elapsed().as_secs(), 50);
}

#[tokio::test(start_paused = true)]
async fn giving_up_ends_the_wait_at_once_and_holds_nobody_up() {
    refuse("given up", 50).await;
    let before = Instant::now();
    let cancel = CancellationToken::new();
    let first = tokio::spawn({
        let (place, cancel) = (place("given up"), cancel.clone());
        async move { place.turn(&policy("{}"), &cancel).await.map(drop) }
    });
    let second = tokio::spawn({
        let place = place("given up");
        async move { leave(place).await.map(drop) }
    });
    sleep(Duration::from_secs(1)).await;
    cancel.cancel();
    assert_eq!(first.await.unwrap().unwrap_err().kind, FailureKind::Aborted);
    assert_eq!(before.elapsed().as_secs(), 1);
    second.await.unwrap().unwrap();
    assert_eq!(before.elapsed().as_secs(), 50);
    assert!(!has_lane(&place("given up")));
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_is_used_up_is_waited_for_before_it_is_hit() {
    let soon = [("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "4s")];
    let late = [("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "6m0s")];
    for (list, seconds) in [(soon, 4), (late, 10)] {
        leave(place("used up")).await.unwrap().accepted(&headers(&list));
        let before = Instant::now();
        let mut pass = leave(place("used up")).await.unwrap();
        assert_eq!(before.elapsed().as_secs(), seconds);
        pass.accepted(&headers(&[("x-ratelimit-remaining-requests", "7")]));
        leave(place("used up")).await.unwrap();
        assert_eq!(before.elapsed().as_secs(), seconds);
    }
    // A host that would not wait for so long asks: the provider has refused nothing.
    leave(place("used up")).await.unwrap().accepted(&headers(&soon));
    let before = Instant::now();
    let hasty = policy(r#"{"maxRetryDelayMs":1000}"#);
    place("used up").turn(&hasty, &CancellationToken::new()).await.unwrap();
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_hosts_limit_fails_at_once_and_the_provider_is_asked_again_later() {
    refuse("too long", 3600).await;
    let before = Instant::now();
    let failure = leave(place("too long")).await.unwrap_err();
    assert_eq!((failure.kind, failure.retry_after_ms), (FailureKind::RateLimit, Some(3_600_000)));
    assert_eq!(failure.message, "429 slow down (retry after 3600 s is longer than the limit of 60 s)");
    assert_eq!(before.elapsed(), Duration::ZERO);
    sleep(Duration::from_mins(1)).await;
    leave(place("too long")).await.unwrap().accepted(&Headers::default());
    let patient = policy(r#"{"maxRetryDelayMs":0}"#);
    place("too long").turn(&patient, &CancellationToken::new()).await.unwrap();
    assert_eq!(before.elapsed().as_secs(), 3600);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_ever_where_nobody_gets_through() {
    refuse("stuck", 50).await;
    let before = Instant::now();
    let stubborn = tokio::spawn(async {
        let (place, policy) = (place("stuck"), policy(r#"{"maxRetries":99}"#));
        let mut pass = place.turn(&policy, &CancellationToken::new()).await?;
        loop {
            pass = place.again(pass, &policy, 0, limited(50), &CancellationToken::new()).await?;
        }
        #[expect(unreachable_code, reason = "names the type")]
        Ok::<(), Failure>(())
    });
    sleep(Duration::from_secs(1)).await;
    let failure = leave(place("stuck")).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::RateLimit);
    assert_eq!(before.elapsed().as_secs(), 50 + 60);
    stubborn.abort();
}

#[tokio::test(start_paused = true)]
async fn the_queue_has_an_end() {
    refuse("queue", 50).await;
    let waiting: Vec<_> = (0..1000)
        .map(|_| place("queue"))
        .map(|place| tokio::spawn(async move { leave(place).await.map(drop) }))
        .collect();
    sleep(Duration::from_secs(1)).await;
    let failure = leave(place("queue")).await.unwrap_err();
    assert_eq!((failure.kind, failure.retry_after_ms), (FailureKind::RateLimit, Some(49_000)));
    for turn in waiting {
        turn.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_that_takes_its_time_holds_nobody_up() {
    refuse("slow", 5).await;
    let before = Instant::now();
    let slow = leave(place("slow")).await.unwrap();
    let next = leave(place("slow")).await.unwrap();
    assert_eq!(before.elapsed().as_secs(), 5 + 3);
    drop((slow, next));
    assert!(!has_lane(&place("slow")));
}

#[tokio::test]
async fn turns_over_the_wire_share_what_one_is_told() {
    let mut scripts = vec![answer("ok"); 5];
    scripts.extend(vec![reply("429 Slow", "retry-after-ms: 40\r\n", ""); 15]);
    scripts.push(answer("ok"));
    let server = Server::start(scripts).await;
    let turns: Vec<_> = (0..20)
        .map(|_| {
            let turn = turn(&server.url, "{}");
            tokio::spawn(async move {
                run_with(turn, Network::default(), CancellationToken::new(), &mut Seen::default()).await
            })
        })
        .collect();
    for turn in turns {
        assert_eq!(turn.await.unwrap(), Ok(StopReason::Stop));
    }
    assert_eq!(server.requests().len(), 35);
}
