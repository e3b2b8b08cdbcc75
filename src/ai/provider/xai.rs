//! xAI's Grok. The wire knows it by its name: no `store`, no role `developer`, no `reasoning_effort`.

use super::{OnlyThinking, Provider};

pub(super) const PROVIDER: Provider = Provider {
    id: "xai",
    api: "openai-completions",
    base_url: "https://api.x.ai/v1",
    mistaken_urls: &["https://api.x.ai"],
    plans: &[],
    keys: &["XAI_API_KEY"],
    catalogue: &["xai"],
    compat: None,
    only_thinking: OnlyThinking::IsTheAnswer,
};
