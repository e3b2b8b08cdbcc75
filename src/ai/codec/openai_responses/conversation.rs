//! Turns a conversation into items of this protocol.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::distinct::distinct;
use super::ids;
use super::item::{Answer, Call, Content, Item, Part};
use crate::ai::message::{Assistant, Block, Message, ToolCall, ToolResult};
use crate::ai::{Content as Said, Model, transform};
use crate::json::{stringify, well_formed};

const ONLY_IMAGES: &str = "(see attached image)";

/// The conversation as the model may see it. Providers in `paired` have call ids of two parts.
pub(in crate::ai::codec) fn legal(messages: Vec<Message>, model: &Model, paired: &[&str]) -> Vec<Message> {
    transform(messages, model, |id, source| ids::call_id(id, source, model, paired))
}

/// The items for a conversation that is already legal for the model, after the system prompt if one is given.
pub(in crate::ai::codec) fn input<'a>(
    prompt: Option<&'a str>,
    messages: &'a [Message],
    model: &Model,
) -> Vec<Item<'a>> {
    let mut items = Vec::with_capacity(messages.len() + 1);
    if let Some(prompt) = prompt.filter(|prompt| !prompt.is_empty()) {
        let role = if model.reasoning { "developer" } else { "system" };
        items.push(Item::Said { role, content: Content::Text(prompt.into()) });
    }
    // Messages that are left out do not count.
    let mut place = 0;
    for message in messages {
        match message {
            Message::User(said) => {
                let parts = user(said);
                if parts.is_empty() {
                    continue;
                }
                items.push(Item::Said { role: "user", content: Content::Parts(parts) });
            }
            Message::Assistant(answer) => {
                let answered = assistant(answer, model, place);
                if answered.is_empty() {
                    continue;
                }
                items.extend(answered);
            }
            Message::ToolResult(result) => items.push(tool_result(result, model)),
            Message::Other => {}
        }
        place += 1;
    }
    distinct(items)
}

fn user(said: &Said) -> Vec<Part<'_>> {
    match said {
        Said::Text(text) => vec![Part::text(&**text)],
        Said::Blocks(blocks) => blocks
            .iter()
            .filter_map(|block| match block {
                Block::Text(text) => Some(Part::text(&**text)),
                other => image(other),
            })
            .collect(),
    }
}

fn image(block: &Block) -> Option<Part<'_>> {
    match block {
        Block::Image { data, mime_type } => Some(Part::image(data, mime_type)),
        _ => None,
    }
}

/// The items of an answer. Reasoning that nothing follows is left out: the provider refuses such requests for good.
fn assistant<'a>(answer: &'a Assistant, model: &Model, place: usize) -> Vec<Item<'a>> {
    let of_sibling = answer.model != model.id && answer.provider == model.provider && answer.api == model.api;
    let mut unnamed = 0;
    let mut items: Vec<_> = answer
        .content
        .iter()
        .filter_map(|block| match block {
            Block::Thinking { signature, .. } => reasoning(signature.as_deref()?).map(Item::Reasoning),
            Block::Text(text) => {
                let (id, phase) = ids::signed(text.signature.as_ref());
                let is_unnamed = id.as_ref().is_none_or(|id| id.is_empty());
                let id = ids::message_id(id, place, unnamed);
                unnamed += usize::from(is_unnamed);
                Some(Item::Answer(Answer::new(text, id, phase)))
            }
            Block::ToolCall(call) => Some(Item::Call(wire_call(call, of_sibling))),
            Block::Image { .. } | Block::Other => None,
        })
        .collect();
    while matches!(items.last(), Some(Item::Reasoning(_))) {
        items.pop();
    }
    items
}

/// The item that a thinking block's signature is, if it is one.
fn reasoning(signature: &str) -> Option<Box<RawValue>> {
    let json = stringify(&well_formed(signature)).filter(|json| json.starts_with('{'))?;
    RawValue::from_string(json).ok()
}

/// The provider knows which items went with which reasoning. Reasoning of a sibling of the model is not sent, so the
/// item's id is not told either.
fn wire_call(call: &ToolCall, of_sibling: bool) -> Call<'_> {
    let mut parts = call.id.split('|');
    let call_id = parts.next().unwrap_or_default();
    // What is no item's id would cost the request; without one the provider gives its own.
    let is_item = |id: &&str| id.strip_prefix("fc_").is_some_and(|rest| !rest.is_empty());
    let id = parts.next().filter(is_item).filter(|_| !of_sibling);
    let arguments = call.arguments.as_ref().map(|json| json.get());
    Call { r#type: "function_call", id, call_id, name: &call.name, arguments }
}

fn tool_result<'a>(result: &'a ToolResult, model: &Model) -> Item<'a> {
    let texts: Vec<&str> = result
        .content
        .iter()
        .filter_map(|block| match block {
            Block::Text(text) => Some(&**text),
            _ => None,
        })
        .collect();
    let text = match texts.as_slice() {
        [only] => Cow::Borrowed(*only),
        texts => Cow::Owned(texts.join("\n")),
    };
    let images: Vec<_> = result.content.iter().filter_map(image).filter(|_| model.sees_images()).collect();
    let output = match (images.is_empty(), text.is_empty()) {
        (true, true) => Content::Text(ONLY_IMAGES.into()),
        (true, false) => Content::Text(text),
        (false, true) => Content::Parts(images),
        (false, false) => Content::Parts(std::iter::once(Part::text(text)).chain(images).collect()),
    };
    let call_id = result.call_id.split('|').next().unwrap_or_default();
    Item::Output { r#type: "function_call_output", call_id, output }
}
