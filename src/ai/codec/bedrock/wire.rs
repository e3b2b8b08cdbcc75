//! The shape of a request's payload, key for key in the order of Pi's.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::json::Num;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payload<'a> {
    pub(super) model_id: &'a str,
    pub(super) messages: Vec<Out<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) system: Option<Vec<Part<'a>>>,
    pub(super) inference_config: Inference<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tool_config: Option<Tools<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) additional_model_request_fields: Option<Additional>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) request_metadata: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Inference<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_tokens: Option<Num>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) temperature: Option<&'a RawValue>,
}

/// What Anthropic's models take besides.
#[derive(Serialize)]
pub(super) struct Additional {
    pub(super) thinking: Thinking,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) output_config: Option<Effort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) anthropic_beta: Option<[&'static str; 1]>,
}

/// How to think.
#[derive(Serialize)]
pub(super) struct Thinking {
    pub(super) r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) budget_tokens: Option<Num>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display: Option<String>,
}

/// How hard to think, for models that decide by themselves.
#[derive(Serialize)]
pub(super) struct Effort {
    pub(super) effort: String,
}

#[derive(Serialize)]
pub(super) struct Out<'a> {
    pub(super) role: &'static str,
    pub(super) content: Vec<Part<'a>>,
}

/// A block of content.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Part<'a> {
    Text(&'a str),
    Image(Image),
    #[serde(rename_all = "camelCase")]
    ToolUse {
        tool_use_id: &'a str,
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        input: Option<&'a RawValue>,
    },
    #[serde(rename_all = "camelCase")]
    ToolResult {
        tool_use_id: &'a str,
        content: Vec<Part<'a>>,
        status: &'static str,
    },
    ReasoningContent(Reasoning<'a>),
    CachePoint(CachePoint),
}

/// An image; its bytes are base64 here and a `Uint8Array` in JavaScript.
#[derive(Serialize)]
pub(super) struct Image {
    pub(super) source: Source,
    pub(super) format: &'static str,
}

#[derive(Serialize)]
pub(super) struct Source {
    pub(super) bytes: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reasoning<'a> {
    pub(super) reasoning_text: ReasoningText<'a>,
}

#[derive(Serialize)]
pub(super) struct ReasoningText<'a> {
    pub(super) text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signature: Option<&'a str>,
}

/// Marks the end of a prefix that the provider should cache.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct CachePoint {
    pub(super) r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ttl: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tools<'a> {
    pub(super) tools: Vec<OutTool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tool_choice: Option<Choice>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OutTool<'a> {
    pub(super) tool_spec: Spec<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spec<'a> {
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'a str>,
    pub(super) input_schema: InputSchema<'a>,
}

#[derive(Serialize)]
pub(super) struct InputSchema<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) json: Option<&'a RawValue>,
}

/// Which tool to call.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Choice {
    Auto {},
    Any {},
    Tool { name: String },
}
