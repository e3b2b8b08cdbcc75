//! Streamed tool arguments and broken JSON, for JavaScript. Strings cross as UTF-16: they may hold lone surrogates.

use napi::bindgen_prelude::Utf16String;
use napi_derive::napi;

use crate::json::partial::{self, Reading, Whole};
use crate::json::repair;

/// A value as JSON text.
#[napi(object)]
pub struct JsonValue {
    /// The JSON text.
    pub text: String,
    /// Where the text ends inside a string: the path of that string from the top, a JSON array of keys and indices.
    pub open: Option<String>,
    /// Whether strings of a NUL and `NaN` stand for the number.
    pub nan: bool,
}

impl From<Whole> for JsonValue {
    fn from(Whole { text, open, nan }: Whole) -> Self {
        Self { text, open, nan }
    }
}

/// What is new since the last reading; nothing where both are missing.
#[napi(object)]
pub struct JsonReading {
    /// The value anew.
    pub whole: Option<JsonValue>,
    /// What the open string of the last value has grown by, a JSON string literal.
    pub tail: Option<String>,
}

/// Tool arguments that arrive in pieces.
#[napi]
pub struct PartialJson {
    reader: partial::PartialJson,
}

#[napi]
impl PartialJson {
    /// A reader that has got nothing yet.
    #[napi(constructor, catch_unwind)]
    #[allow(
        clippy::new_without_default,
        reason = "JavaScript constructs it; the lint only fires in some builds"
    )]
    pub fn new() -> Self {
        Self { reader: partial::PartialJson::new() }
    }

    /// Takes the next piece and tells what is new.
    #[napi(catch_unwind)]
    pub fn push(&mut self, piece: Utf16String) -> JsonReading {
        self.reader.push_utf16(&piece);
        match self.reader.read() {
            Reading::Same => JsonReading { whole: None, tail: None },
            Reading::Tail(tail) => JsonReading { whole: None, tail: Some(tail) },
            Reading::Whole(whole) => JsonReading { whole: Some(whole.into()), tail: None },
        }
    }
}

/// What can be read of a JSON text that may be cut anywhere.
#[napi(catch_unwind)]
pub fn complete_json(text: Utf16String) -> JsonValue {
    partial::complete(&text).into()
}

/// The text with the string literals repaired that models break.
#[napi(catch_unwind)]
pub fn repair_json(text: Utf16String) -> Utf16String {
    repair::repair(&text).into_owned().into()
}
