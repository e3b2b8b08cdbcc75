//! Streamed tool arguments and broken JSON, for JavaScript. Strings cross as UTF-16: they may hold lone surrogates.

use napi::bindgen_prelude::Utf16String;
use napi_derive::napi;

/// stub
#[napi]
pub fn complete_json(text: Utf16String) -> String {
    String::from_utf16_lossy(&text)
}

/// stub
#[napi]
pub fn repair_json(text: Utf16String) -> Utf16String {
    text
}

/// stub
#[napi(js_name = "PartialJson")]
pub struct PartialJsonReader {
    text: Vec<u16>,
}

#[napi]
impl PartialJsonReader {
    /// stub
    #[napi(constructor)]
    pub fn new() -> Self {
        Self { text: Vec::new() }
    }
    /// stub
    #[napi]
    pub fn push(&mut self, piece: Utf16String) -> String {
        self.text.extend_from_slice(&piece);
        String::from_utf16_lossy(&self.text)
    }
}

/// stub
#[napi]
pub fn chat_messages(_turn: String) -> String {
    "[]".to_owned()
}
