//! Turns a conversation into messages of this protocol.

use serde_json::value::RawValue;

use super::compat::Compat;
use super::message::{Call, CallFunction, Chat, Part, Said};
use crate::ai::codec::endpoint::portable_id;
use crate::ai::message::{Assistant, Block, Content, Message, ToolCall, ToolResult};
use crate::ai::{Model, Turn};
use crate::json::{is_blank, stringify, well_formed};

/// The longest call id that `OpenAI` takes.
const LONGEST_ID: usize = 40;

const BRIDGE: &str = "I have processed the tool results.";
const IMAGES_FOLLOW: &str = "Attached image(s) from tool result:";
const ONLY_IMAGES: &str = "(see attached image)";

/// A call's id in the alphabet and length that the model's provider takes.
pub(super) fn call_id(id: &str, model: &Model) -> String {
    match id.split_once('|') {
        // The Responses API's ids are the call's id and an item's id, of which only the first means anything here.
        Some((call, _)) => portable_id(call, LONGEST_ID),
        None if &*model.provider == "openai" => {
            let mut units = 0;
            let fits = |c: &char| {
                units += c.len_utf16();
                units <= LONGEST_ID
            };
            id.chars().take_while(fits).collect()
        }
        None => id.to_owned(),
    }
}

/// Whether tools were called in a conversation: some gateways then want `tools`, if only an empty list.
pub(super) fn has_tool_history(messages: &[Message]) -> bool {
    messages.iter().any(|message| match message {
        Message::ToolResult(_) => true,
        Message::Assistant(answer) => answer.content.iter().any(|block| matches!(block, Block::ToolCall(_))),
        _ => false,
    })
}

/// The messages for a conversation that is already legal for the model.
pub(super) fn chats<'a>(turn: &'a Turn, messages: &'a [Message], compat: &Compat) -> Vec<Chat<'a>> {
    let mut chats = Vec::with_capacity(messages.len() + 1);
    if let Some(prompt) = turn.system_prompt.as_deref().filter(|prompt| !prompt.is_empty()) {
        let developer = turn.model.reasoning && compat.developer_role;
        chats.push(Chat::new(if developer { "developer" } else { "system" }, prompt));
    }
    let mut after_result = false;
    let mut messages = messages.iter().peekable();
    while let Some(message) = messages.next() {
        match message {
            Message::User(content) => {
                if after_result && compat.assistant_after_tool_result {
                    chats.push(Chat::new("assistant", BRIDGE));
                }
                // A message that is left out does not count as what came last.
                let Some(content) = said(content) else { continue };
                chats.push(Chat::new("user", content));
                after_result = false;
            }
            Message::Assistant(answer) => {
                let Some(chat) = assistant(answer, &turn.model, compat) else { continue };
                chats.push(chat);
                after_result = false;
            }
            Message::ToolResult(result) => {
                let mut images = Vec::new();
                let mut next = Some(result);
                while let Some(result) = next {
                    chats.push(tool_result(result, compat));
                    images.extend(result.content.iter().filter_map(image));
                    let more = messages.next_if(|message| matches!(message, Message::ToolResult(_)));
                    next = more.and_then(|message| match message {
                        Message::ToolResult(result) => Some(result),
                        _ => None,
                    });
                }
                after_result = images.is_empty();
                if !images.is_empty() {
                    if compat.assistant_after_tool_result {
                        chats.push(Chat::new("assistant", BRIDGE));
                    }
                    images.insert(0, Part::text(IMAGES_FOLLOW));
                    chats.push(Chat::new("user", images));
                }
            }
            Message::Other => after_result = false,
        }
    }
    chats
}

fn said(content: &Content) -> Option<Said<'_>> {
    match content {
        Content::Text(text) => Some(Said::from(&**text)),
        Content::Blocks(blocks) => {
            let parts: Vec<_> = blocks
                .iter()
                .filter_map(|block| match block {
                    Block::Text(text) => Some(Part::text(&**text)),
                    other => image(other),
                })
                .collect();
            (!parts.is_empty()).then_some(Said::Parts(parts))
        }
    }
}

fn image(block: &Block) -> Option<Part<'_>> {
    match block {
        Block::Image { data, mime_type } => Some(Part::image(data, mime_type)),
        _ => None,
    }
}

