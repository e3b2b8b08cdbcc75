//! The items of an answer while they stream. Each item that says something is a block.
//!
//! An event names its item by the item's place in the answer. Some servers leave the places out or count them
//! differently: then the item that began last is meant. Ids are no help, because some servers change them from event to
//! event.

use serde_json::value::RawValue;

use super::event::WireEvent;
use crate::ai::codec::fields::Fields;
use crate::ai::codec::openai_chat::is_truthy;
use crate::ai::{Event, Opening, Sink};
use crate::json::{Num, WireStr, stringify};

/// The answer so far.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// In the order of their blocks.
    items: Vec<Item>,
}

#[derive(Debug)]
struct Item {
    kind: Kind,
    place: Option<Num>,
    /// A call's id, another item's own; empty when the provider has not said it.
    id: WireStr<'static>,
    /// The part that is being written.
    part: Option<Part>,
    /// What came of a call's arguments.
    arguments: WireStr<'static>,
    is_open: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Reasoning,
    Message,
    Call,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Text,
    Refusal,
    Other,
}

impl Kind {
    fn of(item: &Fields<'_>) -> Option<Self> {
        match item.read::<WireStr<'_>>("type")?.as_bytes() {
            b"reasoning" => Some(Self::Reasoning),
            b"message" => Some(Self::Message),
            b"function_call" => Some(Self::Call),
            _ => None,
        }
    }
}

impl Part {
    fn of(part: &RawValue) -> Self {
        let kind = Fields::of(part).and_then(|part| part.read::<WireStr<'_>>("type"));
        match kind.as_ref().map(WireStr::as_bytes) {
            Some(b"output_text") => Self::Text,
            Some(b"refusal") => Self::Refusal,
            _ => Self::Other,
        }
    }
}

impl Answer {
    /// Whether the answer calls a tool.
    pub(super) fn has_calls(&self) -> bool {
        self.items.iter().any(|item| item.kind == Kind::Call)
    }

    /// Takes an event about an item; what it does not know says nothing.
    pub(super) fn event(&mut self, event: &WireEvent<'_>, sink: &mut dyn Sink) {
        let place = event.output_index;
        let delta = event.delta.as_ref();
        match event.r#type.as_bytes() {
            b"response.output_item.added" => {
                let item = event.item.and_then(Fields::of);
                if let Some((item, kind)) = item.and_then(|item| Kind::of(&item).map(|kind| (item, kind))) {
                    self.open(&item, kind, place, sink);
                }
            }
            b"response.output_item.done" => {
                if let Some(item) = event.item {
                    self.close(item, place, sink);
                }
            }
            b"response.reasoning_summary_part.added" => {
                if let Some((_, item)) = self.at(place, Kind::Reasoning) {
                    item.part = Some(Part::Text);
                }
            }
            b"response.content_part.added" => {
                if let (Some((_, item)), Some(part)) = (self.at(place, Kind::Message), event.part) {
                    item.part = Some(Part::of(part)).filter(|part| *part != Part::Other).or(item.part);
                }
            }
            b"response.reasoning_summary_text.delta" => {
                self.delta(place, Kind::Reasoning, Some(Part::Text), delta, sink);
            }
            b"response.reasoning_summary_part.done" => {
                let gap = WireStr::from_text("\n\n");
                self.delta(place, Kind::Reasoning, Some(Part::Text), Some(&gap), sink);
            }
            b"response.reasoning_text.delta" => self.delta(place, Kind::Reasoning, None, delta, sink),
            b"response.output_text.delta" => {
                self.delta(place, Kind::Message, Some(Part::Text), delta, sink);
            }
            b"response.refusal.delta" => {
                self.delta(place, Kind::Message, Some(Part::Refusal), delta, sink);
            }
            b"response.function_call_arguments.delta" => self.delta(place, Kind::Call, None, delta, sink),
            b"response.function_call_arguments.done" => {
                if let Some(arguments) = &event.arguments {
                    self.arguments(place, arguments, sink);
                }
            }
            _ => {}
        }
    }

    /// The open item of a kind that an event is about, and its block.
    fn at(&mut self, place: Option<Num>, kind: Kind) -> Option<(usize, &mut Item)> {
        let named = self.items.iter().rposition(|item| place.is_some() && item.place == place);
        let block = named.or(self.items.len().checked_sub(1))?;
        let item = self.items.get_mut(block)?;
        (item.is_open && item.kind == kind).then_some((block, item))
    }

    fn open(&mut self, item: &Fields<'_>, kind: Kind, place: Option<Num>, sink: &mut dyn Sink) {
        let block = self.items.len();
        let parts = |name: &str| item.read::<Vec<&RawValue>>(name).unwrap_or_default();
        let opening = |opening| Event::Open { block, wire: None, opening };
        let mut arguments = WireStr::default();
        let part = match kind {
            Kind::Reasoning => {
                sink.event(opening(Opening::Thinking { signature: None }));
                parts("summary").last().map(|_| Part::Text)
            }
            Kind::Message => {
                sink.event(opening(Opening::Text));
                parts("content").last().map(|part| Part::of(part))
            }
            Kind::Call => {
                let said = |name| item.read(name).unwrap_or_else(|| WireStr::from_text("undefined"));
                let id = WireStr::join([said("call_id"), said("id")], "|");
                let name = item.read("name").unwrap_or_default();
                sink.event(opening(Opening::ToolCall { id: &id, name: &name, arguments: None }));
                arguments = item.read("arguments").unwrap_or_default();
                if !arguments.is_empty() {
                    sink.event(Event::Whole { block, text: &arguments });
                }
                None
            }
        };
        let (id, arguments) = (own_id(item, kind), arguments.into_owned());
        self.items.push(Item { kind, place, id, part, arguments, is_open: true });
    }

