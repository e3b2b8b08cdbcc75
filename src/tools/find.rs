//! Finds files by their names, as `fd --glob --hidden --no-require-git` does; in the order of the paths. Answers to Pi's
//! `core/tools/find`.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::head::Head;
use super::walk::{shown, walk};

/// What to find, and where.
#[derive(Debug, Deserialize)]
pub struct Request {
    /// A glob: of names, or of whole paths where it has a slash.
    pub pattern: String,
    /// The folder, from the root.
    pub path: PathBuf,
    /// How many to find at most.
    #[serde(default)]
    pub limit: Option<usize>,
}

/// What was found.
#[derive(Debug, Default, Serialize)]
pub struct Found {
    /// The paths from the folder, one a line; folders end in a slash.
    #[serde(flatten)]
    pub head: Head,
    /// How many they are.
    pub count: usize,
}

/// Why nothing could be looked for, in the words of fd.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// There is no such folder.
    #[error("[fd error]: Search path '{}' is not a directory.\n[fd error]: No valid search paths given.", .0.display())]
    NoFolder(PathBuf),
    /// The pattern is no glob.
    #[error("[fd error]: {0}")]
    Glob(#[from] globset::Error),
}

/// Finds; stops early, with what it has, when it is cancelled.
pub fn find(request: &Request, cancel: &CancellationToken) -> Result<Found, FindError> {
    let root = &request.path;
    if !root.is_dir() {
        return Err(FindError::NoFolder(root.clone()));
    }
    let pattern = Pattern::new(&request.pattern)?;
    let mut builder = walk(root);
    builder.require_git(false).add_custom_ignore_filename(".fdignore");
    if let Some(file) = global_ignore() {
        builder.add_ignore(file);
    }
    let mut found = Found::default();
    // What cannot be read is left out, as fd does.
    for entry in builder.build().flatten().skip_while(|entry| entry.depth() == 0) {
        if request.limit.is_some_and(|limit| found.count >= limit) || cancel.is_cancelled() {
            break;
        }
        if pattern.matches(entry.path()) {
            let mut path = shown(root, entry.path());
            if entry.file_type().is_some_and(|kind| kind.is_dir()) {
                path.push('/');
            }
            found.head.push(&path);
            found.count += 1;
        }
    }
    Ok(found)
}

struct Pattern {
    glob: GlobMatcher,
    whole: bool,
}

impl Pattern {
    /// Capitals count where the pattern has one.
    fn new(pattern: &str) -> Result<Self, globset::Error> {
        let whole = pattern.contains('/');
        let anywhere = whole && !pattern.starts_with('/') && !pattern.starts_with("**/");
        let text = if anywhere { format!("**/{pattern}") } else { pattern.to_owned() };
        let capital = pattern.chars().any(char::is_uppercase);
        let text = if text.is_empty() { "*" } else { &text };
        let glob = GlobBuilder::new(text).literal_separator(true).case_insensitive(!capital).build()?;
        Ok(Self { glob: glob.compile_matcher(), whole })
    }

    fn matches(&self, path: &Path) -> bool {
        if self.whole {
            self.glob.is_match(path)
        } else {
            path.file_name().is_some_and(|name| self.glob.is_match(name))
        }
    }
}

/// The ignore file of fd's user.
fn global_ignore() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let config = if cfg!(windows) {
        variable("APPDATA")
    } else {
        let own = variable("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
        own.or_else(|| variable("HOME").map(|home| home.join(".config")))
    };
    config.map(|config| config.join("fd").join("ignore")).filter(|file| file.is_file())
}
