//! Group commit: what was written is brought to the disk by one thread, all files together, shortly after.

use std::fs::File;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

/// How long what was written may wait for the next commit.
const WITHIN: Duration = Duration::from_millis(25);
/// With more files waiting than this a writer commits its own.
const MOST: usize = 1024;

/// A file whose writes are to be committed.
#[derive(Debug)]
pub(super) struct Commit {
    file: File,
    /// Whether something was written since the last commit.
    dirty: AtomicBool,
}

impl Commit {
    /// For a file. `file` is a handle of its own on it.
    pub(super) fn new(file: File) -> Arc<Self> {
        Arc::new(Self { file, dirty: AtomicBool::new(false) })
    }

    /// Something was written: commit it soon.
    pub(super) fn soon(self: &Arc<Self>) {
        if !self.dirty.swap(true, Ordering::AcqRel) && waiting().try_send(Arc::clone(self)).is_err() {
            let _ = self.now();
        }
    }

    /// Commits what was written.
    pub(super) fn now(&self) -> std::io::Result<()> {
        self.dirty.store(false, Ordering::Release);
        self.file.sync_data()
    }
}

/// Where files wait for the thread that commits them.
fn waiting() -> &'static SyncSender<Arc<Commit>> {
    static WAITING: OnceLock<SyncSender<Arc<Commit>>> = OnceLock::new();
    WAITING.get_or_init(|| {
        let (sender, receiver) = sync_channel(MOST);
        // Without the thread the channel is closed, and every writer commits its own.
        let _ = thread::Builder::new().name("session-commit".into()).spawn(move || commit(&receiver));
        sender
    })
}

fn commit(waiting: &Receiver<Arc<Commit>>) {
    while let Ok(first) = waiting.recv() {
        // What comes meanwhile goes with it.
        thread::sleep(WITHIN);
        let mut next = Some(first);
        while let Some(file) = next {
            if file.dirty.load(Ordering::Acquire) {
                // A disk that refuses is found by the next write or flush; there is nobody to tell here.
                let _ = file.now();
            }
            next = waiting.try_recv().ok();
        }
    }
}
