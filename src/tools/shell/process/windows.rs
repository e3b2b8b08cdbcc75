//! A shell and its processes on Windows: a job, which knows all of them.

use std::io::{self, PipeReader, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use process_wrap::std::{ChildWrapper, JobObject};
use tokio::sync::{mpsc, oneshot};

use super::{Command, Exited, Status, prepare};

/// How often to look whether the shell has ended.
const LOOK: Duration = Duration::from_millis(10);
/// Bytes taken from the pipe at once, and how many such pieces may wait.
const CHUNK: usize = 64 << 10;
const WAITING: usize = 2;

/// A shell in a job.
pub(in super::super) struct Process {
    child: Arc<Mutex<Box<dyn ChildWrapper>>>,
}

impl Process {
    pub(in super::super) fn start(command: &Command) -> io::Result<(Self, Pipe)> {
        let (mut wrapped, reader) = prepare(command)?;
        let child = wrapped.wrap(JobObject).spawn()?;
        drop(wrapped);
        Ok((Self { child: Arc::new(Mutex::new(child)) }, Pipe::new(reader)?))
    }

    /// Resolves when the shell has ended.
    pub(in super::super) fn exited(&self) -> io::Result<Exited> {
        let (tell, told) = oneshot::channel();
        let child = Arc::clone(&self.child);
        thread::Builder::new().name("argent-shell-wait".into()).spawn(move || {
            let status = loop {
                let ended = child.lock().unwrap_or_else(PoisonError::into_inner).inner_mut().try_wait();
                match ended {
                    Ok(None) => thread::sleep(LOOK),
                    Ok(Some(status)) => break Status { code: status.code(), signal: None },
                    Err(_) => break Status::default(),
                }
            };
            // Nobody listens any more when the command was given up.
            let _ = tell.send(status);
        })?;
        Ok(told)
    }

    /// Ends all processes: there is no way to ask.
    pub(in super::super) fn terminate(&mut self) {
        self.kill();
    }

    /// Ends all processes.
    pub(in super::super) fn kill(&mut self) {
        // Fails only when nobody is left.
        let _ = self.child.lock().unwrap_or_else(PoisonError::into_inner).start_kill();
    }

    /// Whether any process besides the shell may still live: a job that was ended takes all with it at once.
    pub(in super::super) fn lives(&mut self, _open: bool) -> bool {
        false
    }

    /// Lets go of the shell.
    pub(in super::super) fn reap(self) {}
}

/// The output of a command, read by a thread: such a pipe cannot be waited for.
pub(in super::super) struct Pipe {
    pieces: mpsc::Receiver<Vec<u8>>,
    piece: Vec<u8>,
}

impl Pipe {
    fn new(mut reader: PipeReader) -> io::Result<Self> {
        let (give, pieces) = mpsc::channel(WAITING);
        thread::Builder::new().name("argent-shell-read".into()).spawn(move || {
            let mut buffer = vec![0; CHUNK];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                let piece = buffer.get(..length).unwrap_or_default().to_vec();
                if give.blocking_send(piece).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { pieces, piece: Vec::new() })
    }

    /// Some bytes; none at the end.
    pub(in super::super) async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() {
            self.piece = self.pieces.recv().await.unwrap_or_default();
        }
        Ok(self.take(buffer))
    }

    /// The bytes that are there already.
    pub(in super::super) fn read_now(&mut self, buffer: &mut [u8]) -> Option<usize> {
        if self.piece.is_empty() {
            self.piece = self.pieces.try_recv().ok()?;
        }
        Some(self.take(buffer))
    }

    fn take(&mut self, buffer: &mut [u8]) -> usize {
        let length = self.piece.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(self.piece.drain(..length)) {
            *to = from;
        }
        length
    }
}
