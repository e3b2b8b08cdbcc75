//! Whom a lesson belongs to.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::SisError;

/// Whom a lesson belongs to; as text `agent:NAME` or `shared:NAME`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Scope {
    /// One agent alone.
    Agent(String),
    /// All agents that read the scope.
    Shared(String),
}

impl fmt::Display for Scope {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent(name) => write!(to, "agent:{name}"),
            Self::Shared(name) => write!(to, "shared:{name}"),
        }
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

impl TryFrom<String> for Scope {
    type Error = SisError;

    fn try_from(text: String) -> Result<Self, SisError> {
        match text.split_once(':') {
            Some(("agent", name)) if !name.is_empty() => Ok(Self::Agent(name.to_owned())),
            Some(("shared", name)) if !name.is_empty() => Ok(Self::Shared(name.to_owned())),
            _ => Err(SisError::input("scope", format!("{text:?} is neither agent:NAME nor shared:NAME"))),
        }
    }
}
