//! Z.AI's GLM models: by the token, and by the coding plan, each with its own door and its own key.

use super::{OnlyThinking, Plan, Provider};

const API: &str = "openai-completions";
const STANDARD_URL: &str = "https://api.z.ai/api/paas/v4";
const CODING_URL: &str = "https://api.z.ai/api/coding/paas/v4";
/// Where Argent's own class went; nothing is there.
const MISTAKEN_URLS: &[&str] = &["https://api.z.ai/v1", "https://api.z.ai"];
const PLANS: &[Plan] = &[
    Plan { name: "standard", base_url: STANDARD_URL, api: API },
    Plan { name: "coding", base_url: CODING_URL, api: API },
];
/// All that the wire would know by the provider's name and address, for endpoints that stand in for it.
const COMPAT: &str = concat!(
    r#"{"supportsStore":false,"supportsDeveloperRole":false,"supportsReasoningEffort":false,"#,
    r#""thinkingFormat":"zai"}"#
);

/// As the catalogue has it, with the door of the coding plan.
pub(super) const PROVIDER: Provider = Provider {
    id: "zai",
    api: API,
    base_url: CODING_URL,
    mistaken_urls: MISTAKEN_URLS,
    plans: PLANS,
    keys: &["ZAI_API_KEY"],
    catalogue: &["zai"],
    compat: Some(COMPAT),
    only_thinking: OnlyThinking::AsksAgain,
};

/// The coding plan under a name and with keys of its own.
pub(super) const CODING: Provider =
    Provider { id: "zai-coding", keys: &["ZAI_CODING_API_KEY", "ZAI_CODER_API_KEY"], ..PROVIDER };
