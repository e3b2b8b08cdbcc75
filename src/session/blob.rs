//! Long contents outside the log: a string over 64 KB is kept once, in a file that its SHA-256 names, in a folder beside
//! the session. In its place the line holds a short string that names the file, and at its end says where in the entry
//! such strings stand, so that a text which merely looks like one is left alone.
//!
//! A blob is the string as JSON, so that what is read back is the line as it was, byte for byte.

use std::borrow::Cow;
use std::fmt::Write;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use memchr::memmem;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::edit::{parts, span, splice};
use super::error::SessionError;
use crate::json::Text;
use crate::replace::replace;

/// The longest string that stays in the log, in bytes of JSON.
const LIMIT: usize = 64 << 10;

/// How deep in an entry strings are looked for.
const DEPTH: usize = 64;

/// The folder beside the sessions.
const FOLDER: &str = "blobs";

/// What stands before the digest in a string that names a blob.
const SCHEME: &str = "argent-blob:sha256:";

/// Where a line begins to say what it names: JSON pointers, its last field.
const MARK: &str = ",\"blobs\":[\"/";

/// The lines of `text`, with their long strings brought to `folder`'s blobs; those are on the disk when this returns.
pub(super) fn store_lines<'a>(folder: &Path, text: &'a [u8]) -> Result<Cow<'a, [u8]>, SessionError> {
    if text.len() <= LIMIT {
        return Ok(Cow::Borrowed(text));
    }
    let mut out = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        out.extend_from_slice(&store(folder, line)?);
    }
    Ok(Cow::Owned(out))
}

/// Puts a session's file with these lines in the place of another, whole or not at all; with `blobs` their long strings
/// are brought to those.
pub fn rewrite(path: &Path, lines: &[u8], blobs: bool) -> Result<(), SessionError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let lines = if blobs { store_lines(folder, lines)? } else { Cow::Borrowed(lines) };
    replace(path, &lines).map_err(SessionError::io("cannot replace", path))
}

fn store<'a>(folder: &Path, line: &'a [u8]) -> Result<Cow<'a, [u8]>, SessionError> {
    let whole = || Ok(Cow::Borrowed(line));
    let trimmed = line.trim_ascii();
    if line.len() <= LIMIT || !trimmed.starts_with(b"{") {
        return whole();
    }
    let Ok(entry) = serde_json::from_slice::<&RawValue>(trimmed) else { return whole() };
    // An entry that has such a field of its own keeps it, and its contents.
    if parts(entry).iter().any(|(name, _)| name == "blobs") {
        return whole();
    }
    let mut long = Vec::new();
    find_long(entry, &mut String::new(), DEPTH, &mut long);
    if long.is_empty() {
        return whole();
    }
    let mut edits = Vec::new();
    for (_, text) in &long {
        let digest = digest(text.as_bytes());
        put(folder, &digest, text.as_bytes())?;
        edits.push((span(line, text), format!("\"{SCHEME}{digest}\"")));
    }
    let pointers: Vec<String> = long.into_iter().map(|(pointer, _)| pointer).collect();
    let end = span(line, entry.get()).end.saturating_sub(1);
    edits.push((end..end, said(&pointers)));
    Ok(Cow::Owned(splice(line, edits)))
}

/// The long strings of a value, and where they are.
fn find_long<'a>(value: &'a RawValue, at: &mut String, depth: usize, found: &mut Vec<(String, &'a str)>) {
    let text = value.get();
    if text.len() <= LIMIT {
        return;
    }
    if text.starts_with('"') {
        found.push((at.clone(), text));
    } else if depth > 0 {
        for (name, part) in parts(value) {
            let length = at.len();
            let _ = write!(at, "/{}", name.replace('~', "~0").replace('/', "~1"));
            find_long(part, at, depth - 1, found);
            at.truncate(length);
        }
    }
}

/// The field that says where in an entry blobs are named.
fn said(pointers: &[String]) -> String {
    if pointers.is_empty() {
        return String::new();
    }
    format!(",\"blobs\":{}", serde_json::to_string(pointers).unwrap_or_default())
}

