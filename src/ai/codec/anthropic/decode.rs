//! From the bytes of a response to events.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::request::speaks_as_agent;
use super::tool_names::HostNames;
use crate::ai::classify::{Report, ended};
use crate::ai::codec::sse::{self, SseDecoder, Trailing};
use crate::ai::codec::{End, rejection};
use crate::ai::{Event, Failure, FailureKind, Opening, Rates, Sink, StopReason, Turn, Usage};
use crate::json::repair::repair;
use crate::json::{Num, WireStr, lenient};

const EVENTS: [&str; 6] = [
    "message_start",
    "message_delta",
    "message_stop",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
];

/// Reads one response of the Messages API.
pub(in crate::ai::codec) struct Decoder {
    sse: SseDecoder,
    state: State,
}

struct State {
    rates: Rates,
    /// The host's tool names, when the request went out under a subscription's token.
    names: Option<HostNames>,
    blocks: Vec<OpenBlock>,
    usage: Usage,
    stop: StopReason,
    /// Why the provider ended an answer that it did not finish.
    ended: Option<String>,
    started: bool,
    stopped: bool,
}

/// A block of the answer; `wire` is the provider's number while it is open.
struct OpenBlock {
    wire: Option<f64>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Thinking,
    ToolCall,
}

#[derive(Deserialize)]
struct WireEvent<'a> {
    #[serde(borrow)]
    r#type: WireStr<'a>,
    #[serde(default, borrow)]
    message: Option<WireMessage<'a>>,
    #[serde(default)]
    index: Option<f64>,
    #[serde(default, borrow)]
    content_block: Option<WireBlock<'a>>,
    #[serde(default, borrow)]
    delta: Option<WireDelta<'a>>,
    #[serde(default)]
    usage: Option<WireUsage>,
}

#[derive(Deserialize)]
struct WireMessage<'a> {
    #[serde(default, borrow)]
    id: Option<WireStr<'a>>,
    #[serde(default)]
    usage: Option<WireUsage>,
}

#[derive(Deserialize, Default)]
struct WireUsage {
    #[serde(default, deserialize_with = "lenient")]
    input_tokens: Option<Num>,
    #[serde(default, deserialize_with = "lenient")]
    output_tokens: Option<Num>,
    #[serde(default, deserialize_with = "lenient")]
    cache_read_input_tokens: Option<Num>,
    #[serde(default, deserialize_with = "lenient")]
    cache_creation_input_tokens: Option<Num>,
    #[serde(default, deserialize_with = "lenient")]
    cache_creation: Option<CacheCreation>,
}

/// How long what was written to the cache will stay there.
#[derive(Deserialize, Default)]
#[serde(default)]
struct CacheCreation {
    #[serde(deserialize_with = "lenient")]
    ephemeral_1h_input_tokens: Option<Num>,
}

#[derive(Deserialize)]
struct WireBlock<'a> {
    #[serde(borrow)]
    r#type: WireStr<'a>,
    #[serde(default, borrow)]
    id: Option<WireStr<'a>>,
    #[serde(default, borrow)]
    name: Option<WireStr<'a>>,
    #[serde(default, borrow)]
    input: Option<&'a RawValue>,
    #[serde(default, borrow)]
    data: Option<WireStr<'a>>,
}

#[derive(Deserialize)]
struct WireDelta<'a> {
    #[serde(default, borrow)]
    r#type: Option<WireStr<'a>>,
    #[serde(default, borrow)]
    text: Option<WireStr<'a>>,
    #[serde(default, borrow)]
    thinking: Option<WireStr<'a>>,
    #[serde(default, borrow)]
    signature: Option<WireStr<'a>>,
    #[serde(default, borrow)]
    partial_json: Option<WireStr<'a>>,
    #[serde(default, borrow)]
    stop_reason: Option<WireStr<'a>>,
}

impl Decoder {
    /// A reader for the response to `turn`.
    pub(in crate::ai::codec) fn new(turn: &Turn) -> Self {
        let state = State {
            rates: turn.model.cost,
            names: speaks_as_agent(turn).then(|| HostNames::of(turn.tools())),
            blocks: Vec::new(),
            usage: Usage::default(),
            stop: StopReason::Stop,
            ended: None,
            started: false,
            stopped: false,
        };
        Self { sse: SseDecoder::default(), state }
    }
}

