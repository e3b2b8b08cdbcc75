//! What a list of sessions shows of each, read without keeping what the messages say.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::blob;
use super::error::SessionError;
use super::scan::scan;
use crate::json::{Text, WireStr, lenient, trim};

/// What a list shows of a session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Info {
    /// The session's id.
    pub id: String,
    /// Where it was begun.
    pub cwd: String,
    /// What the user calls it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The file that it was forked from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub parent_session: Option<String>,
    /// When it was begun, as its header says it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created: Option<String>,
    /// When the user or the model last said something, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub active: Option<f64>,
    /// Other times at which they did, as they are written, for JavaScript to read.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub odd_times: Vec<String>,
    /// How many messages it holds.
    pub message_count: u32,
    /// The first text of the user.
    pub first_message: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Row<'a> {
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    id: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    cwd: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    name: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    parent_session: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    timestamp: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    target_id: Option<Text>,
    #[serde(borrow)]
    replacement: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
}

/// What stands in for an entry's content, `None` for nothing.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Replacement<'a> {
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

/// What stands in for the texts of entries that were edited, by their ids.
type Edits = HashMap<Text, Option<String>>;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Said<'a> {
    #[serde(deserialize_with = "lenient")]
    role: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    timestamp: Option<f64>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Block {
    #[serde(rename = "type", default, deserialize_with = "lenient")]
    kind: Option<Text>,
    #[serde(default, deserialize_with = "lenient")]
    text: Option<Text>,
}

/// What a list needs of most lines, read in one pass.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Brief<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<WireStr<'a>>,
    #[serde(borrow)]
    timestamp: Option<WireStr<'a>>,
    #[serde(borrow)]
    message: Option<BriefMessage<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BriefMessage<'a> {
    #[serde(borrow)]
    role: Option<WireStr<'a>>,
    timestamp: Option<f64>,
    content: Option<IgnoredAny>,
}

/// What a list shows of a session; `None` when the file does not begin with a header.
pub fn info(path: &Path) -> Result<Option<Info>, SessionError> {
    let mut info: Option<Info> = None;
    let (mut is_session, mut is_edited) = (true, false);
    each_line(path, |folder, line| {
        let known = info.as_mut().filter(|info| !info.first_message.is_empty());
        if known.is_some_and(|info| note_briefly(info, line)) || !is_session {
            return;
        }
        // Long contents outside the log can only matter while the first message is not known.
        let is_open = info.as_ref().is_none_or(|info| info.first_message.is_empty());
        let line = if is_open { blob::resolve(folder, line) } else { Cow::Borrowed(line) };
        with_row(&line, |row| match (row.kind.as_deref(), info.as_mut()) {
            (Some("session"), None) => {
                let text = |text: Option<Text>| text.map(Text::into_string);
                info = Some(Info {
                    id: text(row.id).unwrap_or_default(),
                    cwd: text(row.cwd).unwrap_or_default(),
                    parent_session: text(row.parent_session),
                    created: text(row.timestamp),
                    ..Info::default()
                });
            }
            (_, None) => is_session = false,
            (Some("session_info"), Some(info)) => {
                let name = trim(row.name.as_deref().unwrap_or_default());
                info.name = (!name.is_empty()).then(|| name.to_owned());
            }
            (Some("message"), Some(info)) => note(info, &row),
            (Some("context_edit"), _) => is_edited = true,
            _ => {}
        });
    })?;
    if let Some(info) = info.as_mut().filter(|_| is_edited) {
        info.first_message = texts(path, true)?.into_iter().next().unwrap_or_default();
    }
    Ok(info)
}

/// Notes a line that holds nothing but what is expected of most; whether it was such a line.
fn note_briefly(info: &mut Info, line: &[u8]) -> bool {
    let Ok(brief) = serde_json::from_slice::<Brief<'_>>(line) else { return false };
    let kind = brief.kind.as_ref().map(WireStr::as_bytes);
    if kind == Some(b"message") {
        info.message_count += 1;
        let message = brief.message.unwrap_or_default();
        let role = message.role.as_ref().map(WireStr::as_bytes);
        if message.content.is_some() && matches!(role, Some(b"user" | b"assistant")) {
            let written = brief.timestamp.as_ref().map(WireStr::to_well_formed);
            note_time(info, message.timestamp, written.as_deref());
        }
    }
    !matches!(kind, Some(b"session_info" | b"context_edit"))
}

