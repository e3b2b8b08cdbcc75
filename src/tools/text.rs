//! Text out of bytes that come in pieces: its beginning, and how much of it there was.

use std::str::from_utf8;

/// What is kept of a text. What is no UTF-8 becomes U+FFFD.
pub(super) struct Kept {
    pub(super) text: String,
    pub(super) lines: usize,
    pub(super) bytes: usize,
    pub(super) first_line: usize,
    keep: usize,
    /// The beginning of a character whose rest is in the next piece.
    rest: Vec<u8>,
}

impl Kept {
    pub(super) fn new(keep: usize) -> Self {
        Self { text: String::new(), lines: 1, bytes: 0, first_line: 0, keep, rest: Vec::new() }
    }

    pub(super) fn push(&mut self, piece: &[u8]) {
        let mut piece = piece;
        while !self.rest.is_empty()
            && let Some((next, after)) = piece.split_first()
        {
            let mut joined = std::mem::take(&mut self.rest);
            joined.push(*next);
            self.rest = self.take(&joined).to_vec();
            piece = after;
        }
        if !piece.is_empty() {
            self.rest = self.take(piece).to_vec();
        }
    }

    /// Whether more would not be kept.
    pub(super) fn is_full(&self) -> bool {
        self.text.len() > self.keep
    }

    pub(super) fn end(mut self) -> Self {
        if !self.rest.is_empty() {
            self.rest.clear();
            self.add(REPLACEMENT);
        }
        self
    }

    /// Takes what is whole of a piece, and gives back what may be the beginning of a character.
    fn take<'a>(&mut self, mut piece: &'a [u8]) -> &'a [u8] {
        loop {
            match from_utf8(piece) {
                Ok(text) => {
                    self.add(text);
                    return &[];
                }
                Err(error) => {
                    let (valid, after) = piece.split_at_checked(error.valid_up_to()).unwrap_or((piece, &[]));
                    self.add(from_utf8(valid).unwrap_or_default());
                    let Some(wrong) = error.error_len() else { return after };
                    self.add(REPLACEMENT);
                    piece = after.get(wrong..).unwrap_or_default();
                }
            }
        }
    }

    fn add(&mut self, text: &str) {
        if self.lines == 1 {
            self.first_line += memchr::memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
        }
        self.lines += memchr::memchr_iter(b'\n', text.as_bytes()).count();
        self.bytes += text.len();
        if !self.is_full() {
            let most = (self.keep + 1 - self.text.len()).min(text.len());
            self.text.push_str(text.get(..text.ceil_char_boundary(most)).unwrap_or_default());
        }
    }
}

const REPLACEMENT: &str = "\u{FFFD}";
