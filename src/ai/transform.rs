//! Makes a conversation legal for the model that is asked next: images it cannot see, thinking and signatures of other
//! models, call ids in another provider's alphabet, answers that were cut off, calls that were never answered.

use std::collections::{HashMap, HashSet};

use super::message::{Assistant, Block, Content, Message, ToolCall, ToolResult};
use super::{Model, StopReason};
use crate::json::{Text, is_blank};

const USER_IMAGE_OMITTED: &str = "(image omitted: model does not support images)";
const TOOL_IMAGE_OMITTED: &str = "(tool image omitted: model does not support images)";
const NO_RESULT: &str = "No result provided";

/// Rewrites `messages` for `model`. `call_id` maps an id of another model's call, and the answer that it is of, to the
/// alphabet and length that the target accepts. What is already legal is returned as it came.
pub fn transform(
    messages: Vec<Message>,
    model: &Model,
    call_id: impl Fn(&str, &Assistant) -> String,
) -> Vec<Message> {
    let mut ids = HashMap::new();
    let adapted = messages.into_iter().map(|message| match message {
        Message::User(Content::Blocks(blocks)) => {
            Message::User(Content::Blocks(visible(blocks, model, USER_IMAGE_OMITTED)))
        }
        Message::ToolResult(mut result) => {
            result.content = visible(result.content, model, TOOL_IMAGE_OMITTED);
            if let Some(id) = ids.get(&*result.call_id) {
                result.call_id = Text::clone(id);
            }
            Message::ToolResult(result)
        }
        Message::Assistant(answer) => Message::Assistant(adapt(answer, model, &call_id, &mut ids)),
        other => other,
    });
    answer_calls(adapted)
}

/// The blocks with a placeholder for each run of images when the model cannot see them.
fn visible(blocks: Vec<Block>, model: &Model, placeholder: &str) -> Vec<Block> {
    if model.sees_images() {
        return blocks;
    }
    let mut out: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks {
        let after_placeholder = matches!(out.last(), Some(Block::Text(text)) if &**text == placeholder);
        match block {
            Block::Image { .. } if after_placeholder => {}
            Block::Image { .. } => out.push(Block::Text(placeholder.into())),
            other => out.push(other),
        }
    }
    out
}

/// An answer as the target may see it. Signatures and ids only mean something to the model that made them.
fn adapt(
    mut answer: Assistant,
    model: &Model,
    call_id: impl Fn(&str, &Assistant) -> String,
    ids: &mut HashMap<String, Text>,
) -> Assistant {
    let own = answer.provider == model.provider && answer.api == model.api && answer.model == model.id;
    let blocks = std::mem::take(&mut answer.content);
    let content = blocks
        .into_iter()
        .filter_map(|block| match block {
            Block::Thinking { thinking, signature, redacted } => {
                let signed = signature.as_ref().is_some_and(|signature| !signature.is_empty());
                if own && (redacted || signed) {
                    Some(Block::Thinking { thinking, signature, redacted })
                } else if redacted || is_blank(&thinking) {
                    None
                } else if own {
                    Some(Block::Thinking { thinking, signature, redacted })
                } else {
                    Some(Block::Text(thinking.into()))
                }
            }
            Block::Text(prose) if !own => Some(Block::Text(prose.text.into())),
            Block::ToolCall(mut call) if !own => {
                call.thought_signature = None;
                let id = Text::from(call_id(&call.id, &answer));
                if id != call.id {
                    ids.insert(call.id.into_string(), id.clone());
                }
                call.id = id;
                Some(Block::ToolCall(call))
            }
            other => Some(other),
        })
        .collect();
    answer.content = content;
    answer
}

/// Calls that wait for their results while a conversation is walked.
#[derive(Default)]
struct Pending {
    calls: Vec<(Text, Text)>,
    answered: HashSet<String>,
}

impl Pending {
    /// Answers what is still open with a synthetic error.
    fn settle(&mut self, out: &mut Vec<Message>) {
        for (call_id, name) in std::mem::take(&mut self.calls) {
            if !self.answered.contains(&*call_id) {
                let content = vec![Block::Text(NO_RESULT.into())];
                out.push(Message::ToolResult(ToolResult { call_id, name, content, is_error: Some(true) }));
            }
        }
        self.answered.clear();
    }
}

/// Drops answers that failed or were aborted, and gives every call that stays a result before the next turn begins.
fn answer_calls(messages: impl Iterator<Item = Message>) -> Vec<Message> {
    let mut out = Vec::new();
    let mut pending = Pending::default();
    for message in messages {
        match &message {
            Message::Assistant(answer) => {
                pending.settle(&mut out);
                if matches!(answer.stop_reason, Some(StopReason::Error | StopReason::Aborted)) {
                    continue;
                }
                pending.calls = answer.content.iter().filter_map(call_of).collect();
            }
            Message::ToolResult(result) => {
                pending.answered.insert(result.call_id.to_string());
            }
            Message::User(_) => pending.settle(&mut out),
            Message::Other => {}
        }
        out.push(message);
    }
    pending.settle(&mut out);
    out
}

fn call_of(block: &Block) -> Option<(Text, Text)> {
    match block {
        Block::ToolCall(ToolCall { id, name, .. }) => Some((id.clone(), name.clone())),
        _ => None,
    }
}
