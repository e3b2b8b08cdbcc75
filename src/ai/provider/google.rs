//! Google's Gemini API.

use super::{OnlyThinking, Provider};

pub(super) const PROVIDER: Provider = Provider {
    id: "google",
    api: "google-generative-ai",
    base_url: "https://generativelanguage.googleapis.com/v1beta",
    mistaken_urls: &["https://generativelanguage.googleapis.com"],
    plans: &[],
    keys: &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    catalogue: &["google"],
    compat: None,
    only_thinking: OnlyThinking::Stays,
};
