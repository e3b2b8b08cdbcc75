//! `OpenAI`'s Codex models: with an API key over the Responses API, with a `ChatGPT` subscription over its own door.

use super::openai::{BASE_URL, KEYS, MISTAKEN_URLS};
use super::{OnlyThinking, Plan, Provider};

pub(super) const PROVIDER: Provider = Provider {
    id: "openai-codex",
    api: "openai-responses",
    base_url: BASE_URL,
    mistaken_urls: MISTAKEN_URLS,
    plans: &[Plan {
        name: "chatgpt",
        base_url: "https://chatgpt.com/backend-api",
        api: "openai-codex-responses",
    }],
    keys: KEYS,
    catalogue: &["openai", "openai-codex"],
    compat: None,
    only_thinking: OnlyThinking::Stays,
};
