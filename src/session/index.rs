//! Where each entry of a log is and how the entries hang together. Built line by line, in the order of the file.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::head::{Head, Kind, Role};
use super::salvage::{damaged_parent, ids, one_bit_off, unreplaced, whole_entries};
use super::scan::Line;
use crate::json::WireStr;

/// No entry.
pub const NONE: u32 = u32::MAX;

/// The longest id in which a damaged bit is looked for, in bytes.
const LONGEST_ID: usize = 64;

/// How many types of entries that this version does not know are told apart.
const MOST_UNKNOWN: usize = 64;

/// One entry. Numbers of entries count from 0 in the order of the file, the header included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Where its line begins, in bytes.
    pub offset: u64,
    /// How long its line is, in bytes, without the line feed.
    pub len: u32,
    /// What it is.
    pub kind: Kind,
    /// The entry that it continues, or [`NONE`].
    pub parent: u32,
    /// How many entries it continues.
    pub depth: u32,
    /// The nearest compaction among itself and those that it continues, or [`NONE`].
    pub compaction: u32,
    /// The same for what says which model answers: a change of the model, or an answer.
    pub model: u32,
    /// The same for the thinking level.
    pub thinking: u32,
    /// The first entry that a compaction keeps, or [`NONE`].
    kept: u32,
    last_child: u32,
    earlier_sibling: u32,
}

/// A line that is not an entry, though it is not blank either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Where it begins, in bytes.
    pub offset: u64,
    /// How long it is, in bytes.
    pub len: u64,
    /// What stands in for it: the entry that it continued if it still says so, else the one before it; or [`NONE`].
    pub after: u32,
}

/// The index of a log.
#[derive(Debug, Default)]
pub struct Index {
    entries: Vec<Entry>,
    numbers: HashMap<Box<[u8]>, u32>,
    bad: Vec<BadLine>,
    /// What stands in for entries that cannot be read: those that they continued, by the ids of the lost ones.
    lost: HashMap<Box<[u8]>, u32>,
    adopted: Vec<u32>,
    labels: Vec<u32>,
    unknown: Vec<u32>,
    unknown_types: HashSet<Box<[u8]>>,
    /// The session's header.
    pub header: Option<u32>,
    /// The entry that last named the session.
    pub name: Option<u32>,
    /// The first message of the user.
    pub first_user: Option<u32>,
    /// The entry that came last.
    pub last: Option<u32>,
    /// The first answer of the model.
    pub first_assistant: Option<u32>,
    /// Whether the log is not what this index can stand for: an entry without an id, an id twice, a header in the
    /// middle, an entry before the one that it continues.
    pub irregular: bool,
    /// The format's version, in the header.
    pub version: Option<f64>,
}

impl Index {
    /// Takes the next line of the file.
    pub fn add(&mut self, line: Line<'_>) {
        if line.bytes.trim_ascii().is_empty() || self.add_entry(line.offset, line.bytes) {
            return;
        }
        let mut at = 0;
        for whole in whole_entries(line.bytes) {
            self.add_bad(line.offset, line.bytes, at..whole.start);
            at = whole.end;
            self.add_entry(line.offset + whole.start as u64, line.bytes.get(whole).unwrap_or_default());
        }
        self.add_bad(line.offset, line.bytes, at..line.bytes.len());
    }

    /// Takes an entry; whether it is one.
    fn add_entry(&mut self, offset: u64, bytes: &[u8]) -> bool {
        let number = u32::try_from(self.entries.len()).ok().filter(|number| *number != NONE);
        let head = Head::parse(bytes).filter(|head| {
            // Version 1 has neither id nor parent; what has the one alone has lost the other.
            head.id.is_some() || head.parent_id.is_none() || head.kind() == Kind::Header
        });
        let (Some(number), Some(head)) = (number, head) else { return false };
        let Some(entry) = self.entry(number, offset, bytes, &head) else { return false };
        self.entries.push(entry);
        self.note(number, entry.kind, &head);
        true
    }

    /// Notes what cannot be read, and what stands in for it.
    fn add_bad(&mut self, offset: u64, line: &[u8], part: Range<usize>) {
        let (start, bytes) = (part.start, line.get(part).unwrap_or_default());
        if bytes.trim_ascii().is_empty() {
            return;
        }
        let (id, parent) = ids(bytes);
        let parent = parent.and_then(|id| self.find(id).or_else(|| self.nearly(id)));
        let after = parent.or(self.last).unwrap_or(NONE);
        if let Some(id) = id {
            self.lost.insert(id.into(), after);
        }
        self.bad.push(BadLine { offset: offset + start as u64, len: bytes.len() as u64, after });
    }

