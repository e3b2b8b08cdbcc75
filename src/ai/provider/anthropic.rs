//! Anthropic.

use super::{OnlyThinking, Provider};

pub(super) const PROVIDER: Provider = Provider {
    id: "anthropic",
    api: "anthropic-messages",
    base_url: "https://api.anthropic.com",
    mistaken_urls: &[],
    plans: &[],
    keys: &["ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_API_KEY"],
    catalogue: &["anthropic"],
    compat: None,
    only_thinking: OnlyThinking::Stays,
};
