//! The blocks of an answer as the host sees them: one text of the provider's may become several.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::calls::Leaked;
use super::text::{Part, Text};
use crate::ai::{Event, Opening, Sink, StopReason, Tool, Usage};
use crate::json::WireStr;

/// The blocks so far.
pub(super) struct Blocks {
    tools: Vec<Tool>,
    /// The text that streams: the provider's number for it, and what is held of it.
    current: Option<(usize, Text)>,
    shown: Shown,
}

/// What the host has seen.
#[derive(Default)]
struct Shown {
    /// The host's number for each of the provider's blocks.
    numbers: Vec<Option<usize>>,
    count: usize,
    /// The open block that is a part of the current text.
    part: Option<OpenPart>,
    /// The wire's number for the current text.
    wire: Option<u32>,
    calls: usize,
    response: Vec<u8>,
    usage: Usage,
    stopping: Option<StopReason>,
}

struct OpenPart {
    block: usize,
    is_thinking: bool,
}

impl Blocks {
    /// The blocks of an answer that may call these tools.
    pub(super) fn new(tools: Vec<Tool>) -> Self {
        Self { tools, current: None, shown: Shown::default() }
    }

    /// Why the answer ends, given why the provider says that it does.
    pub(super) fn reason(&self, reason: StopReason) -> StopReason {
        self.shown.reason(reason)
    }

    /// Decides on what is held. A text that is still empty is shown as it came.
    pub(super) fn settle(&mut self, sink: &mut dyn Sink) {
        if let Some((_, text)) = &mut self.current {
            text.settle(&self.tools, &mut |part| self.shown.part(part, sink));
            if self.shown.part.is_none() && !text.is_mended {
                self.shown.open_part(false, sink);
            }
        }
    }

    /// Takes one event of the provider's.
    pub(super) fn event(&mut self, event: Event<'_>, sink: &mut dyn Sink) {
        match event {
            Event::Piece => {
                let held = self.current.as_mut().is_some_and(|(_, text)| text.take_piece());
                if !held {
                    sink.event(Event::Piece);
                }
            }
            Event::Delta { block, text } if self.is_current(block) => {
                if let Some((_, current)) = &mut self.current {
                    current.take(text.as_bytes(), &self.tools, &mut |part| self.shown.part(part, sink));
                }
            }
            Event::Open { block, wire, opening: Opening::Text } => {
                self.end_current(false, sink);
                self.current = Some((block, Text::new(self.shown.count == 0)));
                self.shown.wire = wire;
            }
            Event::Close { block } if self.is_current(block) => self.end_current(true, sink),
            Event::ResponseId(id) => {
                self.shown.response = id.as_bytes().to_vec();
                sink.event(event);
            }
            Event::Usage(usage) => {
                self.shown.usage = *usage;
                sink.event(event);
            }
            Event::Stopping(reason) => {
                self.shown.stopping = Some(reason);
                sink.event(Event::Stopping(self.reason(reason)));
            }
            Event::Start | Event::ResponseModel(_) | Event::Complaint(_) => sink.event(event),
            other => self.pass(other, sink),
        }
    }

    fn is_current(&self, block: usize) -> bool {
        self.current.as_ref().is_some_and(|(current, _)| *current == block)
    }

    /// Ends the text that streams, or leaves it open where the next one begins before its end.
    fn end_current(&mut self, closed: bool, sink: &mut dyn Sink) {
        self.settle(sink);
        let Some((number, _)) = self.current.take() else { return };
        let shown = &mut self.shown;
        let text = shown.part.as_ref().filter(|part| !part.is_thinking).map(|part| part.block);
        shown.number(number, text);
        if closed || text.is_none() {
            shown.close_part(sink);
        }
        shown.part = None;
    }