impl crate::ai::codec::Decoder for Decoder {
    fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Failure> {
        let Self { sse, state } = self;
        sse.push(bytes, &mut |event| state.server_event(&event, sink))
    }

    fn finish(&mut self, end: End, sink: &mut dyn Sink) -> Result<StopReason, Failure> {
        let Self { sse, state } = self;
        if end == End::Aborted {
            // What `fetch` says of a body that is no longer waited for.
            return Err(Failure::aborted("This operation was aborted"));
        }
        sse.finish(Trailing::Dispatch, &mut |event| state.server_event(&event, sink))?;
        state.outcome()
    }

    fn is_complete(&self) -> bool {
        self.state.stopped
    }
}

impl State {
    fn server_event(&mut self, event: &sse::Event<'_>, sink: &mut dyn Sink) -> Result<(), Failure> {
        let name = event.name.unwrap_or_default();
        if self.stopped {
            return Ok(());
        }
        if name == "error" {
            return Err(stream_error(event.data));
        }
        if !EVENTS.contains(&name) {
            return Ok(());
        }
        sink.event(Event::Piece);
        if let Ok(wire) = serde_json::from_str(event.data) {
            return self.apply(&wire, sink);
        }
        let repaired = repair(event.data.as_bytes());
        let repaired = String::from_utf8_lossy(&repaired);
        match serde_json::from_str(&repaired) {
            Ok(wire) => self.apply(&wire, sink),
            // JSON of another shape says nothing here.
            Err(_) if serde_json::from_str::<IgnoredAny>(&repaired).is_ok() => Ok(()),
            Err(_) => Err(unreadable(name, event, &repaired)),
        }
    }

