//! `OpenAI`'s Responses API.

use super::openai::{BASE_URL, KEYS, MISTAKEN_URLS};
use super::{OnlyThinking, Provider};

pub(super) const PROVIDER: Provider = Provider {
    id: "openai-responses",
    api: "openai-responses",
    base_url: BASE_URL,
    mistaken_urls: MISTAKEN_URLS,
    plans: &[],
    keys: KEYS,
    catalogue: &["openai"],
    compat: None,
    only_thinking: OnlyThinking::Stays,
};
