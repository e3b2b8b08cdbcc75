//! A folder of sessions, with a file beside them that remembers what a list shows of each, so that only what has changed
//! is read again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::info::{Info, info};
use super::replace::replace;

/// The name of the file that remembers.
const MEMORY: &str = ".sessions-index.json";

/// A change of this number makes older memories worthless.
const VERSION: u32 = 2;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Known {
    size: u64,
    /// Nanoseconds since 1970.
    modified: u64,
    info: Option<Info>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Memory {
    version: u32,
    files: HashMap<String, Known>,
}

/// A session in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    /// Its file.
    pub path: PathBuf,
    /// When the file was last written, in milliseconds since 1970.
    pub modified: u64,
    /// What a list shows of it.
    #[serde(flatten)]
    pub info: Info,
}

/// A folder of sessions.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    memory: Memory,
    seen: HashMap<String, Known>,
    has_news: bool,
}

impl Folder {
    /// A folder, with what was remembered of it. A memory that cannot be read is none.
    pub fn open(path: &Path) -> Self {
        let memory = std::fs::read(path.join(MEMORY)).ok();
        let memory = memory.and_then(|bytes| serde_json::from_slice::<Memory>(&bytes).ok());
        let memory = memory.filter(|memory| memory.version == VERSION).unwrap_or_default();
        Self { path: path.to_owned(), memory, seen: HashMap::new(), has_news: false }
    }

    /// A session of the folder by its file's name; `None` when it is none, or cannot be read.
    pub fn session(&mut self, name: &str) -> Option<Listed> {
        let path = self.path.join(name);
        let metadata = path.metadata().ok()?;
        let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let (size, modified) = (metadata.len(), u64::try_from(since.as_nanos()).unwrap_or(u64::MAX));
        let known = self.memory.files.remove(name);
        let fresh = known.filter(|known| (known.size, known.modified) == (size, modified));
        let known = if let Some(known) = fresh {
            known
        } else {
            self.has_news = true;
            Known { size, modified, info: info(&path).ok()? }
        };
        let info = known.info.clone();
        self.seen.insert(name.to_owned(), known);
        Some(Listed { path, modified: modified / 1_000_000, info: info? })
    }

    /// Remembers what was seen. Only a help: a folder that cannot be written to is listed all the same.
    pub fn remember(self) {
        if self.has_news || !self.memory.files.is_empty() {
            let memory = Memory { version: VERSION, files: self.seen };
            let text = serde_json::to_vec(&memory).unwrap_or_default();
            let _ = replace(&self.path.join(MEMORY), &text);
        }
    }
}
