//! The body of a request. The fields stand in the order in which Pi's client writes them, because hosts and caches
//! compare bytes.

use serde::Serialize;
use serde_json::value::RawValue;

use super::compat::{Compat, ThinkingFormat, is_truthy};
use super::conversation::{call_id, chats, has_tool_history};
use super::message::{CacheControl, Chat};
use crate::ai::{CacheRetention, Failure, FailureKind, Tool, Turn, transform};
use crate::json::Num;

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Vec<Chat<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_retention: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<Num>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<Num>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<Vec<WireTool<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_stream: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<&'a RawValue>,
    #[serde(flatten)]
    thinking: Thinking<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'a RawValue>,
    #[serde(rename = "providerOptions", skip_serializing_if = "Option::is_none")]
    provider_options: Option<ProviderOptions<'a>>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

/// Whether and how hard to think, in one server's way.
#[expect(clippy::struct_field_names, reason = "the names are the wire's")]
#[derive(Default, Serialize)]
struct Thinking<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_thinking: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chat_template_kwargs: Option<TemplateArguments>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<Switch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Reasoning<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'a str>,
}

#[derive(Serialize)]
struct TemplateArguments {
    enable_thinking: bool,
    preserve_thinking: bool,
}

#[derive(Serialize)]
struct Switch {
    r#type: &'static str,
}

#[derive(Serialize)]
struct Reasoning<'a> {
    effort: &'a str,
}

#[derive(Serialize)]
struct ProviderOptions<'a> {
    gateway: Gateway<'a>,
}

#[derive(Serialize)]
struct Gateway<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    only: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct WireTool<'a> {
    r#type: &'static str,
    function: Function<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<CacheControl>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

/// The messages of a request alone, JSON text.
pub(in crate::ai::codec) fn messages(mut turn: Turn) -> Result<String, Failure> {
    let compat = Compat::of(&turn.model);
    let messages = std::mem::take(&mut turn.messages);
    let messages = transform(messages, &turn.model, |id, _| call_id(id, &turn.model));
    write(&chats(&turn, &messages, &compat))
}

/// The body for a turn, JSON text.
pub(super) fn encode(mut turn: Turn, compat: &Compat) -> Result<String, Failure> {
    let messages = std::mem::take(&mut turn.messages);
    let has_tool_history = has_tool_history(&messages);
    let messages = transform(messages, &turn.model, |id, _| call_id(id, &turn.model));
    let mut chats = chats(&turn, &messages, compat);
    let mut tools = tools(turn.tools(), compat, has_tool_history);

    let retention = turn.cache_retention();
    let long = retention == CacheRetention::Long && compat.long_cache_retention;
    if compat.cache_control && retention != CacheRetention::None {
        mark_cache(&mut chats, tools.as_deref_mut(), CacheControl::new(long));
    }
    let openai = turn.model.base_url.contains("api.openai.com");
    let cache_key = long || (openai && retention != CacheRetention::None);
    let limit = if turn.options.simple { turn.simple_max_tokens() } else { turn.options.max_tokens };
    let limit = limit.filter(|limit| limit.0 != 0.0);
    let effort = turn.level();

    let body = Body {
        model: &turn.model.id,
        messages: chats,
        stream: true,
        prompt_cache_key: turn.options.session_id.as_deref().filter(|_| cache_key),
        prompt_cache_retention: long.then_some("24h"),
        stream_options: compat.usage_in_streaming.then_some(StreamOptions { include_usage: true }),
        store: compat.store.then_some(false),
        max_tokens: limit.filter(|_| compat.max_tokens),
        max_completion_tokens: limit.filter(|_| !compat.max_tokens),
        temperature: turn.options.temperature.as_deref(),
        tools,
        tool_stream: (compat.zai_tool_stream && !turn.tools().is_empty()).then_some(true),
        tool_choice: turn.options.tool_choice.as_deref().filter(|choice| is_truthy(choice)),
        thinking: thinking(&turn, compat, effort),
        provider: compat.openrouter_routing.as_deref(),
        provider_options: provider_options(compat),
    };
    write(&body)
}

fn write(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::new(FailureKind::InvalidRequest, error.to_string()))
}

fn tools<'a>(tools: &'a [Tool], compat: &Compat, has_tool_history: bool) -> Option<Vec<WireTool<'a>>> {
    let wire = |tool: &'a Tool| WireTool {
        r#type: "function",
        function: Function {
            name: &tool.name,
            description: tool.description.as_deref(),
            parameters: tool.parameters.as_deref(),
            strict: compat.strict_mode.then_some(false),
        },
        cache_control: None,
    };
    (!tools.is_empty() || has_tool_history).then(|| tools.iter().map(wire).collect())
}

/// Marks what is worth caching: up to the system prompt, up to the last tool, up to the last text of the conversation.
fn mark_cache(chats: &mut [Chat<'_>], tools: Option<&mut [WireTool<'_>]>, mark: CacheControl) {
    if let Some(prompt) = chats.iter_mut().find(|chat| matches!(chat.role, "system" | "developer")) {
        prompt.content.mark(mark);
    }
    if let Some(tool) = tools.and_then(<[_]>::last_mut) {
        tool.cache_control = Some(mark);
    }
    for chat in chats.iter_mut().rev().filter(|chat| matches!(chat.role, "user" | "assistant")) {
        if chat.content.mark(mark) {
            break;
        }
    }
}

fn thinking<'a>(turn: &'a Turn, compat: &Compat, level: Option<&'a str>) -> Thinking<'a> {
    let mut thinking = Thinking::default();
    let model = &turn.model;
    if !model.reasoning {
        return thinking;
    }
    let enabled = level.is_some();
    let effort = level.map(|level| model.effort(level));
    let off = model.level_name("off");
    match compat.thinking_format {
        ThinkingFormat::Flag => thinking.enable_thinking = Some(enabled),
        ThinkingFormat::ChatTemplate => {
            let arguments = TemplateArguments { enable_thinking: enabled, preserve_thinking: true };
            thinking.chat_template_kwargs = Some(arguments);
        }
        ThinkingFormat::Deepseek => {
            thinking.thinking = Some(Switch { r#type: if enabled { "enabled" } else { "disabled" } });
            thinking.reasoning_effort = effort;
        }
        ThinkingFormat::Openrouter => {
            // A model that cannot stop thinking has `null` for "off" and is not told to.
            let unset = || (off != Some(None)).then(|| off.flatten().unwrap_or("none"));
            thinking.reasoning = effort.or_else(unset).map(|effort| Reasoning { effort });
        }
        ThinkingFormat::Openai if compat.reasoning_effort => {
            thinking.reasoning_effort = effort.or_else(|| off.flatten());
        }
        ThinkingFormat::Openai => {}
    }
    thinking
}

fn provider_options(compat: &Compat) -> Option<ProviderOptions<'_>> {
    let routing = compat.vercel_routing.as_ref()?;
    let only = routing.only.as_deref().filter(|only| is_truthy(only));
    let order = routing.order.as_deref().filter(|order| is_truthy(order));
    (only.is_some() || order.is_some()).then_some(ProviderOptions { gateway: Gateway { only, order } })
}
