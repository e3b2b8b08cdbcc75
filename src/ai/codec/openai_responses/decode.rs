//! Reads a response: events in, the answer's out, in the order in which Pi's client reports them.

use serde_json::value::RawValue;

use super::answer::Answer;
use super::event::WireEvent;
use crate::ai::codec::fields::Fields;
use crate::ai::codec::openai_chat::is_truthy;
use crate::ai::codec::sse::SseDecoder;
use crate::ai::codec::{End, openai_client, rejection};
use crate::ai::{Event, Failure, FailureKind, Rates, Sink, StopReason, Usage};
use crate::json::{Num, WireStr};

/// By how much prices are multiplied when a response says that it was served in a tier.
pub(in crate::ai::codec) type Factor = Box<dyn Fn(Option<&str>) -> f64 + Send>;

/// What a response costs.
pub(in crate::ai::codec) struct Tariff {
    /// The model's prices.
    pub(in crate::ai::codec) rates: Rates,
    /// What they are multiplied by.
    pub(in crate::ai::codec) factor: Factor,
}

/// By how much a service tier multiplies a model's prices.
pub(in crate::ai::codec) fn tier_factor(model: &str, tier: Option<&str>) -> f64 {
    match tier {
        Some("flex") => 0.5,
        Some("priority") if model == "gpt-5.5" => 2.5,
        Some("priority") => 2.0,
        _ => 1.0,
    }
}

/// Reads one response.
pub(in crate::ai::codec) struct Decoder {
    sse: SseDecoder,
    reader: Reader,
}

struct Reader {
    answer: Answer,
    tariff: Tariff,
    /// How the answer ended, once the provider has said so.
    stop: Option<StopReason>,
    is_done: bool,
}

impl Decoder {
    /// A reader for a response at a price.
    pub(in crate::ai::codec) fn new(tariff: Tariff) -> Self {
        let reader = Reader { answer: Answer::default(), tariff, stop: None, is_done: false };
        Self { sse: SseDecoder::default(), reader }
    }

    /// Takes one event, however it came.
    pub(in crate::ai::codec) fn event(
        &mut self,
        event: &WireEvent<'_>,
        sink: &mut dyn Sink,
    ) -> Result<(), Failure> {
        self.reader.event(event, sink)
    }
}

impl crate::ai::codec::Decoder for Decoder {
    fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Failure> {
        let reader = &mut self.reader;
        self.sse.push(bytes, &mut |event| reader.message(event.name, event.data, sink))
    }

    fn finish(&mut self, end: End, sink: &mut dyn Sink) -> Result<StopReason, Failure> {
        sink.event(Event::Piece);
        if end == End::Aborted {
            return Err(Failure::aborted("Request was aborted"));
        }
        match self.reader.stop {
            Some(StopReason::Error) => Err(Failure::new(FailureKind::Stopped, "An unknown error occurred")),
            Some(stop) => Ok(stop),
            None => Err(Failure::new(FailureKind::Truncated, "Stream ended without response.completed")),
        }
    }

    fn is_complete(&self) -> bool {
        self.reader.is_done
    }
}

impl Reader {
    /// Takes one server-sent event, as `OpenAI`'s client does.
    fn message(&mut self, name: Option<&str>, data: &str, sink: &mut dyn Sink) -> Result<(), Failure> {
        if self.is_done {
            return Ok(());
        }
        if data.starts_with("[DONE]") {
            self.is_done = true;
            return Ok(());
        }
        sink.event(Event::Piece);
        let event = WireEvent::read(data).map_err(|_| Failure::not_json("{json}", data))?;
        // Events of another API that shares the client: it hands them on in a shape that says nothing here.
        let foreign = name.is_some_and(|name| name.starts_with("thread."));
        let Some(event) = event.filter(|_| !foreign) else { return Ok(()) };
        if let Some(error) = event.error.filter(|error| is_truthy(error)) {
            return Err(openai_client::in_stream(error.get(), |_| String::new()));
        }
        self.event(&event, sink)
    }

