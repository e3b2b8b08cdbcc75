//! A file's text as a model knows it, and where in the file each part of it stands.

use std::borrow::Cow;

use memchr::memchr_iter;

const BOM: &[u8] = "\u{FEFF}".as_bytes();

/// Text without a byte order mark, with `\n` for every line break and U+FFFD for what is no UTF-8.
pub(super) struct View<'a> {
    pub(super) text: Cow<'a, str>,
    /// From each of these places in the text on, offsets in the text and in the file keep their distance.
    marks: Vec<Mark>,
}

#[derive(Clone, Copy)]
struct Mark {
    text: usize,
    byte: usize,
}

impl<'a> View<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        let start = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
        let body = bytes.get(start..).unwrap_or_default();
        let first = Mark { text: 0, byte: start };
        match std::str::from_utf8(body) {
            Ok(text) if memchr::memchr(b'\r', body).is_none() => {
                Self { text: text.into(), marks: vec![first] }
            }
            _ => Self::rewritten(body, first),
        }
    }

    fn rewritten(body: &[u8], first: Mark) -> Self {
        let mut text = String::with_capacity(body.len());
        let mut marks = vec![first];
        let mut byte = first.byte;
        for chunk in body.utf8_chunks() {
            let valid = chunk.valid();
            let mut copied = 0;
            for at in memchr_iter(b'\r', valid.as_bytes()) {
                text.push_str(valid.get(copied..at).unwrap_or_default());
                text.push('\n');
                copied = at + 1;
                if valid.as_bytes().get(copied) == Some(&b'\n') {
                    copied += 1;
                    marks.push(Mark { text: text.len(), byte: byte + copied });
                }
            }
            text.push_str(valid.get(copied..).unwrap_or_default());
            byte += valid.len();
            if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
                byte += chunk.invalid().len();
                marks.push(Mark { text: text.len(), byte });
            }
        }
        Self { text: text.into(), marks }
    }

    /// Where in the file the character at `at` begins.
    pub(super) fn byte(&self, at: usize) -> usize {
        let after = self.marks.partition_point(|mark| mark.text <= at);
        let mark = after.checked_sub(1).and_then(|last| self.marks.get(last));
        mark.map_or(at, |mark| mark.byte + (at - mark.text))
    }
}

/// A text with `\n` for every line break.
pub(super) fn plain_breaks(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text.into() }
}

/// The line break that most likely belongs in the place of `replaced`, which is a part of `file`.
pub(super) fn line_break(replaced: &[u8], file: &[u8]) -> &'static str {
    match (first_break(replaced), first_break(file)) {
        (Some(known), _) | (None, Some(known)) => known,
        (None, None) if file.contains(&b'\r') => "\r",
        (None, None) => "\n",
    }
}

fn first_break(bytes: &[u8]) -> Option<&'static str> {
    let at = memchr::memchr(b'\n', bytes)?;
    let carried = at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\r');
    Some(if carried { "\r\n" } else { "\n" })
}
