//! Failures of the file system, in the words in which Node says them.

use std::io::{self, ErrorKind};
use std::path::Path;

use super::edit::EditError;

/// Why a tool could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// The system refused.
    #[error("{}", refusal(source, call, path.as_deref()))]
    System {
        /// What was being done, by the name of the system call.
        call: &'static str,
        /// To which file, where Node names it.
        path: Option<String>,
        /// What the system says.
        source: io::Error,
    },
    /// The edits do not fit the file.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// Nobody waits for it any more.
    #[error("Operation aborted")]
    Cancelled,
}

impl ToolError {
    /// The name by which Node's errors are told apart.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::System { source, .. } => Some(words(source).0),
            Self::Edit(_) | Self::Cancelled => None,
        }
    }

    /// Names the call on a file that the system refused.
    pub(super) fn opening(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::System { call: "open", path: Some(path), source }
    }

    /// Names the call on an open file that the system refused.
    pub(super) fn during(call: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::System { call, path: None, source }
    }
}

fn refusal(source: &io::Error, call: &str, path: Option<&str>) -> String {
    let (code, words) = words(source);
    let path = path.map_or_else(String::new, |path| format!(" '{path}'"));
    format!("{code}: {words}, {call}{path}")
}

fn words(error: &io::Error) -> (&'static str, &'static str) {
    match error.kind() {
        ErrorKind::NotFound => ("ENOENT", "no such file or directory"),
        ErrorKind::PermissionDenied if error.raw_os_error() == Some(1) => {
            ("EPERM", "operation not permitted")
        }
        ErrorKind::PermissionDenied => ("EACCES", "permission denied"),
        ErrorKind::AlreadyExists => ("EEXIST", "file already exists"),
        ErrorKind::NotADirectory => ("ENOTDIR", "not a directory"),
        ErrorKind::IsADirectory => ("EISDIR", "illegal operation on a directory"),
        ErrorKind::ReadOnlyFilesystem => ("EROFS", "read-only file system"),
        ErrorKind::StorageFull => ("ENOSPC", "no space left on device"),
        ErrorKind::QuotaExceeded => ("EDQUOT", "disk quota exceeded"),
        ErrorKind::FileTooLarge => ("EFBIG", "file too large"),
        ErrorKind::ResourceBusy => ("EBUSY", "resource busy or locked"),
        ErrorKind::ExecutableFileBusy => ("ETXTBSY", "text file is busy"),
        ErrorKind::InvalidFilename => ("ENAMETOOLONG", "name too long"),
        ErrorKind::InvalidInput => ("EINVAL", "invalid argument"),
        _ => match error.raw_os_error() {
            Some(24) => ("EMFILE", "too many open files"),
            Some(40) => ("ELOOP", "too many symbolic links encountered"),
            _ => ("EIO", "i/o error"),
        },
    }
}
