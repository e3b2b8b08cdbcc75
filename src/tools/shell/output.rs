//! The output of a command: its end for the model, its size, and all of it in a file once it is more than the model is
//! shown. Memory does not grow with it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::decode::Decoder;

/// What a model is shown at most, in lines and in bytes; as in `lib/pi-coding-agent/tools/truncate.ts`.
const MAX_LINES: u64 = 2000;
const MAX_BYTES: u64 = 50 << 10;
/// The bytes of text that are kept at least; at most it is twice as many.
const KEPT: usize = 100 << 10;
/// Bytes that are worked on at once.
const PIECE: usize = 64 << 10;

/// What is known of an output.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown<'a> {
    /// Its end: more than a model is shown, from the beginning of a line if one begins there.
    pub text: &'a str,
    /// All its lines; the one after the last line end counts.
    pub total_lines: u64,
    /// Its size as UTF-8 text.
    pub total_bytes: u64,
    /// The size of its last line.
    pub last_line_bytes: u64,
    /// Whether it is more than a model is shown.
    pub truncated: bool,
    /// The file with all of it, just as it came, if it is.
    pub path: Option<&'a Path>,
    /// Why there is no such file.
    pub unsaved: Option<&'a str>,
}

/// Where the whole output is.
enum Whole {
    Held(Vec<u8>),
    File(NamedTempFile),
    Lost(String),
}

/// An output that comes in pieces.
pub struct Output {
    decoder: Decoder,
    tail: String,
    /// Whether `tail` begins within a line.
    cut: bool,
    lines: u64,
    bytes: u64,
    line_bytes: u64,
    whole: Whole,
    folder: PathBuf,
}

impl Output {
    /// An output whose file would come into `folder`.
    pub fn new(folder: PathBuf) -> Self {
        let whole = Whole::Held(Vec::new());
        let decoder = Decoder::default();
        Self { decoder, tail: String::new(), cut: false, lines: 1, bytes: 0, line_bytes: 0, whole, folder }
    }

    /// Adds what came.
    pub fn append(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(PIECE) {
            let start = self.tail.len();
            self.decoder.push(piece, &mut self.tail);
            self.count(start);
            self.save(piece);
        }
    }

    /// Nothing more comes.
    pub fn finish(&mut self) {
        let start = self.tail.len();
        self.decoder.finish(&mut self.tail);
        self.count(start);
        self.save(&[]);
    }

    /// What is known now. The file, once named, stays.
    pub fn shown(&mut self) -> Shown<'_> {
        if let Whole::File(file) = &mut self.whole {
            file.disable_cleanup(true);
        }
        let line =
            if self.cut { memchr::memchr(b'\n', self.tail.as_bytes()).map_or(0, |at| at + 1) } else { 0 };
        let (path, unsaved) = match &self.whole {
            Whole::Held(_) => (None, None),
            Whole::File(file) => (Some(file.path()), None),
            Whole::Lost(why) => (None, Some(why.as_str())),
        };
        Shown {
            text: self.tail.get(line..).unwrap_or_default(),
            total_lines: self.lines,
            total_bytes: self.bytes,
            last_line_bytes: self.line_bytes,
            truncated: self.truncated(),
            path,
            unsaved,
        }
    }

    /// Removes the file: nobody has heard of it.
    pub fn discard(&mut self) {
        if let Whole::File(file) = &mut self.whole {
            file.disable_cleanup(false);
        }
        self.whole = Whole::Held(Vec::new());
    }

    fn truncated(&self) -> bool {
        self.lines > MAX_LINES || self.bytes > MAX_BYTES
    }

    /// Counts what was added to the text at `start`, and drops what is no longer needed before it.
    fn count(&mut self, start: usize) {
        let added = self.tail.as_bytes().get(start..).unwrap_or_default();
        let size = added.len() as u64;
        self.bytes += size;
        self.lines += memchr::memchr_iter(b'\n', added).count() as u64;
        self.line_bytes = match memchr::memrchr(b'\n', added) {
            Some(last) => size - last as u64 - 1,
            None => self.line_bytes + size,
        };
        if self.tail.len() > 2 * KEPT {
            let from = self.tail.ceil_char_boundary(self.tail.len() - KEPT);
            self.cut = self.tail.as_bytes().get(from - 1) != Some(&b'\n');
            self.tail.drain(..from);
        }
    }

    /// Keeps the bytes as they came: in memory while all of them are shown, then in a file.
    fn save(&mut self, bytes: &[u8]) {
        let truncated = self.truncated();
        let saved = match &mut self.whole {
            Whole::Held(held) => {
                held.extend_from_slice(bytes);
                if !truncated {
                    return;
                }
                let held = std::mem::take(held);
                self.open(&held)
            }
            Whole::File(file) => file.write_all(bytes),
            Whole::Lost(_) => return,
        };
        if let Err(error) = saved {
            self.discard();
            self.whole = Whole::Lost(error.to_string());
        }
    }

    fn open(&mut self, held: &[u8]) -> io::Result<()> {
        let name = format!("pi-bash-{:016x}", fastrand::u64(..));
        let builder =
            || tempfile::Builder::new().prefix(&name).rand_bytes(0).suffix(".log").tempfile_in(&self.folder);
        let mut file = builder()?;
        file.write_all(held)?;
        self.whole = Whole::File(file);
        Ok(())
    }
}
