//! From messages to `contents`: turns of the user and of the model, made of parts.
//!
//! Two things that Gemini refuses are put right: a conversation that begins with the model's turn, and turns of the
//! model that follow each other. Turns of the user may.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use super::family;
use crate::ai::codec::endpoint;
use crate::ai::message::{Assistant, Block, Content, Message, ToolResult};
use crate::ai::{Model, transform};
use crate::json::is_blank;

const LONGEST_ID: usize = 64;
const ONLY_IMAGES: &str = "(see attached image)";
const IMAGES_FOLLOW: &str = "Tool result image:";

/// The conversation.
pub(super) type Turns<'a> = Vec<Said<'a>>;

/// A turn of the conversation.
#[derive(Debug, Serialize)]
pub(super) struct Said<'a> {
    role: &'static str,
    parts: Vec<Part<'a>>,
}

/// A part of a turn: one of text, image, call and result.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Part<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    thought: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inline_data: Option<Image<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_call: Option<Call<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_response: Option<Answer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thought_signature: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Image<'a> {
    mime_type: &'a str,
    data: &'a str,
}

#[derive(Debug, Serialize)]
struct Call<'a> {
    name: &'a str,
    args: Cow<'a, RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

#[derive(Debug, Serialize)]
struct Answer<'a> {
    name: &'a str,
    response: Outcome,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Part<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Output(String),
    Error(String),
}

/// The messages as the model may see them.
pub(super) fn prepare(messages: Vec<Message>, model: &Model) -> Vec<Message> {
    let wants_ids = family::wants_call_ids(&model.id);
    transform(
        messages,
        model,
        |id, _| {
            if wants_ids { endpoint::portable_id(id, LONGEST_ID) } else { id.to_owned() }
        },
    )
}

/// The turns of a conversation that is prepared.
pub(super) fn write<'a>(messages: &'a [Message], model: &Model) -> Turns<'a> {
    let mut writer = Writer { model, turns: Vec::new(), images: Vec::new() };
    for message in messages {
        match message {
            Message::User(content) => writer.push("user", spoken(content)),
            Message::Assistant(answer) => writer.push("model", answered(answer, model)),
            Message::ToolResult(result) => writer.result(result),
            Message::Other => {}
        }
    }
    writer.flush();
    if writer.turns.first().is_some_and(|turn| turn.role == "model") {
        writer.turns.insert(0, Said { role: "user", parts: vec![text(transform::OPENING, None)] });
    }
    writer.turns
}

struct Writer<'a, 'm> {
    model: &'m Model,
    turns: Turns<'a>,
    /// Images of results that a turn of its own has to show, behind the results of all calls.
    images: Vec<Part<'a>>,
}

impl<'a> Writer<'a, '_> {
    fn push(&mut self, role: &'static str, parts: Vec<Part<'a>>) {
        if parts.is_empty() {
            return;
        }
        self.flush();
        match self.turns.last_mut() {
            Some(turn) if role == "model" && turn.role == role => turn.parts.extend(parts),
            _ => self.turns.push(Said { role, parts }),
        }
    }

    fn result(&mut self, result: &'a ToolResult) {
        let (part, images) = outcome(result, self.model);
        self.images.extend(images);
        match self.turns.last_mut() {
            Some(turn) if turn.parts.iter().any(|part| part.function_response.is_some()) => {
                turn.parts.push(part);
            }
            _ => self.turns.push(Said { role: "user", parts: vec![part] }),
        }
    }

    fn flush(&mut self) {
        if !self.images.is_empty() {
            let mut parts = vec![text(IMAGES_FOLLOW, None)];
            parts.append(&mut self.images);
            self.turns.push(Said { role: "user", parts });
        }
    }
}

fn text<'a>(text: &'a str, signature: Option<&'a str>) -> Part<'a> {
    Part { text: Some(text), thought_signature: signature, ..Part::default() }
}

fn spoken(content: &Content) -> Vec<Part<'_>> {
    match content {
        Content::Text(said) => vec![text(said, None)],
        Content::Blocks(blocks) => blocks
            .iter()
            .filter_map(|block| match block {
                Block::Text(said) => Some(text(said, None)),
                other => image(other),
            })
            .collect(),
    }
}

fn image(block: &Block) -> Option<Part<'_>> {
    match block {
        Block::Image { data, mime_type } => {
            Some(Part { inline_data: Some(Image { mime_type, data }), ..Part::default() })
        }
        _ => None,
    }
}

fn answered<'a>(answer: &'a Assistant, model: &Model) -> Vec<Part<'a>> {
    let own = answer.provider == model.provider && answer.model == model.id;
    let signed = |signature: &'a Option<_>| {
        let signature: Option<&str> =
            Option::as_ref(signature).map(|signature: &crate::json::Text| &**signature);
        signature.filter(|signature| own && is_base64(signature))
    };
    let part = |block: &'a Block| match block {
        Block::Text(said) if !is_blank(said) => Some(text(said, signed(&said.signature))),
        Block::Thinking { thinking, signature, .. } if !is_blank(thinking) => {
            Some(Part { thought: own.then_some(true), ..text(thinking, signed(signature)) })
        }
        Block::ToolCall(call) => {
            let args = call.arguments.as_deref().filter(|args| args.get() != "null");
            let function_call = Some(Call {
                name: &call.name,
                args: args.map_or_else(|| Cow::Owned(empty()), Cow::Borrowed),
                id: sent_id(&call.id, model),
            });
            Some(Part {
                function_call,
                thought_signature: signed(&call.thought_signature),
                ..Part::default()
            })
        }
        _ => None,
    };
    answer.content.iter().filter_map(part).collect()
}

/// A result, and the images that the model takes only outside of it.
fn outcome<'a>(result: &'a ToolResult, model: &Model) -> (Part<'a>, Vec<Part<'a>>) {
    let said = |block: &'a Block| match block {
        Block::Text(text) => Some(&**text),
        _ => None,
    };
    let images: Vec<_> = result.content.iter().filter_map(image).collect();
    let mut text = result.content.iter().filter_map(said).collect::<Vec<_>>().join("\n");
    if text.is_empty() && !images.is_empty() {
        ONLY_IMAGES.clone_into(&mut text);
    }
    let (parts, outside) =
        if family::takes_images_in_results(&model.id) { (images, Vec::new()) } else { (Vec::new(), images) };
    let failed = result.is_error.unwrap_or(false);
    let function_response = Some(Answer {
        name: &result.name,
        response: if failed { Outcome::Error(text) } else { Outcome::Output(text) },
        parts,
        id: sent_id(&result.call_id, model),
    });
    (Part { function_response, ..Part::default() }, outside)
}

/// The id of a call for models that want one, in letters that all of them take. The model's own ids keep their length,
/// in which they may differ.
fn sent_id(id: &str, model: &Model) -> Option<String> {
    family::wants_call_ids(&model.id).then(|| endpoint::portable_id(id, usize::MAX))
}

/// Whether a signature is one of Google's: other gateways leave ids of their own in its place, which Google refuses.
fn is_base64(signature: &str) -> bool {
    let digits = signature.strip_suffix("==").or_else(|| signature.strip_suffix('=')).unwrap_or(signature);
    let is_digit = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
    !digits.is_empty() && signature.len().is_multiple_of(4) && digits.chars().all(is_digit)
}

fn empty() -> Box<RawValue> {
    serde_json::value::to_raw_value(&serde_json::Map::new()).unwrap_or_default()
}
