//! What can go wrong with a file of settings.

use std::io;
use std::path::{Path, PathBuf};

use crate::paths::refusal;

/// Why a file of settings could not be read or written. It is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Another program has the lock, in the words of `proper-lockfile`.
    #[error("Lock file is already being held")]
    Locked,
    /// Another program took the lock away while it was held, in the words of `proper-lockfile`.
    #[error("Unable to update lock within the stale threshold")]
    Compromised,
    /// The file is not UTF-8, so that writing it anew would change more than was asked for.
    #[error("{} is not UTF-8", path.display())]
    NotText {
        /// Which file.
        path: PathBuf,
    },
    /// What Node says when the system refuses.
    #[error("{}", refusal(source, &path.to_string_lossy()))]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl SettingsError {
    /// The name that hosts tell it by.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Locked => "ELOCKED",
            Self::Compromised => "ECOMPROMISED",
            Self::NotText { .. } => "ENOTTEXT",
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => "ENOENT",
                io::ErrorKind::PermissionDenied => "EACCES",
                io::ErrorKind::IsADirectory => "EISDIR",
                io::ErrorKind::NotADirectory => "ENOTDIR",
                io::ErrorKind::StorageFull => "ENOSPC",
                io::ErrorKind::ReadOnlyFilesystem => "EROFS",
                _ => "EIO",
            },
        }
    }

    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}
