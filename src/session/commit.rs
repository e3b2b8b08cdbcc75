//! Group commit: what was written is brought to the disk by one thread, all files together, shortly after.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use super::disk::Disk;

/// How long what was written may wait for the next commit.
const WITHIN: Duration = Duration::from_millis(25);
/// With more writes waiting than this a writer commits its own.
const MOST: usize = 256;

/// How the commits of one log went: the system tells of a disk that refuses once, and its next writer must hear of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcome(Arc<State>);

#[derive(Debug, Default)]
struct State {
    failure: Mutex<Option<io::Error>>,
    /// Whether the file waits already: one commit does for all that was written before it.
    waits: AtomicBool,
}

impl Outcome {
    /// The failure since this was last asked.
    pub(super) fn take(&self) -> Result<(), io::Error> {
        self.0.failure.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }

    fn note(&self, result: io::Result<()>) {
        if let Err(error) = result {
            *self.0.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    }

    fn id(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

/// A file that waits.
pub(super) struct Waiting {
    /// The file.
    pub file: File,
    /// Where it is.
    pub disk: Arc<dyn Disk>,
    /// Who hears of it.
    pub outcome: Outcome,
}

impl Waiting {
    fn commit(self) {
        // First of all: what is written from here on waits for another commit.
        self.outcome.0.waits.store(false, Ordering::SeqCst);
        self.outcome.note(self.disk.sync(&self.file));
    }
}

/// What was written to a file is to be committed soon.
pub(super) fn soon(written: Waiting) {
    if written.outcome.0.waits.swap(true, Ordering::SeqCst) {
        return;
    }
    if let Err(TrySendError::Full(written) | TrySendError::Disconnected(written)) = queue().try_send(written)
    {
        written.commit();
    }
}

/// Where files wait for the thread that commits them.
fn queue() -> &'static SyncSender<Waiting> {
    static QUEUE: OnceLock<SyncSender<Waiting>> = OnceLock::new();
    QUEUE.get_or_init(|| {
        let (sender, receiver) = sync_channel(MOST);
        // Without the thread the channel is closed, and every writer commits its own.
        let _ = thread::Builder::new().name("session-commit".into()).spawn(move || commit(&receiver));
        sender
    })
}

fn commit(queue: &Receiver<Waiting>) {
    while let Ok(first) = queue.recv() {
        // What comes meanwhile goes with it; one commit does for all that a log has written.
        thread::sleep(WITHIN);
        let files: HashMap<_, _> =
            std::iter::once(first).chain(queue.try_iter()).map(|file| (file.outcome.id(), file)).collect();
        files.into_values().for_each(Waiting::commit);
    }
}
