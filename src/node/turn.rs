//! One turn as JavaScript drives it, over this library's own connections or over the host's `fetch`.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::bindgen_prelude::AsyncTask;
use napi::{Env, JsString, Result, Task};
use napi_derive::napi;
use tokio_util::sync::CancellationToken;

use super::batch::Packed;
use super::feed::Feed;
use super::queue::{Inlet, Queue};
use crate::ai::codec::{self, Codec, Decoder, End, HttpRequest};
use crate::ai::{Event, Failure, FailureKind, Headers, Sink, StopReason, Turn as Input, provider};
use crate::json::well_formed;
use crate::net::{self, Deadlines, Exchange, Network, Pass, Place, Policy};

/// Above this size, in bytes, a request is written on a thread for long work.
const LONG_INPUT: usize = 64 << 10;

/// A turn whose request is written and ready to go.
pub(super) struct Prepared {
    pub(super) protocol: &'static dyn Codec,
    pub(super) request: HttpRequest,
    /// The same request for a WebSocket, and the message that asks there.
    pub(super) socket: Option<(HttpRequest, String)>,
    /// What the decoder needs to know of the turn; its messages are gone.
    pub(super) turn: Input,
    pub(super) network: Network,
    /// For the host's own transport and for WebSockets: leave to send.
    pub(super) leave: Option<(Place, Pass)>,
    /// For the host's own transport: the provider's id of the request.
    request_id: Option<String>,
}

impl Prepared {
    fn new(parts: &Parts) -> std::result::Result<Self, Failure> {
        let (mut input, api) = if parts.protocol == provider::PROTOCOL {
            let text = well_formed(&parts.input);
            let asked: provider::Asked = serde_json::from_str(&text).map_err(|error| unreadable(&error))?;
            let input = asked.turn()?;
            let api = input.model.api.clone();
            (input, api)
        } else {
            let input = Input::from_json(&parts.input).map_err(|error| unreadable(&error))?;
            (input, parts.protocol.as_str().into())
        };
        let network = serde_json::from_str(&parts.network).map_err(|error| unreadable(&error))?;
        let protocol = codec::of_api(&api).ok_or_else(|| {
            let message = format!("No API provider registered for api: {}", &*api);
            Failure::new(FailureKind::InvalidRequest, message)
        })?;
        let messages = std::mem::take(&mut input.messages);
        let turn = input.clone();
        input.messages = messages;
        let request = protocol.encode(input)?;
        Ok(Self { protocol, request, socket: None, turn, network, leave: None, request_id: None })
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        codec::reader(self.protocol, &self.turn)
    }

    /// The sealed request for the host's own transport, JSON.
    fn parts(&self) -> String {
        let HttpRequest { url, headers, body, refused, .. } = &self.request;
        let Deadlines { head, first_event, idle } = Deadlines::new(&self.turn.options, url);
        let headers: std::collections::BTreeMap<_, _> = headers.iter().cloned().collect();
        serde_json::json!({
            "url": url,
            "headers": headers,
            "body": body,
            "refused": refused.is_some(),
            "headMs": millis(Some(head)),
            "firstEventMs": millis(first_event),
            "idleMs": millis(idle),
        })
        .to_string()
    }

    /// Makes the request ready to be sent, with another payload if one is given.
    async fn seal(&mut self, payload: Option<String>) -> std::result::Result<(), Failure> {
        let mut request = std::mem::take(&mut self.request);
        if let Some(payload) = payload {
            let cleaned = match well_formed(&payload) {
                Cow::Owned(cleaned) => Some(cleaned),
                Cow::Borrowed(_) => None,
            };
            request.body = cleaned.unwrap_or(payload);
        }
        self.request = self.protocol.seal(&self.turn, request)?;
        net::authorise(&mut self.request, &self.network).await
    }

    fn place(&self) -> Place {
        Place::new(&self.turn.model.provider, &self.request)
    }

    pub(super) fn policy(&self) -> Policy {
        Policy::new(self.protocol, &self.turn.options)
    }

    /// Waits for leave to send.
    pub(super) async fn admit(&mut self, cancel: &CancellationToken) -> std::result::Result<(), Failure> {
        self.leave = None;
        if self.request.refused.is_none() {
            let place = self.place();
            self.leave = Some((place, place.turn(&self.policy(), cancel).await?));
        }
        Ok(())
    }

