//! `OpenAI`'s chat completions, and with another base URL the servers that imitate them.

use super::{OnlyThinking, Provider};

pub(super) const BASE_URL: &str = "https://api.openai.com/v1";
pub(super) const KEYS: &[&str] = &["OPENAI_API_KEY"];
/// The catalogue of Argent's has it without the version.
pub(super) const MISTAKEN_URLS: &[&str] = &["https://api.openai.com"];

pub(super) const PROVIDER: Provider = Provider {
    id: "openai",
    api: "openai-completions",
    base_url: BASE_URL,
    mistaken_urls: MISTAKEN_URLS,
    plans: &[],
    keys: KEYS,
    catalogue: &["openai"],
    compat: None,
    only_thinking: OnlyThinking::IsTheAnswer,
};
