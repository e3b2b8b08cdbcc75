//! What the many servers behind this protocol take and want, by the model's own switches, else by provider and URL.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::ai::Model;
use crate::json::{Text, lenient};

/// How a server is told whether and how hard to think.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ThinkingFormat {
    /// `reasoning_effort`.
    Openai,
    /// `reasoning: {effort}`.
    Openrouter,
    /// `thinking: {type}` and `reasoning_effort`.
    Deepseek,
    /// `enable_thinking`.
    Flag,
    /// `chat_template_kwargs: {enable_thinking}`.
    ChatTemplate,
}

impl ThinkingFormat {
    fn named(name: &str) -> Self {
        match name {
            "openrouter" => Self::Openrouter,
            "deepseek" => Self::Deepseek,
            "zai" | "qwen" => Self::Flag,
            "qwen-chat-template" => Self::ChatTemplate,
            _ => Self::Openai,
        }
    }
}

/// The switches that count for one request.
#[derive(Debug)]
pub(super) struct Compat {
    pub(super) store: bool,
    pub(super) developer_role: bool,
    pub(super) reasoning_effort: bool,
    pub(super) usage_in_streaming: bool,
    /// The limit goes into `max_tokens`, not `max_completion_tokens`.
    pub(super) max_tokens: bool,
    pub(super) tool_result_name: bool,
    pub(super) assistant_after_tool_result: bool,
    pub(super) thinking_as_text: bool,
    pub(super) reasoning_content: bool,
    pub(super) thinking_format: ThinkingFormat,
    pub(super) openrouter_routing: Option<Box<RawValue>>,
    pub(super) vercel_routing: Option<VercelRouting>,
    pub(super) zai_tool_stream: bool,
    pub(super) strict_mode: bool,
    /// Cache breakpoints are marked as Anthropic wants them.
    pub(super) cache_control: bool,
    pub(super) session_affinity_headers: bool,
    pub(super) long_cache_retention: bool,
}

/// Which upstream providers the Vercel gateway may use.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct VercelRouting {
    pub(super) only: Option<Box<RawValue>>,
    pub(super) order: Option<Box<RawValue>>,
}

/// The switches as a model carries them.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Switches {
    #[serde(deserialize_with = "lenient")]
    supports_store: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    supports_developer_role: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    supports_reasoning_effort: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    supports_usage_in_streaming: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    max_tokens_field: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    requires_tool_result_name: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    requires_assistant_after_tool_result: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    requires_thinking_as_text: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    requires_reasoning_content_on_assistant_messages: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    thinking_format: Option<Text>,
    open_router_routing: Option<Box<RawValue>>,
    #[serde(deserialize_with = "lenient")]
    vercel_gateway_routing: Option<VercelRouting>,
    #[serde(deserialize_with = "lenient")]
    zai_tool_stream: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    supports_strict_mode: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    cache_control_format: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    send_session_affinity_headers: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    supports_long_cache_retention: Option<bool>,
}

impl Compat {
    /// The switches of a model; what it does not say is told by its provider and its URL.
    pub(super) fn of(model: &Model) -> Self {
        let own: Switches = model.compat();
        let is = |providers: &[&str], hosts: &[&str]| {
            providers.contains(&&*model.provider) || hosts.iter().any(|host| model.base_url.contains(host))
        };
        let zai = is(&["zai"], &["api.z.ai"]);
        let moonshot = is(&["moonshotai", "moonshotai-cn"], &["api.moonshot."]);
        let workers_ai = is(&["cloudflare-workers-ai"], &["api.cloudflare.com"]);
        let ai_gateway = is(&["cloudflare-ai-gateway"], &["gateway.ai.cloudflare.com"]);
        let grok = is(&["xai"], &["api.x.ai"]);
        let deepseek = is(&["deepseek"], &["deepseek.com"]);
        let openrouter = is(&["openrouter"], &["openrouter.ai"]);
        // The provider's name alone does not make DeepSeek one of these; its URL does.
        let bare = is(&["cerebras"], &["cerebras.ai", "chutes.ai", "deepseek.com"])
            || is(&["opencode"], &["opencode.ai"])
            || (grok || zai || moonshot || workers_ai || ai_gateway);
        let format = match () {
            () if deepseek => ThinkingFormat::Deepseek,
            () if zai => ThinkingFormat::Flag,
            () if openrouter => ThinkingFormat::Openrouter,
            () => ThinkingFormat::Openai,
        };
        let claude = &*model.provider == "openrouter" && model.id.starts_with("anthropic/");
        Self {
            store: own.supports_store.unwrap_or(!bare),
            developer_role: own.supports_developer_role.unwrap_or(!bare),
            reasoning_effort: own
                .supports_reasoning_effort
                .unwrap_or(!(grok || zai || moonshot || ai_gateway)),
            usage_in_streaming: own.supports_usage_in_streaming.unwrap_or(true),
            max_tokens: own
                .max_tokens_field
                .map_or(is(&[], &["chutes.ai"]) || moonshot || ai_gateway, |field| &*field == "max_tokens"),
            tool_result_name: own.requires_tool_result_name.unwrap_or(false),
            assistant_after_tool_result: own.requires_assistant_after_tool_result.unwrap_or(false),
            thinking_as_text: own.requires_thinking_as_text.unwrap_or(false),
            reasoning_content: own.requires_reasoning_content_on_assistant_messages.unwrap_or(deepseek),
            thinking_format: own.thinking_format.map_or(format, |name| ThinkingFormat::named(&name)),
            openrouter_routing: own
                .open_router_routing
                .filter(|routing| is_truthy(routing) && is(&[], &["openrouter.ai"])),
            vercel_routing: own.vercel_gateway_routing.filter(|_| is(&[], &["ai-gateway.vercel.sh"])),
            zai_tool_stream: own.zai_tool_stream.unwrap_or(false),
            strict_mode: own.supports_strict_mode.unwrap_or(!(moonshot || ai_gateway)),
            cache_control: own.cache_control_format.map_or(claude, |format| &*format == "anthropic"),
            session_affinity_headers: own.send_session_affinity_headers.unwrap_or(false),
            long_cache_retention: own.supports_long_cache_retention.unwrap_or(!(workers_ai || ai_gateway)),
        }
    }
}

/// Whether JavaScript takes a JSON text's value for true.
pub(in crate::ai::codec) fn is_truthy(json: &RawValue) -> bool {
    !matches!(json.get(), "null" | "false" | "0" | "-0" | "\"\"")
}
