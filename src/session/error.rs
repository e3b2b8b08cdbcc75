//! What can go wrong with a session's file.

use std::io;
use std::path::{Path, PathBuf};

/// Why a session could not be read or written. Nothing that was acknowledged is lost by any of them.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The file could not be read or written. What a failed write left behind was taken back.
    #[error("{action} {}: {source}", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another writer has the session.
    #[error("{} is in use{}", path.display(), pid.map_or_else(String::new, |pid| format!(" by process {pid}")))]
    Busy {
        /// Which file.
        path: PathBuf,
        /// The writer's process, where it is known.
        pid: Option<u32>,
        /// Since when it has the session, in milliseconds since 1970, where that is known.
        since: Option<u64>,
    },
    /// The file is not the one that was read: another program has cut or replaced it.
    #[error("{} was changed by another program", path.display())]
    Changed {
        /// Which file.
        path: PathBuf,
    },
    /// More than a line may hold.
    #[error("an entry of {length} bytes is too long for {}", path.display())]
    TooLong {
        /// Which file.
        path: PathBuf,
        /// How long it is, in bytes.
        length: usize,
    },
}

impl SessionError {
    /// The name that hosts tell it by.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "SESSION_IO",
            Self::Busy { .. } => "SESSION_BUSY",
            Self::Changed { .. } => "SESSION_CHANGED",
            Self::TooLong { .. } => "SESSION_TOO_LONG",
        }
    }

    /// Names what was being done when the system refused.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}
