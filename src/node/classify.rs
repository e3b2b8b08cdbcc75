//! What kind of failure a text is, for messages that carry no more than that.

use napi_derive::napi;

use crate::ai;

/// The failure behind the text of an error of which nothing else is known, as JSON.
#[napi(catch_unwind)]
pub fn classify_text(text: String) -> String {
    serde_json::to_string(&ai::classify_text(&text)).unwrap_or_default()
}
