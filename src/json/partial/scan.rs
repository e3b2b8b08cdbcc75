//! Follows a prefix of well-formed JSON byte by byte and knows at every point which part of it Pi's reader shows.

use super::literal::{Escape, Number, Run, is_proto, is_space};
use super::wtf8::{push_json, trimmed_length};

/// An open container.
#[derive(Debug)]
enum Frame {
    /// An object, and where its latest key lies, quotes included.
    Object { key: (usize, usize) },
    /// An array, and the index of its latest element.
    Array { index: usize },
}

/// What the next byte belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    /// A value must start.
    #[default]
    Value,
    /// The array was just opened: a value or its end.
    FirstElement,
    /// The same, with white space behind the bracket.
    SpacedElement,
    /// The object was just opened: a key or its end.
    FirstKey,
    /// A key must start.
    Key,
    /// Inside the key that starts here.
    InKey(usize, Escape),
    /// The colon behind a key.
    Colon,
    /// Inside a string that is a value.
    InString(Escape),
    /// Inside a number.
    InNumber(Number),
    /// Inside `true`, `false` or `null`, of which these bytes are still to come.
    InWord(&'static [u8]),
    /// A value has ended: a comma, a closing bracket, or nothing.
    After,
}

/// A scanner of one text that grows at its end.
#[derive(Debug, Default)]
pub(super) struct Scan {
    at: usize,
    state: State,
    stack: Vec<Frame>,
    /// The end of the last thing that can only be seen whole: a value, or the bracket that opens a container.
    closed: usize,
    /// Where the latest number's `e` stands. Pi's reader knows no `E` here.
    exponent: Option<usize>,
    /// The end of what is shown of the latest string value.
    shown: usize,
    changed: bool,
    broken: bool,
    odd: bool,
}

impl Scan {
    /// Whether the text is well-formed JSON, complete.
    pub(super) fn is_complete(&self) -> bool {
        let ended = match self.state {
            State::After => true,
            State::InNumber(number) => number.is_whole(),
            _ => false,
        };
        !self.broken && self.stack.is_empty() && ended
    }

    /// Whether this scan cannot tell what Pi's reader shows: the text is no prefix of well-formed JSON, or it is one
    /// that Pi's reader stumbles over.
    pub(super) fn is_irregular(&self) -> bool {
        self.broken || self.odd
    }

    /// Whether more changed since the last call than that one string grew.
    pub(super) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// The end of what is shown of the latest string value.
    pub(super) fn shown(&self) -> usize {
        self.shown
    }

    /// Whether the text ends inside a string value.
    pub(super) fn in_string(&self) -> bool {
        matches!(self.state, State::InString(_))
    }

    /// Reads what is new in the text, which must start with what was read before.
    pub(super) fn advance(&mut self, text: &[u8]) {
        while !self.broken {
            let Some(&byte) = text.get(self.at) else { return };
            match self.state {
                State::InKey(start, escape) => self.key(text, start, escape),
                State::InString(escape) => self.string(text, escape),
                State::InNumber(number) => self.number(number, byte),
                State::InWord(rest) => self.word(rest, byte),
                _ if is_space(byte) => {
                    if self.state == State::FirstElement {
                        self.state = State::SpacedElement;
                    }
                    self.at += 1;
                }
                _ => self.token(byte),
            }
        }
    }

    /// Appends the part of the text that is shown, its open string and containers closed.
    pub(super) fn show(&self, text: &[u8], out: &mut Vec<u8>) {
        let (end, missing): (usize, &[u8]) = match self.state {
            State::InString(_) => (self.shown, b"\""),
            State::InNumber(number) if number.is_whole() => (self.at, b""),
            State::InNumber(Number::Exponent | Number::Sign) => (self.exponent.unwrap_or(self.closed), b""),
            State::InWord(b"l" | b"ll" | b"ull") if self.stack.is_empty() => (0, b""),
            State::InWord(rest) => (self.at, rest),
            _ => (self.closed, b""),
        };
        if end == 0 {
            out.extend_from_slice(b"{}");
            return;
        }
        push_json(out, text.get(..end).unwrap_or_default());
        out.extend_from_slice(missing);
        out.extend(self.stack.iter().rev().map(|frame| match frame {
            Frame::Object { .. } => b'}',
            Frame::Array { .. } => b']',
        }));
    }

    /// Appends a JSON array of the keys and indices that lead to the latest value.
    pub(super) fn path(&self, text: &[u8], out: &mut Vec<u8>) {
        out.push(b'[');
        for (depth, frame) in self.stack.iter().enumerate() {
            if depth > 0 {
                out.push(b',');
            }
            match *frame {
                Frame::Object { key: (start, end) } => {
                    push_json(out, text.get(start..end).unwrap_or_default());
                }
                Frame::Array { index } => out.extend_from_slice(index.to_string().as_bytes()),
            }
        }
        out.push(b']');
    }

