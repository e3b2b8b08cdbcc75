//! Folders, paths and what goes wrong with files, as Node has them.

use std::fs::{self, FileType};
use std::io;
use std::path::MAIN_SEPARATOR;

/// What is in a folder under a name.
pub struct Entry {
    /// The name.
    pub name: String,
    kind: FileType,
}

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// Neither: a socket, a device.
    Other,
}

impl Entry {
    /// Whether it is a link.
    pub fn is_link(&self) -> bool {
        self.kind.is_symlink()
    }

    /// What it is in the folder `dir`, links followed; `None` for a link that leads nowhere.
    pub fn kind(&self, dir: &str) -> Option<Kind> {
        let kind =
            if self.is_link() { fs::metadata(join(dir, &self.name)).ok()?.file_type() } else { self.kind };
        Some(match (kind.is_dir(), kind.is_file()) {
            (true, _) => Kind::Folder,
            (_, true) => Kind::File,
            _ => Kind::Other,
        })
    }
}

/// What is in a folder, in Node's order: by bytes, but on Windows as the system has it.
///
/// # Errors
/// The folder cannot be read.
pub fn entries(dir: &str) -> io::Result<Vec<Entry>> {
    let mut entries = fs::read_dir(dir)?
        .map(|entry| {
            let entry = entry?;
            Ok(Entry { name: entry.file_name().to_string_lossy().into_owned(), kind: entry.file_type()? })
        })
        .collect::<io::Result<Vec<_>>>()?;
    if cfg!(unix) {
        entries.sort_by(|one, other| one.name.cmp(&other.name));
    }
    Ok(entries)
}

/// A path in a folder, as `path.join` has it of a folder that is normal.
pub fn join(dir: &str, name: &str) -> String {
    match dir {
        "." => name.to_owned(),
        dir if dir.ends_with(std::path::is_separator) => format!("{dir}{name}"),
        dir => format!("{dir}{MAIN_SEPARATOR}{name}"),
    }
}

/// Whether a file's name says that it is Markdown, which it does in small letters only.
pub fn is_markdown(path: &str) -> bool {
    path.strip_suffix(".md").is_some()
}

/// A file's text, as `fs.readFileSync(path, "utf-8")` reads it.
///
/// # Errors
/// What Node says when the file cannot be read.
pub fn read_text(path: &str) -> Result<String, String> {
    let bytes = fs::read(path).map_err(|error| refusal(&error, path))?;
    Ok(String::from_utf8(bytes).unwrap_or_else(|text| String::from_utf8_lossy(text.as_bytes()).into_owned()))
}

/// What Node says when the system refuses to open a file.
pub(crate) fn refusal(error: &io::Error, path: &str) -> String {
    let words = match error.kind() {
        io::ErrorKind::NotFound => "ENOENT: no such file or directory",
        io::ErrorKind::PermissionDenied => "EACCES: permission denied",
        io::ErrorKind::IsADirectory => return "EISDIR: illegal operation on a directory, read".to_owned(),
        io::ErrorKind::NotADirectory => "ENOTDIR: not a directory",
        _ => return format!("{error}, open '{path}'"),
    };
    format!("{words}, open '{path}'")
}