/// Whether a line names blobs. Seldom wrong, and then harmless.
pub(super) fn is_named(line: &[u8]) -> bool {
    line.trim_ascii_end().ends_with(b"\"]}") && memmem::rfind(line, MARK.as_bytes()).is_some()
}

/// A line that names blobs.
struct Naming<'a> {
    entry: &'a RawValue,
    pointers: Vec<String>,
    /// Where its last field stands.
    field: Range<usize>,
}

impl<'a> Naming<'a> {
    fn of(line: &'a [u8]) -> Option<Self> {
        if !is_named(line) {
            return None;
        }
        let start = memmem::rfind(line, MARK.as_bytes())?;
        let end = line.trim_ascii_end().len().checked_sub(1)?;
        let list = line.get(start..end)?.strip_prefix(b",\"blobs\":")?;
        let pointers: Vec<Text> = serde_json::from_slice(list).ok()?;
        let pointers = pointers.into_iter().map(Text::into_string).collect();
        Some(Self { entry: serde_json::from_slice(line).ok()?, pointers, field: start..end })
    }

    /// The string at a place of the entry, if it names a blob: as JSON, and the digest.
    fn named(&self, pointer: &str) -> Option<(&'a str, String)> {
        let value = pointer.split('/').skip(1).try_fold(self.entry, |value, name| {
            let name = name.replace("~1", "/").replace("~0", "~");
            parts(value).into_iter().find_map(|(own, part)| (own == name).then_some(part))
        })?;
        let text = value.get();
        let digest = text.strip_prefix('"')?.strip_suffix('"')?.strip_prefix(SCHEME)?;
        let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_digest.then(|| (text, digest.to_owned()))
    }
}

/// A line as it was before its long strings were taken out. What names a blob that is not there, or is not what it was,
/// stays as it is.
pub(super) fn resolve<'a>(folder: &Path, line: &'a [u8]) -> Cow<'a, [u8]> {
    let Some(naming) = Naming::of(line) else { return Cow::Borrowed(line) };
    let (mut edits, mut missing) = (Vec::new(), Vec::new());
    for pointer in &naming.pointers {
        let blob =
            naming.named(pointer).and_then(|(text, digest)| Some((span(line, text), get(folder, &digest)?)));
        match blob {
            Some(edit) => edits.push(edit),
            None => missing.push(pointer.clone()),
        }
    }
    if edits.is_empty() {
        return Cow::Borrowed(line);
    }
    edits.push((naming.field.clone(), said(&missing)));
    Cow::Owned(splice(line, edits))
}

/// The blobs that a line names, by their digests.
fn digests(line: &[u8]) -> Vec<String> {
    let Some(naming) = Naming::of(line) else { return Vec::new() };
    naming.pointers.iter().filter_map(|pointer| Some(naming.named(pointer)?.1)).collect()
}

/// The files of those blobs of a line that are not there, or are not what they were.
pub(super) fn missing(folder: &Path, line: &[u8]) -> Vec<PathBuf> {
    let gone = |digest: &String| get(folder, digest).is_none();
    digests(line).iter().filter(|digest| gone(digest)).map(|digest| path(folder, digest)).collect()
}

/// Brings the blobs that a line names from one folder to another. Those that are missing stay missing.
pub(super) fn carry(from: &Path, to: &Path, line: &[u8]) -> Result<(), SessionError> {
    for digest in digests(line) {
        if let Some(text) = get(from, &digest) {
            put(to, &digest, text.as_bytes())?;
        }
    }
    Ok(())
}

fn path(folder: &Path, digest: &str) -> PathBuf {
    folder.join(FOLDER).join(format!("{digest}.json"))
}

/// A blob, if it is what its name says.
fn get(folder: &Path, digest: &str) -> Option<String> {
    let text = std::fs::read_to_string(path(folder, digest)).ok()?;
    (self::digest(text.as_bytes()) == digest).then_some(text)
}

