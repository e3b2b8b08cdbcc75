//! The bounded queue of one turn's events between the network's threads and JavaScript's.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

/// The network's end of a queue.
pub(super) struct Inlet(pub(super) Arc<Queue>);

impl Sink for Inlet {
    fn event(&mut self, event: Event<'_>) {
        // A mark alone is nothing to ring for.
        if event == Event::Piece {
            self.0.lock().event(event);
        } else {
            self.0.put(|batch| batch.event(event));
        }
    }
}

impl Receiver for Inlet {
    async fn head(&mut self, status: u16, headers: &Headers) {
        self.0.put(|batch| batch.head(status, headers));
        self.0.proceed.notified().await;
    }

    async fn room(&mut self) {
        while self.0.lock().len() > HIGH_WATER {
            self.0.room.notified().await;
        }
    }
}
