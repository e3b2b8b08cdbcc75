//! The search of one file.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use grep_regex::RegexMatcher;
use grep_searcher::{Searcher, Sink, SinkContext, SinkFinish, SinkMatch};
use tokio_util::sync::CancellationToken;

/// The most characters of a line that are shown, in units of UTF-16.
const LONGEST: usize = 500;

/// The matches in a file.
pub(super) struct Hits {
    pub(super) path: PathBuf,
    pub(super) lines: Lines,
}

/// A line of a file.
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) text: String,
    pub(super) truncated: bool,
    matched: bool,
}

/// Lines of a file that match, and those round them, in order.
#[derive(Default)]
pub(super) struct Lines {
    all: Vec<Line>,
    /// How many of them match.
    pub(super) count: usize,
    /// Where the last of them ends in the file, and whether with a line end.
    end: u64,
    ended: bool,
}

/// Searches a file.
pub(super) fn search(
    path: &Path,
    searcher: &mut Searcher,
    matcher: &RegexMatcher,
    cancel: &CancellationToken,
) -> io::Result<Lines> {
    let mut lines = Lines::default();
    let file = Cancellable { file: File::open(path)?, cancel };
    searcher.search_reader(matcher, file, &mut lines)?;
    Ok(lines)
}

impl Lines {
    /// The numbers of the lines that match.
    pub(super) fn matches(&self) -> impl Iterator<Item = u64> {
        self.all.iter().filter(|line| line.matched).map(|line| line.number)
    }

    /// The lines from `context` before one to `context` after it.
    pub(super) fn around(&self, number: u64, context: u64) -> impl Iterator<Item = &Line> {
        let first = self.all.partition_point(|line| line.number < number.saturating_sub(context));
        let last = number.saturating_add(context);
        self.all.iter().skip(first).take_while(move |line| line.number <= last)
    }

    /// The first matches, with all lines.
    pub(super) fn first(mut self, count: usize) -> Self {
        let mut seen = 0;
        for line in &mut self.all {
            line.matched &= seen < count;
            seen += usize::from(line.matched);
        }
        self.count = seen;
        self
    }

    fn add(&mut self, number: Option<u64>, bytes: &[u8], offset: u64, matched: bool) {
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let (text, truncated) = cut(&text.replace('\r', ""));
        let number = number.unwrap_or_default();
        self.all.push(Line { number, text, truncated, matched });
        self.count += usize::from(matched);
        self.end = offset + bytes.len() as u64;
        self.ended = bytes.ends_with(b"\n");
    }
}

impl Sink for &mut Lines {
    type Error = io::Error;

    fn matched(&mut self, _: &Searcher, found: &SinkMatch<'_>) -> io::Result<bool> {
        self.add(found.line_number(), found.bytes(), found.absolute_byte_offset(), true);
        Ok(true)
    }

    fn context(&mut self, _: &Searcher, context: &SinkContext<'_>) -> io::Result<bool> {
        self.add(context.line_number(), context.bytes(), context.absolute_byte_offset(), false);
        Ok(true)
    }

    /// Where the file ends in a line end, the empty line after it counts as one.
    fn finish(&mut self, searcher: &Searcher, finish: &SinkFinish) -> io::Result<()> {
        if searcher.after_context() > 0 && self.ended && self.end == finish.byte_count() {
            let number = self.all.last().map(|line| line.number + 1);
            self.add(number, b"", self.end, false);
        }
        Ok(())
    }
}

/// A line as it is shown, and whether that is not all of it.
fn cut(line: &str) -> (String, bool) {
    let mut units = 0;
    for (at, char) in line.char_indices() {
        units += char.len_utf16();
        if units > LONGEST {
            let kept = line.get(..at).unwrap_or_default();
            return (format!("{kept}... [truncated]"), true);
        }
    }
    (line.to_owned(), false)
}

/// A file that ends when nobody waits any more.
struct Cancellable<'a> {
    file: File,
    cancel: &'a CancellationToken,
}

impl Read for Cancellable<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.cancel.is_cancelled() { Ok(0) } else { self.file.read(buffer) }
    }
}
