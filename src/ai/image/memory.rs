//! The images that were made smaller last, by the content of the original.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::head::Format;
use super::{Limits, base64};

/// How much is remembered, in bytes.
const ROOM: usize = 64 << 20;

/// An image that was made smaller.
#[derive(Clone)]
pub(super) struct Small {
    /// Base64.
    pub(super) data: Arc<str>,
    pub(super) mime_type: &'static str,
}

impl Small {
    pub(super) fn new(bytes: &[u8], format: Format) -> Self {
        Self { data: base64::encode(bytes).into(), mime_type: format.mime_type() }
    }
}

/// What was made of an image, or the note that stands for it.
pub(super) type Made = Result<Small, &'static str>;

/// The hash of the original, its length, and what it was to fit.
type Key = (u64, usize, Limits);

/// What was made of images; the one used last stands last.
#[derive(Default)]
struct Memory {
    entries: VecDeque<(Key, Made)>,
    used: usize,
}

static MEMORY: LazyLock<Mutex<Memory>> = LazyLock::new(Mutex::default);
/// Keyed anew in every process, so that nobody can make two images that pass for one another.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// What `make` makes of an image, or once made of it.
pub(super) fn remember(data: &str, limits: &Limits, make: impl FnOnce() -> Made) -> Made {
    let key = (HASHER.hash_one(data), data.len(), *limits);
    if let Some(known) = lock().find(&key) {
        return known;
    }
    let image = make();
    lock().add(key, image.clone());
    image
}

fn lock() -> std::sync::MutexGuard<'static, Memory> {
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memory {
    fn find(&mut self, key: &Key) -> Option<Made> {
        let at = self.entries.iter().rposition(|(known, _)| known == key)?;
        let entry = self.entries.remove(at)?;
        let made = entry.1.clone();
        self.entries.push_back(entry);
        Some(made)
    }

    fn add(&mut self, key: Key, made: Made) {
        self.used += size(&made);
        self.entries.push_back((key, made));
        while self.used > ROOM {
            let Some((_, oldest)) = self.entries.pop_front() else { break };
            self.used -= size(&oldest);
        }
    }
}

fn size(made: &Made) -> usize {
    made.as_ref().map_or(0, |image| image.data.len()) + size_of::<(Key, Made)>()
}
