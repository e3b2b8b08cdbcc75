//! Holds back the requests that go to one provider under one key once the provider says that it has had enough. All
//! turns of the process share it.
//!
//! As long as nobody is refused nothing is kept and nobody waits. A refusal closes the way for as long as the provider
//! asks; a response that says that a limit is used up does so for a while. Those who wait then go in the order in which
//! their turns began: one first, more with each that is accepted, and no more at once than went through the last time.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::Policy;
use super::limits::used_up;
use super::retry::is_limit;
use crate::ai::codec::HttpRequest;
use crate::ai::{Failure, FailureKind, Headers};

/// More than this do not wait under one key.
const MOST_WAITING: usize = 1000;
/// What the provider only hints at is believed for so long.
const LONGEST_HINT: Duration = Duration::from_secs(10);
/// A refusal comes at once: a request without an answer for so long does not keep others back.
const REFUSED_WITHIN: Duration = Duration::from_secs(3);
/// A provider that asks for longer than the host would wait is asked again after this.
const ASK_AGAIN: Duration = Duration::from_mins(1);

/// A turn's place among those under the same key. The earlier turn goes first, also when it has to try again.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    lane: u64,
    number: u64,
}

/// Leave to send one request.
#[derive(Debug)]
pub struct Pass {
    lane: u64,
    /// The round of the lane that it counts in.
    round: Option<u64>,
}

/// Those under one key, while there is something to keep of them.
#[derive(Debug)]
struct Lane {
    waiting: BTreeMap<u64, Arc<Notify>>,
    /// Nobody goes before this.
    closed_until: Instant,
    /// What closed the lane and when; none for a hint.
    refusal: Option<(Failure, Instant)>,
    /// Counts how often the lane was closed.
    round: u64,
    /// How many of this round are on their way without an answer.
    underway: u32,
    accepted: u32,
    /// How many the last round let through before it was refused.
    passed_before: Option<u32>,
    last_sent: Instant,
    last_accepted: Instant,
}

enum Step {
    Go(Pass),
    Wait(Arc<Notify>, Option<Instant>),
    Fail(Failure),
}

fn lanes() -> MutexGuard<'static, HashMap<u64, Lane>> {
    static LANES: OnceLock<Mutex<HashMap<u64, Lane>>> = OnceLock::new();
    LANES.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

impl Place {
    /// A place for a new turn, behind all others, by the request as it will be sent.
    pub fn new(provider: &str, request: &HttpRequest) -> Self {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        Self { lane: lane_of(provider, request), number: NUMBERS.fetch_add(1, Ordering::Relaxed) }
    }

