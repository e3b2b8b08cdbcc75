//! The bounded queue of one turn's events between the network's threads and JavaScript's.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::Notify;

use super::batch::{Batch, Packed};
use super::feed::Bell;
use crate::ai::{Event, Failure, Headers, Sink, StopReason};
use crate::net::Receiver;

/// With more than this waiting, in bytes, nothing more is read from the socket.
const HIGH_WATER: usize = 256 << 10;

/// The events of one turn that JavaScript has not taken yet.
pub(super) struct Queue {
    turn: u32,
    bell: Arc<Bell>,
    batch: Mutex<Batch>,
    room: Notify,
    proceed: Notify,
}

impl Queue {
    pub(super) fn new(turn: u32, bell: Arc<Bell>) -> Self {
        Self { turn, bell, batch: Mutex::default(), room: Notify::new(), proceed: Notify::new() }
    }

    /// Takes everything that waits.
    pub(super) fn take(&self) -> Option<Packed> {
        let mut batch = self.lock();
        let taken = (!batch.is_empty()).then(|| batch.take());
        drop(batch);
        self.room.notify_one();
        taken
    }

    /// JavaScript has seen to the response's head.
    pub(super) fn proceed(&self) {
        self.proceed.notify_one();
    }

    /// Puts in the end of the answer.
    pub(super) fn end(&self, outcome: Result<StopReason, &Failure>) {
        self.put(|batch| batch.end(outcome));
    }

    /// Puts in that the way to the provider broke, and how.
    pub(super) fn broken(&self, how: &impl Serialize) {
        self.put(|batch| batch.broken(how));
    }

    /// Adds to the batch, and rings when JavaScript may not know yet that something waits.
    fn put(&self, add: impl FnOnce(&mut Batch)) {
        let mut batch = self.lock();
        let was_empty = batch.is_empty();
        add(&mut batch);
        drop(batch);
        if was_empty {
            self.bell.ring(self.turn);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Batch> {
        self.batch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The network's end of a queue. What one read of the network brought goes in at once, so that JavaScript never sees
/// half of a piece.
pub(super) struct Inlet {
    queue: Arc<Queue>,
    held: Batch,
}

impl Inlet {
    pub(super) fn new(queue: &Arc<Queue>) -> Self {
        Self { queue: Arc::clone(queue), held: Batch::default() }
    }

    /// Hands on what is held.
    pub(super) fn flush(&mut self) {
        if !self.held.is_empty() {
            self.queue.put(|batch| batch.append(&mut self.held));
        }
    }

    /// Hands on what is held, and the end of the answer.
    pub(super) fn end(&mut self, outcome: Result<StopReason, &Failure>) {
        self.held.end(outcome);
        self.flush();
    }
}

impl Sink for Inlet {
    fn event(&mut self, event: Event<'_>) {
        self.held.event(event);
    }
}

impl Receiver for Inlet {
    async fn head(&mut self, status: u16, headers: &Headers) {
        self.held.head(status, headers);
        self.flush();
        self.queue.proceed.notified().await;
    }

    async fn room(&mut self) {
        self.flush();
        while self.queue.lock().len() > HIGH_WATER {
            self.queue.room.notified().await;
        }
    }
}
