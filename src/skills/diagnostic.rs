//! What a host is told of skills that are not as they should be.

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DiagnosticKind {
    /// Something that ought to be mended.
    Warning,
    /// Two resources of one name.
    Collision,
}

/// A remark on a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    #[serde(rename = "type")]
    pub kind: DiagnosticKind,
    /// For people.
    pub message: String,
    /// Which file.
    pub path: String,
    /// Which two files, where they collide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collision: Option<Collision>,
}

/// Two resources of one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Collision {
    /// Of which sort: `skill`.
    pub resource_type: &'static str,
    /// The name.
    pub name: String,
    /// The file that keeps it.
    pub winner_path: String,
    /// The file that is left out.
    pub loser_path: String,
}

impl Diagnostic {
    /// A warning about a file.
    pub fn warning(message: impl Into<String>, path: &str) -> Self {
        let (message, path) = (message.into(), path.to_owned());
        Self { kind: DiagnosticKind::Warning, message, path, collision: None }
    }

    /// A skill that is left out because of another one.
    pub fn collision(name: &str, winner: &str, loser: &str) -> Self {
        Self {
            kind: DiagnosticKind::Collision,
            message: format!("name \"{name}\" collision"),
            path: loser.to_owned(),
            collision: Some(Collision {
                resource_type: "skill",
                name: name.to_owned(),
                winner_path: winner.to_owned(),
                loser_path: loser.to_owned(),
            }),
        }
    }
}
