//! A shell and the processes that it starts, apart from this process: on Unix in a session of their own, on Windows in a
//! job.

#[cfg(target_os = "linux")]
mod tree;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(super) use unix::{Pipe, Process};
#[cfg(windows)]
pub(super) use windows::{Pipe, Process};

use std::io::{self, PipeReader};
use std::process::{Command as StdCommand, Stdio};

use process_wrap::std::CommandWrap;
use tokio::sync::oneshot;

use super::Command;

/// How the shell ended.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Status {
    pub(super) code: Option<i32>,
    pub(super) signal: Option<i32>,
}

/// Where the thread that waits for the shell tells how it ended.
pub(super) type Exited = oneshot::Receiver<Status>;

/// The command for the system, and the end of the pipe that its output comes out of: one for stdout and stderr, so that
/// what was written first comes first.
fn prepare(command: &Command) -> io::Result<(CommandWrap, PipeReader)> {
    let (reader, writer) = io::pipe()?;
    let mut std = StdCommand::new(&command.program);
    std.args(&command.args)
        .current_dir(&command.cwd)
        .env_clear()
        .envs(command.env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stderr(writer.try_clone()?)
        .stdout(writer);
    Ok((CommandWrap::from(std), reader))
}
