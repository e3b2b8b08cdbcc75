//! A folder of sessions, with a file beside them that remembers what a list shows of each, so that only what has changed
//! is read again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::info::{Info, info};
use crate::replace::replace;

/// The name of the file that remembers.
const MEMORY: &str = ".sessions-index.json";

/// A file that was written so recently may be written again without a change of its time.
const SETTLED: Duration = Duration::from_secs(2);

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
    now: SystemTime,
}

impl Folder {
    /// A folder, with what was remembered of it. A memory that cannot be read is none.
    pub fn open(path: &Path) -> Self {
        let memory = std::fs::read(path.join(MEMORY)).ok();
        let memory = memory.and_then(|bytes| serde_json::from_slice::<Memory>(&bytes).ok());
        let memory = memory.filter(|memory| memory.version == VERSION).unwrap_or_default();
        Self { path: path.to_owned(), memory, seen: HashMap::new(), has_news: false, now: SystemTime::now() }
    }

    /// A session of the folder by its file's name; `None` when it is none, or cannot be read.
    pub fn session(&mut self, name: &str) -> Option<Listed> {
        let path = self.path.join(name);
        let metadata = path.metadata().ok()?;
        let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let (size, modified) = (metadata.len(), u64::try_from(since.as_nanos()).unwrap_or(u64::MAX));
        let known = self.memory.files.remove(name);
        let fresh = known.filter(|known| (known.size, known.modified) == (size, modified));
        let is_known = fresh.is_some();
        let known =
            if let Some(known) = fresh { known } else { Known { size, modified, info: info(&path).ok()? } };
        let info = known.info.clone();
        if is_known || self.now.duration_since(metadata.modified().ok()?).is_ok_and(|age| age > SETTLED) {
            self.has_news |= !is_known;
            self.seen.insert(name.to_owned(), known);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "a.jsonl";

    /// Writes a session whose first message is `text`, as long ago as is needed to be remembered.
    fn write(folder: &Path, text: &str) {
        let header = r#"{"type":"session","id":"s","cwd":"/"}"#;
        let message = format!(r#"{{"type":"message","message":{{"role":"user","content":"{text}"}}}}"#);
        std::fs::write(folder.join(NAME), format!("{header}\n{message}\n")).unwrap();
        age(folder, Duration::from_mins(1));
    }

    fn age(folder: &Path, age: Duration) {
        let file = std::fs::File::options().append(true).open(folder.join(NAME)).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }

    fn list(folder: &Path) -> String {
        let mut listed = Folder::open(folder);
        let session = listed.session(NAME).unwrap();
        listed.remember();
        session.info.first_message
    }

    fn memory(folder: &Path) -> String {
        std::fs::read_to_string(folder.join(MEMORY)).unwrap_or_default()
    }

    #[test]
    fn what_is_remembered_is_not_read_again_until_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "one");
        assert_eq!(list(folder.path()), "one");
        let told = memory(folder.path()).replace("one", "two");
        std::fs::write(folder.path().join(MEMORY), told).unwrap();
        assert_eq!(list(folder.path()), "two");
        age(folder.path(), Duration::from_secs(30));
        assert_eq!(list(folder.path()), "one");
    }

    #[test]
    fn a_memory_that_is_damaged_or_of_another_version_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "one");
        list(folder.path());
        let good = memory(folder.path());
        let older = good.replace("one", "two").replace("\"version\":2", "\"version\":1");
        for bad in ["", "{", "[]", "\0\0\0\0", good.split_at(good.len() / 2).0, &older] {
            std::fs::write(folder.path().join(MEMORY), bad).unwrap();
            assert_eq!(list(folder.path()), "one");
            assert_eq!(memory(folder.path()), good);
        }
    }

    #[test]
    fn a_file_that_was_written_just_now_is_not_remembered() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "one");
        age(folder.path(), Duration::ZERO);
        assert_eq!(list(folder.path()), "one");
        assert_eq!(memory(folder.path()), "");
        age(folder.path(), Duration::from_mins(1));
        assert_eq!(list(folder.path()), "one");
        std::fs::remove_file(folder.path().join(NAME)).unwrap();
        Folder::open(folder.path()).remember();
        assert!(!memory(folder.path()).contains(NAME));
    }

    #[test]
    fn lists_at_the_same_time_do_not_spoil_it() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "one");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        assert_eq!(list(folder.path()), "one");
                        let _ = std::fs::remove_file(folder.path().join(MEMORY));
                    }
                });
            }
        });
        let left: Vec<_> = folder.path().read_dir().unwrap().map(|file| file.unwrap().file_name()).collect();
        assert!(left.len() <= 2, "{left:?}");
    }
}
