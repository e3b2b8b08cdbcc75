//! Reads a response: chunks in, events out, in the order in which Pi's client reports them.

use serde_json::value::RawValue;

use super::calls::Calls;
use super::chunk::{Choice, Chunk, Delta, Tokens};
use super::compat::is_truthy;
use super::rejection;
use crate::ai::classify::ended;
use crate::ai::codec::End;
use crate::ai::codec::fields::Fields;
use crate::ai::codec::sse::SseDecoder;
use crate::ai::{Event, Failure, FailureKind, Opening, Rates, Sink, StopReason, Turn, Usage};
use crate::json::{Num, WireStr, stringify};

/// Reads one response.
pub(in crate::ai::codec) struct Decoder {
    sse: SseDecoder,
    answer: Answer,
}

impl Decoder {
    /// A reader for the response to a turn.
    pub(in crate::ai::codec) fn new(turn: &Turn) -> Self {
        let answer = Answer {
            model: turn.model.id.to_string(),
            rates: turn.model.cost,
            has_id: false,
            has_model: false,
            blocks: 0,
            text: None,
            thinking: None,
            calls: Calls::default(),
            stop: None,
            complaint: None,
            is_done: false,
        };
        Self { sse: SseDecoder::default(), answer }
    }
}

impl crate::ai::codec::Decoder for Decoder {
    fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Failure> {
        let answer = &mut self.answer;
        self.sse.push(bytes, &mut |event| answer.message(event.name, event.data, sink))
    }

    fn finish(&mut self, end: End, sink: &mut dyn Sink) -> Result<StopReason, Failure> {
        sink.event(Event::Piece);
        for block in 0..self.answer.blocks {
            sink.event(Event::Close { block });
        }
        if end == End::Aborted {
            return Err(Failure::aborted("Request was aborted"));
        }
        match (self.answer.stop, self.answer.complaint.take()) {
            (Some(StopReason::Error), Some(complaint)) => Err(complaint),
            (Some(stop), _) => Ok(stop),
            (None, _) if self.answer.is_done => Ok(StopReason::Stop),
            (None, _) => Err(Failure::new(FailureKind::Truncated, "Stream ended without finish_reason")),
        }
    }

    fn is_complete(&self) -> bool {
        self.answer.is_done
    }
}

/// What is known of the answer so far.
struct Answer {
    model: String,
    rates: Rates,
    has_id: bool,
    has_model: bool,
    blocks: usize,
    text: Option<usize>,
    thinking: Option<usize>,
    calls: Calls,
    stop: Option<StopReason>,
    complaint: Option<Failure>,
    is_done: bool,
}

impl Answer {
    /// Takes one server-sent event.
    fn message(&mut self, name: Option<&str>, data: &str, sink: &mut dyn Sink) -> Result<(), Failure> {
        if self.is_done {
            return Ok(());
        }
        if data.starts_with("[DONE]") {
            self.is_done = true;
            return Ok(());
        }
        sink.event(Event::Piece);
        let chunk = Chunk::read(data).map_err(|_| Failure::not_json("{json}", data))?;
        // Events of another API that shares the client: it hands them on in a shape that says nothing here.
        let foreign = name.is_some_and(|name| name.starts_with("thread."));
        match chunk.filter(|_| !foreign) {
            Some(chunk) => self.chunk(&chunk, sink),
            None => Ok(()),
        }
    }

    fn chunk(&mut self, chunk: &Chunk<'_>, sink: &mut dyn Sink) -> Result<(), Failure> {
        if let Some(error) = chunk.error.filter(|error| is_truthy(error)) {
            return Err(rejection::in_stream(error.get()));
        }
        if let Some(id) = chunk.id.as_ref().filter(|_| !self.has_id) {
            self.has_id = !id.is_empty();
            sink.event(Event::ResponseId(id));
        }
        if let Some(model) = chunk.model.as_ref().filter(|model| !self.has_model && !model.is_empty())
            && model.as_bytes() != self.model.as_bytes()
        {
            self.has_model = true;
            sink.event(Event::ResponseModel(model));
        }
        let choice = chunk.choice();
        if let Some(tokens) = chunk.usage.as_ref().or_else(|| choice?.usage.as_ref()) {
            sink.event(Event::Usage(&usage(tokens, &self.rates)));
        }
        if let Some(choice) = choice {
            self.choice(choice, sink);
        }
        Ok(())
    }

