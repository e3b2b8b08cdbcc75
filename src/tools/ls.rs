//! Lists a folder: its names in the order of a dictionary, and which of them are folders. Answers to Pi's
//! `core/tools/ls`.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::head::Head;

/// What to list.
#[derive(Debug, Deserialize)]
pub struct Request {
    /// The folder, from the root.
    pub path: PathBuf,
    /// How many names to list at most.
    pub limit: usize,
}

/// What is in a folder.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Listed {
    /// The first names in order, one a line, folders with a slash at the end.
    Sorted {
        /// The names.
        #[serde(flatten)]
        head: Head,
        /// Whether there are more.
        more: bool,
    },
    /// All names in the order of their bytes, and whether each is a folder, `None` for a link that leads nowhere. Some
    /// are such that only JavaScript knows their order.
    Unsorted(Vec<(String, Option<bool>)>),
}

/// Why a folder could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum LsError {
    /// It is not there.
    #[error("Path not found: {}", .0.display())]
    NotFound(PathBuf),
    /// It is something else.
    #[error("Not a directory: {}", .0.display())]
    NotADirectory(PathBuf),
    /// The system does not let it be read.
    #[error("Cannot read directory: {0}")]
    Unreadable(#[source] io::Error),
}

/// Lists a folder. Links that lead nowhere are left out.
pub fn ls(request: &Request) -> Result<Listed, LsError> {
    let path = &request.path;
    let meta = path.metadata().map_err(|_| LsError::NotFound(path.clone()))?;
    if !meta.is_dir() {
        return Err(LsError::NotADirectory(path.clone()));
    }
    let mut entries = read(path).map_err(LsError::Unreadable)?;
    if entries.iter().all(|entry| key(&entry.name).is_some()) {
        entries.sort_by_cached_key(|entry| (key(&entry.name), entry.name.clone()));
        let mut head = Head::default();
        let mut more = false;
        for entry in entries {
            if head.total_lines >= request.limit {
                more = true;
                break;
            }
            if let Some(folder) = entry.folder(path) {
                head.push(&format!("{}{}", entry.name, if folder { "/" } else { "" }));
            }
        }
        return Ok(Listed::Sorted { head, more });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Listed::Unsorted(
        entries
            .into_iter()
            .map(|entry| {
                let folder = entry.folder(path);
                (entry.name, folder)
            })
            .collect(),
    ))
}

struct Entry {
    name: String,
    kind: std::fs::FileType,
}

impl Entry {
    /// Whether it is a folder or leads to one; `None` where it leads nowhere.
    fn folder(&self, parent: &Path) -> Option<bool> {
        if self.kind.is_symlink() {
            return parent.join(&self.name).metadata().ok().map(|meta| meta.is_dir());
        }
        Some(self.kind.is_dir())
    }
}

fn read(path: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in path.read_dir()? {
        let entry = entry?;
        // One that is gone by now is not listed.
        if let Ok(kind) = entry.file_type() {
            entries.push(Entry { name: entry.file_name().to_string_lossy().into_owned(), kind });
        }
    }
    Ok(entries)
}

/// Where a name stands among others, capitals aside, in the order of Unicode's root collation; `None` for one with other
/// than printable ASCII characters.
fn key(name: &str) -> Option<Vec<u8>> {
    const ORDER: &[u8] = b" _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";
    name.bytes()
        .map(|byte| {
            let at = memchr::memchr(byte.to_ascii_lowercase(), ORDER)?;
            u8::try_from(at).ok()
        })
        .collect()
}
