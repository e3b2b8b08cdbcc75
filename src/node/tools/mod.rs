//! The tools of a coding agent, for JavaScript. Work of any size runs off the main thread; what a host passed as its
//! signal reaches it as a [`Cancellation`].

pub mod files;
pub mod search;
pub mod shell;

use napi::bindgen_prelude::{AsyncTask, ToNapiValue, TypeName};
use napi::{Env, Task};
use napi_derive::napi;
use tokio_util::sync::CancellationToken;

/// Tells native work that nobody waits for it any more.
#[napi]
pub struct Cancellation {
    token: CancellationToken,
}

#[napi]
impl Cancellation {
    /// Of work that is to go on.
    #[napi(constructor, catch_unwind)]
    #[allow(
        clippy::new_without_default,
        reason = "JavaScript constructs it; the lint only fires in some builds"
    )]
    pub fn new() -> Self {
        Self { token: CancellationToken::new() }
    }

    fn token(&self) -> CancellationToken {
        self.token.clone()
    }

    /// Ends the work it was handed to.
    #[napi(catch_unwind)]
    pub fn cancel(&self) {
        self.token.cancel();
    }
}

/// Work on a thread of libuv's.
pub struct Job<T> {
    work: Option<Box<dyn FnOnce() -> T + Send>>,
}

impl<T: Send + Default + ToNapiValue + TypeName + 'static> Job<T> {
    fn start(work: impl FnOnce() -> T + Send + 'static) -> AsyncTask<Self> {
        AsyncTask::new(Self { work: Some(Box::new(work)) })
    }
}

impl<T: Send + Default + ToNapiValue + TypeName + 'static> Task for Job<T> {
    type Output = T;
    type JsValue = T;

    fn compute(&mut self) -> napi::Result<T> {
        Ok(self.work.take().map_or_else(T::default, |work| work()))
    }

    fn resolve(&mut self, _env: Env, output: T) -> napi::Result<T> {
        Ok(output)
    }
}
