//! Turns over WebSockets: this library's own, or the host's, whose messages JavaScript brings.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::bindgen_prelude::PromiseRaw;
use napi::{Env, Result};
use napi_derive::napi;
use serde_json::value::RawValue;

use super::queue::Inlet;
use super::turn::{Prepared, State, Turn, millis, unreadable};
use crate::ai::codec::{self, Continuation as Known};
use crate::ai::{Failure, FailureKind};
use crate::net::{self, Deadlines, Dialogue, Ended};

/// A WebSocket of this library's own, for one turn after the other. It keeps no process alive.
#[napi]
#[derive(Default)]
pub struct Socket(Arc<net::Socket>);

#[napi]
impl Socket {
    /// A socket that is not open yet: see `dial`.
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether it is open, as far as is known.
    #[napi(getter, catch_unwind)]
    pub fn is_open(&self) -> bool {
        self.0.is_open()
    }

    /// Takes leave of the server; a turn on it breaks off.
    #[napi(catch_unwind)]
    pub fn close(&self, code: u16, reason: String) {
        self.0.close(code, reason);
    }
}

/// What the server of one connection knows of the conversation.
#[napi]
#[derive(Default)]
pub struct Continuation(Mutex<Known>);

#[napi]
impl Continuation {
    /// Of a new connection: nothing.
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets everything.
    #[napi(catch_unwind)]
    pub fn reset(&self) {
        self.known().reset();
    }

    /// The last request was answered under an id; `turn` (JSON) has the answer as its one message.
    #[napi(catch_unwind)]
    pub fn answered(&self, turn: String, response_id: String) -> Result<()> {
        let turn = serde_json::from_str(&turn).map_err(|error| unreadable(&error));
        let items = turn
            .and_then(codec::answer_items)
            .map_err(|failure| napi::Error::from_reason(failure.message))?;
        self.known().answered(&response_id, items.iter().map(String::as_str));
        Ok(())
    }
}

impl Continuation {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[napi]
impl Turn {
    /// Makes the request ready for a WebSocket, with another payload if one is given, and waits for leave to send it. `id` is that of the session or,
    /// where there is none, of the turn. Resolves to what is to be known of the request as JSON, or to `null` when that
    /// failed.
    #[napi(catch_unwind)]
    pub async fn socket_request(&self, payload: Option<String>, id: String) -> Option<String> {
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
        let Some(request) = prepared.protocol.socket(&prepared.request, &id) else {
            let message = "WebSocket transport is not available for this API";
            shared.fail(&Failure::new(FailureKind::InvalidRequest, message));
            return None;
        };
        let deadlines = Deadlines::new(&prepared.turn.options, &prepared.request.url);
        let parts = serde_json::json!({
            "url": request.url,
            "headers": request.headers.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "requestBytes": prepared.request.body.len(),
            "hasImage": prepared.request.body.contains(r#""type":"input_image""#),
            "refused": prepared.request.refused.is_some(),
            "firstEventMs": millis(deadlines.first_event),
            "idleMs": millis(deadlines.idle),
        });
        prepared.socket = Some((request, String::new()));
        *shared.state() = State::Ready(prepared);
        Some(parts.to_string())
    }

    /// Opens a socket for the turn. Resolves to `null` or, as JSON, to why that failed.
    #[napi(catch_unwind, ts_return_type = "Promise<string | null>")]
    pub fn dial<'env>(&self, env: &'env Env, socket: &Socket) -> Result<PromiseRaw<'env, Option<String>>> {
        let prepared = match &*self.shared.state() {
            State::Ready(prepared) => prepared.socket.as_ref().map(|(request, _)| {
                let deadlines = Deadlines::new(&prepared.turn.options, &prepared.request.url);
                (request.clone(), prepared.network.clone(), deadlines.head)
            }),
            _ => None,
        };
        let (socket, cancel) = (Arc::clone(&socket.0), self.shared.cancel.clone());
        env.spawn_future(async move {
            let Some((request, network, longest)) = prepared else { return Ok(None) };
            let opened = socket.open(&network, &request, longest, &cancel).await;
            Ok(opened.err().and_then(|broken| serde_json::to_string(&broken).ok()))
        })
    }

    /// Writes the message that asks, as an addition to what the server knows where that serves. What is to be known of
    /// it as JSON.
    #[napi(catch_unwind)]
    pub fn frame(&self, known: Option<&Continuation>) -> Option<String> {
        let mut state = self.shared.state();
        let State::Ready(prepared) = &mut *state else { return None };
        let body = &prepared.request.body;
        let frame = known.map_or_else(|| Known::default().frame(body), |known| known.known().frame(body));
        prepared.socket.as_mut()?.1 = frame.text;
        let facts = serde_json::json!({
            "inputItems": frame.input_items,
            "previousResponseId": frame.previous_response_id,
            "stored": frame.stored,
        });
        Some(facts.to_string())
    }

    /// Sends the message over an open socket and starts to read the answer. When the connection breaks, the turn is as
    /// before.
    #[napi(catch_unwind)]
    pub fn converse(&self, socket: &Socket) {
        let (shared, socket) = (Arc::clone(&self.shared), Arc::clone(&socket.0));
        let Some(mut prepared) = shared.prepare() else { return };
        let dialogue = Dialogue {
            frame: take_frame(&mut prepared),
            decoder: codec::socket_reader(prepared.protocol, &prepared.turn),
            deadlines: Deadlines::new(&prepared.turn.options, &prepared.request.url),
            cancel: shared.cancel.clone(),
        };
        self.spawn(async move {
            let mut inlet = Inlet::new(&shared.queue);
            let outcome = socket.converse(dialogue, &mut inlet).await;
            if let Some((_, pass)) = prepared.leave.take() {
                match &outcome {
                    Ok(_) => pass.ended(&prepared.policy(), None),
                    Err(Ended::Failed(failure)) => pass.ended(&prepared.policy(), Some(failure)),
                    Err(Ended::Broken(_)) => {}
                }
            }
            match outcome {
                Ok(reason) => inlet.end(Ok(reason)),
                Err(Ended::Failed(failure)) => inlet.end(Err(&failure)),
                Err(Ended::Broken(how)) => {
                    inlet.flush();
                    *shared.state() = State::Ready(prepared);
                    shared.queue.broken(&how);
                }
            }
        });
    }

    /// For a WebSocket of the host's: the message that asks. The answer's messages follow by `push`.
    #[napi(catch_unwind)]
    pub fn take_frame(&self) -> Option<String> {
        let mut prepared = self.shared.prepare()?;
        let frame = take_frame(&mut prepared);
        let decoder = codec::socket_reader(prepared.protocol, &prepared.turn);
        // As if the host had seen some of it: over a WebSocket nothing is tried again.
        *self.shared.state() = State::Reading { prepared, decoder, visible: true };
        Some(frame)
    }

    /// For a WebSocket of the host's: it broke, as told by `how` (JSON); the turn is as before.
    #[napi(catch_unwind)]
    pub fn broke(&self, how: String) {
        let mut state = self.shared.state();
        match std::mem::replace(&mut *state, State::Gone) {
            State::Reading { prepared, .. } => *state = State::Ready(prepared),
            other => {
                *state = other;
                return;
            }
        }
        drop(state);
        if let Ok(how) = RawValue::from_string(how) {
            self.shared.queue.broken(&how);
        }
    }
}

fn take_frame(prepared: &mut Prepared) -> String {
    prepared.socket.as_mut().map(|(_, frame)| std::mem::take(frame)).unwrap_or_default()
}
