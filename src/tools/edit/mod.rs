//! Replaces texts in a file: found exactly, or else tolerantly. Only the bytes of what was found change; line breaks,
//! byte order mark and what is no UTF-8 stay as they are. Answers to Pi's `core/tools/edit-diff`.

mod diff;
mod error;
mod find;
mod fuzzy;
mod show;
#[cfg(test)]
mod tests;
mod view;

pub use error::EditError;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::error::ToolError;
use diff::Hunk;
use view::{View, line_break, plain_breaks};

/// A text and what is to stand in its place.
#[derive(Debug, Clone)]
pub struct Replacement {
    /// What is there; none for a text with half a surrogate pair, which no file holds.
    pub old: Option<String>,
    /// What is to be there.
    pub new: String,
}

/// A file after its edits.
#[derive(Debug)]
pub struct Edited {
    /// All of it.
    pub bytes: Vec<u8>,
    /// What changed, line by line.
    pub diff: String,
    /// The number of the first line that changed, from 1.
    pub first_changed_line: Option<usize>,
}

/// Makes all edits of a file, each found in it as it is. `path` is what errors call it. The work ends early, with a
/// result that is good for nothing, when it is `cancelled`.
pub fn edit(
    bytes: &[u8],
    edits: &[Replacement],
    path: &str,
    cancelled: &dyn Fn() -> bool,
) -> Result<Edited, EditError> {
    let edits: Vec<Replacement> = edits
        .iter()
        .map(|edit| Replacement {
            old: edit.old.as_deref().map(|old| plain_breaks(old).into_owned()),
            new: plain_breaks(&edit.new).into_owned(),
        })
        .collect();
    let view = View::of(bytes);
    let targets = find::targets(&view.text, &edits, path)?;

    let mut changed = Vec::with_capacity(bytes.len());
    let mut text = String::with_capacity(view.text.len());
    let (mut copied, mut shown) = (0, 0);
    for target in &targets {
        let (start, end) = (view.byte(target.start), view.byte(target.end));
        changed.extend_from_slice(bytes.get(copied..start).unwrap_or_default());
        text.push_str(view.text.get(shown..target.start).unwrap_or_default());
        let ending = line_break(bytes.get(start..end).unwrap_or_default(), bytes);
        changed.extend_from_slice(target.new.replace('\n', ending).as_bytes());
        text.push_str(&target.new);
        (copied, shown) = (end, target.end);
    }
    changed.extend_from_slice(bytes.get(copied..).unwrap_or_default());
    text.push_str(view.text.get(shown..).unwrap_or_default());
    if changed == bytes {
        return Err(EditError::Unchanged { path: path.to_owned(), of: edits.len() });
    }

    let old: Vec<&str> = view.text.split_inclusive('\n').collect();
    let new: Vec<&str> = text.split_inclusive('\n').collect();
    let parts = diff::parts(&old, &new, || hunks(&view.text, &targets, old.len(), new.len()), cancelled);
    let (diff, first_changed_line) = show::show(&parts, &old, &new);
    Ok(Edited { bytes: changed, diff, first_changed_line })
}

/// Makes all edits of the file at `path`; `name` is what errors call it. Until all of them are found nothing is written.
pub fn edit_file(
    path: &Path,
    edits: &[Replacement],
    name: &str,
    cancelled: &dyn Fn() -> bool,
) -> Result<Edited, ToolError> {
    let mut bytes = Vec::new();
    let mut file = File::open(path).map_err(ToolError::opening(path))?;
    file.read_to_end(&mut bytes).map_err(ToolError::during("read"))?;
    let edited = edit(&bytes, edits, name, cancelled)?;
    if cancelled() {
        return Err(ToolError::Cancelled);
    }
    super::write(path, &edited.bytes)?;
    Ok(edited)
}

/// The lines that the targets touch.
fn hunks(text: &str, targets: &[find::Target], old_lines: usize, new_lines: usize) -> Vec<Hunk> {
    let breaks = |text: &str| memchr::memchr_iter(b'\n', text.as_bytes()).count();
    let mut hunks: Vec<Hunk> = Vec::new();
    let (mut at, mut line) = (0, 0);
    let mut shift: isize = 0;
    for target in targets {
        line += breaks(text.get(at..target.start).unwrap_or_default());
        let from = line;
        line += breaks(text.get(target.start..target.end).unwrap_or_default());
        at = target.end;
        let to = (line + 1).min(old_lines);
        let new_from = from.saturating_add_signed(shift);
        let grown = breaks(&target.new).cast_signed() - (line - from).cast_signed();
        shift += grown;
        let new_to = to.saturating_add_signed(shift).min(new_lines);
        match hunks.last_mut() {
            Some(last) if last.old.1 > from => {
                last.old.1 = to;
                last.new.1 = new_to;
            }
            _ => hunks.push(Hunk { old: (from, to), new: (new_from, new_to) }),
        }
    }
    hunks
}
