//! Reads the part of a file that a model is shown, in one pass and in little memory however large the file is.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::error::ToolError;
use super::sniff::{SNIFFED, image_type};
use super::text::Kept;
use crate::ai::image::inline;

const PIECE: usize = 256 << 10;
/// After so much that is only counted a file's end is not looked for any more. Pi cannot read such files at all.
const COUNTED: usize = 512 << 20;

/// Which part of a file is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The first line, from 0.
    pub from: usize,
    /// The line before which to stop, where one is named.
    pub to: Option<usize>,
    /// How many bytes of text to keep.
    pub keep: usize,
    /// Whether images are made to fit.
    pub resize: bool,
}

/// A part of a text file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Its beginning; more than [`Wanted::keep`] bytes where there is more.
    pub text: String,
    /// Its lines.
    pub lines: usize,
    /// Its bytes.
    pub bytes: usize,
    /// The bytes of its first line.
    pub first_line: usize,
    /// The lines of the file.
    pub total_lines: usize,
    /// Whether the whole file was looked at: else there are more lines, and bytes, than these.
    pub complete: bool,
}

/// An image file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What it is.
    pub mime_type: String,
    /// What to show of it; none where that cannot be.
    pub image: Option<inline::Inline>,
}

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Text.
    Text(Window),
    /// An image.
    Image(Picture),
}

/// Reads a file.
pub fn read(path: &Path, wanted: &Wanted, cancelled: &dyn Fn() -> bool) -> Result<Content, ToolError> {
    let mut file = File::open(path).map_err(ToolError::opening(path))?;
    let reading = ToolError::during("read");
    let mut start = Vec::with_capacity(SNIFFED);
    let sniffed = SNIFFED.try_into().unwrap_or(u64::MAX);
    file.by_ref().take(sniffed).read_to_end(&mut start).map_err(&reading)?;
    match image_type(&start) {
        Some(mime_type) => {
            file.read_to_end(&mut start).map_err(&reading)?;
            Ok(Content::Image(picture(&start, mime_type, wanted.resize)))
        }
        None => window(start.as_slice().chain(file), wanted, cancelled).map(Content::Text),
    }
}

/// An image, made to fit where that is wanted.
pub fn picture(bytes: &[u8], mime_type: &str, resize: bool) -> Picture {
    let as_it_is =
        || inline::Inline { data: inline::to_base64(bytes), mime_type: None, original: (0, 0), size: (0, 0) };
    let image = if resize { inline::inline(bytes) } else { Some(as_it_is()) };
    Picture { mime_type: mime_type.to_owned(), image }
}

/// The part of a text that is asked for.
pub fn window(
    mut source: impl Read,
    wanted: &Wanted,
    cancelled: &dyn Fn() -> bool,
) -> Result<Window, ToolError> {
    let mut kept = Kept::new(wanted.keep);
    let mut piece = vec![0; PIECE];
    let to = wanted.to.unwrap_or(usize::MAX);
    let (mut breaks, mut counted, mut complete) = (0, 0, false);
    while counted < COUNTED {
        if cancelled() {
            return Err(ToolError::Cancelled);
        }
        let count = match source.read(&mut piece) {
            Ok(0) => {
                complete = true;
                break;
            }
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(ToolError::during("read")(error)),
        };
        let bytes = piece.get(..count).unwrap_or_default();
        let here = memchr::memchr_iter(b'\n', bytes).count();
        let start = place(bytes, breaks, here, wanted.from);
        // The line break before `to` is no part of what is shown.
        let end = if to > wanted.from {
            place(bytes, breaks, here, to).map(|end| end.saturating_sub(1))
        } else {
            start
        };
        let shown = bytes.get(start.unwrap_or(count)..end.unwrap_or(count)).unwrap_or_default();
        kept.push(shown);
        if start.is_some() && (shown.is_empty() || kept.is_full()) {
            counted += count;
        }
        breaks += here;
    }
    let Kept { text, lines, bytes, first_line, .. } = kept.end();
    Ok(Window { text, lines, bytes, first_line, total_lines: breaks + 1, complete })
}

/// Where in a piece a line begins: at its start where that was earlier, nowhere where that is later.
fn place(piece: &[u8], breaks: usize, here: usize, line: usize) -> Option<usize> {
    match line.checked_sub(breaks) {
        None | Some(0) => Some(0),
        Some(more) if more <= here => memchr::memchr_iter(b'\n', piece).nth(more - 1).map(|at| at + 1),
        Some(_) => None,
    }
}
