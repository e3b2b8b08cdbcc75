//! Tool names under a subscription's token: those of Anthropic's own agent go out in its spelling and come back in the
//! host's.

use std::borrow::Cow;

use crate::ai::Tool;

const AGENT_TOOLS: [&str; 17] = [
    "Read",
    "Write",
    "Edit",
    "Bash",
    "Grep",
    "Glob",
    "AskUserQuestion",
    "EnterPlanMode",
    "ExitPlanMode",
    "KillShell",
    "NotebookEdit",
    "Skill",
    "Task",
    "TaskOutput",
    "TodoWrite",
    "WebFetch",
    "WebSearch",
];

/// The name to send for a host's tool.
pub(super) fn outgoing(name: &str) -> &str {
    let lower = name.to_lowercase();
    AGENT_TOOLS.into_iter().find(|known| known.to_lowercase() == lower).unwrap_or(name)
}

/// The host's names, to find them again whatever their case.
#[derive(Debug, Default)]
pub(super) struct HostNames(Vec<String>);

impl HostNames {
    /// Remembers the names of the tools on offer.
    pub(super) fn of(tools: &[Tool]) -> Self {
        Self(tools.iter().map(|tool| tool.name.to_string()).collect())
    }

    /// The host's name for a name that came back.
    pub(super) fn incoming<'a>(&'a self, name: Cow<'a, str>) -> Cow<'a, str> {
        let lower = name.to_lowercase();
        match self.0.iter().find(|own| own.to_lowercase() == lower) {
            Some(own) => Cow::Borrowed(own),
            None => name,
        }
    }
}
