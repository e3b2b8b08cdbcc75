//! Which models leak.

use serde::Deserialize;

use crate::ai::{Model, catalog};
use crate::json::lenient;

/// Model families that are known to leak, wherever they are served.
const FAMILIES: [&str; 8] = ["minimax", "glm", "qwen", "qwq", "deepseek", "kimi", "moonshot", "hermes"];

/// Providers that serve nothing else.
const PROVIDERS: [&str; 7] =
    ["minimax", "minimax-cn", "zai", "moonshotai", "moonshotai-cn", "kimi-coding", "deepseek"];

/// Providers whose own models keep text and structure apart.
const VENDORS: [&str; 7] = [
    "anthropic",
    "openai",
    "openai-codex",
    "azure-openai-responses",
    "google",
    "google-vertex",
    "github-copilot",
];

/// The switch as a model carries it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Switches {
    #[serde(deserialize_with = "lenient")]
    mend_text: Option<bool>,
}

/// Whether a model's text may hold what is no text: as its own switch says, else by its family and provider. Servers
/// that the catalogue does not know are mostly local ones, which leave the parsing to whoever asks.
pub(super) fn leaks(model: &Model) -> bool {
    if let Some(switch) = model.compat::<Switches>().mend_text {
        return switch;
    }
    let provider = &*model.provider;
    if VENDORS.contains(&provider) {
        return false;
    }
    let id = model.id.to_ascii_lowercase();
    let is = |families: &[&str]| families.iter().any(|family| id.contains(family));
    let of_a_vendor = is(&["claude", "gemini"]) || (is(&["gpt-"]) && !is(&["gpt-oss"]));
    let local = &*model.api == "openai-completions" && catalog::providers().all(|known| known != provider);
    is(&FAMILIES) || PROVIDERS.contains(&provider) || (local && !of_a_vendor)
}
