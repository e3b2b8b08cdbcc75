//! Answers as the target may see them. Signatures only mean something to the model that made them.

use serde_json::value::RawValue;

use crate::ai::Model;
use crate::ai::message::{Assistant, Block};
use crate::json::is_blank;

/// Whether the answer is one of the model that is asked next.
pub(super) fn is_own(answer: &Assistant, model: &Model) -> bool {
    answer.provider == model.provider && answer.api == model.api && answer.model == model.id
}

/// The answer for the model that made it (`own`) or for another.
pub(super) fn adapt(mut answer: Assistant, own: bool) -> Assistant {
    let blocks = std::mem::take(&mut answer.content);
    answer.content = blocks.into_iter().filter_map(|block| adapt_block(block, own)).collect();
    answer
}

fn adapt_block(block: Block, own: bool) -> Option<Block> {
    match block {
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
        Block::ToolCall(mut call) => {
            if !own {
                call.thought_signature = None;
            }
            call.arguments = as_object(call.arguments);
            Some(Block::ToolCall(call))
        }
        Block::Text(prose) if !own => Some(Block::Text(prose.text.into())),
        other => Some(other),
    }
}

/// Arguments as the object that providers insist on: models and imports also leave them out, put an object's JSON text
/// into a string or give a bare value.
fn as_object(arguments: Option<Box<RawValue>>) -> Option<Box<RawValue>> {
    let Some(given) = arguments else { return RawValue::from_string("{}".to_owned()).ok() };
    if is_object(&given) {
        return Some(given);
    }
    if given.get() == "null" {
        return as_object(None);
    }
    let quoted: Option<String> = serde_json::from_str(given.get()).ok();
    let inner = quoted.and_then(|text| RawValue::from_string(text).ok()).filter(|inner| is_object(inner));
    inner.or_else(|| RawValue::from_string(format!(r#"{{"value":{}}}"#, given.get())).ok())
}

fn is_object(json: &RawValue) -> bool {
    json.get().starts_with('{')
}
