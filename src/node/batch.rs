//! Events on their way to JavaScript, many in one string: making one string and slicing it there is several times
//! cheaper than making objects here.
//!
//! Each event is a header of seven ASCII characters and a text: the kind (one letter), the block's number (two
//! characters of seven bits each, high bits first), the text's length in UTF-16 code units (four such characters). The
//! first bit of the length says instead that the event begins a piece (see [`Event::Piece`]).

use serde::Serialize;

use crate::ai::{Event, Failure, Headers, Opening, StopReason};
use crate::json::WireStr;

/// Events that wait to be taken, as WTF-8.
#[derive(Debug, Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    wide: bool,
    piece: bool,
}

/// A batch in the form in which V8 takes it most cheaply.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Packed {
    /// Only ASCII.
    Narrow(Vec<u8>),
    /// UTF-16 code units, lone surrogates among them.
    Wide(Vec<u16>),
}

#[derive(Serialize)]
struct Head<'a> {
    status: u16,
    headers: std::collections::BTreeMap<&'a str, &'a str>,
}

impl Batch {
    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What waits, in bytes.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The response's status and headers.
    pub(super) fn head(&mut self, status: u16, headers: &Headers) {
        self.json(b'H', &Head { status, headers: headers.iter().collect() });
    }

    /// The end of the answer.
    pub(super) fn end(&mut self, outcome: Result<StopReason, &Failure>) {
        self.piece = true;
        match outcome {
            Ok(reason) => self.put(b'D', 0, reason.as_str().as_bytes()),
            Err(failure) => self.json(b'F', failure),
        }
    }

    /// The way to the provider broke: another one may do.
    pub(super) fn broken(&mut self, how: &impl Serialize) {
        self.json(b'B', how);
    }

    /// One event of the answer.
    pub(super) fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Piece => self.piece = true,
            Event::ResponseId(id) => self.put(b'i', 0, id.as_bytes()),
            Event::ResponseModel(model) => self.put(b'm', 0, model.as_bytes()),
            Event::Usage(usage) => self.json(b'u', usage),
            Event::Stopping(reason) => self.put(b's', 0, reason.as_str().as_bytes()),
            Event::Complaint(text) => self.put(b'x', 0, text.as_bytes()),
            Event::Refused => {}
            Event::Flaw(failure) => self.json(b'f', failure),
            Event::Open { block, wire, opening } => self.open(block, wire, opening),
            Event::Delta { block, text } => self.put(b'd', block, text.as_bytes()),
            Event::Start => self.put(b'S', 0, b""),
            Event::WholeSignature { block, text } => self.put(b'G', block, text.as_bytes()),
            Event::TextSignature { block, text } => self.put(b'a', block, text.as_bytes()),
            Event::Whole { block, text } => self.put(b'W', block, text.as_bytes()),
            Event::Signature { block, text } => self.put(b'g', block, text.as_bytes()),
            Event::CallId { block, id } => self.put(b'c', block, id.as_bytes()),
            Event::CallName { block, name } => self.put(b'n', block, name.as_bytes()),
            Event::CallWire { block, wire } => self.put(b'w', block, wire.to_string().as_bytes()),
            Event::ThoughtSignature { block, json } => self.put(b't', block, json.as_bytes()),
            Event::Close { block } => self.put(b'e', block, b""),
        }
    }

    /// Takes over what another batch holds.
    pub(super) fn append(&mut self, other: &mut Self) {
        self.bytes.append(&mut other.bytes);
        self.wide |= std::mem::take(&mut other.wide);
    }

    /// Everything that waits; afterwards nothing does.
    pub(super) fn take(&mut self) -> Packed {
        let bytes = std::mem::take(&mut self.bytes);
        let wide = std::mem::take(&mut self.wide);
        if wide { Packed::Wide(utf16(&bytes)) } else { Packed::Narrow(bytes) }
    }

    /// The opening of a block: a JSON array of the provider's number and what the kind begins with.
    fn open(&mut self, block: usize, wire: Option<u32>, opening: Opening<'_>) {
        let mut text = wire.map_or_else(|| b"[null".to_vec(), |wire| format!("[{wire}").into_bytes());
        let (kind, strings, json) = match opening {
            Opening::Text => (b'T', [None; 3], None),
            Opening::Thinking { signature } => (b'K', [signature, None, None], None),
            Opening::RedactedThinking { signature } => (b'R', [Some(signature), None, None], None),
            Opening::ToolCall { id, name, arguments } => (b'C', [Some(id), Some(name), None], arguments),
            Opening::WholeCall { id, name, signature, arguments } => {
                (b'Q', [Some(id), Some(name), Some(signature)], Some(arguments))
            }
        };
        for string in strings.into_iter().flatten() {
            text.push(b',');
            quote(string, &mut text);
        }
        if let Some(json) = json {
            text.push(b',');
            text.extend_from_slice(json.as_bytes());
        }
        text.push(b']');
        self.put(kind, block, &text);
    }

    fn json(&mut self, kind: u8, value: &impl Serialize) {
        self.put(kind, 0, &serde_json::to_vec(value).unwrap_or_default());
    }

    fn put(&mut self, kind: u8, block: usize, text: &[u8]) {
        let length = if text.is_ascii() { text.len() } else { utf16_len(text) };
        self.wide |= length != text.len() || !text.is_ascii();
        let digit =
            |value: usize, place: u32| u8::try_from((value >> (7 * place)) & 0x7F).unwrap_or_default();
        self.bytes.reserve(text.len() + 7);
        self.bytes.extend_from_slice(&[kind, digit(block, 1), digit(block, 0)]);
        let first = u8::from(std::mem::take(&mut self.piece)) << 6;
        self.bytes.push(digit(length, 3) & 0x3F | first);
        self.bytes.extend([2, 1, 0].map(|place| digit(length, place)));
        self.bytes.extend_from_slice(text);
    }
}