    fn apply(&mut self, event: &WireEvent<'_>, sink: &mut dyn Sink) -> Result<(), Failure> {
        match event.r#type.as_bytes() {
            b"message_start" => self.message_start(event.message.as_ref(), sink),
            b"content_block_start" => {
                if let Some(block) = &event.content_block {
                    self.open(event.index, block, sink);
                }
            }
            b"content_block_delta" => {
                if let Some(delta) = &event.delta {
                    self.delta(event.index, delta, sink);
                }
            }
            b"content_block_stop" => self.close(event.index, sink),
            b"message_delta" => return self.message_delta(event, sink),
            b"message_stop" => self.stopped = true,
            _ => {}
        }
        Ok(())
    }

    fn message_start(&mut self, message: Option<&WireMessage<'_>>, sink: &mut dyn Sink) {
        self.started = true;
        let Some(message) = message else { return };
        if let Some(id) = &message.id {
            sink.event(Event::ResponseId(id));
        }
        self.usage = Usage::default();
        self.count(message.usage.as_ref(), sink);
    }

    fn message_delta(&mut self, event: &WireEvent<'_>, sink: &mut dyn Sink) -> Result<(), Failure> {
        if let Some(reason) = event.delta.as_ref().and_then(|delta| delta.stop_reason.as_ref())
            && !reason.is_empty()
        {
            let reason = reason.to_well_formed();
            self.stop = stop_reason(&reason)?;
            self.ended = (self.stop == StopReason::Error).then(|| reason.into_owned());
            sink.event(Event::Stopping(self.stop));
        }
        self.count(event.usage.as_ref(), sink);
        Ok(())
    }

    /// Takes the counts that are there; proxies leave some out of later events.
    fn count(&mut self, wire: Option<&WireUsage>, sink: &mut dyn Sink) {
        if let Some(wire) = wire {
            let usage = &mut self.usage;
            for (known, new) in [
                (&mut usage.input, wire.input_tokens),
                (&mut usage.output, wire.output_tokens),
                (&mut usage.cache_read, wire.cache_read_input_tokens),
                (&mut usage.cache_write, wire.cache_creation_input_tokens),
            ] {
                *known = new.unwrap_or(*known);
            }
            let hour = wire.cache_creation.as_ref().and_then(|written| written.ephemeral_1h_input_tokens);
            usage.cache_write_1h = hour.or(usage.cache_write_1h);
        }
        self.usage = self.usage.priced(&self.rates);
        sink.event(Event::Usage(&self.usage));
    }

    fn open(&mut self, wire: Option<f64>, block: &WireBlock<'_>, sink: &mut dyn Sink) {
        let empty = WireStr::default();
        let signature = block.data.as_ref().unwrap_or(&empty);
        let id = block.id.as_ref().unwrap_or(&empty);
        let name = block.name.as_ref().unwrap_or(&empty);
        let renamed = self.names.as_ref().map(|names| names.incoming(name.to_well_formed()));
        let renamed = renamed.as_ref().map(|name: &Cow<'_, str>| WireStr::from_text(name));
        let (kind, opening) = match block.r#type.as_bytes() {
            b"text" => (Kind::Text, Opening::Text),
            b"thinking" => (Kind::Thinking, Opening::Thinking { signature: Some(&empty) }),
            b"redacted_thinking" => (Kind::Thinking, Opening::RedactedThinking { signature }),
            b"tool_use" => {
                let arguments = block.input.map(RawValue::get);
                (Kind::ToolCall, Opening::ToolCall { id, name: renamed.as_ref().unwrap_or(name), arguments })
            }
            _ => return,
        };
        let index = self.blocks.len();
        self.blocks.push(OpenBlock { wire, kind });
        sink.event(Event::Open { block: index, wire: number(wire), opening });
    }

    fn delta(&mut self, wire: Option<f64>, delta: &WireDelta<'_>, sink: &mut dyn Sink) {
        let Some((block, kind)) = self.find(wire) else { return };
        let wanted = match delta.r#type.as_ref().map(WireStr::as_bytes) {
            Some(b"text_delta") => (Kind::Text, &delta.text),
            Some(b"thinking_delta") => (Kind::Thinking, &delta.thinking),
            Some(b"input_json_delta") => (Kind::ToolCall, &delta.partial_json),
            Some(b"signature_delta") => {
                if let (Kind::Thinking, Some(text)) = (kind, &delta.signature) {
                    sink.event(Event::Signature { block, text });
                }
                return;
            }
            _ => return,
        };
        if let (true, Some(text)) = (wanted.0 == kind, wanted.1) {
            sink.event(Event::Delta { block, text });
        }
    }

    fn close(&mut self, wire: Option<f64>, sink: &mut dyn Sink) {
        if let Some((block, _)) = self.find(wire) {
            if let Some(open) = self.blocks.get_mut(block) {
                open.wire = None;
            }
            sink.event(Event::Close { block });
        }
    }

    /// The open block that the provider gave a number.
    fn find(&self, wire: Option<f64>) -> Option<(usize, Kind)> {
        let wire = wire?;
        let index = self.blocks.iter().position(|block| block.wire == Some(wire))?;
        self.blocks.get(index).map(|block| (index, block.kind))
    }

    fn outcome(&self) -> Result<StopReason, Failure> {
        match (self.started, self.stopped, self.stop) {
            (false, false, StopReason::Stop | StopReason::Length | StopReason::ToolUse) => {
                Err(Failure::new(FailureKind::Truncated, "Anthropic stream ended before message_start"))
            }
            (true, false, _) => {
                Err(Failure::new(FailureKind::Truncated, "Anthropic stream ended before message_stop"))
            }
            (_, _, StopReason::Error | StopReason::Aborted) => {
                Err(ended(self.ended.as_deref().unwrap_or_default(), "An unknown error occurred"))
            }
            (_, _, reason) => Ok(reason),
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count; others saturate")]
fn number(wire: Option<f64>) -> Option<u32> {
    wire.map(|wire| wire as u32)
}

fn stop_reason(name: &str) -> Result<StopReason, Failure> {
    match name {
        "end_turn" | "pause_turn" | "stop_sequence" => Ok(StopReason::Stop),
        "max_tokens" => Ok(StopReason::Length),
        "tool_use" => Ok(StopReason::ToolUse),
        "refusal" | "sensitive" => Ok(StopReason::Error),
        other => Err(ended(other, format!("Unhandled stop reason: {other}"))),
    }
}

/// An `error` event in the stream; its data is the text that hosts see.
fn stream_error(data: &str) -> Failure {
    let json = rejection::parse(data);
    let typed = json.as_ref().and_then(|json| json.pointer("/error/type")).and_then(|typed| typed.as_str());
    Report { code: typed, message: data.to_owned(), ..Report::default() }.failure()
}

fn unreadable(name: &str, event: &sse::Event<'_>, text: &str) -> Failure {
    let raw = event.raw_lines().join("\\n");
    let message =
        format!("Could not parse Anthropic SSE event {name}: {{json}}; data={}; raw={raw}", event.data);
    Failure::not_json(message, text)
}
