//! A shell and its processes on Unix.

use std::io;
use std::os::fd::OwnedFd;
use std::thread;

use process_wrap::std::{ChildWrapper, ProcessSession};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;
use tokio::sync::oneshot;

#[cfg(target_os = "linux")]
use super::tree::Tree;
use super::{Command, Exited, Status, prepare};

/// A shell that leads a session, so that it has no terminal and can be signalled with all that it starts.
pub(in super::super) struct Process {
    child: Box<dyn ChildWrapper>,
    pid: Pid,
    #[cfg(target_os = "linux")]
    tree: Tree,
}

impl Process {
    pub(in super::super) fn start(command: &Command) -> io::Result<(Self, Pipe)> {
        let (mut wrapped, reader) = prepare(command)?;
        let child = wrapped.wrap(ProcessSession).spawn()?;
        drop(wrapped);
        let raw = i32::try_from(child.id()).map_err(io::Error::other)?;
        let pid = Pid::from_raw(raw).ok_or_else(|| io::Error::other("a process without an id"))?;
        #[cfg(target_os = "linux")]
        let process = Self { child, pid, tree: Tree::new(raw) };
        #[cfg(not(target_os = "linux"))]
        let process = Self { child, pid };
        Ok((process, Pipe(Receiver::from_owned_fd(OwnedFd::from(reader))?)))
    }

    /// Resolves when the shell has ended. It is not reaped: until then nobody else can get its id, or its group's.
    pub(in super::super) fn exited(&self) -> io::Result<Exited> {
        let (tell, told) = oneshot::channel();
        let pid = self.pid;
        thread::Builder::new().name("argent-shell-wait".into()).spawn(move || {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            let status = loop {
                match waitid(WaitId::Pid(pid), options) {
                    Err(rustix::io::Errno::INTR) => {}
                    Ok(Some(status)) => {
                        break Status { code: status.exit_status(), signal: status.terminating_signal() };
                    }
                    Ok(None) | Err(_) => break Status::default(),
                }
            };
            // Nobody listens any more when the command was given up.
            let _ = tell.send(status);
        })?;
        Ok(told)
    }

    /// Asks all processes to end.
    pub(in super::super) fn terminate(&mut self) {
        self.signal(Signal::TERM);
    }

    /// Ends all processes.
    pub(in super::super) fn kill(&mut self) {
        self.signal(Signal::KILL);
    }

    fn signal(&mut self, signal: Signal) {
        // First: once the shell has ended, what it started and what left its group has no tie to it any more.
        #[cfg(target_os = "linux")]
        self.tree.signal(signal);
        // Fails only when nobody is left.
        let _ = kill_process_group(self.pid, signal);
    }

    /// Whether any process besides the shell may still live. `open` says whether one holds the output.
    pub(in super::super) fn lives(&mut self, open: bool) -> bool {
        #[cfg(target_os = "linux")]
        let open = self.tree.lives().unwrap_or(open);
        open
    }

    /// Lets go of the shell, which has ended or cannot be ended.
    pub(in super::super) fn reap(mut self) {
        // What else is in its group is not this process's child, or not its concern: only the shell is waited for.
        let _ = self.child.inner_mut().try_wait();
    }
}

/// The output of a command.
pub(in super::super) struct Pipe(Receiver);

impl Pipe {
    /// Some bytes; none at the end.
    pub(in super::super) async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).await
    }

    /// The bytes that are there already.
    pub(in super::super) fn read_now(&mut self, buffer: &mut [u8]) -> Option<usize> {
        self.0.try_read(buffer).ok()
    }
}
