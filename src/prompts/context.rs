//! A folder's instructions for agents.

use std::path::Path;

use serde::Serialize;

use crate::paths::{join, read_text};

/// The names that such a file may have; the first that is there counts.
const NAMES: [&str; 4] = ["AGENTS.md", "AGENTS.MD", "CLAUDE.md", "CLAUDE.MD"];

/// What a folder tells agents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContextFile {
    /// The file.
    pub path: String,
    /// Its text.
    pub content: String,
}

/// A folder's instructions; what could not be read is passed over and told to `refused`, the path and what Node says.
pub fn context_file(dir: &str, mut refused: impl FnMut(String, String)) -> Option<ContextFile> {
    let paths = NAMES.into_iter().map(|name| join(dir, name)).filter(|path| Path::new(path).exists());
    for path in paths {
        match read_text(&path) {
            Ok(content) => return Some(ContextFile { path, content }),
            Err(words) => refused(path, words),
        }
    }
    None
}
