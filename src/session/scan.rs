//! Cuts a file into lines, in pieces of bounded size: a session may be larger than memory.

use std::io::{self, Read};
use std::ops::ControlFlow;

/// How much is read at once, in bytes: little at first, because most often there is only a line to read.
const FIRST_PIECE: usize = 16 << 10;
const PIECE: usize = 1 << 20;

/// One line of a file, without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Where it begins, in bytes from the file's start.
    pub offset: u64,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Whether a line feed follows it. Only the last line may lack one.
    pub ended: bool,
}

/// Reads `source`, which begins `offset` bytes into the file, to its end and hands on every line. What it has read, in
/// bytes.
pub fn scan(source: impl Read, offset: u64, mut take: impl FnMut(Line<'_>)) -> io::Result<u64> {
    scan_while(source, offset, |line| {
        take(line);
        ControlFlow::Continue(())
    })
}

/// As [`scan`], until `take` breaks off; what it has handed on, in bytes.
pub fn scan_while(
    mut source: impl Read,
    offset: u64,
    mut take: impl FnMut(Line<'_>) -> ControlFlow<()>,
) -> io::Result<u64> {
    let mut held: Vec<u8> = Vec::new();
    let mut piece = vec![0; FIRST_PIECE];
    let mut at = offset;
    loop {
        let count = match source.read(&mut piece) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let mut rest = piece.get(..count).unwrap_or_default();
        if rest.is_empty() {
            break;
        }
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (start, tail) = rest.split_at(end);
            let bytes = if held.is_empty() {
                start
            } else {
                held.extend_from_slice(start);
                &held
            };
            let flow = take(Line { offset: at, bytes, ended: true });
            at += bytes.len() as u64 + 1;
            if flow.is_break() {
                return Ok(at - offset);
            }
            held.clear();
            rest = tail.get(1..).unwrap_or_default();
        }
        held.extend_from_slice(rest);
        if count == piece.len() && count < PIECE {
            piece = vec![0; count * 8];
        }
    }
    if !held.is_empty() {
        let _ = take(Line { offset: at, bytes: &held, ended: false });
        at += held.len() as u64;
    }
    Ok(at - offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(source: impl Read) -> Vec<(u64, String, bool)> {
        let mut lines = Vec::new();
        let take = |line: Line<'_>| {
            lines.push((line.offset, String::from_utf8_lossy(line.bytes).into_owned(), line.ended));
        };
        scan(source, 10, take).unwrap();
        lines
    }

    #[test]
    fn lines_are_found_however_the_file_is_read() {
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let count = self.0.len().min(1);
                buffer[..count].copy_from_slice(&self.0[..count]);
                self.0 = &self.0[count..];
                Ok(count)
            }
        }
        let text = "ab\n\nc\r\nlast";
        let expected = [(10, "ab", true), (13, "", true), (14, "c\r", true), (17, "last", false)];
        let expected = expected.map(|(offset, text, ended)| (offset, text.to_owned(), ended));
        assert_eq!(lines(text.as_bytes()), expected);
        assert_eq!(lines(Slow(text.as_bytes())), expected);
        assert_eq!(lines(&b""[..]), []);
    }
}
