//! Server-sent events from bytes, sans-I/O. Answers to `iterateSseMessages` of Pi's `providers/anthropic.ts` and to the
//! decoders of the `OpenAI` SDK (`core/streaming`, `internal/decoders/line`).
//!
//! Lines end with CR, LF or CRLF, wherever the bytes are cut. A blank line dispatches an event when a line `data` or a
//! name came before it; `id`, `retry`, comments and unknown fields count for nothing. Invalid UTF-8 becomes U+FFFD. One
//! byte order mark at the very start is passed over.
//!
//! The two decoders that this answers to agree on all that but for three points. What is left of an event at the end of
//! the stream is dispatched by the first and dropped by the second: see [`Trailing`]. The second passes over a byte
//! order mark at the start of every line, which no server sends: this one reads it as a part of the field's name, as
//! the first does. The first takes a CRLF that is split over two chunks for two line ends, which is a fault.
//!
//! An event that lies whole inside the pushed bytes and has one line `data` is not copied.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr2;
use thiserror::Error;

use crate::ai::{Failure, FailureKind};

/// The usual limit on the size of one event, in bytes.
pub const DEFAULT_LIMIT: usize = 64 << 20;

/// How much of the comments between two events is kept for [`Event::raw_lines`], in bytes.
const KEPT_COMMENTS: usize = 16 << 10;

/// How large an idle buffer may stay, in bytes.
const KEPT_BUFFER: usize = 1 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// An event that does not end within the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("server-sent event exceeds {limit} bytes")]
pub struct EventTooLarge {
    /// The limit in bytes.
    pub limit: usize,
}

impl From<EventTooLarge> for Failure {
    fn from(error: EventTooLarge) -> Self {
        Self::new(FailureKind::TooLarge, error.to_string())
    }
}

/// What becomes of an event that the end of the stream leaves without its blank line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trailing {
    /// It is dispatched, as Pi's Anthropic reader does.
    Dispatch,
    /// It is dropped, as the `OpenAI` SDK does.
    Drop,
}

/// One event.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// The value of the last line `event`. May be empty.
    pub name: Option<&'a str>,
    /// The values of the lines `data`, joined with line feeds; empty if there was none.
    pub data: &'a str,
    raw: &'a [u8],
}

impl<'a> Event<'a> {
    /// All lines since the last event, comments included, blank ones not. Of long comments between events only the last
    /// are kept.
    pub fn raw_lines(&self) -> Vec<Cow<'a, str>> {
        let lines = self.raw.split(|&byte| matches!(byte, b'\r' | b'\n'));
        lines.filter(|line| !line.is_empty()).map(String::from_utf8_lossy).collect()
    }
}

/// The event being read. Positions count from the first byte behind the last event.
#[derive(Debug, Default)]
struct Pending {
    /// Where the line being read starts.
    line: usize,
    /// How far it was searched for its end.
    searched: usize,
    name: Option<Range<usize>>,
    /// The first line `data`; nearly always the only one.
    data: Option<Range<usize>>,
    more_data: Vec<Range<usize>>,
}

/// A decoder of one stream.
///
/// After an error, be it of the sink or [`EventTooLarge`], the rest of the bytes is lost and nothing more may be pushed.
#[derive(Debug)]
pub struct SseDecoder {
    limit: usize,
    /// What was pushed since the last event.
    buffer: Vec<u8>,
    pending: Pending,
    /// Whether the last byte was a CR, to whose line end a LF would belong.
    after_cr: bool,
    /// Whether the place of a byte order mark lies behind.
    started: bool,
    #[cfg(test)]
    searched_bytes: usize,
}

impl Default for SseDecoder {
    fn default() -> Self {
        Self::new(DEFAULT_LIMIT)
    }
}

