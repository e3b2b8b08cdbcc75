//! What an entry says, and who: the texts of its message, as strings.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::edit::parts;
use crate::json::{Text, lenient};

/// How deep the arguments of a call are looked into.
const DEPTH: usize = 64;

/// What an entry says.
#[derive(Debug, Default)]
pub(super) struct Speech {
    pub is_header: bool,
    pub id: Option<String>,
    pub role: String,
    pub timestamp: Option<String>,
    pub texts: Vec<String>,
    /// The entry whose content these texts replace, where the entry is such an edit.
    pub target: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Row<'a> {
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    id: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    timestamp: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    summary: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    target_id: Option<Text>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    replacement: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Said<'a> {
    #[serde(deserialize_with = "lenient")]
    role: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    command: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    output: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    summary: Option<Text>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Block<'a> {
    #[serde(deserialize_with = "lenient")]
    text: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    thinking: Option<Text>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

/// What a line says; `None` when it is no object.
pub(super) fn speech(line: &[u8]) -> Option<Speech> {
    let text = String::from_utf8_lossy(line);
    if !text.trim_ascii_start().starts_with('{') {
        return None;
    }
    let row: Row<'_> = serde_json::from_str(&text).ok()?;
    let string = |text: Option<Text>| text.map(Text::into_string);
    let kind = string(row.kind).unwrap_or_default();
    let mut texts = Vec::new();
    texts.extend(string(row.summary));
    let mut target = None;
    let role = match kind.as_str() {
        "message" => {
            let said = said(row.message);
            texts.extend([said.command, said.output, said.summary].into_iter().filter_map(string));
            content(said.content, &mut texts);
            string(said.role).unwrap_or_default()
        }
        "custom_message" => {
            content(row.content, &mut texts);
            "custom".to_owned()
        }
        "context_edit" => {
            target = string(row.target_id);
            content(said(row.replacement).content, &mut texts);
            String::new()
        }
        "compaction" => "compactionSummary".to_owned(),
        "branch_summary" => "branchSummary".to_owned(),
        _ => {
            texts.clear();
            String::new()
        }
    };
    let (id, timestamp) = (string(row.id), string(row.timestamp));
    Some(Speech { is_header: kind == "session", id, role, timestamp, texts, target })
}

fn said(message: Option<&RawValue>) -> Said<'_> {
    message.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
}

fn content(content: Option<&RawValue>, texts: &mut Vec<String>) {
    let Some(content) = content.map(RawValue::get) else { return };
    if let Ok(text) = serde_json::from_str::<Text>(content) {
        texts.push(text.into_string());
        return;
    }
    let blocks: Vec<&RawValue> = serde_json::from_str(content).unwrap_or_default();
    for block in blocks {
        let Ok(block) = serde_json::from_str::<Block<'_>>(block.get()) else { continue };
        texts.extend([block.text, block.thinking].into_iter().flatten().map(Text::into_string));
        if let Some(arguments) = block.arguments {
            strings(arguments, DEPTH, texts);
        }
    }
}

/// The strings in a value, but no names.
fn strings(value: &RawValue, depth: usize, texts: &mut Vec<String>) {
    match value.get().as_bytes().first() {
        Some(b'"') => texts.extend(serde_json::from_str::<Text>(value.get()).map(Text::into_string).ok()),
        Some(b'{' | b'[') if depth > 0 => {
            for (_, part) in parts(value) {
                strings(part, depth - 1, texts);
            }
        }
        _ => {}
    }
}
