//! Runs a command with all that it starts: output in the order in which it was written, memory that does not grow with
//! it, and nobody of the process tree left when the command is ended early. Answers to Pi's `core/tools/bash`.

mod decode;
mod output;
mod process;
mod run;
#[cfg(test)]
mod tests;

pub use output::{Output, Shown};
pub use run::{End, Exit, Receive, run};

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

/// What to run, and where.
#[derive(Debug, Clone, Deserialize)]
pub struct Command {
    /// The shell.
    pub program: String,
    /// Its arguments, the command among them.
    pub args: Vec<String>,
    /// Where it starts.
    pub cwd: PathBuf,
    /// The whole environment.
    pub env: Vec<(String, String)>,
    /// After how many seconds it is ended.
    #[serde(default)]
    pub timeout: Option<f64>,
}

impl Command {
    /// How long it may take; `None` for as long as it wants.
    fn time(&self) -> Option<Duration> {
        let seconds = self.timeout.filter(|seconds| *seconds > 0.0)?;
        Duration::try_from_secs_f64(seconds).ok()
    }
}
