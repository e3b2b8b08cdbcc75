//! What the index reads of one line: its place in the tree and what cheap questions are asked about; the rest is
//! checked to be JSON and skipped.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::json::WireStr;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The session's header.
    Header,
    /// A message of the conversation.
    Message(Role),
    /// The thinking level changes.
    ThinkingLevel,
    /// The model changes.
    Model,
    /// Older history is replaced by a summary.
    Compaction,
    /// A summary of an abandoned branch.
    BranchSummary,
    /// A message of an extension that the model sees.
    CustomMessage,
    /// Data of an extension.
    Custom,
    /// A bookmark on another entry.
    Label,
    /// The session's name.
    Info,
    /// Another entry's message is replaced or taken out of the context.
    ContextEdit,
    /// What a request beside the conversation has cost.
    Usage,
    /// Something that this version does not know.
    Other,
}

/// Whose a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The user's.
    User,
    /// The model's.
    Assistant,
    /// A tool's.
    ToolResult,
    /// Anything else.
    Other,
}

/// The head of a line.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Head<'a> {
    #[serde(rename = "type", borrow)]
    tag: Option<WireStr<'a>>,
    /// The entry's id.
    #[serde(borrow)]
    pub id: Option<WireStr<'a>>,
    /// The id of the entry that this one continues.
    #[serde(borrow)]
    pub parent_id: Option<WireStr<'a>>,
    /// The first entry that a compaction keeps.
    #[serde(borrow)]
    pub first_kept_entry_id: Option<WireStr<'a>>,
    /// The format's version, in a header.
    pub version: Option<f64>,
    #[serde(borrow)]
    message: Option<Message<'a>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Message<'a> {
    #[serde(borrow)]
    role: Option<WireStr<'a>>,
}

impl<'a> Head<'a> {
    /// The head of a line that holds a JSON object; `None` for any other.
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        // An array would pass for a struct.
        let is_object = line.trim_ascii_start().first() == Some(&b'{');
        if !is_object {
            return None;
        }
        let head = serde_json::from_slice::<Self>(line).ok();
        if head.as_ref().is_some_and(Self::is_plain) {
            return head;
        }
        // What is read as bytes may hold control characters, which JSON forbids and JavaScript refuses.
        serde_json::from_slice::<IgnoredAny>(line).ok()?;
        Self::parse_lossily(line).or(head).or_else(|| Self::parse_field_by_field(line))
    }

    /// Whether the texts hold neither control characters nor what may be no UTF-8.
    fn is_plain(&self) -> bool {
        let role = self.message.as_ref().and_then(|message| message.role.as_ref());
        let texts = [&self.tag, &self.id, &self.parent_id, &self.first_kept_entry_id];
        let is_plain = |text: &WireStr<'_>| text.as_bytes().iter().all(|byte| (b' '..0x7f).contains(byte));
        texts.into_iter().flatten().chain(role).all(is_plain)
    }

    /// Reads a line that is no UTF-8 as JavaScript would: with U+FFFD where that is not so.
    fn parse_lossily(line: &[u8]) -> Option<Self> {
        let Cow::Owned(text) = String::from_utf8_lossy(line) else { return None };
        let head = Head::parse(text.as_bytes())?;
        let owned = |text: Option<WireStr<'_>>| text.map(WireStr::into_owned);
        Some(Self {
            tag: owned(head.tag),
            id: owned(head.id),
            parent_id: owned(head.parent_id),
            first_kept_entry_id: owned(head.first_kept_entry_id),
            version: head.version,
            message: head.message.map(|message| Message { role: owned(message.role) }),
        })
    }

    /// Reads a line that says something twice or in another type than expected, as JavaScript would: the last of equal
    /// names counts, an odd value is none.
    fn parse_field_by_field(line: &'a [u8]) -> Option<Self> {
        let fields: IndexMap<WireStr<'a>, &'a RawValue> = serde_json::from_slice(line).ok()?;
        let raw = |name: &str| fields.get(&WireStr::from_text(name)).copied();
        let text = |name: &str| field::<WireStr<'a>>(raw(name));
        let message = field::<IndexMap<WireStr<'a>, &'a RawValue>>(raw("message"));
        Some(Self {
            tag: text("type"),
            id: text("id"),
            parent_id: text("parentId"),
            first_kept_entry_id: text("firstKeptEntryId"),
            version: field(raw("version")),
            message: message
                .map(|message| Message { role: field(message.get(&WireStr::from_text("role")).copied()) }),
        })
    }

    /// The entry's type, as the line says it (WTF-8).
    pub fn tag(&self) -> &[u8] {
        self.tag.as_ref().map_or(&b""[..], WireStr::as_bytes)
    }

    /// What the entry is.
    pub fn kind(&self) -> Kind {
        match self.tag() {
            b"session" => Kind::Header,
            b"message" => Kind::Message(self.role()),
            b"thinking_level_change" => Kind::ThinkingLevel,
            b"model_change" => Kind::Model,
            b"compaction" => Kind::Compaction,
            b"branch_summary" => Kind::BranchSummary,
            b"custom_message" => Kind::CustomMessage,
            b"custom" => Kind::Custom,
            b"label" => Kind::Label,
            b"session_info" => Kind::Info,
            b"context_edit" => Kind::ContextEdit,
            b"usage" => Kind::Usage,
            _ => Kind::Other,
        }
    }

    fn role(&self) -> Role {
        let role = self.message.as_ref().and_then(|message| message.role.as_ref());
        match role.map_or(&b""[..], WireStr::as_bytes) {
            b"user" => Role::User,
            b"assistant" => Role::Assistant,
            b"toolResult" => Role::ToolResult,
            _ => Role::Other,
        }
    }
}