/// An answer, or nothing when it neither says nor calls anything: providers refuse such messages.
fn assistant<'a>(answer: &'a Assistant, model: &Model, compat: &Compat) -> Option<Chat<'a>> {
    let texts = || answer.content.iter().filter_map(text).filter(|text| !is_blank(text));
    let thoughts: Vec<_> = answer.content.iter().filter_map(thinking).collect();
    let mut chat = Chat { role: "assistant", ..Chat::default() };
    if compat.assistant_after_tool_result {
        chat.content = Said::from("");
    }
    match thoughts.first() {
        Some(_) if compat.thinking_as_text => {
            let thoughts: Vec<_> = thoughts.iter().map(|(thinking, _)| *thinking).collect();
            let parts = std::iter::once(Part::text(thoughts.join("\n\n"))).chain(texts().map(Part::text));
            chat.content = Said::Parts(parts.collect());
        }
        first => {
            let mut texts = texts();
            match (texts.next(), texts.next()) {
                (Some(only), None) => chat.content = Said::from(only),
                (Some(first), Some(second)) => {
                    let all = [first, second].into_iter().chain(texts);
                    chat.content = Said::from(all.collect::<String>());
                }
                (None, _) => {}
            }
            chat.thinking =
                first.and_then(|(_, field)| *field).filter(|field| !field.is_empty()).map(|field| {
                    let thoughts: Vec<_> = thoughts.iter().map(|(thinking, _)| *thinking).collect();
                    (field, thoughts.join("\n"))
                });
        }
    }
    // The field that thinking came in may be the content itself.
    if let Some((_, thoughts)) = chat.thinking.take_if(|(field, _)| *field == "content") {
        chat.content = Said::from(thoughts);
    }
    let calls = || answer.content.iter().filter_map(call);
    chat.tool_calls = calls().map(wire_call).collect();
    chat.reasoning_details = calls().filter_map(reasoning_detail).collect();
    let has_reasoning = matches!(chat.thinking, Some(("reasoning_content", _)));
    if compat.reasoning_content && model.reasoning && !has_reasoning {
        chat.reasoning_content = Some("");
    }
    (!chat.content.is_empty() || !chat.tool_calls.is_empty()).then_some(chat)
}

fn text(block: &Block) -> Option<&str> {
    match block {
        Block::Text(text) => Some(text),
        _ => None,
    }
}

/// Thinking that says something, with its signature: the name of the field that it came in.
fn thinking(block: &Block) -> Option<(&str, Option<&str>)> {
    match block {
        Block::Thinking { thinking, signature, .. } if !is_blank(thinking) => {
            Some((thinking, signature.as_deref()))
        }
        _ => None,
    }
}

fn call(block: &Block) -> Option<&ToolCall> {
    match block {
        Block::ToolCall(call) => Some(call),
        _ => None,
    }
}

fn wire_call(call: &ToolCall) -> Call<'_> {
    let arguments = call.arguments.as_ref().map(|json| json.get());
    Call { id: &call.id, r#type: "function", function: CallFunction { name: &call.name, arguments } }
}

/// The encrypted reasoning that came with a call, if it is JSON that is worth sending.
fn reasoning_detail(call: &ToolCall) -> Option<Box<RawValue>> {
    let signature = call.thought_signature.as_deref().filter(|signature| !signature.is_empty())?;
    let json = RawValue::from_string(stringify(&well_formed(signature))?).ok()?;
    super::compat::is_truthy(&json).then_some(json)
}

fn tool_result<'a>(result: &'a ToolResult, compat: &Compat) -> Chat<'a> {
    let texts: Vec<_> = result.content.iter().filter_map(text).collect();
    let content = match texts.as_slice() {
        [only] if !only.is_empty() => Said::from(*only),
        texts => match texts.join("\n") {
            text if text.is_empty() => Said::from(ONLY_IMAGES),
            text => Said::from(text),
        },
    };
    let name = Some(&*result.name).filter(|name| compat.tool_result_name && !name.is_empty());
    Chat { tool_call_id: Some(&result.call_id), name, ..Chat::new("tool", content) }
}