/// Writes a JSON string; what JSON cannot hold as it is, lone surrogates among it, as escapes.
fn quote(text: &WireStr<'_>, out: &mut Vec<u8>) {
    out.push(b'"');
    for unit in utf16(text.as_bytes()) {
        match u8::try_from(unit) {
            Ok(byte @ (b'"' | b'\\')) => out.extend_from_slice(&[b'\\', byte]),
            Ok(byte @ 0x20..=0x7E) => out.push(byte),
            _ => out.extend_from_slice(format!("\\u{unit:04x}").as_bytes()),
        }
    }
    out.push(b'"');
}

/// The length of WTF-8 in UTF-16 code units.
fn utf16_len(bytes: &[u8]) -> usize {
    bytes.iter().map(|byte| usize::from(byte & 0xC0 != 0x80) + usize::from(*byte >= 0xF0)).sum()
}

/// WTF-8 as UTF-16.
pub(super) fn utf16(bytes: &[u8]) -> Vec<u16> {
    let mut units = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied();
    while let Some(lead) = rest.next() {
        let mut tail = |value: u32| (value << 6) | u32::from(rest.next().unwrap_or_default() & 0x3F);
        let point = match lead {
            0..0x80 => u32::from(lead),
            0x80..0xE0 => tail(u32::from(lead & 0x1F)),
            0xE0..0xF0 => {
                let high = tail(u32::from(lead & 0x0F));
                tail(high)
            }
            _ => {
                let high = tail(u32::from(lead & 0x07));
                let middle = tail(high);
                tail(middle)
            }
        };
        if let Ok(unit) = u16::try_from(point) {
            units.push(unit);
        } else {
            let pair = point - 0x10000;
            let halves = [0xD800 | (pair >> 10), 0xDC00 | (pair & 0x3FF)];
            units.extend(halves.map(|half| u16::try_from(half).unwrap_or_default()));
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_utf16_units() {
        let mut batch = Batch::default();
        let text = WireStr::from_text("a\u{e9}\u{1F600}");
        batch.event(Event::Delta { block: 130, text: &text });
        let Packed::Wide(units) = batch.take() else { panic!("not wide") };
        assert_eq!(units, [u16::from(b'd'), 1, 2, 0, 0, 0, 4, 0x61, 0xE9, 0xD83D, 0xDE00]);
        assert!(batch.is_empty());
    }

    #[test]
    fn lone_surrogates_cross_as_they_are() {
        let mut batch = Batch::default();
        let half: WireStr<'_> = serde_json::from_str(r#""\ud83d""#).unwrap();
        batch.event(Event::Delta { block: 0, text: &half });
        let name = WireStr::from_text("a\"b");
        batch.event(Event::Open {
            block: 0,
            wire: Some(7),
            opening: Opening::ToolCall { id: &half, name: &name, arguments: Some("{}") },
        });
        let Packed::Wide(units) = batch.take() else { panic!("not wide") };
        assert_eq!(units.get(7), Some(&0xD83D));
        assert_eq!(String::from_utf16(&units[15..]).unwrap(), r#"[7,"\ud83d","a\"b",{}]"#);
    }
}
