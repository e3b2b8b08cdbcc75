//! Reads a response: chunks in, events out, in the order in which Pi's client reports them.

use std::collections::HashSet;

use super::chunk::{Call, Candidate, Chunk, Part, Tokens};
use super::{ABORTED, rejection};
use crate::ai::codec::End;
use crate::ai::codec::sse::SseDecoder;
use crate::ai::{Event, Failure, FailureKind, Opening, Rates, Sink, StopReason, Turn, Usage};
use crate::json::{Num, WireStr, trim};

/// The reasons for which the service ends an answer itself.
const REFUSALS: [&[u8]; 15] = [
    b"BLOCKLIST",
    b"PROHIBITED_CONTENT",
    b"SPII",
    b"SAFETY",
    b"IMAGE_SAFETY",
    b"IMAGE_PROHIBITED_CONTENT",
    b"IMAGE_RECITATION",
    b"IMAGE_OTHER",
    b"RECITATION",
    b"FINISH_REASON_UNSPECIFIED",
    b"OTHER",
    b"LANGUAGE",
    b"MALFORMED_FUNCTION_CALL",
    b"UNEXPECTED_TOOL_CALL",
    b"NO_IMAGE",
];

/// Reads one response.
pub(super) struct Decoder {
    sse: SseDecoder,
    answer: Answer,
}

impl Decoder {
    /// A reader for the response to a turn.
    pub(super) fn new(turn: &Turn) -> Self {
        let answer = Answer {
            rates: turn.model.cost,
            has_id: false,
            blocks: 0,
            open: None,
            calls: 0,
            ids: HashSet::new(),
            ending: None,
            blocked: None,
        };
        Self { sse: SseDecoder::default(), answer }
    }
}

impl crate::ai::codec::Decoder for Decoder {
    fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Failure> {
        let answer = &mut self.answer;
        self.sse.push(bytes, &mut |event| answer.message(event.name, event.data, sink))?;
        // An error of the service's front end is no event but JSON alone.
        let rest = self.sse.pending().trim_ascii();
        let is_whole = rest.starts_with(b"{") && rest.ends_with(b"}");
        let error = std::str::from_utf8(rest).ok().filter(|_| is_whole);
        error.and_then(|error| rejection::in_stream(error, true)).map_or(Ok(()), Err)
    }

    fn finish(&mut self, end: End, sink: &mut dyn Sink) -> Result<StopReason, Failure> {
        sink.event(Event::Piece);
        if end == End::Aborted {
            return Err(Failure::aborted(ABORTED));
        }
        let lines = self.sse.pending().split(|byte| matches!(byte, b'\r' | b'\n'));
        if lines.map(<[u8]>::trim_ascii).any(|line| !line.is_empty() && !line.starts_with(b":")) {
            return Err(Failure::new(FailureKind::Truncated, "Incomplete JSON segment at the end"));
        }
        let ending = self.answer.ending(sink);
        self.answer.close(sink);
        ending
    }

