//! Reads a response: chunks in, events out, in the order in which Pi's client reports them.

use serde_json::value::RawValue;

use super::call_ids::derive;
use super::rejection::shortened;
use crate::ai::codec::fields::Fields;
use crate::ai::codec::sse::SseDecoder;
use crate::ai::codec::{End, openai_chat};
use crate::ai::{Event, Failure, FailureKind, Opening, Rates, Sink, StopReason, Turn, Usage};
use crate::json::{Num, WireStr, stringify, trim};

/// How much is kept of a response that is no stream, in bytes.
const KEPT: usize = 64 << 10;

/// What Pi says of an answer that Mistral ended with the reason `error`.
const FAILED: &str = "An unknown error occurred";

/// Reads one response.
pub(super) struct Decoder {
    sse: SseDecoder,
    answer: Answer,
    /// What came before the first event.
    head: Vec<u8>,
}

impl Decoder {
    /// A reader for the response to a turn.
    pub(super) fn new(turn: &Turn) -> Self {
        let answer = Answer { rates: turn.model.cost, ..Answer::default() };
        Self { sse: SseDecoder::default(), answer, head: Vec::new() }
    }

    /// How an answer fails that just stops. Proxies answer with pages and with errors in place of a stream: those are
    /// quoted.
    fn cut_off(&self) -> Failure {
        let text = String::from_utf8_lossy(&self.head);
        let text = trim(&text);
        let is_stream = ["data", "event", ":", "id", "retry"].iter().any(|field| text.starts_with(field));
        if text.is_empty() || is_stream || self.answer.has_begun {
            return Failure::new(FailureKind::Truncated, "Stream ended without finish_reason");
        }
        Failure::new(FailureKind::Protocol, format!("Mistral API error (200): {}", shortened(text)))
    }
}

impl crate::ai::codec::Decoder for Decoder {
    fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Failure> {
        let answer = &mut self.answer;
        if !answer.has_begun {
            let room = KEPT.saturating_sub(self.head.len()).min(bytes.len());
            self.head.extend_from_slice(bytes.get(..room).unwrap_or_default());
        }
        self.sse.push(bytes, &mut |event| answer.message(event.data, sink))
    }

    fn finish(&mut self, end: End, sink: &mut dyn Sink) -> Result<StopReason, Failure> {
        sink.event(Event::Piece);
        if end == End::Aborted {
            return Err(Failure::aborted("This operation was aborted"));
        }
        if self.answer.stop == Some(StopReason::Error) {
            sink.event(Event::Complaint(FAILED));
        }
        self.answer.close_current(sink);
        for call in &self.answer.calls {
            sink.event(Event::Close { block: call.block });
        }
        match self.answer.stop {
            Some(StopReason::Error) => Err(Failure::new(FailureKind::Stopped, FAILED)),
            Some(stop) => Ok(stop),
            None if self.answer.is_done => Ok(StopReason::Stop),
            None => Err(self.cut_off()),
        }
    }

    fn is_complete(&self) -> bool {
        self.answer.is_done
    }
}

/// What is known of the answer so far.
#[derive(Default)]
struct Answer {
    rates: Rates,
    has_begun: bool,
    has_id: bool,
    blocks: usize,
    /// The block of text or thinking that is still open.
    current: Option<Current>,
    calls: Vec<Call>,
    stop: Option<StopReason>,
    is_done: bool,
}

#[derive(Clone, Copy)]
struct Current {
    block: usize,
    is_thinking: bool,
}

/// A call, known by its id and number together: Mistral numbers all calls 0 that it does not number.
struct Call {
    block: usize,
    id: Vec<u8>,
    index: f64,
}

impl Answer {
    /// Takes one server-sent event.
    fn message(&mut self, data: &str, sink: &mut dyn Sink) -> Result<(), Failure> {
        self.has_begun = true;
        if self.is_done || data.is_empty() {
            return Ok(());
        }
        if data == "[DONE]" {
            self.is_done = true;
            return Ok(());
        }
        sink.event(Event::Piece);
        let not_json = |_| Failure::not_json("malformed json: SyntaxError: {json}", data);
        let chunk: &RawValue = serde_json::from_str(data).map_err(not_json)?;
        match Fields::of(chunk) {
            Some(fields) => self.chunk(chunk, &fields, sink),
            None => Ok(()),
        }
    }