fn field<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Option<T> {
    serde_json::from_str(raw?.get()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> (Kind, Option<String>, Option<String>) {
        let head = Head::parse(line.as_bytes()).unwrap();
        let text = |text: &Option<WireStr<'_>>| text.as_ref().map(|text| text.to_well_formed().into_owned());
        (head.kind(), text(&head.id), text(&head.parent_id))
    }

    #[test]
    fn fields_may_come_in_any_order_among_unknown_ones() {
        let line = r#"{"new":[{"id":"no"}],"message":{"content":[{"role":"no"}],"role":"user"},"parentId":null,"id":"a","type":"message"}"#;
        assert_eq!(read(line), (Kind::Message(Role::User), Some("a".into()), None));
    }

    #[test]
    fn odd_types_and_repeated_names_read_as_in_javascript() {
        let line =
            r#"{"type":"message","id":7,"id":"b","parentId":5,"message":{"role":"user","role":["x"]}}"#;
        assert_eq!(read(line), (Kind::Message(Role::Other), Some("b".into()), None));
        assert_eq!(
            read(r#"{"type":"label","label":"\ud800","id":"\u0061","id":"a"}"#),
            (Kind::Label, Some("a".into()), None)
        );
        assert_eq!(read(r#"{"\ud800type":"label"}"#), (Kind::Other, None, None));
        assert_eq!(read("{}"), (Kind::Other, None, None));
    }

    #[test]
    fn what_is_no_utf_8_is_read_all_the_same() {
        let head = Head::parse(b"{\"type\":\"message\",\"id\":\"a\",\"k\xff\":{\"\xff\":\"\xff\"}}").unwrap();
        assert_eq!((head.kind(), head.id.unwrap().as_bytes()), (Kind::Message(Role::Other), &b"a"[..]));
        let head = Head::parse(b"{\"\xfftype\":\"message\",\"id\":\"a\xff\"}").unwrap();
        assert_eq!((head.kind(), head.id.unwrap().to_well_formed()), (Kind::Other, "a\u{fffd}".into()));
    }

    #[test]
    fn what_is_no_object_has_no_head() {
        for line in [
            "",
            "null",
            "5",
            "[]",
            "{\"id\":\"a\u{1}\"}",
            "{\"i\td\":1,\"id\":1}",
            "\"x\"",
            "{",
            r#"{"type":"message""#,
            r#"{"a":1}}"#,
            r#"{"a":01}"#,
        ] {
            assert!(Head::parse(line.as_bytes()).is_none(), "{line}");
        }
    }
}
