//! What may not become a lesson: orders to the model that somebody smuggled in, and secrets.
//!
//! Lessons go into later prompts with the agent's own authority, so a tool's output or a page that was read must not
//! become one that commands. Secrets are blacked out, as an error message with a key in it can still teach.

mod instruction;
mod secret;

use super::Draft;

pub use instruction::Threat;

/// What is left of a text after screening.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Screened {
    /// The text, with `[secret]` in the place of secrets.
    pub text: String,
    /// Whether there were any.
    pub had_secret: bool,
    /// Why it may not become a lesson, if so.
    pub threat: Option<Threat>,
}

/// Screens a text.
pub fn screen(text: &str) -> Screened {
    let (redacted, had_secret) = secret::redact(text);
    Screened { threat: instruction::threat(text), text: redacted, had_secret }
}

/// Blacks out the secrets in a text.
pub(super) fn redact(text: &mut String) {
    let (redacted, had_secret) = secret::redact(text);
    if had_secret {
        *text = redacted;
    }
}

/// Screens all parts of a draft: blacks out secrets, or says why it may not become a lesson.
pub(super) fn admit(draft: &mut Draft) -> Result<(), Threat> {
    let mut all = String::new();
    for part in draft.parts_mut() {
        if let Some(threat) = instruction::threat(part) {
            return Err(threat);
        }
        redact(part);
        all.push_str(part);
        all.push('\n');
    }
    // An order may be spread over the parts.
    instruction::threat(&all).map_or(Ok(()), Err)
}