    fn is_complete(&self) -> bool {
        // Usage may follow the reason for which the answer ended.
        false
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prose {
    Text,
    Thinking,
}

/// What is known of the answer so far.
struct Answer {
    rates: Rates,
    has_id: bool,
    blocks: usize,
    /// The block that text goes on in, the last one.
    open: Option<Prose>,
    calls: usize,
    ids: HashSet<Vec<u8>>,
    ending: Option<(StopReason, String)>,
    blocked: Option<String>,
}

impl Answer {
    /// Takes one server-sent event.
    fn message(&mut self, name: Option<&str>, data: &str, sink: &mut dyn Sink) -> Result<(), Failure> {
        if data.is_empty() && name.is_some() {
            return Ok(());
        }
        sink.event(Event::Piece);
        let data = trim(data);
        let chunk = Chunk::read(data).map_err(|_| Failure::not_json("{json}", data))?;
        chunk.map_or(Ok(()), |chunk| self.chunk(&chunk, data, sink))
    }

    fn chunk(&mut self, chunk: &Chunk<'_>, json: &str, sink: &mut dyn Sink) -> Result<(), Failure> {
        if let Some(failure) = chunk.error.and_then(|_| rejection::in_stream(json, false)) {
            return Err(failure);
        }
        if let Some(id) = chunk.response_id.as_ref().filter(|_| !self.has_id) {
            self.has_id = !id.is_empty();
            sink.event(Event::ResponseId(id));
        }
        if let Some(candidate) = chunk.candidate() {
            self.candidate(candidate, sink)?;
        }
        if let Some(reason) =
            chunk.prompt_feedback.as_ref().and_then(|feedback| feedback.block_reason.as_ref())
        {
            self.blocked = Some(reason.to_well_formed().into_owned());
        }
        if let Some(tokens) = &chunk.usage_metadata {
            sink.event(Event::Usage(&usage(tokens, &self.rates)));
        }
        Ok(())
    }

    fn candidate(&mut self, candidate: &Candidate<'_>, sink: &mut dyn Sink) -> Result<(), Failure> {
        for part in candidate.parts() {
            if let Some(text) = &part.text {
                self.prose(part, text, sink);
            }
            if let Some(call) = &part.function_call {
                self.call(part, call, sink);
            }
        }
        let Some(reason) = candidate.finish_reason.as_ref().filter(|reason| !reason.is_empty()) else {
            return Ok(());
        };
        let stop = match reason.as_bytes() {
            b"STOP" => StopReason::Stop,
            b"MAX_TOKENS" => StopReason::Length,
            other if REFUSALS.contains(&other) => StopReason::Error,
            _ => {
                let reason = reason.to_well_formed();
                return Err(stopped(format!("Unhandled stop reason: {reason}"), &reason, sink));
            }
        };
        let stop = if self.calls > 0 { StopReason::ToolUse } else { stop };
        self.ending = Some((stop, reason.to_well_formed().into_owned()));
        sink.event(Event::Stopping(stop));
        Ok(())
    }

    fn prose(&mut self, part: &Part<'_>, text: &WireStr<'_>, sink: &mut dyn Sink) {
        let kind = if part.thought == Some(true) { Prose::Thinking } else { Prose::Text };
        if self.open != Some(kind) {
            self.close(sink);
            let opening = match kind {
                Prose::Text => Opening::Text,
                Prose::Thinking => Opening::Thinking { signature: None },
            };
            sink.event(Event::Open { block: self.blocks, wire: None, opening });
            self.blocks += 1;
            self.open = Some(kind);
        }
        let block = self.blocks - 1;
        if let Some(text) = part.thought_signature.as_ref().filter(|signature| !signature.is_empty()) {
            sink.event(match kind {
                Prose::Text => Event::TextSignature { block, text },
                Prose::Thinking => Event::WholeSignature { block, text },
            });
        }
        sink.event(Event::Delta { block, text });
    }

    fn call(&mut self, part: &Part<'_>, call: &Call<'_>, sink: &mut dyn Sink) {
        self.close(sink);
        let none = WireStr::default();
        let given = call.id.as_ref().unwrap_or(&none);
        let is_new = self.ids.insert(given.as_bytes().to_vec());
        let block = self.blocks;
        let opening = Opening::WholeCall {
            id: if is_new { given } else { &none },
            name: call.name.as_ref().unwrap_or(&none),
            arguments: call.args.map_or("{}", |args| args.get()),
            signature: part.thought_signature.as_ref().unwrap_or(&none),
        };
        sink.event(Event::Open { block, wire: None, opening });
        sink.event(Event::Close { block });
        self.blocks += 1;
        self.calls += 1;
    }

    /// Ends the block that text went on in.
    fn close(&mut self, sink: &mut dyn Sink) {
        if self.open.take().is_some() {
            sink.event(Event::Close { block: self.blocks - 1 });
        }
    }

    /// How the answer ended.
    fn ending(&mut self, sink: &mut dyn Sink) -> Result<StopReason, Failure> {
        match (self.ending.take(), self.blocked.take()) {
            (Some((StopReason::Error, reason)), _) => {
                Err(stopped("An unknown error occurred".to_owned(), &reason, sink))
            }
            (Some((stop, _)), _) => Ok(stop),
            (None, Some(reason)) => Err(stopped(format!("Prompt was blocked: {reason}"), &reason, sink)),
            (None, None) => Err(Failure::new(FailureKind::Truncated, "Stream ended without finish_reason")),
        }
    }
}

/// The service ended the answer itself. Hosts see why together with the last events.
fn stopped(message: String, reason: &str, sink: &mut dyn Sink) -> Failure {
    sink.event(Event::Stopping(StopReason::Error));
    sink.event(Event::Complaint(&message));
    Failure { code: Some(reason.to_owned()), ..Failure::new(FailureKind::Stopped, message) }
}

/// Usage with cached tokens taken out of the prompt. The total is the service's.
fn usage(tokens: &Tokens, rates: &Rates) -> Usage {
    let count = |count: Option<Num>| count.map_or(0.0, |count| count.0);
    let cached = count(tokens.cached_content_token_count);
    let usage = Usage {
        input: Num(count(tokens.prompt_token_count) - cached),
        output: Num(count(tokens.candidates_token_count) + count(tokens.thoughts_token_count)),
        cache_read: Num(cached),
        ..Usage::default()
    };
    Usage { total_tokens: Num(count(tokens.total_token_count)), ..usage.priced(rates) }
}
