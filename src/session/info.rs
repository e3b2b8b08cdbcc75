//! What a list of sessions shows of each, read without keeping what the messages say.

use std::borrow::Cow;
use std::fs::File;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::blob;
use super::error::SessionError;
use super::scan::scan;
use crate::json::{Text, lenient, trim};

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
    #[serde(borrow)]
    message: Option<&'a RawValue>,
}

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

/// What a list shows of a session; `None` when the file does not begin with a header.
pub fn info(path: &Path) -> Result<Option<Info>, SessionError> {
    let mut info: Option<Info> = None;
    let mut is_session = true;
    each_row(path, |row| {
        match (row.kind.as_deref(), info.as_mut()) {
            (Some("session"), None) if is_session => {
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
            _ => {}
        }
        info.as_ref().is_some_and(|info| info.first_message.is_empty())
    })?;
    Ok(info)
}

/// What the user and the model said, one after the other.
pub fn said(path: &Path) -> Result<String, SessionError> {
    let mut texts = Vec::new();
    each_row(path, |row| {
        if row.kind.as_deref() == Some("message")
            && let Some((_, said)) = conversation(&row)
        {
            texts.extend(text_of(&said).filter(|text| !text.is_empty()));
        }
        true
    })?;
    Ok(texts.join(" "))
}

/// Reads every line; from when `take` says so without the contents that are kept outside the log.
fn each_row(path: &Path, mut take: impl FnMut(Row<'_>) -> bool) -> Result<(), SessionError> {
    let file = File::open(path).map_err(SessionError::io("cannot read", path))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut is_whole = true;
    scan(file, 0, |line| {
        let bytes = if is_whole { blob::resolve(folder, line.bytes) } else { Cow::Borrowed(line.bytes) };
        let text = String::from_utf8_lossy(&bytes);
        if text.trim_ascii_start().starts_with('{')
            && let Ok(row) = serde_json::from_str(&text)
        {
            is_whole = take(row);
        }
    })
    .map_err(SessionError::io("cannot read", path))?;
    Ok(())
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
    let written = row.timestamp.as_deref();
    let usual = written.filter(|time| is_usual(time)).and_then(|time| time.parse::<jiff::Timestamp>().ok());
    #[allow(clippy::cast_precision_loss, reason = "JavaScript's times are such numbers")]
    let usual = usual.map(|time| time.as_millisecond() as f64);
    match (said.timestamp.or(usual), written) {
        (Some(time), _) => info.active = Some(info.active.unwrap_or(0.0).max(time)),
        (None, Some(time)) => info.odd_times.push(time.to_owned()),
        (None, None) => {}
    }
    if is_user && info.first_message.is_empty() {
        info.first_message = text_of(&said).unwrap_or_default();
    }
}

/// Whether a time is written as JavaScript writes it: `2026-01-01T00:00:00.000Z`.
fn is_usual(time: &str) -> bool {
    time.len() == 24 && time.ends_with('Z') && time.as_bytes().get(10) == Some(&b'T')
}

fn text_of(said: &Said<'_>) -> Option<String> {
    let content = said.content?.get();
    if let Ok(text) = serde_json::from_str::<Text>(content) {
        return Some(text.into_string());
    }
    let blocks: Vec<Block> = serde_json::from_str(content).ok()?;
    let texts = blocks.into_iter().filter(|block| block.kind.as_deref() == Some("text"));
    let texts: Vec<String> = texts.map(|block| block.text.unwrap_or_default().into_string()).collect();
    Some(texts.join(" "))
}
