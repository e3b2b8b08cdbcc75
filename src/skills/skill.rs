//! A skill, and where it came from.

use serde::Serialize;

/// What is known of a skill without reading its text again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Skill {
    /// Its own name for itself, else its folder's.
    pub name: String,
    /// When to use it.
    pub description: String,
    /// Its file.
    pub file_path: String,
    /// The folder that paths in its text are relative to.
    pub base_dir: String,
    /// Where it came from.
    pub source_info: SourceInfo,
    /// Whether only the user may call for it.
    pub disable_model_invocation: bool,
    /// The tools that it says it needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<String>>,
}

/// Where a resource came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceInfo {
    /// Its file.
    pub path: String,
    /// `local`, or what the host calls the place.
    pub source: String,
    /// `user`, `project` or `temporary`.
    pub scope: &'static str,
    /// Always `top-level`: not from a package.
    pub origin: &'static str,
    /// The folder that it belongs to.
    pub base_dir: String,
}

/// Which place a skill was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The user's own.
    User,
    /// The project's.
    Project,
    /// A path that the host named.
    Path,
    /// What the host calls it.
    Other(String),
}

impl From<String> for Origin {
    fn from(source: String) -> Self {
        match source.as_str() {
            "user" => Self::User,
            "project" => Self::Project,
            "path" => Self::Path,
            _ => Self::Other(source),
        }
    }
}

impl Origin {
    /// The same for one file.
    pub(super) fn info(&self, path: &str, base_dir: &str) -> SourceInfo {
        let (source, scope) = match self {
            Self::User => ("local", "user"),
            Self::Project => ("local", "project"),
            Self::Path => ("local", "temporary"),
            Self::Other(source) => (source.as_str(), "temporary"),
        };
        SourceInfo {
            path: path.to_owned(),
            source: source.to_owned(),
            scope,
            origin: "top-level",
            base_dir: base_dir.to_owned(),
        }
    }
}