    /// Passes on an event of another kind under the host's number for its block.
    fn pass(&mut self, event: Event<'_>, sink: &mut dyn Sink) {
        self.settle(sink);
        let shown = &mut self.shown;
        let current = self.current.as_ref().map(|(number, text)| (*number, text.is_mended));
        let number = |block: usize| match current {
            Some((number, _)) if number == block => {
                shown.part.as_ref().filter(|part| !part.is_thinking).map(|part| part.block)
            }
            _ => shown.numbers.get(block).copied().flatten(),
        };
        let renumbered = match event {
            Event::Open { block, wire, opening } => {
                let own = shown.count;
                shown.count += 1;
                shown.number(block, Some(own));
                Some(Event::Open { block: own, wire, opening })
            }
            Event::Delta { block, text } => number(block).map(|block| Event::Delta { block, text }),
            Event::Signature { block, text } => number(block).map(|block| Event::Signature { block, text }),
            Event::WholeSignature { block, text } => {
                number(block).map(|block| Event::WholeSignature { block, text })
            }
            Event::TextSignature { block, text } => {
                number(block).map(|block| Event::TextSignature { block, text })
            }
            Event::Whole { block, text } => {
                let whole = number(block).map(|block| Event::Whole { block, text });
                whole.filter(|_| current != Some((block, true)))
            }
            Event::CallId { block, id } => number(block).map(|block| Event::CallId { block, id }),
            Event::CallName { block, name } => number(block).map(|block| Event::CallName { block, name }),
            Event::CallWire { block, wire } => number(block).map(|block| Event::CallWire { block, wire }),
            Event::ThoughtSignature { block, json } => {
                number(block).map(|block| Event::ThoughtSignature { block, json })
            }
            Event::Close { block } => number(block).map(|block| Event::Close { block }),
            other => Some(other),
        };
        if let Some(event) = renumbered {
            sink.event(event);
        }
    }
}

impl Shown {
    fn reason(&self, reason: StopReason) -> StopReason {
        if reason == StopReason::Stop && self.calls > 0 { StopReason::ToolUse } else { reason }
    }

    fn part(&mut self, part: Part<'_>, sink: &mut dyn Sink) {
        match part {
            Part::Piece => sink.event(Event::Piece),
            Part::Text(text) => self.say(false, text, sink),
            Part::Thinking(text) => self.say(true, text, sink),
            Part::ThinkingEnd => self.close_part(sink),
            Part::Calls(calls) => {
                self.close_part(sink);
                for call in calls {
                    self.call(&call, sink);
                }
                if self.stopping == Some(StopReason::Stop) {
                    sink.event(Event::Stopping(StopReason::ToolUse));
                }
            }
            // Whoever waits for a sign of life gets one that changes nothing.
            Part::Working => sink.event(Event::Usage(&self.usage)),
        }
    }

    fn say(&mut self, is_thinking: bool, text: &[u8], sink: &mut dyn Sink) {
        let block = match &self.part {
            Some(part) if part.is_thinking == is_thinking => part.block,
            _ => {
                self.close_part(sink);
                self.open_part(is_thinking, sink)
            }
        };
        sink.event(Event::Delta { block, text: &WireStr::from_wtf8(text) });
    }

    fn open_part(&mut self, is_thinking: bool, sink: &mut dyn Sink) -> usize {
        let block = self.count;
        self.count += 1;
        self.part = Some(OpenPart { block, is_thinking });
        let opening = if is_thinking { Opening::Thinking { signature: None } } else { Opening::Text };
        sink.event(Event::Open { block, wire: self.wire.take(), opening });
        block
    }

    fn close_part(&mut self, sink: &mut dyn Sink) {
        if let Some(part) = self.part.take() {
            sink.event(Event::Close { block: part.block });
        }
    }

    fn call(&mut self, call: &Leaked, sink: &mut dyn Sink) {
        let id = self.call_id(call);
        let block = self.count;
        self.count += 1;
        self.calls += 1;
        let (id, name) = (WireStr::from_text(&id), WireStr::from_text(&call.name));
        let opening = Opening::ToolCall { id: &id, name: &name, arguments: None };
        sink.event(Event::Open { block, wire: None, opening });
        sink.event(Event::Delta { block, text: &WireStr::from_text(&call.arguments) });
        sink.event(Event::Close { block });
    }

    /// An id that no other call of the conversation has: providers pair calls and results by it.
    fn call_id(&self, call: &Leaked) -> String {
        let mut hasher = DefaultHasher::new();
        if self.response.is_empty() {
            fastrand::u64(..).hash(&mut hasher);
        }
        (&self.response, self.calls, &call.name, &call.arguments).hash(&mut hasher);
        format!("call_{:016x}", hasher.finish())
    }

    fn number(&mut self, block: usize, own: Option<usize>) {
        if self.numbers.len() <= block {
            self.numbers.resize(block + 1, None);
        }
        if let Some(slot) = self.numbers.get_mut(block) {
            *slot = own;
        }
    }
}
