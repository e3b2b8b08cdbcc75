//! Inception's Mercury models, over chat completions without `OpenAI`'s own extensions.

use super::{OnlyThinking, Provider};

pub(super) const PROVIDER: Provider = Provider {
    id: "inception",
    api: "openai-completions",
    base_url: "https://api.inceptionlabs.ai/v1",
    mistaken_urls: &["https://api.inceptionlabs.ai"],
    plans: &[],
    keys: &["INCEPTION_API_KEY"],
    catalogue: &[],
    compat: Some(concat!(
        r#"{"supportsStore":false,"supportsDeveloperRole":false,"maxTokensField":"max_tokens","#,
        r#""supportsStrictMode":false}"#
    )),
    only_thinking: OnlyThinking::IsTheAnswer,
};