    fn chunk(&mut self, raw: &RawValue, chunk: &Fields<'_>, sink: &mut dyn Sink) -> Result<(), Failure> {
        let is_error = chunk.read("object") == Some(WireStr::from_text("error"));
        let error = chunk.get("error").filter(|error| !matches!(error.get(), "null" | "false" | "\"\""));
        if let Some(error) = error.or_else(|| is_error.then_some(raw)) {
            return Err(openai_chat::in_stream(error.get()));
        }
        if let Some(id) = chunk.read::<WireStr<'_>>("id").filter(|_| !self.has_id) {
            self.has_id = !id.is_empty();
            sink.event(Event::ResponseId(&id));
        }
        if let Some(tokens) = chunk.object("usage") {
            sink.event(Event::Usage(&usage(&tokens, &self.rates)));
        }
        let choices: Option<Vec<&RawValue>> = chunk.read("choices");
        let Some(choice) = choices.iter().flatten().next().and_then(|choice| Fields::of(choice)) else {
            return Ok(());
        };
        let reason: Option<WireStr<'_>> = choice.read("finish_reason");
        if let Some(reason) = reason.filter(|reason| !reason.is_empty()) {
            let stop = stop_reason(&reason);
            self.stop = Some(stop);
            sink.event(Event::Stopping(stop));
        }
        if let Some(delta) = choice.object("delta") {
            self.delta(&delta, sink);
        }
        Ok(())
    }

    fn delta(&mut self, delta: &Fields<'_>, sink: &mut dyn Sink) {
        if let Some(text) = delta.read("content") {
            self.say(false, &text, sink);
        }
        let items: Option<Vec<&RawValue>> = delta.read("content");
        for item in items.into_iter().flatten() {
            self.item(item, sink);
        }
        let calls: Option<Vec<&RawValue>> = delta.read("tool_calls");
        for call in calls.iter().flatten().filter_map(|call| Fields::of(call)) {
            self.call(&call, sink);
        }
    }

    /// Takes one item of a content list: text, thinking, or what no host has a use for.
    fn item(&mut self, item: &RawValue, sink: &mut dyn Sink) {
        let Some(fields) = Fields::of(item) else { return };
        let kind: WireStr<'_> = fields.read("type").unwrap_or_default();
        match kind.as_bytes() {
            b"text" => {
                if let Some(text) = fields.read("text") {
                    self.say(false, &text, sink);
                }
            }
            b"thinking" => {
                let thoughts: Vec<&RawValue> = fields.read("thinking").unwrap_or_default();
                let texts = thoughts.into_iter().filter_map(Fields::of).filter_map(|thought| {
                    thought.read("text").map(|text: WireStr<'_>| text.to_well_formed().into_owned())
                });
                let text: String = texts.collect();
                if !text.is_empty() {
                    self.say(true, &WireStr::from_text(&text), sink);
                }
            }
            _ => {}
        }
    }

    /// Adds to the open block, or to a new one when that is of the other kind.
    fn say(&mut self, is_thinking: bool, text: &WireStr<'_>, sink: &mut dyn Sink) {
        let block = match self.current {
            Some(current) if current.is_thinking == is_thinking => current.block,
            _ => {
                self.close_current(sink);
                let block = self.blocks;
                self.blocks += 1;
                let opening = if is_thinking { Opening::Thinking { signature: None } } else { Opening::Text };
                sink.event(Event::Open { block, wire: None, opening });
                self.current = Some(Current { block, is_thinking });
                block
            }
        };
        sink.event(Event::Delta { block, text: &WireStr::from_text(&text.to_well_formed()) });
    }

    fn close_current(&mut self, sink: &mut dyn Sink) {
        if let Some(current) = self.current.take() {
            sink.event(Event::Close { block: current.block });
        }
    }

    fn call(&mut self, call: &Fields<'_>, sink: &mut dyn Sink) {
        self.close_current(sink);
        let function = call.object("function");
        let name: WireStr<'_> =
            function.as_ref().and_then(|function| function.read("name")).unwrap_or_default();
        let index = call.read("index").map_or(0.0, |index: Num| index.0);
        let id: WireStr<'_> = call.read("id").unwrap_or_default();
        let is_named = !matches!(id.as_bytes(), b"" | b"null");
        let derived = derive(&format!("toolcall:{index}"), 0);
        let id = if is_named { id } else { WireStr::from_text(&derived) };
        // Servers that cut calls up give only the first piece an id and a name.
        let continues = !is_named && name.is_empty();
        let known =
            self.calls.iter().rev().find(|known| {
                known.index.total_cmp(&index).is_eq() && (continues || known.id == id.as_bytes())
            });
        let block = match known {
            Some(known) => known.block,
            None => self.open_call(&id, &name, index, sink),
        };
        let arguments = function.as_ref().and_then(|function| function.get("arguments"));
        let text = arguments.map_or_else(WireStr::default, arguments_text);
        sink.event(Event::Delta { block, text: &text });
    }

    fn open_call(&mut self, id: &WireStr<'_>, name: &WireStr<'_>, index: f64, sink: &mut dyn Sink) -> usize {
        let block = self.blocks;
        self.blocks += 1;
        self.calls.push(Call { block, id: id.as_bytes().to_vec(), index });
        let opening = Opening::ToolCall { id, name, arguments: None };
        sink.event(Event::Open { block, wire: None, opening });
        block
    }
}

/// Arguments as JSON text: they come as that, or as the object itself.
fn arguments_text(raw: &RawValue) -> WireStr<'_> {
    match raw.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw.get()).unwrap_or_default(),
        Some(b'{') => {
            let text = stringify(raw.get()).unwrap_or_default();
            WireStr::from_text(&text).into_owned()
        }
        _ => WireStr::default(),
    }
}

fn stop_reason(reason: &WireStr<'_>) -> StopReason {
    match reason.as_bytes() {
        b"length" | b"model_length" => StopReason::Length,
        b"tool_calls" => StopReason::ToolUse,
        b"error" => StopReason::Error,
        _ => StopReason::Stop,
    }
}

/// Usage as Mistral counts it. Its total stands where it says one.
fn usage(tokens: &Fields<'_>, rates: &Rates) -> Usage {
    let count = |name| tokens.read(name).unwrap_or(Num(0.0));
    let counted =
        Usage { input: count("prompt_tokens"), output: count("completion_tokens"), ..Usage::default() };
    let priced = counted.priced(rates);
    match count("total_tokens") {
        Num(0.0) => priced,
        total => Usage { total_tokens: total, ..priced },
    }
}
