//! What can still be had of a line that is not an entry: entries that stand whole in it, as when two lines have run
//! together, and otherwise its id and the id of the entry that it continued.

use std::ops::Range;

use memchr::memmem;
use serde::de::IgnoredAny;

use super::head::{Head, Kind};

/// How every entry and every header begins that this library or Pi has written.
const BEGINNING: &[u8] = br#"{"type":""#;

/// How an entry says what it continues.
const PARENT: &[u8] = br#""parentId":"#;

/// The entries that stand whole in a line, as ranges of its bytes.
pub(super) fn whole_entries(line: &[u8]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for start in memmem::find_iter(line, BEGINNING) {
        if found.last().is_some_and(|before| start < before.end) {
            continue;
        }
        let rest = line.get(start..).unwrap_or_default();
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<IgnoredAny>();
        let end = start + if matches!(values.next(), Some(Ok(_))) { values.byte_offset() } else { 0 };
        let Some(object) = line.get(start..end) else { continue };
        if Head::parse(object).is_some_and(|head| is_line(&head, object, start)) {
            found.push(start..end);
        }
    }
    found
}

/// Whether an object is a line of its own, and not a part of one: only entries say what they continue.
fn is_line(head: &Head<'_>, object: &[u8], start: usize) -> bool {
    let is_header = start == 0 && head.kind() == Kind::Header;
    head.id.is_some() && (is_header || memmem::find(object, PARENT).is_some())
}

/// The id of a damaged entry and that of the one that it continued, as far as they can be read.
pub(super) fn ids(line: &[u8]) -> (Option<&[u8]>, Option<&[u8]>) {
    let before = memmem::find(line, PARENT);
    // The ids stand beside each other; there may be others in what the entry says.
    let id = match before.and_then(|before| line.get(..before)) {
        Some(head) => memmem::rfind(head, br#""id":"#),
        None => memmem::find(line, br#""id":"#),
    };
    (id.and_then(|at| text(line, at)), before.and_then(|at| text(line, at)))
}

/// What an entry continues that says so under a name in which one bit is wrong.
pub(super) fn damaged_parent(line: &[u8]) -> Option<&[u8]> {
    let none = memmem::find(line, PARENT).is_none();
    let mut names = one_bit_off(PARENT).filter(|_| none);
    names.find_map(|name| text(line, memmem::find(line, &name)?))
}

/// The text that is the value of the name at `at`, if it is one.
fn text(line: &[u8], at: usize) -> Option<&[u8]> {
    let rest = line.get(at..)?;
    let value = rest.get(memchr::memchr(b':', rest)? + 1..)?.strip_prefix(b"\"")?;
    value.get(..memchr::memchr(b'"', value)?)
}

/// The names that differ from `name` in one bit.
pub(super) fn one_bit_off(name: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..name.len() * 8).map(|bit| {
        let mut other = name.to_vec();
        if let Some(byte) = other.get_mut(bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
        other
    })
}

/// The names that a name may have been before its first byte that is no UTF-8 was read as U+FFFD.
pub(super) fn unreplaced(name: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    const REPLACED: &[u8] = "\u{fffd}".as_bytes();
    let parts =
        memmem::find(name, REPLACED).and_then(|at| Some((name.get(..at)?, name.get(at + REPLACED.len()..)?)));
    parts.into_iter().flat_map(|(before, after)| {
        (0..0x80).map(move |byte| [before, std::slice::from_ref(&byte), after].concat())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_have_run_together_are_told_apart() {
        let a = r#"{"type":"message","id":"a","parentId":"r","message":{"content":[{"type":"text","id":"x","text":"}"}]}}"#;
        let b = r#"{"type":"custom","id":"b","parentId":"a"}"#;
        let torn = a.get(..70).unwrap();
        let found = |line: &str| -> Vec<String> {
            whole_entries(line.as_bytes())
                .into_iter()
                .map(|range| line.get(range).unwrap().to_owned())
                .collect()
        };
        assert_eq!(found(&format!("{torn}{b}")), [b]);
        assert_eq!(found(&format!("{a}*{b}")), [a, b]);
        assert!(found(torn).is_empty());
        assert!(found(a.get(..a.len() - 2).unwrap()).is_empty());
    }

    #[test]
    fn ids_are_read_of_what_is_left() {
        let pair = |line: &'static str| ids(line.as_bytes());
        assert_eq!(
            pair(r#"{"type":"message","id":"a","parentId":"b","m"#),
            (Some(&b"a"[..]), Some(&b"b"[..]))
        );
        assert_eq!(
            pair(r#"{"type":"x","data":{"id":"no"},"id":"a","parentId":null"#),
            (Some(&b"a"[..]), None)
        );
        assert_eq!(pair(r#"{"type":"x","id":"a","par"#), (Some(&b"a"[..]), None));
        assert_eq!(pair(r#"{"type":"x","id":"a"#), (None, None));
    }
}
