//! The reader of a stream of tool arguments.

use std::borrow::Cow;

use super::lenient;
use super::scan::Scan;
use super::wtf8::{into_string, push_json, push_utf16};
use crate::json::repair::repair;

/// What [`Whole::text`] says where the value is NaN, which JSON cannot say: a JSON string literal, quotes included.
pub const NAN: &str = r#""\u0000NaN""#;

/// A value as a JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// Well-formed JSON. Lone surrogates are escaped; infinite numbers are written as `1e999` and `-1e999`, which
    /// `JSON.parse` reads as such.
    pub text: String,
    /// When the text so far ends inside a string value: a JSON array of the object keys and array indices that lead to
    /// that string from the top.
    pub open: Option<String>,
    /// Whether some string equal to [`NAN`] stands for the number NaN. Never for well-formed input.
    pub nan: bool,
}

/// What is new since the last reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Nothing.
    Same,
    /// The string that was open at the last [`Reading::Whole`] has grown by this, a JSON string literal with its
    /// quotes. It may start with the second half of a surrogate pair.
    Tail(String),
    /// Something else has changed: the value anew.
    Whole(Whole),
}

/// What the last reading left with the caller.
#[derive(Debug, Clone, Copy, Default)]
enum Told {
    #[default]
    Nothing,
    /// A value in which no string was open.
    Value,
    /// A value whose open string is known up to here.
    String(usize),
    /// The value of an irregular text of this length.
    Irregular(usize),
}

/// Tool arguments that arrive in pieces.
///
/// A reading costs what arrived since the last one and, when it is a [`Reading::Whole`], a copy of the text. A text
/// that is no prefix of well-formed JSON is read anew every time. Without readings a piece costs its copy.
#[derive(Debug, Default)]
pub struct PartialJson {
    text: Vec<u8>,
    scan: Scan,
    told: Told,
}

impl PartialJson {
    /// A reader that has got nothing yet; its value is an empty object.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece as WTF-8 (see [`WireStr`](crate::json::WireStr)): whole code points, lone surrogates
    /// included. A surrogate pair may be split over two pieces.
    pub fn push_wtf8(&mut self, piece: &[u8]) {
        self.text.extend_from_slice(piece);
    }

    /// Takes the next piece as a JavaScript string's code units. A surrogate pair may be split over two pieces.
    pub fn push_utf16(&mut self, piece: &[u16]) {
        push_utf16(&mut self.text, piece);
    }

    /// All pieces so far. A pair of surrogates that arrived in two pieces is still two code points of three bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.text
    }

    /// What is new since the last reading.
    pub fn read(&mut self) -> Reading {
        self.scan.advance(&self.text);
        let irregular = self.scan.is_irregular();
        let changed = self.scan.take_changed();
        match self.told {
            Told::Irregular(length) if length == self.text.len() => return Reading::Same,
            Told::String(from) if !irregular && !changed => return self.tail(from),
            Told::Value if !irregular && !changed => return Reading::Same,
            _ => {}
        }
        self.told = if irregular {
            Told::Irregular(self.text.len())
        } else if self.scan.in_string() {
            Told::String(self.scan.shown())
        } else {
            Told::Value
        };
        Reading::Whole(self.show())
    }

    /// The value of all pieces so far. Readings do not take notice of it.
    pub fn whole(&mut self) -> Whole {
        self.scan.advance(&self.text);
        self.show()
    }

    /// What the open string has grown by.
    fn tail(&mut self, from: usize) -> Reading {
        let to = self.scan.shown();
        if from == to {
            return Reading::Same;
        }
        self.told = Told::String(to);
        let mut out = Vec::with_capacity(to - from + 2);
        out.push(b'"');
        push_json(&mut out, self.text.get(from..to).unwrap_or_default());
        out.push(b'"');
        Reading::Tail(into_string(out))
    }

    /// The value of the scanned text.
    fn show(&self) -> Whole {
        if self.scan.is_irregular() {
            return self.show_irregular();
        }
        let mut out = Vec::with_capacity(self.text.len() + 16);
        self.scan.show(&self.text, &mut out);
        let open = self.scan.in_string().then(|| {
            let mut path = Vec::new();
            self.scan.path(&self.text, &mut path);
            into_string(path)
        });
        Whole { text: into_string(out), open, nan: false }
    }

    /// The value of a text that the scan cannot follow, by Pi's attempts in their order.
    fn show_irregular(&self) -> Whole {
        let repaired = repair(&self.text);
        let well_formed = if self.scan.is_complete() {
            Some(&*self.text)
        } else {
            match &repaired {
                Cow::Owned(text) if is_well_formed(text) => Some(text.as_slice()),
                _ => None,
            }
        };
        let (out, nan) = match well_formed {
            Some(text) => {
                let mut out = Vec::with_capacity(text.len());
                push_json(&mut out, text);
                (out, false)
            }
            None => lenient::read(&self.text)
                .or_else(|| lenient::read(&repaired))
                .unwrap_or_else(|| (b"{}".to_vec(), false)),
        };
        Whole { text: into_string(out), open: None, nan }
    }
}

/// Whether the text is well-formed JSON, complete.
fn is_well_formed(text: &[u8]) -> bool {
    let mut scan = Scan::default();
    scan.advance(text);
    scan.is_complete()
}

/// The value of a text that arrived at once: what Pi's `parseStreamingJson` says of it.
pub fn complete(text: &[u16]) -> Whole {
    let mut reader = PartialJson::new();
    reader.push_utf16(text);
    reader.whole()
}