    /// Waits for leave to send. Fails at once when the provider asks for a longer wait than the host allows, when too
    /// many wait, and when the host gives up; and later when nobody gets through for as long as the host would wait.
    pub async fn turn(&self, policy: &Policy, cancel: &CancellationToken) -> Result<Pass, Failure> {
        let waiting = Waiting(*self);
        let since = waiting.since();
        loop {
            if cancel.is_cancelled() {
                return Err(policy.given_up());
            }
            let (bell, until) = match self.step(policy.longest_asked(), since) {
                Step::Go(pass) => return Ok(pass),
                Step::Fail(failure) => return Err(failure),
                Step::Wait(bell, until) => (bell, until),
            };
            let timer = async {
                match until {
                    Some(until) => sleep_until(until).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = cancel.cancelled() => {}
                () = bell.notified() => {}
                () = timer => {}
            }
        }
    }

    /// Waits for leave to try again after the failure of an attempt (counted from 0), or fails with it when it is final.
    pub async fn again(
        &self,
        mut pass: Pass,
        policy: &Policy,
        attempt: u32,
        failure: Failure,
        cancel: &CancellationToken,
    ) -> Result<Pass, Failure> {
        let wait = policy.wait(attempt, &failure);
        let limited = is_limit(&failure);
        if limited {
            pass.refused(&failure, wait);
        }
        drop(pass);
        policy.after(attempt, failure)?;
        if !limited {
            tokio::select! {
                () = cancel.cancelled() => return Err(policy.given_up()),
                () = tokio::time::sleep(wait) => {}
            }
        }
        self.turn(policy, cancel).await
    }

    fn step(&self, longest: Option<Duration>, since: Instant) -> Step {
        let mut lanes = lanes();
        let Some(lane) = lanes.get_mut(&self.lane) else {
            return Step::Go(Pass { lane: self.lane, round: None });
        };
        if lane.waiting.len() >= MOST_WAITING && !lane.waiting.contains_key(&self.number) {
            return Step::Fail(lane.failure("too many requests wait for the same limit"));
        }
        let bell = Arc::clone(lane.waiting.entry(self.number).or_default());
        let now = Instant::now();
        let left = lane.closed_until.saturating_duration_since(now);
        if longest.is_some_and(|longest| left > longest) {
            return match &lane.refusal {
                Some((_, at)) if *at + ASK_AGAIN > now || lane.underway > 0 => {
                    Step::Fail(lane.too_long(left, longest.unwrap_or_default()))
                }
                _ => Step::Go(lane.send(self, now)),
            };
        }
        let is_first = lane.waiting.keys().next() == Some(&self.number);
        if is_first && left.is_zero() && lane.has_room(now) {
            return Step::Go(lane.send(self, now));
        }
        let expiry = longest.map(|longest| lane.last_accepted.max(since) + longest);
        if expiry.is_some_and(|expiry| expiry <= now) {
            return Step::Fail(lane.failure("no request under the same limit got through"));
        }
        let chance = is_first.then(|| lane.closed_until.max(lane.last_sent + REFUSED_WITHIN));
        let chance = if left.is_zero() { chance } else { is_first.then_some(lane.closed_until) };
        Step::Wait(bell, [expiry, chance].into_iter().flatten().min())
    }
}

impl Lane {
    fn new(now: Instant) -> Self {
        Self {
            waiting: BTreeMap::new(),
            closed_until: now,
            refusal: None,
            round: 0,
            underway: 0,
            accepted: 0,
            passed_before: None,
            last_sent: now,
            last_accepted: now,
        }
    }

    /// Whether one more may be on its way.
    fn has_room(&self, now: Instant) -> bool {
        let sent = self.accepted + self.underway;
        let at_once =
            if self.passed_before.is_some_and(|passed| sent >= passed) { 1 } else { self.accepted.max(1) };
        self.underway < at_once || now >= self.last_sent + REFUSED_WITHIN
    }

    fn send(&mut self, place: &Place, now: Instant) -> Pass {
        self.waiting.remove(&place.number);
        self.underway += 1;
        self.last_sent = now;
        self.ring();
        Pass { lane: place.lane, round: Some(self.round) }
    }

    /// Tells the first who waits that things have changed.
    fn ring(&self) {
        if let Some(bell) = self.waiting.values().next() {
            bell.notify_one();
        }
    }

    fn close(&mut self, wait: Duration, now: Instant) {
        if self.closed_until <= now {
            self.passed_before = (self.round > 0).then_some(self.accepted.max(1));
            self.round += 1;
            (self.underway, self.accepted) = (0, 0);
        }
        let until = now.checked_add(wait).unwrap_or(now + Duration::from_hours(24 * 365));
        self.closed_until = self.closed_until.max(until);
    }

    fn is_idle(&self, now: Instant) -> bool {
        self.waiting.is_empty() && self.underway == 0 && self.closed_until <= now
    }

    /// The refusal that closed the lane, for one who was not even sent because of it.
    fn failure(&self, why: &str) -> Failure {
        let left = self.closed_until.saturating_duration_since(Instant::now());
        let mut failure = match &self.refusal {
            Some((refusal, _)) => refusal.clone(),
            None => Failure::new(FailureKind::RateLimit, "Rate limit reached"),
        };
        failure.message = format!("{} ({why})", failure.message);
        failure.retry_after_ms = u64::try_from(left.as_millis()).ok().filter(|left| *left > 0);
        failure
    }

