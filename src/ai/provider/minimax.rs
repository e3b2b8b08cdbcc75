//! `MiniMax`. Its Messages API is the one with thinking and with errors that have a status; the chat completions are for
//! hosts that name those addresses.

use super::{OnlyThinking, Plan, Provider};

pub(super) const PROVIDER: Provider = Provider {
    id: "minimax",
    api: "anthropic-messages",
    base_url: "https://api.minimax.io/anthropic",
    mistaken_urls: &["https://api.minimax.io"],
    plans: &[
        Plan { name: "chat", base_url: "https://api.minimax.io/v1", api: "openai-completions" },
        Plan { name: "chat-cn", base_url: "https://api.minimax.chat/v1", api: "openai-completions" },
        Plan { name: "cn", base_url: "https://api.minimaxi.com/anthropic", api: "anthropic-messages" },
    ],
    keys: &["MINIMAX_API_KEY"],
    catalogue: &["minimax"],
    compat: None,
    only_thinking: OnlyThinking::Stays,
};