    /// Waits for leave to try again after the failure of an attempt, unless it is final.
    async fn again(
        &mut self,
        attempt: u32,
        failure: Failure,
        cancel: &CancellationToken,
    ) -> std::result::Result<(), Failure> {
        let failure = if cancel.is_cancelled() { self.protocol.given_up() } else { failure };
        let Some((place, pass)) = self.leave.take() else { return Err(failure) };
        let policy = self.policy();
        self.leave = Some((place, place.again(pass, &policy, attempt, failure, cancel).await?));
        Ok(())
    }
}

/// One turn. Its events wait in a queue until `drain` takes them; the last one is `D` (done) or `F` (failed).
#[napi]
pub struct Turn {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) queue: Arc<Queue>,
    pub(super) cancel: CancellationToken,
    state: Mutex<State>,
}

/// What the host gave: the protocol's name, the rest as JSON.
pub(super) struct Parts {
    protocol: String,
    input: String,
    network: String,
}

pub(super) enum State {
    /// What the host gave.
    Fresh(Parts),
    /// The request is written.
    Ready(Box<Prepared>),
    /// The host's own transport brings the response. `visible` once the host has seen some of the answer.
    Reading { prepared: Box<Prepared>, decoder: Box<dyn Decoder>, visible: bool },
    /// The host's own transport has failed before the host saw anything.
    Failed { prepared: Box<Prepared>, failure: Failure },
    /// Events flow, or all is said.
    Gone,
}

impl Shared {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn replace(&self, state: State) -> State {
        std::mem::replace(&mut *self.state(), state)
    }

    pub(super) fn fail(&self, failure: &Failure) {
        *self.state() = State::Gone;
        self.queue.end(Err(failure));
    }

    /// Writes the request, unless that was done or has failed.
    pub(super) fn prepare(&self) -> Option<Box<Prepared>> {
        match self.replace(State::Gone) {
            State::Fresh(parts) => match Prepared::new(&parts) {
                Ok(prepared) => Some(Box::new(prepared)),
                Err(failure) => {
                    self.fail(&failure);
                    None
                }
            },
            State::Ready(prepared) => Some(prepared),
            State::Reading { .. } | State::Failed { .. } | State::Gone => None,
        }
    }

    pub(super) async fn seal(
        &self,
        prepared: &mut Prepared,
        payload: Option<String>,
    ) -> std::result::Result<(), Failure> {
        let protocol = prepared.protocol;
        tokio::select! {
            () = self.cancel.cancelled() => Err(protocol.given_up()),
            sealed = prepared.seal(payload) => sealed,
        }
    }

    /// Sends over this library's own connections and reads the response to its end.
    async fn run(self: Arc<Self>, payload: Option<String>) {
        let long = matches!(&*self.state(), State::Fresh(parts) if parts.input.len() > LONG_INPUT);
        let prepared = if long {
            let shared = Arc::clone(&self);
            tokio::task::spawn_blocking(move || shared.prepare()).await.ok().flatten()
        } else {
            self.prepare()
        };
        let Some(mut prepared) = prepared else { return };
        prepared.leave = None;
        let mut inlet = Inlet::new(&self.queue);
        if let Err(failure) = self.seal(&mut prepared, payload).await {
            return inlet.end(Err(&failure));
        }
        let turn = Exchange {
            protocol: prepared.protocol,
            deadlines: Deadlines::new(&prepared.turn.options, &prepared.request.url),
            retries: prepared.policy(),
            place: prepared.place(),
            network: std::mem::take(&mut prepared.network),
            request: std::mem::take(&mut prepared.request),
            decoder: || prepared.decoder(),
            cancel: self.cancel.clone(),
        };
        let outcome = net::exchange(turn, &mut inlet).await;
        inlet.end(outcome.as_ref().map(|reason| *reason));
    }
}

#[napi]
impl Turn {
    /// A turn over a protocol, of the model, conversation and options in `input`, over the network described by
    /// `network` (both JSON). Under the protocol `argent` the input is a request for one of Argent's providers. `id` is
    /// what the feed rings with.
    #[napi(constructor, catch_unwind)]
    pub fn new(feed: &Feed, id: u32, protocol: String, input: String, network: String) -> Self {
        let bell = feed.bell();
        let cancel = bell.closing().child_token();
        let queue = Arc::new(Queue::new(id, bell));
        let state = Mutex::new(State::Fresh(Parts { protocol, input, network }));
        Self { shared: Arc::new(Shared { queue, cancel, state }) }
    }

    /// Writes the request off the main thread. Resolves to its payload as JSON text, or to `null` when that failed.
    #[napi(catch_unwind, ts_return_type = "Promise<string | null>")]
    pub fn request(&self) -> AsyncTask<Write> {
        AsyncTask::new(Write(Arc::clone(&self.shared)))
    }