    fn too_long(&self, left: Duration, longest: Duration) -> Failure {
        let (left, limit) = (left.as_secs_f64().ceil(), longest.as_secs_f64());
        self.failure(&format!("retry after {left} s is longer than the limit of {limit} s"))
    }
}

impl Pass {
    /// The provider has taken the request.
    pub fn accepted(&mut self, headers: &Headers) {
        let hint = used_up(headers, Timestamp::now()).map(|wait| wait.min(LONGEST_HINT));
        let round = self.round.take();
        let now = Instant::now();
        let mut lanes = lanes();
        if let Some(wait) = hint {
            let lane = lanes.entry(self.lane).or_insert_with(|| Lane::new(now));
            lane.settle(round, true, now);
            if lane.closed_until <= now {
                lane.refusal = None;
            }
            lane.close(wait, now);
            lane.ring();
        } else {
            settle(&mut lanes, self.lane, round, true);
        }
    }

    /// The answer to a request that is not tried again has ended.
    pub fn ended(mut self, policy: &Policy, failure: Option<&Failure>) {
        match failure {
            None => self.accepted(&Headers::default()),
            Some(failure) if is_limit(failure) => self.refused(failure, policy.wait(0, failure)),
            Some(_) => {}
        }
    }

    /// The provider has refused the request for its limits: nobody goes for so long.
    pub(super) fn refused(&mut self, failure: &Failure, wait: Duration) {
        let round = self.round.take();
        let now = Instant::now();
        let mut lanes = lanes();
        lanes.retain(|id, lane| *id == self.lane || !lane.is_idle(now));
        let lane = lanes.entry(self.lane).or_insert_with(|| Lane::new(now));
        lane.settle(round, false, now);
        lane.close(wait, now);
        lane.refusal = Some((failure.clone(), now));
        lane.ring();
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if let Some(round) = self.round.take() {
            settle(&mut lanes(), self.lane, Some(round), false);
        }
    }
}

impl Lane {
    /// Counts the answer to a request.
    fn settle(&mut self, round: Option<u64>, accepted: bool, now: Instant) {
        if accepted {
            self.last_accepted = now;
        }
        if round == Some(self.round) {
            self.underway = self.underway.saturating_sub(1);
            self.accepted += u32::from(accepted);
        }
    }
}

fn settle(lanes: &mut HashMap<u64, Lane>, id: u64, round: Option<u64>, accepted: bool) {
    let now = Instant::now();
    let Some(lane) = lanes.get_mut(&id) else { return };
    lane.settle(round, accepted, now);
    lane.ring();
    if lane.is_idle(now) {
        lanes.remove(&id);
    }
}

/// One who may be waiting; leaves when dropped.
struct Waiting(Place);

impl Waiting {
    /// From when on the host's patience counts: the wait that it has agreed to comes first.
    fn since(&self) -> Instant {
        let now = Instant::now();
        lanes().get(&self.0.lane).map_or(now, |lane| lane.closed_until.max(now))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut lanes = lanes();
        let Some(lane) = lanes.get_mut(&self.0.lane) else { return };
        if lane.waiting.remove(&self.0.number).is_some() {
            lane.ring();
            if lane.is_idle(Instant::now()) {
                lanes.remove(&self.0.lane);
            }
        }
    }
}

/// What a request is limited by: the provider, its address and the key. Only a hash is kept.
fn lane_of(provider: &str, request: &HttpRequest) -> u64 {
    static HASHES: OnceLock<RandomState> = OnceLock::new();
    const KEYS: [&str; 4] = ["authorization", "x-api-key", "api-key", "x-goog-api-key"];
    let origin = reqwest::Url::parse(&request.url).map(|url| url.origin().ascii_serialization());
    let keys: Vec<&str> = request
        .headers
        .iter()
        .filter(|(name, _)| KEYS.contains(&name.as_str()))
        // A signature is another one each time; what it is made with stands before the first slash.
        .map(|(_, value)| match value.strip_prefix("AWS4-HMAC-SHA256 ") {
            Some(signed) => signed.split('/').next().unwrap_or_default(),
            None => value,
        })
        .collect();
    HASHES.get_or_init(RandomState::new).hash_one((provider, origin.ok(), keys))
}

/// Whether anything is kept of those under the same key.
#[cfg(test)]
pub(super) fn has_lane(place: &Place) -> bool {
    lanes().contains_key(&place.lane)
}