    fn choice(&mut self, choice: &Choice<'_>, sink: &mut dyn Sink) {
        if let Some(reason) = choice.finish_reason.as_ref().filter(|reason| !reason.is_empty()) {
            let stop = stop_reason(reason);
            if stop == StopReason::Error {
                let reason = reason.to_well_formed();
                self.complaint = Some(ended(&reason, format!("Provider finish_reason: {reason}")));
            }
            self.stop = Some(stop);
            sink.event(Event::Stopping(stop));
            if let Some(complaint) = self.complaint.as_ref().filter(|_| stop == StopReason::Error) {
                sink.event(Event::Complaint(&complaint.message));
            }
        }
        if let Some(delta) = &choice.delta {
            self.delta(delta, sink);
        }
    }

    fn delta(&mut self, delta: &Delta<'_>, sink: &mut dyn Sink) {
        let some = |text: &&WireStr<'_>| !text.is_empty();
        if delta.refusal.as_ref().is_some_and(|text| !text.is_empty()) {
            sink.event(Event::Refused);
        }
        if let Some(text) = delta.content.as_ref().filter(some) {
            let block = open(&mut self.text, &mut self.blocks, Opening::Text, sink);
            sink.event(Event::Delta { block, text });
        }
        // Some servers send the same thinking under two names.
        let fields = [
            ("reasoning_content", &delta.reasoning_content),
            ("reasoning", &delta.reasoning),
            ("reasoning_text", &delta.reasoning_text),
        ];
        let thinking =
            fields.into_iter().find_map(|(field, text)| Some((field, text.as_ref().filter(some)?)));
        if let Some((field, text)) = thinking {
            let signature = WireStr::from_text(field);
            let opening = Opening::Thinking { signature: Some(&signature) };
            let block = open(&mut self.thinking, &mut self.blocks, opening, sink);
            sink.event(Event::Delta { block, text });
        }
        for piece in delta.tool_calls.iter().flatten().flatten() {
            self.calls.take(piece, &mut self.blocks, sink);
        }
        for detail in delta.reasoning_details.iter().flatten() {
            self.reasoning_detail(detail, sink);
        }
    }

    /// Encrypted reasoning names the call that it belongs to.
    fn reasoning_detail(&self, detail: &RawValue, sink: &mut dyn Sink) {
        let Some(fields) = Fields::of(detail) else { return };
        let kind: Option<WireStr<'_>> = fields.read("type");
        let has_data = fields.get("data").is_some_and(is_truthy);
        if !has_data || kind != Some(WireStr::from_text("reasoning.encrypted")) {
            return;
        }
        let id: Option<WireStr<'_>> = fields.read("id").filter(|id: &WireStr<'_>| !id.is_empty());
        let block = id.and_then(|id| self.calls.block_of(&id));
        if let (Some(block), Some(json)) = (block, stringify(detail.get())) {
            sink.event(Event::ThoughtSignature { block, json: &json });
        }
    }
}

/// The one block of a kind, which is opened when it is first needed.
fn open(slot: &mut Option<usize>, blocks: &mut usize, opening: Opening<'_>, sink: &mut dyn Sink) -> usize {
    *slot.get_or_insert_with(|| {
        let block = *blocks;
        *blocks += 1;
        sink.event(Event::Open { block, wire: None, opening });
        block
    })
}

fn stop_reason(reason: &WireStr<'_>) -> StopReason {
    match reason.as_bytes() {
        b"stop" | b"end" => StopReason::Stop,
        b"length" => StopReason::Length,
        b"tool_calls" | b"function_call" => StopReason::ToolUse,
        _ => StopReason::Error,
    }
}

/// Usage with cached tokens taken out of the prompt. Some gateways count what this request wrote to the cache among the
/// hits as well.
fn usage(tokens: &Tokens, rates: &Rates) -> Usage {
    let count = |count: Option<Num>| count.map_or(0.0, |count| count.0);
    let details = tokens.prompt_tokens_details.as_ref();
    let hits = details.and_then(|details| details.cached_tokens).or(tokens.prompt_cache_hit_tokens);
    let written = count(details.and_then(|details| details.cache_write_tokens));
    let read = if written > 0.0 { (count(hits) - written).max(0.0) } else { count(hits) };
    let usage = Usage {
        input: Num((count(tokens.prompt_tokens) - read - written).max(0.0)),
        output: Num(count(tokens.completion_tokens)),
        cache_read: Num(read),
        cache_write: Num(written),
        ..Usage::default()
    };
    usage.priced(rates).charged(tokens.charge())
}
