//! The items of a request, key for key in the order in which Pi's client writes them.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::ai::Tool;
use crate::ai::codec::data_url::DataUrl;

/// One item of the input.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(in crate::ai::codec) enum Item<'a> {
    /// The system prompt, or what the user said.
    Said { role: &'static str, content: Content<'a> },
    /// A text that a model answered.
    Answer(Answer<'a>),
    /// What a model thought, as it came.
    Reasoning(Box<RawValue>),
    /// A call that a model made.
    Call(Call<'a>),
    /// What a tool returned.
    Output { r#type: &'static str, call_id: &'a str, output: Content<'a> },
}

/// What a message says.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(in crate::ai::codec) enum Content<'a> {
    Text(Cow<'a, str>),
    Parts(Vec<Part<'a>>),
}

/// A part of what the user said or a tool returned.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in crate::ai::codec) enum Part<'a> {
    InputText { text: Cow<'a, str> },
    InputImage { detail: &'static str, image_url: DataUrl<'a> },
}

impl<'a> Part<'a> {
    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::InputText { text: text.into() }
    }

    pub(super) fn image(data: &'a str, mime_type: &'a str) -> Self {
        Self::InputImage { detail: "auto", image_url: DataUrl { data, mime_type } }
    }
}

/// A text that a model answered.
#[derive(Debug, Serialize)]
pub(in crate::ai::codec) struct Answer<'a> {
    r#type: &'static str,
    role: &'static str,
    content: [OutputText<'a>; 1],
    status: &'static str,
    pub(super) id: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct OutputText<'a> {
    r#type: &'static str,
    text: &'a str,
    annotations: [(); 0],
}

impl<'a> Answer<'a> {
    pub(super) fn new(text: &'a str, id: Cow<'a, str>, phase: Option<&'static str>) -> Self {
        let content = [OutputText { r#type: "output_text", text, annotations: [] }];
        Self { r#type: "message", role: "assistant", content, status: "completed", id, phase }
    }
}

/// A call that a model made.
#[expect(clippy::struct_field_names, reason = "the names are the wire's")]
#[derive(Debug, Serialize)]
pub(in crate::ai::codec) struct Call<'a> {
    pub(super) r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'a str>,
    pub(super) call_id: &'a str,
    pub(super) name: &'a str,
    /// The arguments' JSON text, which goes out as a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arguments: Option<&'a str>,
}

/// A tool on offer.
#[derive(Debug, Serialize)]
pub(in crate::ai::codec) struct OfferedTool<'a> {
    r#type: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<&'a RawValue>,
    strict: Option<bool>,
}

/// The tools on offer; nothing when there are none. A `strict` of `None` goes out as `null`.
pub(in crate::ai::codec) fn tools<'a>(
    tools: &'a [Tool],
    strict: Option<bool>,
) -> Option<Vec<OfferedTool<'a>>> {
    let offer = |tool: &'a Tool| OfferedTool {
        r#type: "function",
        name: &tool.name,
        description: tool.description.as_deref(),
        parameters: tool.parameters.as_deref(),
        strict,
    };
    (!tools.is_empty()).then(|| tools.iter().map(offer).collect())
}