/// Writes a blob, unless it is there.
fn put(folder: &Path, digest: &str, text: &[u8]) -> Result<(), SessionError> {
    if get(folder, digest).is_some() {
        return Ok(());
    }
    let path = path(folder, digest);
    let blobs = folder.join(FOLDER);
    if !blobs.is_dir() {
        std::fs::create_dir_all(&blobs).map_err(SessionError::io("cannot make", &blobs))?;
        // The folder's own name is on the disk only with its parent; some systems cannot do that.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    replace(&path, text).map_err(SessionError::io("cannot replace", &path))
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(texts: &[&str]) -> String {
        let blocks: Vec<String> =
            texts.iter().map(|text| format!(r#"{{"type":"text","text":{text}}}"#)).collect();
        format!(r#"{{"type":"message","id":"a","message":{{"a/b~":[{}]}},"n":1e+21}}"#, blocks.join(","))
    }

    fn long(text: &str) -> String {
        format!("\"{}\"", text.repeat(LIMIT))
    }

    fn blobs(folder: &Path) -> Vec<PathBuf> {
        let files = folder.join(FOLDER).read_dir();
        files.map(|files| files.map(|file| file.unwrap().path()).collect()).unwrap_or_default()
    }

    #[test]
    fn what_is_long_is_kept_once_and_read_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (long(r"\ud83d \u0041"), long("caf\u{e9}\\n"));
        for text in [line(&[&one, "\"short\"", &other]), line(&[&one, &one]), line(&[&one])] {
            let stored = store(folder.path(), text.as_bytes()).unwrap();
            assert!(stored.len() < 1000 && is_named(&stored));
            assert!(serde_json::from_slice::<serde_json::Value>(&stored).is_ok());
            assert_eq!(resolve(folder.path(), &stored), text.as_bytes());
            assert_eq!(missing(folder.path(), &stored), [] as [PathBuf; 0]);
        }
        assert_eq!(blobs(folder.path()).len(), 2);
    }

    #[test]
    fn a_blob_that_is_missing_or_damaged_costs_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (long("a"), long("b"));
        let text = line(&[&one, &other]);
        let stored = store(folder.path(), text.as_bytes()).unwrap();
        let gone = path(folder.path(), &digest(one.as_bytes()));
        std::fs::write(&gone, long("c")).unwrap();
        assert_eq!(missing(folder.path(), &stored), std::slice::from_ref(&gone));
        let read = resolve(folder.path(), &stored).into_owned();
        assert!(memmem::find(&read, other.as_bytes()).is_some());
        assert_eq!(missing(folder.path(), &read), std::slice::from_ref(&gone));
        std::fs::write(&gone, &one).unwrap();
        assert_eq!(resolve(folder.path(), &read), text.as_bytes());
    }

    #[test]
    fn what_only_looks_like_a_name_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let blob = long("a");
        store(folder.path(), line(&[&blob]).as_bytes()).unwrap();
        let name = format!("\"{SCHEME}{}\"", digest(blob.as_bytes()));
        let own = format!(r#"{{"data":{name},"blobs":["/other"]}}"#);
        for text in [line(&[&name]), own, r#"{"data":"x","blobs":["/data"]}"#.to_owned()] {
            assert_eq!(resolve(folder.path(), text.as_bytes()), text.as_bytes());
        }
        let mixed = line(&[&name, &blob]);
        let stored = store(folder.path(), mixed.as_bytes()).unwrap();
        assert_eq!(resolve(folder.path(), &stored), mixed.as_bytes());
    }

    #[test]
    fn only_lines_with_long_strings_are_changed() {
        let folder = tempfile::tempdir().unwrap();
        let deep = format!("{}{}", "[".repeat(LIMIT), "]".repeat(LIMIT));
        let many = format!("[{}1]", "1,".repeat(LIMIT));
        let own = format!(r#"{{"blobs":1,"a":{}}}"#, long("a"));
        for text in [line(&["\"short\""]), many, deep, own] {
            assert_eq!(store(folder.path(), text.as_bytes()).unwrap(), text.as_bytes());
        }
        assert_eq!(blobs(folder.path()).len(), 0);
    }
}
