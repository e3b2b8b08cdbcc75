//! The shape of a request's JSON body, key for key in the order in which Anthropic's JavaScript client sends it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::json::Num;

/// Marks the end of a prefix that the provider should cache.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct CacheControl {
    pub(super) r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ttl: Option<&'static str>,
}

impl Default for CacheControl {
    fn default() -> Self {
        Self { r#type: "ephemeral", ttl: None }
    }
}

impl CacheControl {
    /// Kept for an hour.
    pub(super) fn hour() -> Self {
        Self { ttl: Some("1h"), ..Self::default() }
    }
}

/// How to think.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Thinking {
    Adaptive { display: String },
    Enabled { budget_tokens: Num, display: String },
    Disabled,
}

/// How hard to think, for models that decide by themselves.
#[derive(Debug, Serialize)]
pub(super) struct Effort {
    pub(super) effort: String,
}

#[derive(Serialize)]
pub(super) struct Body<'a> {
    pub(super) model: &'a str,
    pub(super) messages: Vec<Out<'a>>,
    pub(super) max_tokens: Num,
    pub(super) stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) system: Option<Vec<Part<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) temperature: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tools: Vec<OutTool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) thinking: Option<Thinking>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) output_config: Option<Effort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) metadata: Option<User<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tool_choice: Option<Choice<'a>>,
}

#[derive(Serialize)]
pub(super) struct User<'a> {
    pub(super) user_id: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Choice<'a> {
    Named { r#type: &'a RawValue },
    Own(&'a RawValue),
}

#[derive(Serialize)]
pub(super) struct Out<'a> {
    pub(super) role: &'static str,
    pub(super) content: OutContent<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum OutContent<'a> {
    Text(&'a str),
    Parts(Vec<Part<'a>>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Part<'a> {
    Text {
        text: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        cache_control: Option<CacheControl>,
    },
    Image {
        source: Source<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        cache_control: Option<CacheControl>,
    },
    Thinking {
        thinking: &'a str,
        signature: &'a str,
    },
    RedactedThinking {
        data: &'a str,
    },
    ToolUse {
        id: &'a str,
        name: &'a str,
        input: Input<'a>,
    },
    ToolResult {
        tool_use_id: &'a str,
        content: ResultContent<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        is_error: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        cache_control: Option<CacheControl>,
    },
}

#[derive(Serialize)]
pub(super) struct Source<'a> {
    pub(super) r#type: &'static str,
    pub(super) media_type: &'a str,
    pub(super) data: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum ResultContent<'a> {
    Text(String),
    Parts(Vec<Part<'a>>),
}

/// JSON text of the host's, or an empty object where it gave none.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Input<'a> {
    Given(&'a RawValue),
    Empty {},
}

impl<'a> From<Option<&'a RawValue>> for Input<'a> {
    fn from(raw: Option<&'a RawValue>) -> Self {
        raw.map_or(Self::Empty {}, Self::Given)
    }
}

#[derive(Serialize)]
pub(super) struct OutTool<'a> {
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) eager_input_streaming: Option<bool>,
    pub(super) input_schema: Schema<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cache_control: Option<CacheControl>,
}

#[derive(Serialize)]
pub(super) struct Schema<'a> {
    pub(super) r#type: &'static str,
    pub(super) properties: Input<'a>,
    pub(super) required: Required<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Required<'a> {
    Given(&'a RawValue),
    None([(); 0]),
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SchemaHead<'a> {
    #[serde(borrow)]
    pub(super) properties: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) required: Option<&'a RawValue>,
}
