//! Reads a text that is no prefix of well-formed JSON as the `partial-json` package does behind Pi's reader.
//!
//! An error ends the innermost container where it stands, and the container around it reads on from there: commas and
//! colons are not insisted on, a bracket that the inner container did not reach closes the outer one. The result is
//! written as it is found, so memory and time are linear and no nesting is too deep.

use memchr::memrchr;

use super::literal::{is_proto, is_space, is_string_content, number};
use super::reader::NAN;
use super::wtf8::{push_json, trim};

/// The words that stand for a value, as they are read and as JSON writes them, in the order in which they are tried.
const WORDS: [(&[u8], &[u8]); 5] = [
    (b"null", b"null"),
    (b"true", b"true"),
    (b"false", b"false"),
    // JSON has no infinity, but a number too large for a double reads as one.
    (b"Infinity", b"1e999"),
    (b"-Infinity", b"-1e999"),
];

/// An open container.
struct Frame {
    is_object: bool,
    /// Whether a member or element was written.
    filled: bool,
    /// Where the output of the member or element being read starts.
    member: usize,
    /// Whether that member is called `__proto__`.
    is_proto: bool,
    /// Whether an assignment has cut the object off from `Object.prototype`, so that `__proto__` is a plain member.
    detached: bool,
}

/// What came of reading a value.
enum Outcome {
    /// A container was opened.
    Opened,
    /// The value was written.
    Value(Kind),
    /// An error, which ends the innermost container.
    Failed,
}

/// What matters of a value to the object that gets it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    /// An object without `Object.prototype` behind it.
    Detached,
    Other,
}

/// The JSON text of what can be read, and whether [`NAN`] stands in it for a number; `None` if nothing can be.
pub(super) fn read(text: &[u8]) -> Option<(Vec<u8>, bool)> {
    let text = trim(text);
    let mut reader = Reader {
        text,
        at: 0,
        last_e: memrchr(b'e', text),
        last_backslash: memrchr(b'\\', text),
        out: Vec::with_capacity(text.len()),
        nan: false,
        stack: Vec::new(),
    };
    let mut outcome = reader.value();
    loop {
        outcome = match outcome {
            Outcome::Opened => reader.member(),
            Outcome::Failed => Outcome::Value(reader.abandon()?),
            Outcome::Value(kind) => {
                let Some(frame) = reader.stack.last_mut() else {
                    return Some(if kind == Kind::Null {
                        (b"{}".to_vec(), false)
                    } else {
                        (reader.out, reader.nan)
                    });
                };
                if frame.is_proto && !frame.detached {
                    frame.detached = kind != Kind::Other;
                    reader.out.truncate(frame.member);
                } else {
                    frame.filled = true;
                }
                reader.skip_space();
                if reader.byte() == Some(b',') {
                    reader.at += 1;
                }
                reader.member()
            }
        };
    }
}

struct Reader<'a> {
    text: &'a [u8],
    /// May lie beyond the end.
    at: usize,
    last_e: Option<usize>,
    last_backslash: Option<usize>,
    out: Vec<u8>,
    nan: bool,
    stack: Vec<Frame>,
}

