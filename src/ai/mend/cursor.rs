//! Reads a notation that may not have come whole yet.

/// Why a notation could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Miss {
    /// It may be one when more has come.
    More(Wait),
    /// It is none.
    Not,
}

/// What has to come before it is worth another look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// Anything.
    Any,
    /// These words.
    For(&'static str),
    /// The end of the JSON object that starts here, counted from the start of the notation.
    Object(usize),
}

/// A place in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    text: &'a [u8],
    pub(super) at: usize,
    /// Whether no more will come.
    pub(super) ended: bool,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8], ended: bool) -> Self {
        Self { text, at: 0, ended }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Passes over white space.
    pub(super) fn blank(&mut self) {
        self.at += self.rest().len() - self.rest().trim_ascii_start().len();
    }

    /// Takes the words that have to stand here.
    pub(super) fn tag(&mut self, tag: &'static str) -> Result<(), Miss> {
        if self.rest().starts_with(tag.as_bytes()) {
            self.at += tag.len();
            Ok(())
        } else if tag.as_bytes().starts_with(self.rest()) {
            Err(self.more(Wait::Any))
        } else {
            Err(Miss::Not)
        }
    }

    /// Takes closing words, which models leave out where they stop.
    pub(super) fn closing(&mut self, tag: &'static str) -> Result<(), Miss> {
        if self.ended && tag.as_bytes().starts_with(self.rest()) {
            self.at = self.text.len();
            return Ok(());
        }
        self.tag(tag)
    }

    /// Whether the words stand here; fails when that cannot be told yet.
    pub(super) fn sees(&self, tag: &'static str) -> Result<bool, Miss> {
        let mut ahead = *self;
        match ahead.tag(tag) {
            Ok(()) => Ok(true),
            Err(Miss::Not) => Ok(false),
            Err(more) => Err(more),
        }
    }

    /// Takes everything up to the words, and the words.
    pub(super) fn until(&mut self, end: &'static str) -> Result<&'a [u8], Miss> {
        let rest = self.rest();
        let length = memchr::memmem::find(rest, end.as_bytes()).ok_or(self.more(Wait::For(end)))?;
        self.at += length + end.len();
        Ok(rest.get(..length).unwrap_or_default())
    }

    /// Takes as much as `fits`; there has to be something behind it.
    pub(super) fn run(&mut self, fits: impl Fn(u8) -> bool) -> Result<&'a [u8], Miss> {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !fits(*byte)).ok_or(self.more(Wait::Any))?;
        self.at += length;
        Ok(rest.get(..length).unwrap_or_default())
    }

    /// Takes a JSON object.
    pub(super) fn object(&mut self) -> Result<&'a [u8], Miss> {
        let rest = self.rest();
        match rest.first() {
            Some(b'{') => {}
            Some(_) => return Err(Miss::Not),
            None => return Err(self.more(Wait::Any)),
        }
        let length = Braces::default().end(rest).ok_or(self.more(Wait::Object(self.at)))?;
        self.at += length;
        Ok(rest.get(..length).unwrap_or_default())
    }

    fn more(&self, wait: Wait) -> Miss {
        if self.ended { Miss::Not } else { Miss::More(wait) }
    }
}

/// Looks for the end of a JSON object; no byte is looked at twice.
#[derive(Debug, Default)]
pub(super) struct Braces {
    at: usize,
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Braces {
    /// How long the object is that `text` starts with, once it is complete. `text` may be longer at every call.
    pub(super) fn end(&mut self, text: &[u8]) -> Option<usize> {
        for byte in text.get(self.at..).unwrap_or_default() {
            self.at += 1;
            match byte {
                _ if std::mem::take(&mut self.escaped) => {}
                b'\\' if self.in_string => self.escaped = true,
                b'"' => self.in_string = !self.in_string,
                _ if self.in_string => {}
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(self.at);
                    }
                }
                _ => {}
            }
        }
        None
    }
}
