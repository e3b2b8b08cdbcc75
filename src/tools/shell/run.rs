//! One command from its start to its end.

use std::io;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::Command;
use super::process::{Pipe, Process, Status};

/// How long the processes of a command that is ended have to put their things in order.
const TERM_GRACE: Duration = Duration::from_secs(1);
/// How long the system may take to remove processes that were killed.
const KILL_GRACE: Duration = Duration::from_secs(2);
/// How long to read on when the command has ended and a process that it left behind holds its output open.
const HELD_GRACE: Duration = Duration::from_millis(100);
/// The first wait between two looks at who still lives; each is twice the one before, up to the last.
const LOOK_FIRST: Duration = Duration::from_millis(1);
const LOOK_LAST: Duration = Duration::from_millis(20);
/// Bytes taken from the pipe at once: what a pipe holds.
const CHUNK: usize = 64 << 10;
/// More than this, in bytes, is not on its way when a command has ended: somebody goes on writing.
const REST: usize = 1 << 20;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By itself.
    Itself,
    /// Because it was aborted.
    Aborted,
    /// Because its time was over.
    TimedOut,
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// The exit code of the shell; `None` where a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended the shell.
    pub signal: Option<i32>,
    /// Who ended it.
    pub end: End,
}

/// Takes a command's output.
pub trait Receive {
    /// A piece of the output.
    fn data(&mut self, bytes: &[u8]);
    /// Waits until there is room for more.
    fn room(&mut self) -> impl Future<Output = ()> {
        std::future::ready(())
    }
}

/// Runs a command and waits for it; blocks, so give it a thread. After a command that was aborted or that ran out of
/// time, none of the processes that it started lives on; after one that ended by itself they do.
pub fn run(command: &Command, cancel: &CancellationToken, sink: &mut impl Receive) -> io::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut process, pipe) = Process::start(command)?;
        let exit = attend(&mut process, pipe, command.time(), cancel, sink).await;
        process.reap();
        exit
    })
}

async fn attend(
    process: &mut Process,
    mut pipe: Pipe,
    time: Option<Duration>,
    cancel: &CancellationToken,
    sink: &mut impl Receive,
) -> io::Result<Exit> {
    let mut exited = process.exited().inspect_err(|_| process.kill())?;
    let mut status = None;
    let mut end = End::Itself;
    let mut open = true;
    let mut buffer = vec![0; CHUNK];
    let mut ending: Option<Ending> = None;
    let deadline = time.and_then(|time| Instant::now().checked_add(time));
    let mut held_until = None;
    loop {
        if ending.is_none() && status.is_some() && !open {
            break;
        }
        let look = ending.as_ref().map(|ending| ending.next);
        tokio::select! {
            got = read(&mut pipe, &mut buffer, sink), if open => match got {
                Ok(0) | Err(_) => open = false,
                Ok(length) => sink.data(buffer.get(..length).unwrap_or_default()),
            },
            got = &mut exited, if status.is_none() => {
                status = Some(got.unwrap_or_default());
                held_until = Some(Instant::now() + HELD_GRACE);
            }
            () = cancel.cancelled(), if ending.is_none() => {
                end = End::Aborted;
                ending = Some(Ending::begin(process));
            }
            () = at(deadline), if ending.is_none() && status.is_none() => {
                end = End::TimedOut;
                ending = Some(Ending::begin(process));
            }
            () = at(held_until), if ending.is_none() => break,
            () = at(look) => {
                let gone = status.is_some() && !process.lives(open);
                if ending.as_mut().is_none_or(|ending| ending.over(process, gone)) {
                    break;
                }
            }
        }
    }
    rest(&mut pipe, &mut buffer, sink);
    let Status { code, signal } = status.unwrap_or_default();
    Ok(Exit { code, signal, end })
}

async fn read(pipe: &mut Pipe, buffer: &mut [u8], sink: &mut impl Receive) -> io::Result<usize> {
    sink.room().await;
    pipe.read(buffer).await
}

/// Takes what the pipe still holds; a process that goes on writing does not hold up the end.
fn rest(pipe: &mut Pipe, buffer: &mut [u8], sink: &mut impl Receive) {
    let mut left = REST;
    while let Some(length) = pipe.read_now(buffer).filter(|length| *length > 0 && left > 0) {
        sink.data(buffer.get(..length).unwrap_or_default());
        left = left.saturating_sub(length);
    }
}

async fn at(when: Option<Instant>) {
    match when {
        Some(when) => sleep_until(when).await,
        None => std::future::pending().await,
    }
}

/// The way of a command to its early end.
struct Ending {
    kill_at: Instant,
    next: Instant,
    wait: Duration,
}

impl Ending {
    fn begin(process: &mut Process) -> Self {
        process.terminate();
        let now = Instant::now();
        Self { kill_at: now + TERM_GRACE, next: now + LOOK_FIRST, wait: LOOK_FIRST }
    }

    /// Looks again: whether it is over.
    fn over(&mut self, process: &mut Process, gone: bool) -> bool {
        let now = Instant::now();
        if gone || now > self.kill_at + KILL_GRACE {
            return true;
        }
        if now >= self.kill_at {
            process.kill();
        }
        self.wait = (self.wait * 2).min(LOOK_LAST);
        self.next = now + self.wait;
        false
    }
}
