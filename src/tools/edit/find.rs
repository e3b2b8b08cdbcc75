//! Where the texts that are to be replaced stand.

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::Replacement;
use super::error::EditError;
use super::fuzzy::{Fuzzy, evened};

/// The most bytes to look for with the fast and large kind of automaton.
const SMALL: usize = 16 << 10;

/// Where an edit goes in a text, and what it puts there.
#[derive(Debug)]
pub(super) struct Target {
    edit: usize,
    /// The text that was found, with the lines that stay.
    found: (usize, usize),
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) new: String,
}

/// What was found of one text.
#[derive(Default, Clone, Copy)]
struct Found {
    first: Option<usize>,
    /// Occurrences that do not overlap.
    count: usize,
    end: usize,
}

/// The places of all edits, in the order of the text. The texts of edits have `\n` for every line break.
pub(super) fn targets(text: &str, edits: &[Replacement], path: &str) -> Result<Vec<Target>, EditError> {
    let of = edits.len();
    let path = || path.to_owned();
    if let Some(edit) = edits.iter().position(|edit| edit.old.as_deref() == Some("")) {
        return Err(EditError::Empty { path: path(), edit, of });
    }
    // None for a text that no file can hold.
    let olds: Vec<Option<&str>> = edits.iter().map(|edit| edit.old.as_deref()).collect();
    let exact = find(text, &olds);
    let fuzzy = Fuzzy::of(text);
    let even: Vec<Option<String>> = olds.iter().map(|old| old.map(evened)).collect();
    let even: Vec<Option<&str>> = even.iter().map(Option::as_deref).collect();
    let same = matches!(fuzzy.text, Cow::Borrowed(_)) && even == olds;
    let similar = if same { exact.clone() } else { find(&fuzzy.text, &even) };
    let mut targets = Vec::with_capacity(of);
    for (edit, replacement) in edits.iter().enumerate() {
        let exact = exact.get(edit).copied().unwrap_or_default();
        let mut similar = similar.get(edit).copied().unwrap_or_default();
        let even = even.get(edit).copied().flatten();
        if even == Some("") {
            // Of a text of spaces nothing is left; as Pi says it, that is at every place between two characters.
            similar.count = fuzzy.text.encode_utf16().count().saturating_sub(1);
        }
        if exact.first.is_none() && similar.first.is_none() && similar.count < 2 {
            return Err(EditError::NotFound { path: path(), edit, of });
        }
        if similar.count > 1 {
            return Err(EditError::Ambiguous { path: path(), edit, of, count: similar.count });
        }
        targets.push(match (exact.first, similar.first, replacement.old.as_deref(), even) {
            (Some(at), _, Some(old), _) => {
                target(edit, (at, old), old, &replacement.new, |start, end| (start, end, "", ""))
            }
            (None, Some(at), Some(old), Some(even)) => {
                target(edit, (at, even), old, &replacement.new, |start, end| fuzzy.locate(start, end))
            }
            _ => return Err(EditError::NotFound { path: path(), edit, of }),
        });
    }
    targets.sort_by_key(|target| target.found.0);
    for pair in targets.windows(2) {
        if let [first, second] = pair
            && first.found.1 > second.found.0
        {
            return Err(EditError::Overlap { path: path(), first: first.edit, second: second.edit });
        }
    }
    Ok(targets)
}

/// Looks for all texts at once.
fn find(text: &str, olds: &[Option<&str>]) -> Vec<Found> {
    let mut found = vec![Found::default(); olds.len()];
    let sought: Vec<(usize, &str)> = olds
        .iter()
        .enumerate()
        .filter_map(|(edit, old)| Some((edit, (*old)?)))
        .filter(|(_, old)| !old.is_empty())
        .collect();
    let size: usize = sought.iter().map(|(_, old)| old.len()).sum();
    let kind = if size <= SMALL { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA };
    let automaton = AhoCorasick::builder().kind(Some(kind)).build(sought.iter().map(|(_, old)| old));
    let Ok(automaton) = automaton else {
        return found;
    };
    for hit in automaton.find_overlapping_iter(text) {
        let edit = sought.get(hit.pattern().as_usize()).map_or(usize::MAX, |(edit, _)| *edit);
        if let Some(found) = found.get_mut(edit)
            && hit.start() >= found.end
        {
            found.first.get_or_insert(hit.start());
            found.count += 1;
            found.end = hit.end();
        }
    }
    found
}

/// The target for a text that stands at a place in the form `found`. Its first and last lines that an edit does not
/// change are left out, so that they stay as they are in the file.
fn target<'a>(
    edit: usize,
    (at, found): (usize, &str),
    old: &str,
    new: &str,
    locate: impl Fn(usize, usize) -> (usize, usize, &'a str, &'a str),
) -> Target {
    let head = common_start(old, new);
    let (old, new) = (old.get(head.len()..).unwrap_or_default(), new.get(head.len()..).unwrap_or_default());
    let tail = common_end(old, new);
    let new = new.strip_suffix(tail).unwrap_or(new);
    let from = skip_lines(found, breaks(head));
    let to = if tail.is_empty() {
        found.len()
    } else {
        from.max(found.len() - last_lines(found, breaks(tail)).len())
    };
    let (found_start, found_end, ..) = locate(at, at + found.len());
    let (start, end, before, after) = locate(at + from, at + to);
    Target { edit, found: (found_start, found_end), start, end, new: [before, new, after].concat() }
}

/// The whole lines that two texts both begin with.
fn common_start<'a>(old: &'a str, new: &str) -> &'a str {
    let same = old.bytes().zip(new.bytes()).take_while(|(old, new)| old == new).count();
    let end = memchr::memrchr(b'\n', old.as_bytes().get(..same).unwrap_or_default()).map_or(0, |at| at + 1);
    old.get(..end).unwrap_or_default()
}

/// The whole lines that two texts both end with.
fn common_end<'a>(old: &'a str, new: &str) -> &'a str {
    let same = old.bytes().rev().zip(new.bytes().rev()).take_while(|(old, new)| old == new).count();
    let from = old.len() - same;
    let begins_line =
        |text: &str| text.len() == same || text.as_bytes().get(text.len() - same - 1) == Some(&b'\n');
    if begins_line(old) && begins_line(new) {
        return old.get(from..).unwrap_or_default();
    }
    let rest = old.as_bytes().get(from..).unwrap_or_default();
    memchr::memchr(b'\n', rest).and_then(|at| old.get(from + at + 1..)).unwrap_or_default()
}

fn breaks(text: &str) -> usize {
    memchr::memchr_iter(b'\n', text.as_bytes()).count()
}

/// Where a text goes on after some lines.
fn skip_lines(text: &str, lines: usize) -> usize {
    lines
        .checked_sub(1)
        .and_then(|last| memchr::memchr_iter(b'\n', text.as_bytes()).nth(last))
        .map_or(0, |at| at + 1)
}

/// The end of a text that has so many line breaks, from the beginning of a line on.
fn last_lines(text: &str, breaks: usize) -> &str {
    let start = memchr::memrchr_iter(b'\n', text.as_bytes()).nth(breaks).map_or(0, |at| at + 1);
    text.get(start..).unwrap_or_default()
}
