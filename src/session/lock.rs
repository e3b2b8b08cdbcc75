//! Who may write to a session's file: one writer at a time, for as long as it takes to write a line. The lock is the
//! system's and dies with its holder, so there is nothing that can go stale.

use std::collections::HashSet;
use std::fs::{File, Metadata, TryLockError};
use std::io;
use std::path::Path;
use std::sync::{Condvar, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error::SessionError;
use super::writer::Writer;

/// How long to wait for another writer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait before another process is asked again.
const PAUSE: Duration = Duration::from_micros(100);

/// Which file a path leads to, where the system has a name for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Identity(Option<(u64, u64)>);

impl Identity {
    pub(super) fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Self(Some((metadata.dev(), metadata.ino())))
        }
        #[cfg(not(unix))]
        {
            let _ = metadata;
            Self(None)
        }
    }
}

/// The lock on a file; gone when this is dropped.
#[derive(Debug)]
pub(super) struct Held<'a> {
    file: &'a File,
    _turn: Turn,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // The lock goes with the handle at the latest.
        let _ = self.file.unlock();
    }
}

/// Waits for the lock that every writer of this library holds while it writes.
pub(super) fn lock<'a>(file: &'a File, identity: Identity, path: &Path) -> Result<Held<'a>, SessionError> {
    let since = Instant::now();
    let busy = || {
        let writer = Writer::of(file);
        SessionError::Busy {
            path: path.to_owned(),
            pid: writer.map(|writer| writer.pid),
            since: writer.map(|writer| writer.since),
        }
    };
    let turn = Turn::wait(identity).ok_or_else(busy)?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Held { file, _turn: turn }),
            // Not every file system has locks; on those the writers of one process still take turns.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                return Ok(Held { file, _turn: turn });
            }
            Err(TryLockError::Error(error)) => return Err(SessionError::io("cannot lock", path)(error)),
            Err(TryLockError::WouldBlock) if since.elapsed() > PATIENCE => return Err(busy()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
        }
    }
}

/// A writer's turn among those of this process. The system's lock alone would do on most file systems, but the kernel
/// wakes nobody who polls it, and over a network it may belong to the process.
#[derive(Debug)]
struct Turn(Identity);

static TAKEN: LazyLock<Mutex<HashSet<Identity>>> = LazyLock::new(Mutex::default);
static LEFT: Condvar = Condvar::new();

impl Turn {
    /// Waits for those before; `None` when that takes too long.
    fn wait(identity: Identity) -> Option<Self> {
        if identity != Identity::default() {
            let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
            let waited = LEFT.wait_timeout_while(taken, PATIENCE, |taken| taken.contains(&identity));
            let (mut taken, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            if timeout.timed_out() {
                return None;
            }
            taken.insert(identity);
        }
        Some(Self(identity))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.remove(&self.0) {
            LEFT.notify_all();
        }
    }
}
