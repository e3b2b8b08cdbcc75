//! Messages as the payload has them, in camel case.

use serde::Serialize;

use crate::ai::codec::data_url::DataUrl;

/// One message.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Chat<'a> {
    pub(super) role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tool_call_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content: Option<Said<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tool_calls: Vec<Call<'a>>,
}

impl<'a> Chat<'a> {
    pub(super) fn new(role: &'static str, content: Said<'a>) -> Self {
        Self { role, content: Some(content), ..Self::default() }
    }
}

/// What a message says.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Said<'a> {
    Text(&'a str),
    Parts(Vec<Part<'a>>),
}

/// A part of a message.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(super) enum Part<'a> {
    Text { text: std::borrow::Cow<'a, str> },
    Thinking { thinking: [TextPart<'a>; 1] },
    ImageUrl { image_url: DataUrl<'a> },
}

impl<'a> Part<'a> {
    pub(super) fn text(text: impl Into<std::borrow::Cow<'a, str>>) -> Self {
        Self::Text { text: text.into() }
    }

    pub(super) fn thinking(text: &'a str) -> Self {
        Self::Thinking { thinking: [TextPart { r#type: "text", text }] }
    }
}

/// Text inside thinking.
#[derive(Debug, Serialize)]
pub(super) struct TextPart<'a> {
    r#type: &'static str,
    text: &'a str,
}

/// A call that the model made.
#[derive(Debug, Serialize)]
pub(super) struct Call<'a> {
    id: &'a str,
    r#type: &'static str,
    function: CallFunction<'a>,
}

impl<'a> Call<'a> {
    /// A call with its arguments as JSON text.
    pub(super) fn new(id: &'a str, name: &'a str, arguments: &'a str) -> Self {
        Self { id, r#type: "function", function: CallFunction { name, arguments } }
    }
}

#[derive(Debug, Serialize)]
struct CallFunction<'a> {
    name: &'a str,
    /// JSON text that goes out as a string.
    arguments: &'a str,
}
