//! A conversation as plain text, for a model to summarise: a model that is given messages goes on with them.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::tokens::{TOKEN, fitted, units};
use crate::json::{Text, WireStr, lenient};

/// The most of a tool's result that a summary needs, in UTF-16 code units.
const LONGEST_RESULT: usize = 2000;

const BETWEEN: &str = "\n\n";

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message<'a> {
    #[serde(deserialize_with = "lenient")]
    role: Option<Text>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Block<'a> {
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: Option<Text>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    thinking: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

/// What the messages of a conversation say, one after the other. The results of tools are cut; images are left out, and
/// with them what is not as a message should be.
///
/// # Errors
///
/// When `messages` is not a JSON array.
pub fn parts(messages: &str) -> serde_json::Result<Vec<WireStr<'static>>> {
    let messages: Vec<&RawValue> = serde_json::from_str(messages)?;
    let messages = messages.iter().filter_map(|message| serde_json::from_str(message.get()).ok());
    Ok(messages.flat_map(|message| said(&message)).collect())
}

fn said(message: &Message<'_>) -> Vec<WireStr<'static>> {
    let blocks = blocks(message.content);
    let texts = |between| joined(&blocks, "text", |block| string(block.text), between);
    let text = || texts("").filter(|text| !text.is_empty());
    let labelled = match message.role.as_deref() {
        Some("user") => vec![("[User]: ", text())],
        Some("toolResult") => vec![("[Tool result]: ", text().map(|text| fitted(text, LONGEST_RESULT)))],
        Some("assistant") => vec![
            ("[Assistant thinking]: ", joined(&blocks, "thinking", |block| string(block.thinking), "\n")),
            ("[Assistant]: ", texts("\n")),
            ("[Assistant tool calls]: ", joined(&blocks, "toolCall", call, "; ")),
        ],
        _ => Vec::new(),
    };
    let labelled = labelled.into_iter().filter_map(|(label, text)| Some([WireStr::from_text(label), text?]));
    labelled.map(|line| WireStr::join(line, "")).collect()
}

/// What the blocks of a type hold; nothing where there is no such block.
fn joined<'a>(
    blocks: &[Block<'a>],
    kind: &str,
    value: fn(&Block<'a>) -> WireStr<'a>,
    between: &str,
) -> Option<WireStr<'static>> {
    let mut values = blocks.iter().filter(|block| block.kind.as_deref() == Some(kind)).map(value).peekable();
    values.peek()?;
    Some(WireStr::join(values, between))
}

/// The blocks of a content; a content that is plain text is one.
fn blocks(content: Option<&RawValue>) -> Vec<Block<'_>> {
    let Some(content) = content else { return Vec::new() };
    if content.get().starts_with('"') {
        return vec![Block { kind: Some("text".into()), text: Some(content), ..Block::default() }];
    }
    let blocks: Vec<&RawValue> = serde_json::from_str(content.get()).unwrap_or_default();
    blocks.iter().filter_map(|block| serde_json::from_str(block.get()).ok()).collect()
}

/// A call as `name(key=json, key=json)`.
fn call<'a>(block: &Block<'a>) -> WireStr<'a> {
    let arguments: Option<IndexMap<WireStr<'_>, &RawValue>> =
        block.arguments.and_then(|arguments| serde_json::from_str(arguments.get()).ok());
    let mut call = string(block.name);
    call.push(&WireStr::from_text("("));
    for (place, (key, value)) in arguments.iter().flatten().enumerate() {
        call.push(&WireStr::from_text(if place > 0 { ", " } else { "" }));
        call.push(key);
        call.push(&WireStr::from_text("="));
        call.push(&WireStr::from_text(value.get()));
    }
    call.push(&WireStr::from_text(")"));
    call
}

fn string(json: Option<&RawValue>) -> WireStr<'_> {
    json.and_then(|json| serde_json::from_str(json.get()).ok()).unwrap_or_default()
}

/// The parts of a conversation together, in as few texts as have room for so many tokens each; at least one. A part that
/// is longer is cut.
pub fn chunks(parts: Vec<WireStr<'static>>, room: Option<usize>) -> Vec<WireStr<'static>> {
    let room = room.map_or(usize::MAX, |room| room.saturating_mul(TOKEN));
    let mut chunks: Vec<Vec<WireStr<'static>>> = vec![Vec::new()];
    let mut taken = 0_usize;
    for part in parts {
        let part = fitted(part, room);
        let size = units(&part) + BETWEEN.len();
        if taken > 0 && taken.saturating_add(size) > room {
            chunks.push(Vec::new());
            taken = 0;
        }
        taken += size;
        if let Some(chunk) = chunks.last_mut() {
            chunk.push(part);
        }
    }
    chunks.into_iter().map(|chunk| WireStr::join(chunk, BETWEEN)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(messages: &str, room: Option<usize>) -> Vec<String> {
        let chunks = chunks(parts(messages).unwrap(), room);
        chunks.iter().map(|chunk| chunk.to_well_formed().into_owned()).collect()
    }

    #[test]
    fn messages_are_labelled() {
        let messages = r#"[
            {"role":"user","content":"Hi"},
            {"role":"user","content":[{"type":"image","data":"AA"}]},
            {"role":"assistant","content":[
                {"type":"text","text":"A"},
                {"type":"thinking","thinking":"T"},
                {"type":"toolCall","name":"read","arguments":{"path":"/a","2":[1,{"b":null}]}},
                {"type":"text","text":"B"},
                {"type":"toolCall","name":"ls","arguments":{}}
            ]},
            {"role":"toolResult","content":[{"type":"text","text":"one"},{"type":"text","text":" two"}]},
            {"role":"bashExecution","command":"ls"},
            null
        ]"#;
        let expected = "[User]: Hi\n\n[Assistant thinking]: T\n\n[Assistant]: A\nB\n\n\
            [Assistant tool calls]: read(path=\"/a\", 2=[1,{\"b\":null}]); ls()\n\n[Tool result]: one two";
        assert_eq!(text(messages, None), [expected]);
        assert_eq!(text("[]", None), [""]);
        assert!(parts("{}").is_err());
    }

    #[test]
    fn long_results_are_cut() {
        let messages = format!(r#"[{{"role":"toolResult","content":"{}"}}]"#, "x".repeat(2500));
        let expected = format!("[Tool result]: {}\n\n[... 500 more characters truncated]", "x".repeat(2000));
        assert_eq!(text(&messages, None), [expected]);
    }

    #[test]
    fn a_conversation_with_too_little_room_comes_in_several_texts() {
        let messages = r#"[{"role":"user","content":"aaaa"},{"role":"user","content":"bbbb"},
            {"role":"user","content":"0123456789012345678901234567890123456789"}]"#;
        let expected = [
            "[User]: aaaa\n\n[User]: bbbb",
            "[User]: 01234567890123456789\n\n[... 20 more characters truncated]",
        ];
        assert_eq!(text(messages, Some(7)), expected);
    }
}
