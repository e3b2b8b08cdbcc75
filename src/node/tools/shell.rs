//! A command in a shell, for JavaScript.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::bindgen_prelude::{Buffer, Function, PromiseRaw, Status};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Error, Result};
use napi_derive::napi;
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;

use crate::tools::shell::{Command, End, Exit, Output, Receive, run};

/// With more than this waiting for JavaScript, in bytes, nothing more is read from a command.
const HIGH_WATER: usize = 256 << 10;

/// The output of a command or of a host that runs it: its end, its size, and a file with all of it where that is long.
#[napi]
pub struct ShellOutput {
    output: Arc<Mutex<Output>>,
    told: Arc<AtomicBool>,
}

#[napi]
impl ShellOutput {
    /// The file would come into `folder`.
    #[napi(constructor, catch_unwind)]
    pub fn new(folder: String) -> Self {
        Self { output: Arc::new(Mutex::new(Output::new(folder.into()))), told: Arc::default() }
    }

    /// Adds what came.
    #[napi(catch_unwind)]
    pub fn append(&self, bytes: &[u8]) {
        lock(&self.output).append(bytes);
    }

    /// Nothing more comes.
    #[napi(catch_unwind)]
    pub fn finish(&self) {
        lock(&self.output).finish();
    }

    /// Whether a command has put something in that nobody has looked at.
    #[napi(getter, catch_unwind)]
    pub fn news(&self) -> bool {
        self.told.load(Ordering::SeqCst)
    }

    /// What is known now, JSON; the next piece is news again.
    #[napi(catch_unwind)]
    pub fn shown(&self) -> Result<String> {
        self.told.store(false, Ordering::SeqCst);
        serde_json::to_string(&lock(&self.output).shown())
            .map_err(|error| Error::from_reason(error.to_string()))
    }

    /// Removes the file: nobody has heard of it.
    #[napi(catch_unwind)]
    pub fn discard(&self) {
        lock(&self.output).discard();
    }
}

/// A command that can be run once. It is ended when nothing holds it any more.
#[napi]
pub struct ShellRun {
    command: Mutex<Option<Command>>,
    cancel: CancellationToken,
    pieces: Arc<Pieces>,
}

#[napi]
impl ShellRun {
    /// `command` is JSON.
    #[napi(constructor, catch_unwind)]
    pub fn new(command: String) -> Result<Self> {
        let command =
            serde_json::from_str(&command).map_err(|error| Error::from_reason(error.to_string()))?;
        Ok(Self {
            command: Mutex::new(Some(command)),
            cancel: CancellationToken::new(),
            pieces: Arc::default(),
        })
    }

    /// Runs it. `onNews` is called when there is output since the last look: into `output` if that is given, else for
    /// `take`. The promise is fulfilled when it has ended, with JSON.
    #[napi(catch_unwind, ts_return_type = "Promise<string>")]
    pub fn run<'env>(
        &self,
        env: &'env Env,
        output: Option<&ShellOutput>,
        on_news: Option<Function<'_, (), ()>>,
    ) -> Result<PromiseRaw<'env, String>> {
        let command =
            lock(&self.command).take().ok_or_else(|| Error::from_reason("The command has been run"))?;
        let bell = on_news.map(|on_news| on_news.build_threadsafe_function::<()>().build()).transpose()?;
        let cancel = self.cancel.clone();
        let (tell, told) = oneshot::channel();
        let mut sink = match output {
            Some(output) => {
                Sink::Kept { output: Arc::clone(&output.output), told: Arc::clone(&output.told), bell }
            }
            None => Sink::Passed { pieces: Arc::clone(&self.pieces), bell },
        };
        let work = move || {
            let exit = run(&command, &cancel, &mut sink);
            drop(sink);
            // Nobody listens any more when JavaScript's thread has ended.
            let _ = tell.send(exit);
        };
        std::thread::Builder::new().name("argent-shell".into()).spawn(work)?;
        env.spawn_future(async move {
            match told.await.unwrap_or_else(|_| Err(io::Error::other("The command was lost"))) {
                Ok(exit) => Ok(outcome(exit).to_string()),
                Err(error) => {
                    Ok(serde_json::json!({ "errno": error.raw_os_error(), "error": error.to_string() })
                        .to_string())
                }
            }
        })
    }

    /// The output since the last call.
    #[napi(catch_unwind)]
    pub fn take(&self) -> Option<Buffer> {
        let bytes = std::mem::take(&mut *lock(&self.pieces.bytes));
        self.pieces.room.notify_one();
        (!bytes.is_empty()).then(|| bytes.into())
    }

    /// Ends it, and all that it has started.
    #[napi(catch_unwind)]
    pub fn abort(&self) {
        self.cancel.cancel();
    }
}

impl Drop for ShellRun {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

type Bell = Option<ThreadsafeFunction<(), (), (), Status, false>>;

/// Output on its way to JavaScript.
#[derive(Default)]
struct Pieces {
    bytes: Mutex<Vec<u8>>,
    room: Notify,
}

enum Sink {
    Kept { output: Arc<Mutex<Output>>, told: Arc<AtomicBool>, bell: Bell },
    Passed { pieces: Arc<Pieces>, bell: Bell },
}

impl Receive for Sink {
    fn data(&mut self, bytes: &[u8]) {
        let (news, bell) = match self {
            Self::Kept { output, told, bell } => {
                lock(output).append(bytes);
                (!told.swap(true, Ordering::SeqCst), bell)
            }
            Self::Passed { pieces, bell } => {
                let mut waiting = lock(&pieces.bytes);
                let first = waiting.is_empty();
                waiting.extend_from_slice(bytes);
                (first, bell)
            }
        };
        if let Some(bell) = bell.as_ref().filter(|_| news) {
            bell.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    async fn room(&mut self) {
        if let Self::Passed { pieces, .. } = self {
            while lock(&pieces.bytes).len() > HIGH_WATER {
                pieces.room.notified().await;
            }
        }
    }
}

fn outcome(exit: Exit) -> serde_json::Value {
    let end = match exit.end {
        End::Itself => "itself",
        End::Aborted => "aborted",
        End::TimedOut => "timeout",
    };
    serde_json::json!({ "code": exit.code, "signal": exit.signal, "end": end })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