impl SseDecoder {
    /// A decoder that refuses events of more than `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            buffer: Vec::new(),
            pending: Pending::default(),
            after_cr: false,
            started: false,
            #[cfg(test)]
            searched_bytes: 0,
        }
    }

    /// Takes the next bytes and hands every event that they complete to the sink. Fails with what the sink fails with,
    /// or with [`EventTooLarge`].
    pub fn push<E: From<EventTooLarge>>(
        &mut self,
        bytes: &[u8],
        sink: &mut impl FnMut(Event<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(first) = bytes.first() else { return Ok(()) };
        let split_line_end = std::mem::take(&mut self.after_cr) && *first == b'\n';
        let bytes = bytes.get(usize::from(split_line_end)..).unwrap_or_default();
        if self.buffer.is_empty() {
            let used = self.read(bytes, sink)?;
            self.buffer.extend_from_slice(bytes.get(used..).unwrap_or_default());
        } else {
            // The buffer leaves the decoder while the sink borrows from it.
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.extend_from_slice(bytes);
            let used = self.read(&buffer, sink)?;
            buffer.drain(..used);
            if used > 0 && buffer.capacity() > KEPT_BUFFER {
                buffer.shrink_to(KEPT_BUFFER);
            }
            self.buffer = buffer;
        }
        self.check(self.buffer.len())?;
        Ok(())
    }

    /// What was pushed since the last event.
    pub fn pending(&self) -> &[u8] {
        &self.buffer
    }

    /// Takes the end of the stream. The decoder is then as new.
    pub fn finish<E>(
        &mut self,
        trailing: Trailing,
        sink: &mut impl FnMut(Event<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Self { buffer, mut pending, .. } = std::mem::replace(self, Self::new(self.limit));
        if trailing == Trailing::Drop {
            return Ok(());
        }
        pending.take_line(&buffer, buffer.len());
        if pending.is_event() {
            pending.dispatch(&buffer, sink)?;
        }
        Ok(())
    }

    /// Reads all lines of what was pushed since the last event. Gives how many bytes of it are done with.
    fn read<E: From<EventTooLarge>>(
        &mut self,
        bytes: &[u8],
        sink: &mut impl FnMut(Event<'_>) -> Result<(), E>,
    ) -> Result<usize, E> {
        let mut used = 0;
        if !self.started {
            if bytes.starts_with(BYTE_ORDER_MARK) {
                used = BYTE_ORDER_MARK.len();
            } else if BYTE_ORDER_MARK.starts_with(bytes) {
                return Ok(0);
            }
            self.started = true;
        }
        let mut rest = bytes.get(used..).unwrap_or_default();
        while let Some(end) = self.line_end(rest) {
            let blank = end == self.pending.line;
            let next = match rest.get(end..) {
                Some([b'\r', b'\n', ..]) => end + 2,
                Some([b'\r']) => {
                    self.after_cr = true;
                    end + 1
                }
                _ => end + 1,
            };
            if !blank {
                self.pending.take_line(rest, end);
                self.pending.start_line(next);
                continue;
            }
            let is_event = self.pending.is_event();
            if is_event {
                self.check(end)?;
                std::mem::take(&mut self.pending).dispatch(rest.get(..end).unwrap_or_default(), sink)?;
            }
            if is_event || next > KEPT_COMMENTS {
                used += next;
                rest = rest.get(next..).unwrap_or_default();
                self.pending.start_line(0);
            } else {
                self.pending.start_line(next);
            }
        }
        Ok(used)
    }

    /// Where the line being read ends, if it does. No byte is searched twice.
    fn line_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let from = self.pending.searched;
        let found = memchr2(b'\r', b'\n', bytes.get(from..).unwrap_or_default()).map(|at| from + at);
        self.pending.searched = found.unwrap_or(bytes.len());
        #[cfg(test)]
        {
            self.searched_bytes += self.pending.searched - from;
        }
        found
    }

    fn check(&self, length: usize) -> Result<(), EventTooLarge> {
        if length > self.limit { Err(EventTooLarge { limit: self.limit }) } else { Ok(()) }
    }
}

impl Pending {
    /// Whether a blank line would dispatch an event. An empty name alone is none.
    fn is_event(&self) -> bool {
        self.data.is_some() || self.name.as_ref().is_some_and(|name| !name.is_empty())
    }

    fn start_line(&mut self, at: usize) {
        self.line = at;
        self.searched = at;
    }

    /// Takes the line that ends at `end`.
    fn take_line(&mut self, bytes: &[u8], end: usize) {
        let line = bytes.get(self.line..end).unwrap_or_default();
        let Some(behind_name) = line.strip_prefix(b"event").or_else(|| line.strip_prefix(b"data")) else {
            return;
        };
        let value = match behind_name {
            [] => end..end,
            [b':', b' ', value @ ..] | [b':', value @ ..] => end - value.len()..end,
            _ => return,
        };
        if line.first() == Some(&b'e') {
            self.name = Some(value);
        } else if self.data.is_none() {
            self.data = Some(value);
        } else {
            self.more_data.push(value);
        }
    }

    /// Hands the event to the sink; `raw` is what was pushed since the last one.
    fn dispatch<E>(self, raw: &[u8], sink: &mut impl FnMut(Event<'_>) -> Result<(), E>) -> Result<(), E> {
        let part = |range: Range<usize>| raw.get(range).unwrap_or_default();
        let name = self.name.map(|name| String::from_utf8_lossy(part(name)));
        let first = part(self.data.unwrap_or_default());
        let joined;
        let data = if self.more_data.is_empty() {
            first
        } else {
            let mut lines = vec![first];
            lines.extend(self.more_data.into_iter().map(part));
            joined = lines.join(&b'\n');
            &joined
        };
        sink(Event { name: name.as_deref(), data: &String::from_utf8_lossy(data), raw })
    }
}

#[cfg(test)]
mod tests;
