//! From the messages of a response to events.

use aws_smithy_types::event_stream::Message;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::frame::{Frames, header};
use super::rejection;
use crate::ai::classify::{Report, ended};
use crate::ai::codec::End;
use crate::ai::{Event, Failure, FailureKind, Opening, Rates, Sink, StopReason, Turn, Usage};
use crate::json::{Num, WireStr, lenient};

/// Reads one response of `ConverseStream`.
pub(in crate::ai::codec) struct Decoder {
    frames: Frames,
    state: State,
    begun: bool,
}

struct State {
    rates: Rates,
    blocks: Vec<OpenBlock>,
    /// Why the model stopped, once it has said so.
    stop: Option<StopReason>,
    /// Why, in the provider's word.
    reason: String,
    counted: bool,
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

/// The members of all events together; each event has some of them.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WireEvent<'a> {
    #[serde(borrow)]
    role: Option<WireStr<'a>>,
    /// Proxies leave out a zero.
    #[serde(deserialize_with = "lenient")]
    content_block_index: Option<f64>,
    #[serde(borrow)]
    start: Option<WireStart<'a>>,
    #[serde(borrow)]
    delta: Option<WireDelta<'a>>,
    #[serde(borrow)]
    stop_reason: Option<WireStr<'a>>,
    usage: Option<WireUsage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireStart<'a> {
    #[serde(default, borrow)]
    tool_use: Option<WireCall<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCall<'a> {
    #[serde(default, borrow)]
    tool_use_id: Option<WireStr<'a>>,
    #[serde(default, borrow)]
    name: Option<WireStr<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireDelta<'a> {
    #[serde(default, borrow)]
    text: Option<WireStr<'a>>,
    #[serde(default, borrow)]
    tool_use: Option<WireInput<'a>>,
    #[serde(default, borrow)]
    reasoning_content: Option<WireReasoning<'a>>,
}

#[derive(Deserialize)]
struct WireInput<'a> {
    #[serde(default, borrow)]
    input: Option<WireStr<'a>>,
}

#[derive(Deserialize)]
struct WireReasoning<'a> {
    #[serde(default, borrow)]
    text: Option<WireStr<'a>>,
    #[serde(default, borrow)]
    signature: Option<WireStr<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_field_names, reason = "the provider's names")]
struct WireUsage {
    #[serde(deserialize_with = "lenient")]
    input_tokens: Option<Num>,
    #[serde(deserialize_with = "lenient")]
    output_tokens: Option<Num>,
    #[serde(deserialize_with = "lenient")]
    cache_read_input_tokens: Option<Num>,
    #[serde(deserialize_with = "lenient")]
    cache_write_input_tokens: Option<Num>,
    #[serde(deserialize_with = "lenient")]
    total_tokens: Option<Num>,
}

impl WireEvent<'_> {
    fn number(&self) -> f64 {
        self.content_block_index.unwrap_or_default()
    }
}

impl Decoder {
    /// A reader for the response to `turn`.
    pub(in crate::ai::codec) fn new(turn: &Turn) -> Self {
        let state = State {
            rates: turn.model.cost,
            blocks: Vec::new(),
            stop: None,
            reason: String::new(),
            counted: false,
        };
        Self { frames: Frames::default(), state, begun: false }
    }
}

impl crate::ai::codec::Decoder for Decoder {
    fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Failure> {
        self.frames.push(bytes);
        while !self.is_complete()
            && let Some(message) = self.frames.next()?
        {
            self.begun = true;
            self.state.message(&message, sink)?;
        }
        Ok(())
    }

    fn finish(&mut self, end: End, _sink: &mut dyn Sink) -> Result<StopReason, Failure> {
        if end == End::Aborted {
            // The SDK waits for the first message; of a body after that Node says this.
            return Err(Failure::aborted(if self.begun { "aborted" } else { "Request aborted" }));
        }
        if !self.is_complete() && self.frames.is_midway() {
            return Err(Failure::new(FailureKind::Truncated, "Truncated event message received."));
        }
        match self.state.stop {
            None => Err(cut_off()),
            Some(StopReason::Error | StopReason::Aborted) => {
                Err(ended(&self.state.reason, "An unknown error occurred"))
            }
            Some(reason) => Ok(reason),
        }
    }

    fn is_complete(&self) -> bool {
        self.state.stop.is_some() && self.state.counted
    }
}

/// The response ended before the answer did.
pub(super) fn cut_off() -> Failure {
    Failure::new(FailureKind::Truncated, "Bedrock stream ended before messageStop")
}

impl State {
    fn message(&mut self, message: &Message, sink: &mut dyn Sink) -> Result<(), Failure> {
        let body = message.payload();
        match header(message, ":message-type") {
            Some("event") => {
                let name = header(message, ":event-type").unwrap_or_default();
                if EVENTS.contains(&name) {
                    sink.event(Event::Piece);
                    return self.event(name, body, sink);
                }
                Ok(())
            }
            Some("exception") => {
                let name = header(message, ":exception-type").unwrap_or_default();
                Err(rejection::exception(name, body))
            }
            Some("error") => {
                let code = header(message, ":error-code");
                let text = header(message, ":error-message").filter(|text| !text.is_empty());
                let message = text.unwrap_or("UnknownError").to_owned();
                Err(Report { status: None, code, param: None, message }.failure())
            }
            _ => {
                let name = header(message, ":event-type").unwrap_or("undefined");
                Err(Failure::new(FailureKind::Protocol, format!("Unrecognizable event type: {name}")))
            }
        }
    }