    /// Takes more of an item; of some kinds only while a part of the right sort is being written.
    fn delta(
        &mut self,
        place: Option<Num>,
        kind: Kind,
        part: Option<Part>,
        delta: Option<&WireStr<'_>>,
        sink: &mut dyn Sink,
    ) {
        let Some(text) = delta else { return };
        if let Some((block, item)) = self.at(place, kind)
            && (part.is_none() || item.part == part)
        {
            if kind == Kind::Call {
                item.arguments.push(text);
            }
            sink.event(Event::Delta { block, text });
        }
    }

    /// Takes the whole of a call's arguments: what was not streamed of them is still to be told.
    fn arguments(&mut self, place: Option<Num>, whole: &WireStr<'_>, sink: &mut dyn Sink) {
        let Some((block, item)) = self.at(place, Kind::Call) else { return };
        match whole.strip_prefix(&item.arguments) {
            Some(rest) if rest.is_empty() => {}
            Some(rest) => sink.event(Event::Delta { block, text: &rest }),
            None => sink.event(Event::Whole { block, text: whole }),
        }
        item.arguments = whole.clone().into_owned();
    }

    /// Takes an item's end, which tells the whole item.
    fn close(&mut self, json: &RawValue, place: Option<Num>, sink: &mut dyn Sink) {
        let Some(fields) = Fields::of(json) else { return };
        let Some(kind) = Kind::of(&fields) else { return };
        if self.at(place, kind).is_none() {
            if self.has_seen(&fields, kind, place) {
                return;
            }
            // Its beginning never came.
            self.open(&fields, kind, place, sink);
        }
        let Some((block, item)) = self.at(place, kind) else { return };
        item.is_open = false;
        let whole = match kind {
            Kind::Reasoning => {
                let told = ["summary", "content"].map(|name| texts(&fields, name, |_| "text", "\n\n"));
                told.into_iter().flatten().find(|text| !text.is_empty())
            }
            Kind::Message => texts(&fields, "content", spoken, ""),
            Kind::Call if item.arguments.is_empty() => {
                fields.read("arguments").filter(|arguments: &WireStr<'_>| !arguments.is_empty())
            }
            Kind::Call => None,
        };
        if let Some(text) = &whole {
            sink.event(Event::Whole { block, text });
        }
        match kind {
            Kind::Reasoning => {
                let signature = stringify(json.get()).unwrap_or_default();
                sink.event(Event::WholeSignature { block, text: &WireStr::from_text(&signature) });
            }
            Kind::Message => {
                let signature = text_signature(&fields);
                sink.event(Event::TextSignature { block, text: &WireStr::from_text(&signature) });
            }
            Kind::Call => {}
        }
        sink.event(Event::Close { block });
    }

    /// Whether an item is one that has ended already, or is another one's place.
    fn has_seen(&self, item: &Fields<'_>, kind: Kind, place: Option<Num>) -> bool {
        let id = own_id(item, kind);
        self.items.iter().any(|known| {
            (place.is_some() && known.place == place)
                || (known.kind == kind && known.id == id && !id.is_empty())
        })
    }
}

fn own_id(item: &Fields<'_>, kind: Kind) -> WireStr<'static> {
    let id: Option<WireStr<'_>> = item.read(if kind == Kind::Call { "call_id" } else { "id" });
    id.unwrap_or_default().into_owned()
}

/// The texts of an item's parts, if it has the field that they are in. `field` says where a part has its text.
fn texts<'a>(
    item: &Fields<'a>,
    name: &str,
    field: fn(&RawValue) -> &'static str,
    between: &str,
) -> Option<WireStr<'a>> {
    let parts: Vec<&'a RawValue> = item.read(name)?;
    let text = |part: &'a RawValue| Fields::of(part).and_then(|fields| fields.read(field(part)));
    Some(WireStr::join(parts.into_iter().map(|part| text(part).unwrap_or_default()), between))
}

fn spoken(part: &RawValue) -> &'static str {
    if Part::of(part) == Part::Text { "text" } else { "refusal" }
}

/// Which part of the answer a text is, for its way back.
fn text_signature(item: &Fields<'_>) -> String {
    let field = |name: &str, json: Option<&RawValue>| {
        let json = json.and_then(|json| stringify(json.get()));
        json.map(|json| format!(r#","{name}":{json}"#)).unwrap_or_default()
    };
    let id = field("id", item.get("id"));
    let phase = field("phase", item.get("phase").filter(|phase| is_truthy(phase)));
    format!(r#"{{"v":1{id}{phase}}}"#)
}
