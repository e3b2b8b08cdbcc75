//! Who wrote to a session's file last: noted in an attribute of the file, which needs no file of its own and blocks
//! nobody. Where the file system has none, nobody knows.

use std::fs::File;
use std::time::{SystemTime, UNIX_EPOCH};

/// A writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Writer {
    /// Its process.
    pub pid: u32,
    /// Since when it writes, in milliseconds since 1970.
    pub since: u64,
}

impl Writer {
    /// This process, from now on.
    pub(super) fn begin() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { pid: std::process::id(), since: u64::try_from(since.as_millis()).unwrap_or(u64::MAX) }
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let (pid, since) = str::from_utf8(text).ok()?.split_once(' ')?;
        Some(Self { pid: pid.parse().ok()?, since: since.parse().ok()? })
    }
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
impl Writer {
    const NAME: &str = "user.argent-runtime.writer";

    /// Who wrote to a file last.
    pub(super) fn of(file: &File) -> Option<Self> {
        let mut text = [0; 64];
        let length = rustix::fs::fgetxattr(file, Self::NAME, &mut text).ok()?;
        Self::parse(text.get(..length)?)
    }

    /// Notes that this one writes to a file.
    pub(super) fn note(self, file: &File) {
        let text = format!("{} {}", self.pid, self.since);
        let flags = rustix::fs::XattrFlags::empty();
        // It only says whom to ask; the lock is what keeps writers apart.
        let _ = rustix::fs::fsetxattr(file, Self::NAME, text.as_bytes(), flags);
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
impl Writer {
    /// Who wrote to a file last.
    pub(super) fn of(_file: &File) -> Option<Self> {
        Self::parse(b"")
    }

    /// Notes that this one writes to a file.
    pub(super) fn note(self, _file: &File) {}
}