    fn event(&mut self, name: &str, body: &[u8], sink: &mut dyn Sink) -> Result<(), Failure> {
        let read: serde_json::Result<WireEvent<'_>> = serde_json::from_slice(body);
        let event = match &read {
            Ok(event) => event,
            // No JSON at all, or JSON of another shape, says nothing here.
            Err(_) if body.is_empty() || serde_json::from_slice::<IgnoredAny>(body).is_ok() => return Ok(()),
            Err(_) => return Err(Failure::not_json("{json}", &String::from_utf8_lossy(body))),
        };
        match name {
            "messageStart" => {
                if event.role.as_ref().map(WireStr::as_bytes) != Some(b"assistant") {
                    let message = "Unexpected assistant message start but got user message start instead";
                    return Err(Failure::new(FailureKind::Protocol, message));
                }
                sink.event(Event::Start);
            }
            "contentBlockStart" => self.start(event, sink),
            "contentBlockDelta" => self.delta(event, sink),
            "contentBlockStop" => {
                if let Some((block, _)) = self.find(event.number()) {
                    if let Some(open) = self.blocks.get_mut(block) {
                        open.wire = None;
                    }
                    sink.event(Event::Close { block });
                }
            }
            "messageStop" => {
                let reason = event.stop_reason.as_ref().map_or(&b""[..], WireStr::as_bytes);
                self.reason = String::from_utf8_lossy(reason).into_owned();
                let reason = stop_reason(reason);
                self.stop = Some(reason);
                sink.event(Event::Stopping(reason));
            }
            _ => self.count(event.usage.as_ref(), sink),
        }
        Ok(())
    }

    fn start(&mut self, event: &WireEvent<'_>, sink: &mut dyn Sink) {
        let Some(call) = event.start.as_ref().and_then(|start| start.tool_use.as_ref()) else { return };
        let empty = WireStr::default();
        let id = call.tool_use_id.as_ref().unwrap_or(&empty);
        let name = call.name.as_ref().unwrap_or(&empty);
        let opening = Opening::ToolCall { id, name, arguments: None };
        self.open(event.number(), Kind::ToolCall, opening, sink);
    }

    fn open(&mut self, wire: f64, kind: Kind, opening: Opening<'_>, sink: &mut dyn Sink) -> usize {
        let block = self.blocks.len();
        self.blocks.push(OpenBlock { wire: Some(wire), kind });
        sink.event(Event::Open { block, wire: Some(number(wire)), opening });
        block
    }

    /// Text and thinking begin with their first delta.
    fn delta(&mut self, event: &WireEvent<'_>, sink: &mut dyn Sink) {
        let wire = event.number();
        let Some(delta) = &event.delta else { return };
        let known = self.find(wire);
        let empty = WireStr::default();
        if let Some(text) = &delta.text {
            let found =
                known.unwrap_or_else(|| (self.open(wire, Kind::Text, Opening::Text, sink), Kind::Text));
            if let (block, Kind::Text) = found {
                sink.event(Event::Delta { block, text });
            }
        } else if let (Some(part), Some((block, Kind::ToolCall))) = (&delta.tool_use, known) {
            sink.event(Event::Delta { block, text: part.input.as_ref().unwrap_or(&empty) });
        } else if let Some(thought) = &delta.reasoning_content {
            let (block, kind) = known.unwrap_or_else(|| {
                let opening = Opening::Thinking { signature: Some(&empty) };
                (self.open(wire, Kind::Thinking, opening, sink), Kind::Thinking)
            });
            if kind != Kind::Thinking {
                return;
            }
            if let Some(text) = thought.text.as_ref().filter(|text| !text.is_empty()) {
                sink.event(Event::Delta { block, text });
            }
            if let Some(text) = thought.signature.as_ref().filter(|text| !text.is_empty()) {
                sink.event(Event::Signature { block, text });
            }
        }
    }

    fn count(&mut self, wire: Option<&WireUsage>, sink: &mut dyn Sink) {
        let Some(wire) = wire else { return };
        let count = |tokens: Option<Num>| tokens.unwrap_or_default();
        let usage = Usage {
            input: count(wire.input_tokens),
            output: count(wire.output_tokens),
            cache_read: count(wire.cache_read_input_tokens),
            cache_write: count(wire.cache_write_input_tokens),
            ..Usage::default()
        };
        let mut usage = usage.priced(&self.rates);
        let total = wire.total_tokens.filter(|total| total.0 != 0.0);
        usage.total_tokens = total.unwrap_or(Num(usage.input.0 + usage.output.0));
        self.counted = true;
        sink.event(Event::Usage(&usage));
    }

    /// The open block that the provider gave a number.
    fn find(&self, wire: f64) -> Option<(usize, Kind)> {
        let index = self.blocks.iter().position(|block| block.wire == Some(wire))?;
        self.blocks.get(index).map(|block| (index, block.kind))
    }
}

const EVENTS: [&str; 6] =
    ["messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"];

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count; others saturate")]
fn number(wire: f64) -> u32 {
    wire as u32
}

fn stop_reason(name: &[u8]) -> StopReason {
    match name {
        b"end_turn" | b"stop_sequence" => StopReason::Stop,
        b"max_tokens" | b"model_context_window_exceeded" => StopReason::Length,
        b"tool_use" => StopReason::ToolUse,
        _ => StopReason::Error,
    }
}
