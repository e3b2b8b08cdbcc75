//! Images that the target can see, and notes in the place of those that it cannot.

use crate::ai::Model;
use crate::ai::image::{self, Limits};
use crate::ai::message::{Block, Content, Message};

const USER_IMAGE_OMITTED: &str = "(image omitted: model does not support images)";
const TOOL_IMAGE_OMITTED: &str = "(tool image omitted: model does not support images)";
const TOO_MANY: &str = "(image omitted: too many images)";

/// How many images at once make way for newer ones: each time costs the prompt's cache.
const EVICTED_AT_ONCE: usize = 20;

/// Rewrites the images of users and tools.
pub(super) fn adapt(mut messages: Vec<Message>, model: &Model) -> Vec<Message> {
    let count = messages.iter_mut().filter_map(blocks).flatten().filter(|block| is_image(block)).count();
    if count == 0 {
        return messages;
    }
    let limits = Limits::of(model, count);
    let mut evicted = count.saturating_sub(limits.count).next_multiple_of(EVICTED_AT_ONCE).min(count);
    for message in &mut messages {
        let blind = match message {
            Message::ToolResult(_) => TOOL_IMAGE_OMITTED,
            _ => USER_IMAGE_OMITTED,
        };
        let Some(blocks) = blocks(message).filter(|blocks| blocks.iter().any(is_image)) else { continue };
        replace(blocks, |data, mime_type| {
            if !model.sees_images() {
                return Err(blind);
            }
            if evicted > 0 {
                evicted -= 1;
                return Err(TOO_MANY);
            }
            image::fit(data, mime_type, &limits).map(|(data, mime_type)| Block::Image { data, mime_type })
        });
    }
    messages
}

fn blocks(message: &mut Message) -> Option<&mut Vec<Block>> {
    match message {
        Message::User(Content::Blocks(blocks)) => Some(blocks),
        Message::ToolResult(result) => Some(&mut result.content),
        _ => None,
    }
}

fn is_image(block: &Block) -> bool {
    matches!(block, Block::Image { .. })
}

/// Rewrites the images; a run of those that cannot be shown gets one note.
fn replace(
    blocks: &mut Vec<Block>,
    mut show: impl FnMut(crate::json::Text, crate::json::Text) -> Result<Block, &'static str>,
) {
    let mut out: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in std::mem::take(blocks) {
        let Block::Image { data, mime_type } = block else {
            out.push(block);
            continue;
        };
        match show(data, mime_type) {
            Ok(image) => out.push(image),
            Err(note) if matches!(out.last(), Some(Block::Text(text)) if &**text == note) => {}
            Err(note) => out.push(Block::Text(note.into())),
        }
    }
    *blocks = out;
}