    /// Takes the byte that starts or ends something outside of strings, numbers and words.
    fn token(&mut self, byte: u8) {
        let start = self.at;
        self.at += 1;
        match (self.state, byte) {
            (State::FirstKey, b'}') | (State::FirstElement, b']') => self.close(),
            (State::SpacedElement, b']') => {
                // Pi's reader takes this bracket for a broken element and ends the container around the array.
                self.odd = true;
                self.close();
            }
            (State::FirstKey | State::Key, b'"') => self.state = State::InKey(start, Escape::None),
            (State::Colon, b':') => self.state = State::Value,
            (State::Value | State::FirstElement | State::SpacedElement, _) => self.value(byte),
            (State::After, _) => match (self.stack.last_mut(), byte) {
                (Some(Frame::Object { .. }), b'}') | (Some(Frame::Array { .. }), b']') => self.close(),
                (Some(Frame::Object { .. }), b',') => self.state = State::Key,
                (Some(Frame::Array { index }), b',') => {
                    *index += 1;
                    self.state = State::Value;
                }
                _ => self.broken = true,
            },
            _ => self.broken = true,
        }
    }

    /// Takes the first byte of a value.
    fn value(&mut self, byte: u8) {
        self.changed = true;
        self.state = match byte {
            b'{' => {
                self.stack.push(Frame::Object { key: (0, 0) });
                self.closed = self.at;
                State::FirstKey
            }
            b'[' => {
                self.stack.push(Frame::Array { index: 0 });
                self.closed = self.at;
                State::FirstElement
            }
            b'"' => {
                self.shown = self.at;
                State::InString(Escape::None)
            }
            b't' => State::InWord(b"rue"),
            b'f' => State::InWord(b"alse"),
            b'n' => State::InWord(b"ull"),
            _ => {
                let Some(number) = Number::start(byte) else {
                    self.broken = true;
                    return;
                };
                self.exponent = None;
                State::InNumber(number)
            }
        };
    }

    /// Ends a container, its bracket read.
    fn close(&mut self) {
        self.stack.pop();
        self.closed = self.at;
        self.state = State::After;
    }

    fn number(&mut self, number: Number, byte: u8) {
        match number.next(byte) {
            Some(next) => {
                if byte == b'e' {
                    self.exponent = Some(self.at);
                }
                self.changed = true;
                self.at += 1;
                self.state = State::InNumber(next);
            }
            None if number.is_whole() => {
                self.closed = self.at;
                self.state = State::After;
            }
            None => self.broken = true,
        }
    }

    fn word(&mut self, rest: &'static [u8], byte: u8) {
        match rest.split_first() {
            Some((&expected, rest)) if expected == byte => {
                self.at += 1;
                self.state = State::InWord(rest);
                if rest.is_empty() {
                    // At the top, an unfinished `null` is shown as an empty object.
                    self.changed |= self.stack.is_empty();
                    self.closed = self.at;
                    self.state = State::After;
                }
            }
            _ => self.broken = true,
        }
    }

    fn key(&mut self, text: &[u8], start: usize, escape: Escape) {
        match self.run(text, escape) {
            Run::Open(escape) => self.state = State::InKey(start, escape),
            Run::Broken => self.broken = true,
            Run::Quote => {
                self.odd |= is_proto(text.get(start + 1..self.at).unwrap_or_default());
                self.at += 1;
                if let Some(Frame::Object { key }) = self.stack.last_mut() {
                    *key = (start, self.at);
                }
                self.state = State::Colon;
            }
        }
    }

    fn string(&mut self, text: &[u8], escape: Escape) {
        let start = self.at;
        match self.run(text, escape) {
            Run::Broken => self.broken = true,
            Run::Quote => {
                self.shown = self.at;
                self.at += 1;
                self.closed = self.at;
                self.state = State::After;
            }
            Run::Open(next) => {
                match (escape, next) {
                    // Pi's reader trims the text before it reads it: the white space at its end is not shown yet.
                    (Escape::None, Escape::None) => {
                        match trimmed_length(text.get(start..self.at).unwrap_or_default()) {
                            0 => {}
                            length => self.shown = start + length,
                        }
                    }
                    (Escape::None, _) => self.shown = self.at - 1,
                    (_, Escape::None) => self.shown = self.at,
                    _ => {}
                }
                self.state = State::InString(next);
            }
        }
    }

    fn run(&mut self, text: &[u8], escape: Escape) -> Run {
        let (length, run) = escape.read(text.get(self.at..).unwrap_or_default());
        self.at += length;
        run
    }
}
