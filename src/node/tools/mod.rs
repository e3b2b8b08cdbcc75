//! The tools of a coding agent, for JavaScript. Work of any size runs off the main thread; what a host passed as its
//! signal reaches it as a [`Cancellation`].

mod search;
mod shell;

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

    /// Ends the work it was handed to.
    #[napi(catch_unwind)]
    pub fn cancel(&self) {
        self.token.cancel();
    }
}

impl Cancellation {
    fn token(&self) -> CancellationToken {
        self.token.clone()
    }
}
