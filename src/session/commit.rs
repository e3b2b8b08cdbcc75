//! Group commit: what was written is brought to the disk by one thread, all files together, shortly after.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// How long what was written may wait for the next commit.
const WITHIN: Duration = Duration::from_millis(25);
/// With more writes waiting than this a writer commits its own.
const MOST: usize = 256;

/// What was written to `file` is to be committed soon.
pub(super) fn soon(path: &Path, file: File) {
    if let Err(refused) = waiting().try_send((path.to_owned(), file)) {
        let (std::sync::mpsc::TrySendError::Full((_, file))
        | std::sync::mpsc::TrySendError::Disconnected((_, file))) = refused;
        // A disk that refuses is found by the next write or flush.
        let _ = file.sync_data();
    }
}

/// Where files wait for the thread that commits them.
fn waiting() -> &'static SyncSender<(PathBuf, File)> {
    static WAITING: OnceLock<SyncSender<(PathBuf, File)>> = OnceLock::new();
    WAITING.get_or_init(|| {
        let (sender, receiver) = sync_channel(MOST);
        // Without the thread the channel is closed, and every writer commits its own.
        let _ = thread::Builder::new().name("session-commit".into()).spawn(move || commit(&receiver));
        sender
    })
}

fn commit(waiting: &Receiver<(PathBuf, File)>) {
    while let Ok((path, file)) = waiting.recv() {
        // What comes meanwhile goes with it; one commit does for all writes to a file.
        thread::sleep(WITHIN);
        let mut files = HashMap::from([(path, file)]);
        files.extend(waiting.try_iter());
        for file in files.into_values() {
            // There is nobody to tell of a disk that refuses; the next write or flush finds it.
            let _ = file.sync_data();
        }
    }
}