    /// For the host's own transport: makes the request ready to be sent, with another payload if one is given, and waits
    /// for leave to send it. Resolves to its parts as JSON, or to `null` when that failed.
    #[napi(catch_unwind)]
    pub async fn seal(&self, payload: Option<String>) -> Option<String> {
        let shared = Arc::clone(&self.shared);
        let mut prepared = shared.prepare()?;
        let mut ready = shared.seal(&mut prepared, payload).await;
        if ready.is_ok() {
            ready = prepared.admit(&shared.cancel).await;
        }
        if let Err(failure) = ready {
            shared.fail(&failure);
            return None;
        }
        let parts = prepared.parts();
        *shared.state() = State::Ready(prepared);
        Some(parts)
    }

    /// Sends the request, with another payload if one is given, and starts to read the response.
    #[napi(catch_unwind)]
    pub fn send(&self, payload: Option<String>) {
        self.spawn(Arc::clone(&self.shared).run(payload));
    }

    /// The events that wait, as described in `batch.rs`; `null` when there are none.
    #[napi(catch_unwind)]
    pub fn drain<'env>(&self, env: &'env Env) -> Result<Option<JsString<'env>>> {
        match self.shared.queue.take() {
            None => Ok(None),
            Some(Packed::Narrow(bytes)) => env.create_string_latin1(bytes).map(Some),
            Some(Packed::Wide(units)) => env.create_string_utf16(units).map(Some),
        }
    }

    /// Goes on after the response's head.
    #[napi(catch_unwind)]
    pub fn proceed(&self) {
        self.shared.queue.proceed();
    }

    /// Gives up the turn; its last event follows at once.
    #[napi(catch_unwind)]
    pub fn abort(&self) {
        self.shared.cancel.cancel();
        if let State::Ready(prepared) = &mut *self.shared.state() {
            prepared.leave = None;
        }
        self.read(|decoder, inlet| Some(decoder.finish(End::Aborted, inlet)));
    }

    /// For the host's own transport: an error response came. `again` tells what follows.
    #[napi(catch_unwind)]
    pub fn rejected(&self, status: u16, headers: String, body: String) {
        let headers: Headers = serde_json::from_str(&headers).unwrap_or_default();
        self.shared.attempt_failed(|prepared| {
            net::asked_delay(prepared.protocol.rejection(status, &headers, &body), &headers, &body)
        });
    }

    /// For the host's own transport: no response came. `again` tells what follows.
    #[napi(catch_unwind)]
    pub fn unreachable(&self, timed_out: bool) {
        self.shared.attempt_failed(|prepared| prepared.protocol.unreachable(timed_out));
    }

    /// For the host's own transport: a response was accepted and its body follows.
    #[napi(catch_unwind)]
    pub fn accepted(&self, headers: String) {
        if let Some(mut prepared) = self.shared.prepare() {
            let headers: Headers = serde_json::from_str(&headers).unwrap_or_default();
            if let Some((_, pass)) = &mut prepared.leave {
                pass.accepted(&headers);
            }
            prepared.request_id = net::request_id(&headers);
            let decoder = prepared.decoder();
            *self.shared.state() = State::Reading { prepared, decoder, visible: false };
        }
    }

    /// For the host's own transport: bytes of the body. `false` when no more are wanted.
    #[napi(catch_unwind)]
    pub fn push(&self, bytes: &[u8]) -> bool {
        self.read(|decoder, sink| match decoder.push(bytes, sink) {
            Ok(()) if !decoder.is_complete() => None,
            Ok(()) => Some(decoder.finish(End::Closed, sink)),
            Err(failure) => Some(Err(failure)),
        })
    }

    /// For the host's own transport: the body has ended or, with a text, broken off.
    #[napi(catch_unwind)]
    pub fn finish(&self, broken: Option<String>) {
        self.read(|decoder, sink| {
            Some(match &broken {
                None => decoder.finish(End::Closed, sink),
                Some(text) => Err(Failure::new(FailureKind::Connection, text)),
            })
        });
    }

    /// For the host's own transport: no event came in time.
    #[napi(catch_unwind)]
    pub fn stalled(&self, seen_any: bool) {
        let deadlines = match &*self.shared.state() {
            State::Reading { prepared, .. } => Deadlines::new(&prepared.turn.options, &prepared.request.url),
            _ => return,
        };
        self.read(|_, _| Some(Err(deadlines.stalled(seen_any))));
    }

    /// For the host's own transport, after each attempt (counted from 0): waits, and resolves to whether to send the
    /// request again. Not when the answer has ended, nor when what went wrong is final; that has then been told.
    #[napi(catch_unwind)]
    pub async fn again(&self, attempt: u32) -> bool {
        let shared = Arc::clone(&self.shared);
        let Some((mut prepared, failure)) = shared.take_failed() else { return false };
        match prepared.again(attempt, failure, &shared.cancel).await {
            Ok(()) => *shared.state() = State::Ready(prepared),
            Err(failure) => {
                shared.fail(&failure);
                return false;
            }
        }
        true
    }
}

