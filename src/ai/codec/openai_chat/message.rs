//! Messages as this protocol writes them.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::ai::codec::data_url::DataUrl;

/// One message.
#[derive(Debug, Default)]
pub(super) struct Chat<'a> {
    pub(super) role: &'static str,
    pub(super) content: Said<'a>,
    /// Thinking, under the name of the field that it once came in.
    pub(super) thinking: Option<(&'a str, String)>,
    pub(super) tool_calls: Vec<Call<'a>>,
    pub(super) reasoning_details: Vec<Box<RawValue>>,
    pub(super) reasoning_content: Option<&'static str>,
    pub(super) tool_call_id: Option<&'a str>,
    pub(super) name: Option<&'a str>,
}

impl<'a> Chat<'a> {
    pub(super) fn new(role: &'static str, content: impl Into<Said<'a>>) -> Self {
        Self { role, content: content.into(), ..Self::default() }
    }
}

impl Serialize for Chat<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("role", self.role)?;
        map.serialize_entry("content", &self.content)?;
        if let Some((field, thinking)) = &self.thinking {
            map.serialize_entry(field, thinking)?;
        }
        if !self.tool_calls.is_empty() {
            map.serialize_entry("tool_calls", &self.tool_calls)?;
        }
        if !self.reasoning_details.is_empty() {
            map.serialize_entry("reasoning_details", &self.reasoning_details)?;
        }
        let strings = [
            ("reasoning_content", self.reasoning_content),
            ("tool_call_id", self.tool_call_id),
            ("name", self.name),
        ];
        for (field, value) in strings {
            if let Some(value) = value {
                map.serialize_entry(field, value)?;
            }
        }
        map.end()
    }
}

/// What a message says.
#[derive(Debug, Default, serde::Serialize)]
#[serde(untagged)]
pub(super) enum Said<'a> {
    #[default]
    Null,
    Text(Cow<'a, str>),
    Parts(Vec<Part<'a>>),
}

impl Said<'_> {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::Parts(parts) => parts.is_empty(),
        }
    }

    /// Marks the last text as the end of what is to be cached; says whether there was one.
    pub(super) fn mark(&mut self, cache_control: CacheControl) -> bool {
        match self {
            Self::Text(text) if !text.is_empty() => {
                let text = std::mem::take(text);
                *self = Self::Parts(vec![Part::Text { text, cache_control: Some(cache_control) }]);
                true
            }
            Self::Parts(parts) => {
                let last = parts.iter_mut().rev().find_map(|part| match part {
                    Part::Text { cache_control, .. } => Some(cache_control),
                    Part::ImageUrl { .. } => None,
                });
                last.map(|mark| *mark = Some(cache_control)).is_some()
            }
            _ => false,
        }
    }
}

impl<'a> From<&'a str> for Said<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Said<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<Vec<Part<'a>>> for Said<'a> {
    fn from(parts: Vec<Part<'a>>) -> Self {
        Self::Parts(parts)
    }
}

/// A part of a message.
#[derive(Debug, serde::Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Part<'a> {
    Text {
        text: Cow<'a, str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        cache_control: Option<CacheControl>,
    },
    ImageUrl {
        image_url: ImageUrl<'a>,
    },
}

impl<'a> Part<'a> {
    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text { text: text.into(), cache_control: None }
    }

    pub(super) fn image(data: &'a str, mime_type: &'a str) -> Self {
        Self::ImageUrl { image_url: ImageUrl { url: DataUrl { data, mime_type } } }
    }
}

#[derive(Debug, serde::Serialize)]
pub(super) struct ImageUrl<'a> {
    url: DataUrl<'a>,
}

/// A call that the model made.
#[derive(Debug, serde::Serialize)]
pub(super) struct Call<'a> {
    pub(super) id: &'a str,
    pub(super) r#type: &'static str,
    pub(super) function: CallFunction<'a>,
}

#[derive(Debug, serde::Serialize)]
pub(super) struct CallFunction<'a> {
    pub(super) name: &'a str,
    /// The arguments' JSON text, which goes out as a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arguments: Option<&'a str>,
}

/// A mark for Anthropic's cache, passed on by gateways.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(super) struct CacheControl {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<&'static str>,
}

impl CacheControl {
    pub(super) fn new(for_an_hour: bool) -> Self {
        Self { r#type: "ephemeral", ttl: for_an_hour.then_some("1h") }
    }
}
