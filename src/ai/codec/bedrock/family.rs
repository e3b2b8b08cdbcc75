//! What a model's id and name say about it. The ids of application inference profiles say nothing; their names are the
//! host's.

use crate::ai::{Model, Turn};

/// Whether it is one of Anthropic's.
pub(super) fn is_claude(model: &Model) -> bool {
    let (id, name) = (model.id.to_lowercase(), model.name.to_lowercase());
    let is = |text: &str| text.contains("anthropic.claude") || text.contains("anthropic/claude");
    is(&id) || is(&name) || name.contains("claude")
}

/// Whether it decides by itself when and how much to think.
pub(super) fn thinks_adaptively(model: &Model) -> bool {
    mentions(model, &["opus-4-6", "opus-4-7", "sonnet-4-6"])
}

/// Whether it has a level of effort above the highest that others have.
pub(super) fn has_xhigh(model: &Model) -> bool {
    mentions(model, &["opus-4-7"])
}

/// Whether it takes marks for what to cache.
pub(super) fn caches(turn: &Turn) -> bool {
    if !mentions(&turn.model, &["claude"]) {
        return turn.env("AWS_BEDROCK_FORCE_CACHE") == Some("1");
    }
    mentions(&turn.model, &["-4-", "claude-3-7-sonnet", "claude-3-5-haiku"])
}

fn mentions(model: &Model, families: &[&str]) -> bool {
    [&model.id, &model.name].into_iter().any(|text| {
        let plain = text.to_lowercase();
        let dashed = dashed(&plain);
        families.iter().any(|family| plain.contains(family) || dashed.contains(family))
    })
}

/// The text with a dash for each run of white space, `_`, `.` and `:`.
fn dashed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_run = false;
    for c in text.chars() {
        let separates = matches!(c, '_' | '.' | ':' | '\u{FEFF}') || (c != '\u{85}' && c.is_whitespace());
        match (separates, in_run) {
            (true, false) => out.push('-'),
            (true, true) => {}
            (false, _) => out.push(c),
        }
        in_run = separates;
    }
    out
}
