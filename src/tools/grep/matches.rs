//! What the threads of a search have found, in the order of the walk.

use std::collections::BTreeMap;

use super::file::Hits;

/// What was found in some files that follow each other in the walk.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) hits: Vec<Hits>,
    pub(super) count: usize,
    pub(super) errors: Vec<String>,
}

/// The batches by their places in the walk. Not more than the first `limit` matches of what is known, and the rest of the
/// batch that the last of them is in, are kept.
pub(super) struct Matches {
    batches: BTreeMap<usize, Batch>,
    limit: usize,
}

impl Matches {
    pub(super) fn new(limit: usize) -> Self {
        Self { batches: BTreeMap::new(), limit }
    }

    /// Adds a batch. Whether there are enough: later ones will not be shown.
    pub(super) fn put(&mut self, at: usize, batch: Batch) -> bool {
        if batch.count == 0 && batch.errors.is_empty() {
            return false;
        }
        self.batches.insert(at, batch);
        let mut count = 0;
        let last = self.batches.iter().find_map(|(at, batch)| {
            count += batch.count;
            (count >= self.limit).then_some(*at)
        });
        let Some(last) = last else { return false };
        self.batches.retain(|at, _| *at <= last);
        true
    }

    pub(super) fn into_batches(self) -> Vec<Batch> {
        self.batches.into_values().collect()
    }
}