    fn event(&mut self, event: &WireEvent<'_>, sink: &mut dyn Sink) -> Result<(), Failure> {
        if self.is_done {
            return Ok(());
        }
        let response = event.response.and_then(Fields::of);
        match event.r#type.as_bytes() {
            b"response.created" => {
                if let Some(id) = response.and_then(|response| response.read("id")) {
                    sink.event(Event::ResponseId(&id));
                }
            }
            b"response.completed" | b"response.incomplete" | b"response.done" => {
                self.is_done = true;
                self.stop = Some(self.completed(response.as_ref(), sink)?);
            }
            b"response.failed" => return Err(failed(response.as_ref())),
            b"error" => return Err(flat_error(event)),
            _ => self.answer.event(event, sink),
        }
        Ok(())
    }

    fn completed(&self, response: Option<&Fields<'_>>, sink: &mut dyn Sink) -> Result<StopReason, Failure> {
        let read = |name: &str| -> Option<WireStr<'_>> {
            response?.read(name).filter(|text: &WireStr<'_>| !text.is_empty())
        };
        if let Some(id) = read("id") {
            sink.event(Event::ResponseId(&id));
        }
        if let Some(tokens) = response.and_then(|response| response.object("usage")) {
            let tier = read("service_tier");
            let factor = (self.tariff.factor)(tier.as_ref().map(WireStr::to_well_formed).as_deref());
            sink.event(Event::Usage(&usage(&tokens, &self.tariff.rates, factor)));
        }
        let stop = match read("status").as_ref().map(WireStr::as_bytes) {
            None | Some(b"completed" | b"in_progress" | b"queued") => StopReason::Stop,
            Some(b"incomplete") => StopReason::Length,
            Some(b"failed" | b"cancelled") => StopReason::Error,
            Some(other) => {
                let message = format!("Unhandled stop reason: {}", String::from_utf8_lossy(other));
                return Err(Failure::new(FailureKind::Stopped, message));
            }
        };
        let calls = stop == StopReason::Stop && self.answer.has_calls();
        Ok(if calls { StopReason::ToolUse } else { stop })
    }
}

/// Usage with cached tokens taken out of the prompt, and the provider's own sum.
fn usage(tokens: &Fields<'_>, rates: &Rates, factor: f64) -> Usage {
    let count = |tokens: &Fields<'_>, name: &str| tokens.read(name).map_or(0.0, |count: Num| count.0);
    let cached =
        tokens.object("input_tokens_details").map_or(0.0, |details| count(&details, "cached_tokens"));
    let usage = Usage {
        input: Num(count(tokens, "input_tokens") - cached),
        output: Num(count(tokens, "output_tokens")),
        cache_read: Num(cached),
        ..Usage::default()
    };
    Usage { total_tokens: Num(count(tokens, "total_tokens")), ..usage.priced(rates).at_price(factor) }
}

/// What went wrong, in a response that failed.
fn failed(response: Option<&Fields<'_>>) -> Failure {
    let said = |fields: &Fields<'_>, name: &str| -> Option<String> {
        let text: WireStr<'_> = fields.read(name)?;
        (!text.is_empty()).then(|| text.to_well_formed().into_owned())
    };
    if let Some(error) = response.and_then(|response| response.object("error")) {
        let code = said(&error, "code");
        let message = said(&error, "message");
        let message = format!(
            "{}: {}",
            code.as_deref().unwrap_or("unknown"),
            message.as_deref().unwrap_or("no message")
        );
        return openai_client::reported(message, code.as_deref());
    }
    let details = response.and_then(|response| response.object("incomplete_details"));
    match details.and_then(|details| said(&details, "reason")) {
        Some(reason) => Failure::new(FailureKind::Stopped, format!("incomplete: {reason}")),
        None => Failure::new(FailureKind::Server, "Unknown error (no error details in response)"),
    }
}

/// An event that is itself an error.
fn flat_error(event: &WireEvent<'_>) -> Failure {
    let text = |json: Option<&RawValue>| match json.map(|json| rejection::parse(json.get())) {
        Some(Some(value)) => rejection::to_text(&value),
        Some(None) | None => "undefined".to_owned(),
    };
    let code = text(event.code);
    let message = format!("Error Code {code}: {}", text(event.message));
    let code = event.code.filter(|code| is_truthy(code)).map(|_| code);
    openai_client::reported(message, code.as_deref())
}
