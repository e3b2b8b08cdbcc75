//! Reads an answer, over HTTP or a WebSocket: the events of the Responses API with a few ways of their own to end.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::value::RawValue;

use super::body::Own;
use super::rejection;
use crate::ai::codec::fields::Fields;
use crate::ai::codec::openai_chat::is_truthy;
use crate::ai::codec::openai_responses::{Decoder as Responses, Tariff, WireEvent, tier_factor};
use crate::ai::codec::rejection::{parse, to_text};
use crate::ai::codec::sse::SseDecoder;
use crate::ai::codec::{Decoder as _, End};
use crate::ai::{Event, Failure, Sink, StopReason, Turn};
use crate::json::{WireStr, stringify};

const STATUSES: [&[u8]; 6] =
    [b"completed", b"incomplete", b"failed", b"cancelled", b"queued", b"in_progress"];

/// Reads one answer that comes as server-sent events.
pub(super) struct Decoder {
    sse: SseDecoder,
    events: Events,
}

/// Reads one answer that comes over a WebSocket, a message an event.
pub(super) struct SocketDecoder {
    events: Events,
    begun: bool,
}

impl Decoder {
    /// A reader for the response to a turn.
    pub(super) fn new(turn: &Turn) -> Self {
        Self { sse: SseDecoder::default(), events: Events::new(turn) }
    }
}

impl SocketDecoder {
    /// A reader for the answer to a turn.
    pub(super) fn new(turn: &Turn) -> Self {
        Self { events: Events::new(turn), begun: false }
    }
}

impl crate::ai::codec::Decoder for Decoder {
    fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Failure> {
        let events = &mut self.events;
        self.sse.push(bytes, &mut |event| {
            let data = event.data.trim();
            if events.0.is_complete() || data.is_empty() || data == "[DONE]" {
                return Ok(());
            }
            sink.event(Event::Piece);
            events.read(data, "Invalid Codex SSE JSON: {json}", |_| {}, sink)
        })
    }

    fn finish(&mut self, end: End, sink: &mut dyn Sink) -> Result<StopReason, Failure> {
        self.events.finish(end, "This operation was aborted", sink)
    }

    fn is_complete(&self) -> bool {
        self.events.0.is_complete()
    }
}

impl crate::ai::codec::Decoder for SocketDecoder {
    fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Failure> {
        let text = String::from_utf8_lossy(bytes);
        if text.is_empty() || self.is_complete() {
            return Ok(());
        }
        sink.event(Event::Piece);
        let before = &mut self.begun;
        let start = |sink: &mut dyn Sink| {
            if !std::mem::replace(before, true) {
                sink.event(Event::Start);
            }
        };
        self.events.read(&text, "Invalid Codex WebSocket JSON: {json}", start, sink)
    }

    fn finish(&mut self, end: End, sink: &mut dyn Sink) -> Result<StopReason, Failure> {
        self.events.finish(end, "Request was aborted", sink)
    }

    fn is_complete(&self) -> bool {
        self.events.0.is_complete()
    }
}

struct Events(Responses);

impl Events {
    fn new(turn: &Turn) -> Self {
        Self(Responses::new(tariff(turn)))
    }

    /// Takes one event. `begin` is called before one that belongs to the answer.
    fn read(
        &mut self,
        json: &str,
        complaint: &str,
        begin: impl FnOnce(&mut dyn Sink),
        sink: &mut dyn Sink,
    ) -> Result<(), Failure> {
        let event = WireEvent::read(json).map_err(|_| Failure::not_json(complaint, json))?;
        let Some(mut event) = event.filter(|event| !event.r#type.is_empty()) else { return Ok(()) };
        let normal;
        match event.r#type.as_bytes() {
            b"error" => return Err(reported(&event, json)),
            b"response.failed" => return Err(failed(&event)),
            b"response.completed" | b"response.incomplete" | b"response.done" => {
                normal = event.response.and_then(without_odd_status);
                event.response = normal.as_deref().or(event.response);
            }
            _ => {}
        }
        begin(sink);
        self.0.event(&event, sink)
    }

    fn finish(&mut self, end: End, aborted: &str, sink: &mut dyn Sink) -> Result<StopReason, Failure> {
        let outcome = self.0.finish(end, sink);
        if end == End::Aborted { Err(Failure::aborted(aborted)) } else { outcome }
    }
}

/// A response without a status that nobody knows: it counts as none. `None` for a response as it should be.
fn without_odd_status(response: &RawValue) -> Option<Box<RawValue>> {
    let status: WireStr<'_> = Fields::of(response)?.read("status")?;
    if STATUSES.contains(&status.as_bytes()) {
        return None;
    }
    let mut fields: IndexMap<Cow<'_, str>, &RawValue> = serde_json::from_str(response.get()).ok()?;
    fields.shift_remove("status");
    serde_json::value::to_raw_value(&fields).ok()
}

/// The price in the tier that the response names. One that was asked for and served as "default" is billed as asked.
fn tariff(turn: &Turn) -> Tariff {
    let model = turn.model.id.clone();
    let asked = Own::of(turn).service_tier;
    let asked: Option<String> = asked.and_then(|tier| serde_json::from_str(tier.get()).ok());
    let factor = move |served: Option<&str>| {
        let asked = asked.as_deref();
        let bills_as_asked = served == Some("default") && matches!(asked, Some("flex" | "priority"));
        tier_factor(&model, if bills_as_asked { asked } else { served.or(asked) })
    };
    Tariff { rates: turn.model.cost, factor: Box::new(factor) }
}

/// An event that is itself an error.
fn reported(event: &WireEvent<'_>, json: &str) -> Failure {
    let (code, message) = (said(event.code), said(event.message));
    let words = message.or_else(|| code.clone()).or_else(|| stringify(json)).unwrap_or_default();
    // Pi's text knows nothing of an error inside the event, but the kind of the failure may.
    let inner = || {
        let error = event.error.and_then(Fields::of)?;
        said(error.get("code")).or_else(|| said(error.get("type")))
    };
    rejection::in_stream(format!("Codex error: {words}"), code.or_else(inner).as_deref())
}

/// What went wrong, in a response that failed.
fn failed(event: &WireEvent<'_>) -> Failure {
    let error = event.response.and_then(Fields::of).and_then(|response| response.object("error"));
    let said = |name: &str| said(error.as_ref()?.get(name));
    let message = said("message").unwrap_or_else(|| "Codex response failed".to_owned());
    rejection::in_stream(message, said("code").as_deref())
}

fn said(value: Option<&RawValue>) -> Option<String> {
    let value = value.filter(|value| is_truthy(value))?;
    parse(value.get()).as_ref().map(to_text)
}