impl<'a> Reader<'a> {
    fn byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn part(&self, start: usize, end: usize) -> &'a [u8] {
        self.text.get(start..end).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        while self.byte().is_some_and(is_space) {
            self.at += 1;
        }
    }

    /// Reads the next member or element of the innermost container, or its end.
    fn member(&mut self) -> Outcome {
        let next = self.byte();
        let start = self.out.len();
        let Some(frame) = self.stack.last_mut() else { return Outcome::Failed };
        frame.member = start;
        frame.is_proto = false;
        if next == Some(if frame.is_object { b'}' } else { b']' }) {
            self.at += 1;
            return self.abandon().map_or(Outcome::Failed, Outcome::Value);
        }
        if frame.filled {
            self.out.push(b',');
        }
        if frame.is_object {
            self.skip_space();
            let Some(key) = self.string() else { return Outcome::Failed };
            let is_proto = is_proto(key);
            if let Some(frame) = self.stack.last_mut() {
                frame.is_proto = is_proto;
            }
            self.write_string(key);
            self.out.push(b':');
            self.skip_space();
            self.skip_colon();
        }
        self.value()
    }

    /// Closes the innermost container without the member that is being read. `None` if there is none.
    fn abandon(&mut self) -> Option<Kind> {
        let frame = self.stack.pop()?;
        self.out.truncate(frame.member);
        self.out.push(if frame.is_object { b'}' } else { b']' });
        Some(if frame.detached { Kind::Detached } else { Kind::Other })
    }

    fn value(&mut self) -> Outcome {
        self.skip_space();
        let Some(byte) = self.byte() else { return Outcome::Failed };
        match byte {
            b'"' => {
                let Some(content) = self.string() else { return Outcome::Failed };
                self.write_string(content);
                return Outcome::Value(Kind::Other);
            }
            b'{' | b'[' => {
                self.at += 1;
                self.out.push(byte);
                let is_object = byte == b'{';
                let member = self.out.len();
                self.stack.push(Frame { is_object, filled: false, member, is_proto: false, detached: false });
                if is_object {
                    self.skip_space();
                }
                return Outcome::Opened;
            }
            _ => {}
        }
        for (word, json) in WORDS {
            if self.word(word) {
                self.out.extend_from_slice(json);
                return Outcome::Value(if word == b"null" { Kind::Null } else { Kind::Other });
            }
        }
        if self.word(b"NaN") {
            self.nan = true;
            self.out.extend_from_slice(NAN.as_bytes());
            return Outcome::Value(Kind::Other);
        }
        match self.number() {
            Some(number) => {
                self.out.extend_from_slice(number);
                Outcome::Value(Kind::Other)
            }
            None => Outcome::Failed,
        }
    }

    /// Takes a word that is there, or of which the text ends with a part. A lone minus sign is no part of infinity.
    fn word(&mut self, word: &[u8]) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = rest.starts_with(word) || (rest != b"-" && word.starts_with(rest));
        if found {
            self.at += word.len();
        }
        found
    }

    /// Reads what should be a string literal and gives what lies between its quotes. Whatever stands in the place of
    /// the opening quote, everything up to a closing quote is passed.
    fn string(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        let is_literal = self.byte() == Some(b'"');
        let mut escaped = false;
        self.at += 1;
        while let Some(byte) = self.byte() {
            if byte == b'"' && !escaped {
                let content = self.part(start + 1, self.at);
                self.at += 1;
                return (is_literal && is_string_content(content)).then_some(content);
            }
            escaped = byte == b'\\' && !escaped;
            self.at += 1;
        }
        let all = self.part(start + 1, self.at - usize::from(escaped));
        // An unfinished string with a broken escape counts up to the last backslash.
        let part = |end| self.part(start + 1, end);
        let shorter = || {
            self.last_backslash.filter(|&end| end > start).map(part).filter(|part| is_string_content(part))
        };
        if !is_literal {
            return None;
        }
        if is_string_content(all) { Some(all) } else { shorter() }
    }

    /// Passes one code unit, whatever it is: Pi's reader does not look whether it is a colon.
    fn skip_colon(&mut self) {
        self.at += match self.byte() {
            // A code unit of UTF-16 is one character, but half of one beyond the basic plane: the half that remains
            // is as much garbage as the bytes that remain here.
            Some(0xC0..=0xDF) => 2,
            Some(0xE0..=0xEF) => 3,
            _ => 1,
        };
    }

    fn number(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        // At the top the whole text is taken.
        let end = if start == 0 {
            self.text.len()
        } else {
            if self.byte() == Some(b'-') {
                self.at += 1;
            }
            while self.byte().is_some_and(|byte| !matches!(byte, b',' | b']' | b'}')) {
                self.at += 1;
            }
            self.at
        };
        // An unfinished exponent is cut off; Pi's reader looks for the last `e` of the whole text.
        number(self.part(start, end)).or_else(|| number(self.part(start, self.last_e?)))
    }

    fn write_string(&mut self, content: &[u8]) {
        self.out.push(b'"');
        push_json(&mut self.out, content);
        self.out.push(b'"');
    }
}