    fn entry(&mut self, number: u32, offset: u64, bytes: &[u8], head: &Head<'_>) -> Option<Entry> {
        let len = u32::try_from(bytes.len()).ok()?;
        let kind = head.kind();
        let parent = self.parent(number, bytes, head);
        let above = self.get(parent).copied();
        let nearest = |own: bool, of: fn(&Entry) -> u32| {
            if own { number } else { above.as_ref().map_or(NONE, of) }
        };
        let sets_model = matches!(kind, Kind::Model | Kind::Message(Role::Assistant));
        let kept = match &head.first_kept_entry_id {
            Some(id) if kind == Kind::Compaction => {
                self.find(id.as_bytes()).or_else(|| self.nearly(id.as_bytes())).unwrap_or(NONE)
            }
            _ => NONE,
        };
        let earlier_sibling = match self.entries.get_mut(parent as usize) {
            Some(parent) => std::mem::replace(&mut parent.last_child, number),
            None => NONE,
        };
        Some(Entry {
            offset,
            len,
            kind,
            parent,
            depth: above.map_or(0, |above| above.depth + 1),
            compaction: nearest(kind == Kind::Compaction, |entry| entry.compaction),
            model: nearest(sets_model, |entry| entry.model),
            thinking: nearest(kind == Kind::ThinkingLevel, |entry| entry.thinking),
            kept,
            last_child: NONE,
            earlier_sibling,
        })
    }

    /// The entry that one continues; noted where it is not the one that it says.
    fn parent(&mut self, number: u32, bytes: &[u8], head: &Head<'_>) -> u32 {
        if head.kind() == Kind::Header {
            return NONE;
        }
        // From version 2 on every entry says what it continues.
        let is_tree = self.version.is_some_and(|version| version >= 2.0);
        let said = head.parent_id.as_ref().map(WireStr::as_bytes);
        let damaged = if said.is_none() && is_tree { damaged_parent(bytes) } else { None };
        let id = said.or(damaged).unwrap_or_default();
        let found = if id.is_empty() { Some(NONE) } else { self.find(id) };
        let parent = found.unwrap_or_else(|| self.stand_in(id));
        if parent != NONE && (found.is_none() || damaged.is_some()) {
            self.adopted.push(number);
        }
        parent
    }

    /// What an entry continues whose parent is not there: if that was lost to damage, what stands in for it, so that the
    /// conversation goes on.
    fn stand_in(&self, id: &[u8]) -> u32 {
        self.nearly(id).or_else(|| Some(self.bad.last()?.after)).unwrap_or(NONE)
    }

    /// What stands in for a lost entry, or the one whose id differs in one bit: no other id comes that close by chance.
    fn nearly(&self, id: &[u8]) -> Option<u32> {
        // A byte that has become no UTF-8 was read as U+FFFD.
        let find = |id: &[u8]| self.find(id).or_else(|| self.find(String::from_utf8_lossy(id).as_bytes()));
        let close = || one_bit_off(id).chain(unreplaced(id)).find_map(|id| find(&id));
        self.lost.get(id).copied().or_else(|| if id.len() <= LONGEST_ID { close() } else { None })
    }

    fn note(&mut self, number: u32, kind: Kind, head: &Head<'_>) {
        if kind == Kind::Header {
            self.irregular |= number != 0 || head.id.is_none();
            self.header.get_or_insert(number);
            self.version = self.version.or(head.version);
            return;
        }
        self.last = Some(number);
        match &head.id {
            Some(id) if !id.is_empty() => {
                let earlier = self.numbers.insert(id.as_bytes().into(), number);
                self.irregular |= earlier.is_some();
            }
            _ => self.irregular = true,
        }
        match kind {
            Kind::Message(Role::User) => _ = self.first_user.get_or_insert(number),
            Kind::Message(Role::Assistant) => _ = self.first_assistant.get_or_insert(number),
            Kind::Info => self.name = Some(number),
            Kind::Label => self.labels.push(number),
            Kind::Other
                if self.unknown.len() < MOST_UNKNOWN && self.unknown_types.insert(head.tag().into()) =>
            {
                self.unknown.push(number);
            }
            _ => {}
        }
    }

    /// How many entries there are, the header included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// An entry by its number.
    pub fn get(&self, number: u32) -> Option<&Entry> {
        self.entries.get(number as usize)
    }

    /// The number of the entry with an id (WTF-8).
    pub fn find(&self, id: &[u8]) -> Option<u32> {
        self.numbers.get(id).copied()
    }

    /// The lines that are not entries.
    pub fn bad_lines(&self) -> &[BadLine] {
        &self.bad
    }

    /// The entries that continue another one than they say, because that was lost; in the order of the file.
    pub fn adopted(&self) -> &[u32] {
        &self.adopted
    }

    /// The entries that set or take away labels, in the order of the file.
    pub fn label_entries(&self) -> &[u32] {
        &self.labels
    }

    /// The first entry of each type that this version does not know, in the order of the file.
    pub fn unknown_entries(&self) -> &[u32] {
        &self.unknown
    }

    /// An entry and those that it continues, the first one first.
    pub fn branch(&self, leaf: u32) -> Vec<u32> {
        let mut path: Vec<u32> = self.upwards(leaf).collect();
        path.reverse();
        path
    }

    /// An entry, the one that it continues, and so on.
    fn upwards(&self, from: u32) -> impl Iterator<Item = u32> {
        let existing = move |number: u32| self.get(number).map(|_| number);
        std::iter::successors(existing(from), move |number| existing(self.get(*number)?.parent))
    }

