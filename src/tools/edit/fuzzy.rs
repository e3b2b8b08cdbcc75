//! Text with everything evened out that models and people type differently: compatibility forms of characters, quotes,
//! dashes, spaces, and spaces at the ends of lines. A match in it is found again in the text it was made of.

use std::borrow::Cow;
use std::iter::once;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Evened text and the lines it was made of.
pub(super) struct Fuzzy<'a> {
    source: &'a str,
    pub(super) text: Cow<'a, str>,
    /// Where each line begins, in the evened text and in the source; none where nothing had to be evened.
    lines: Vec<(usize, usize)>,
}

/// The two places in the source next to one in the evened text, and where they are in the evened text. They differ
/// inside a character that became several.
struct Place {
    low: (usize, usize),
    high: (usize, usize),
}

impl<'a> Fuzzy<'a> {
    pub(super) fn of(source: &'a str) -> Self {
        if source.split('\n').all(is_even) {
            return Self { source, text: source.into(), lines: Vec::new() };
        }
        let mut text = String::with_capacity(source.len());
        let mut lines = Vec::new();
        let mut from = 0;
        for line in source.split('\n') {
            if from > 0 {
                text.push('\n');
            }
            lines.push((text.len(), from));
            from += line.len() + 1;
            if is_even(line) {
                text.push_str(line);
            } else {
                let start = text.len();
                text.extend(line.nfkc());
                let kept = trim_end(text.get(start..).unwrap_or_default()).len();
                text.truncate(start + kept);
                let evened: String = text.drain(start..).map(even).collect();
                text.push_str(&evened);
            }
        }
        Self { source, text: text.into(), lines }
    }

    /// Where in the source a part of the evened text stands. With it what the source has there besides, evened, before
    /// and after: parts of characters that became several.
    pub(super) fn locate(&self, start: usize, end: usize) -> (usize, usize, &str, &str) {
        if self.lines.is_empty() {
            return (start, end, "", "");
        }
        let last = self.place(end).high;
        let after = self.text.get(end..last.0).unwrap_or_default();
        let first = if start == end { last } else { self.place(start).low };
        let before = self.text.get(first.0..start).unwrap_or_default();
        (first.1.min(last.1), last.1, before, after)
    }

    /// The line of a place: its start and end in the evened text, its start and end in the source.
    fn line(&self, at: usize) -> (usize, usize, usize, usize) {
        let next = self.lines.partition_point(|(start, _)| *start <= at);
        let (start, source_start) =
            next.checked_sub(1).and_then(|line| self.lines.get(line)).copied().unwrap_or_default();
        let (end, source_end) = self
            .lines
            .get(next)
            .map_or((self.text.len(), self.source.len()), |(start, source)| (start - 1, source - 1));
        (start, end, source_start, source_end)
    }

    fn place(&self, at: usize) -> Place {
        let (start, _, source_start, source_end) = self.line(at);
        let source = self.source.get(source_start..source_end).unwrap_or_default();
        let mut low = (start, source_start);
        for segment in segments(source) {
            let high =
                (low.0 + segment.nfkc().map(even).map(char::len_utf8).sum::<usize>(), low.1 + segment.len());
            if low.0 == at {
                break;
            }
            if high.0 >= at {
                return if high.0 == at { Place { low: high, high } } else { Place { low, high } };
            }
            low = high;
        }
        Place { low, high: low }
    }
}

/// A text, evened.
pub(super) fn evened(text: &str) -> String {
    Fuzzy::of(text).text.into_owned()
}

fn is_even(line: &str) -> bool {
    line.is_ascii() && trim_end(line).len() == line.len()
}

/// As JavaScript's `trimEnd`.
fn trim_end(line: &str) -> &str {
    line.trim_end_matches(|c: char| c == '\u{FEFF}' || (c != '\u{85}' && c.is_whitespace()))
}

fn even(c: char) -> char {
    match c {
        '\u{2018}'..='\u{201B}' => '\'',
        '\u{201C}'..='\u{201F}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{A0}' | '\u{2002}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => ' ',
        other => other,
    }
}

/// The parts of a text that are normalized each for itself.
fn segments(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end =
            rest.char_indices().skip(1).find(|(_, c)| starts_segment(*c)).map_or(rest.len(), |(at, _)| at);
        let (segment, after) = rest.split_at_checked(end)?;
        rest = after;
        (!segment.is_empty()).then_some(segment)
    })
}

/// Whether a character never joins what stands before it.
fn starts_segment(c: char) -> bool {
    let first = once(c).nfkd().next().unwrap_or(c);
    canonical_combining_class(first) == 0 && is_nfkc_quick(once(first)) == IsNormalized::Yes
}