impl Shared {
    /// Notes the failure of an attempt that brought no response.
    fn attempt_failed(&self, failure: impl FnOnce(&Prepared) -> Failure) {
        let mut state = self.state();
        *state = match std::mem::replace(&mut *state, State::Gone) {
            State::Ready(prepared) => {
                let failure = failure(&prepared);
                State::Failed { prepared, failure }
            }
            other => other,
        };
    }

    fn take_failed(&self) -> Option<(Box<Prepared>, Failure)> {
        let mut state = self.state();
        match std::mem::replace(&mut *state, State::Gone) {
            State::Failed { prepared, failure } => Some((prepared, failure)),
            other => {
                *state = other;
                None
            }
        }
    }
}

impl Turn {
    /// Starts what brings the turn to its end. A fault of this library must not leave the host waiting.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let run = napi::bindgen_prelude::spawn(work);
        let queue = Arc::clone(&self.shared.queue);
        napi::bindgen_prelude::spawn(async move {
            if let Err(fault) = run.await {
                queue.end(Err(&Failure::new(FailureKind::Protocol, format!("Internal error: {fault}"))));
            }
        });
    }

    /// Has the decoder take a step. `false` when the attempt is over: the answer has ended, or it has failed.
    pub(super) fn read(
        &self,
        step: impl FnOnce(&mut dyn Decoder, &mut Watch<'_>) -> Option<std::result::Result<StopReason, Failure>>,
    ) -> bool {
        let mut state = self.shared.state();
        let State::Reading { prepared, decoder, visible } = &mut *state else { return false };
        let mut inlet = Inlet::new(&self.shared.queue);
        let Some(outcome) = step(decoder.as_mut(), &mut Watch { inlet: &mut inlet, visible }) else {
            inlet.flush();
            return true;
        };
        let request_id = prepared.request_id.take();
        let outcome = outcome.map_err(|failure| Failure { request_id, ..failure });
        let may_try_again = !*visible && !self.shared.cancel.is_cancelled();
        match (outcome, std::mem::replace(&mut *state, State::Gone)) {
            (Err(failure), State::Reading { prepared, .. }) if may_try_again => {
                *state = State::Failed { prepared, failure };
                drop(state);
                inlet.flush();
            }
            (outcome, _) => {
                drop(state);
                inlet.end(outcome.as_ref().map(|reason| *reason));
            }
        }
        false
    }
}

/// A wait in milliseconds, for JavaScript.
pub(super) fn millis(wait: Option<std::time::Duration>) -> Option<f64> {
    wait.map(|wait| wait.as_secs_f64() * 1000.0)
}

/// Notes whether the host has seen some of the answer.
pub(super) struct Watch<'a> {
    inlet: &'a mut Inlet,
    visible: &'a mut bool,
}

impl Sink for Watch<'_> {
    fn event(&mut self, event: Event<'_>) {
        *self.visible |= event.is_visible();
        self.inlet.event(event);
    }
}

pub(super) fn unreadable(error: &serde_json::Error) -> Failure {
    Failure::new(FailureKind::InvalidRequest, format!("Cannot read the request: {error}"))
}

/// The messages of a chat completions request for a turn (JSON), as JSON.
#[napi(catch_unwind)]
pub fn chat_messages(turn: String) -> Result<String> {
    let messages = Input::from_json(&turn).map_err(|error| unreadable(&error)).and_then(codec::chat_messages);
    messages.map_err(|failure| napi::Error::from_reason(failure.message))
}

/// Writes a turn's request on a thread of libuv's.
pub struct Write(Arc<Shared>);

impl Task for Write {
    type Output = Option<String>;
    type JsValue = Option<String>;

    fn compute(&mut self) -> Result<Self::Output> {
        let Some(prepared) = self.0.prepare() else { return Ok(None) };
        let payload = prepared.request.body.clone();
        *self.0.state() = State::Ready(prepared);
        Ok(Some(payload))
    }

    fn resolve(&mut self, _env: Env, output: Self::Output) -> Result<Self::JsValue> {
        Ok(output)
    }
}