    /// The entries that continue one, in the order of the file.
    pub fn children(&self, number: u32) -> Vec<u32> {
        let last = self.get(number).map_or(NONE, |entry| entry.last_child);
        let existing = |number: u32| self.get(number).map(|_| number);
        let siblings =
            std::iter::successors(existing(last), |number| existing(self.get(*number)?.earlier_sibling));
        let mut children: Vec<u32> = siblings.collect();
        children.reverse();
        children
    }

    /// What the model is shown when `leaf` is the last entry: the entries whose messages count, in order, the last
    /// compaction in front of what it keeps.
    pub fn context(&self, leaf: u32) -> Vec<u32> {
        let compaction = self.get(leaf).map_or(NONE, |entry| entry.compaction);
        let Some(summary) = self.get(compaction) else { return self.branch(leaf) };
        let mut context: Vec<u32> = self.upwards(leaf).take_while(|number| *number != compaction).collect();
        if let Some(kept) = self.get(summary.kept) {
            let before: Vec<u32> = self
                .upwards(summary.parent)
                .take_while(|number| self.get(*number).is_some_and(|entry| entry.depth >= kept.depth))
                .collect();
            // An entry of another branch is not kept, and then nothing is.
            if before.last() == Some(&summary.kept) {
                context.extend(before);
            }
        }
        context.push(compaction);
        context.reverse();
        context
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(lines: &[&str]) -> Index {
        let mut index = Index::default();
        let mut offset = 0;
        for line in lines {
            index.add(Line { offset, bytes: line.as_bytes(), ended: true });
            offset += line.len() as u64 + 1;
        }
        index
    }

    fn message(id: &str, parent: Option<&str>, role: &str) -> String {
        let parent = parent.map_or("null".to_owned(), |parent| format!("\"{parent}\""));
        format!(r#"{{"type":"message","id":"{id}","parentId":{parent},"message":{{"role":"{role}"}}}}"#)
    }

    const HEADER: &str = r#"{"type":"session","version":3,"id":"s","cwd":"/"}"#;

    #[test]
    fn branches_children_and_labels_are_found() {
        let [a, b, c, d] = [
            message("a", None, "user"),
            message("b", Some("a"), "assistant"),
            message("c", Some("a"), "assistant"),
            message("d", Some("c"), "user"),
        ];
        let label = r#"{"type":"label","id":"l","parentId":"d","targetId":"b","label":"x"}"#;
        let index = index(&[HEADER, &a, &b, &c, &d, label]);
        assert_eq!(index.branch(4), [1, 3, 4]);
        assert_eq!(index.children(1), [2, 3]);
        assert_eq!(index.label_entries(), [5]);
        assert_eq!((index.first_user, index.first_assistant, index.last), (Some(1), Some(2), Some(5)));
        assert_eq!(index.get(4).unwrap().model, 3);
        assert!(!index.irregular);
    }

    #[test]
    fn a_compaction_stands_before_what_it_keeps() {
        let [a, b, c] = [
            message("a", None, "user"),
            message("b", Some("a"), "assistant"),
            message("c", Some("k"), "user"),
        ];
        let compaction = |kept: &str| {
            format!(r#"{{"type":"compaction","id":"k","parentId":"b","firstKeptEntryId":"{kept}"}}"#)
        };
        assert_eq!(index(&[HEADER, &a, &b, &compaction("b"), &c]).context(4), [3, 2, 4]);
        assert_eq!(index(&[HEADER, &a, &b, &compaction("a"), &c]).context(4), [3, 1, 2, 4]);
        assert_eq!(index(&[HEADER, &a, &b, &compaction("gone"), &c]).context(4), [3, 4]);
        assert_eq!(index(&[HEADER, &a, &b]).context(2), [1, 2]);
        assert!(index(&[HEADER]).context(NONE).is_empty());
    }

    #[test]
    fn a_line_that_is_lost_does_not_end_the_conversation() {
        let [a, c] = [message("a", None, "user"), message("c", Some("b"), "user")];
        let index = index(&[HEADER, &a, r#"{"type":"message","id":"b","pare"#, &c]);
        assert_eq!(index.branch(2), [1, 2]);
        assert_eq!(index.bad_lines().len(), 1);
    }

    #[test]
    fn entries_of_unknown_types_are_noted_once_a_type() {
        let other = |id: &str, kind: &str| format!(r#"{{"type":"{kind}","id":"{id}","parentId":null}}"#);
        let lines = [other("a", "new"), other("b", "usage"), other("c", "newer"), other("d", "new")];
        let [a, b, c, d] = lines.each_ref().map(String::as_str);
        assert_eq!(index(&[HEADER, a, b, c, d]).unknown_entries(), [1, 3]);
    }

    #[test]
    fn an_entry_that_names_itself_does_not_go_round_for_ever() {
        let a = message("a", Some("a"), "user");
        assert_eq!(index(&[HEADER, &a]).branch(1), [1]);
    }
}
