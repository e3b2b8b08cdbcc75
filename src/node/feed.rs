//! The doorbell of one JavaScript thread: rung once however many turns have news, so that a thousand streams cost one
//! wake-up a tick.

use std::sync::{Arc, Mutex, PoisonError};

use napi::bindgen_prelude::{Function, Status};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Result, check_status, sys};
use napi_derive::napi;
use tokio_util::sync::CancellationToken;

type Ring = ThreadsafeFunction<(), (), (), Status, false>;

/// The network's side of the doorbell.
pub(super) struct Bell {
    ring: Ring,
    ready: Mutex<Vec<u32>>,
    closing: CancellationToken,
}

impl Bell {
    /// A turn has news.
    pub(super) fn ring(&self, turn: u32) {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        let first = ready.is_empty();
        ready.push(turn);
        drop(ready);
        if first {
            self.ring.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// Cancelled when the JavaScript thread ends: nobody will ever take what its turns still bring.
    pub(super) fn closing(&self) -> &CancellationToken {
        &self.closing
    }
}

/// The doorbell of one JavaScript thread.
#[napi]
pub struct Feed {
    bell: Arc<Bell>,
}

#[napi]
impl Feed {
    /// `on_ring` is called when turns have news. The process may exit while nobody holds the feed.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, on_ring: Function<'_, (), ()>) -> Result<Self> {
        let ring: Ring = on_ring.build_threadsafe_function::<()>().build()?;
        let feed = Self {
            bell: Arc::new(Bell { ring, ready: Mutex::default(), closing: CancellationToken::new() }),
        };
        feed.release(env)?;
        Ok(feed)
    }

    /// The turns that have news since the last call.
    #[napi(catch_unwind)]
    pub fn ready(&self) -> Vec<u32> {
        std::mem::take(&mut *self.bell.ready.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps the process alive until `release`.
    #[napi(catch_unwind)]
    pub fn hold(&self, env: Env) -> Result<()> {
        // SAFETY: called on the JavaScript thread that made the function, which lives as long as `self`.
        check_status!(unsafe { sys::napi_ref_threadsafe_function(env.raw(), self.bell.ring.raw()) })
    }

    /// Lets the process exit.
    #[napi(catch_unwind)]
    pub fn release(&self, env: Env) -> Result<()> {
        // SAFETY: as in `hold`.
        check_status!(unsafe { sys::napi_unref_threadsafe_function(env.raw(), self.bell.ring.raw()) })
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.bell.closing.cancel();
    }
}

impl Feed {
    pub(super) fn bell(&self) -> Arc<Bell> {
        Arc::clone(&self.bell)
    }
}