/// What the user and the model said, one after the other.
pub fn said(path: &Path) -> Result<String, SessionError> {
    Ok(texts(path, false)?.join(" "))
}

/// What the user and the model, or only the user, said. What was replaced or taken out of the context is told by its
/// replacement, or not at all.
fn texts(path: &Path, only_user: bool) -> Result<Vec<String>, SessionError> {
    let mut texts: Vec<(Option<Text>, String)> = Vec::new();
    let mut edits = Edits::new();
    each_line(path, |folder, line| {
        with_row(&blob::resolve(folder, line), |row| match row.kind.as_deref() {
            Some("message") => {
                if let Some((is_user, said)) = conversation(&row)
                    && (is_user || !only_user)
                {
                    texts.extend(said.content.and_then(text_of).map(|text| (row.id, text)));
                }
            }
            Some("context_edit") => {
                let edit =
                    row.replacement.and_then(|raw| serde_json::from_str::<Replacement<'_>>(raw.get()).ok());
                let text = edit.and_then(|edit| text_of(edit.content?));
                edits.extend(row.target_id.map(|target| (target, text)));
            }
            _ => {}
        });
    })?;
    let shown = |(id, text): (Option<Text>, String)| match id.and_then(|id| edits.get(&id)) {
        Some(edit) => edit.clone(),
        None => Some(text),
    };
    Ok(texts.into_iter().filter_map(shown).filter(|text| !text.is_empty()).collect())
}

fn each_line(path: &Path, mut take: impl FnMut(&Path, &[u8])) -> Result<(), SessionError> {
    let file = File::open(path).map_err(SessionError::io("cannot read", path))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    scan(file, 0, |line| take(folder, line.bytes)).map_err(SessionError::io("cannot read", path))?;
    Ok(())
}

fn with_row(line: &[u8], take: impl FnOnce(Row<'_>)) {
    let text = String::from_utf8_lossy(line);
    if text.trim_ascii_start().starts_with('{')
        && let Ok(row) = serde_json::from_str(&text)
    {
        take(row);
    }
}

/// A message of the user or the model: whether it is the user's, and what it holds.
fn conversation<'a>(row: &Row<'a>) -> Option<(bool, Said<'a>)> {
    let said: Said<'_> = serde_json::from_str(row.message?.get()).ok()?;
    let is_user = said.role.as_deref() == Some("user");
    (said.content.is_some() && (is_user || said.role.as_deref() == Some("assistant")))
        .then_some((is_user, said))
}

fn note(info: &mut Info, row: &Row<'_>) {
    info.message_count += 1;
    let Some((is_user, said)) = conversation(row) else { return };
    note_time(info, said.timestamp, row.timestamp.as_deref());
    if is_user && info.first_message.is_empty() {
        info.first_message = said.content.and_then(text_of).unwrap_or_default();
    }
}

/// Notes when something was said: as the message says, or else as its entry does.
fn note_time(info: &mut Info, said: Option<f64>, written: Option<&str>) {
    let usual =
        || written.filter(|time| is_usual(time)).and_then(|time| time.parse::<jiff::Timestamp>().ok());
    #[allow(clippy::cast_precision_loss, reason = "JavaScript's times are such numbers")]
    let time = said.or_else(|| usual().map(|time| time.as_millisecond() as f64));
    match (time, written) {
        (Some(time), _) => info.active = Some(info.active.unwrap_or(0.0).max(time)),
        (None, Some(time)) => info.odd_times.push(time.to_owned()),
        (None, None) => {}
    }
}

/// Whether a time is written as JavaScript writes it: `2026-01-01T00:00:00.000Z`.
fn is_usual(time: &str) -> bool {
    time.len() == 24 && time.ends_with('Z') && time.as_bytes().get(10) == Some(&b'T')
}

fn text_of(content: &RawValue) -> Option<String> {
    let content = content.get();
    if let Ok(text) = serde_json::from_str::<Text>(content) {
        return Some(text.into_string());
    }
    let blocks: Vec<Block> = serde_json::from_str(content).ok()?;
    let texts = blocks.into_iter().filter(|block| block.kind.as_deref() == Some("text"));
    let texts: Vec<String> = texts.map(|block| block.text.unwrap_or_default().into_string()).collect();
    Some(texts.join(" "))
}
