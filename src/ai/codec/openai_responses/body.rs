//! The body of a request. The fields stand in the order in which Pi's client writes them, because hosts and caches
//! compare bytes.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::compat::Compat;
use super::conversation::{input, legal};
use super::item::{Item, OfferedTool, tools};
use crate::ai::{CacheRetention, Failure, FailureKind, Turn};
use crate::json::{Num, Text, lenient, present};

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    input: Vec<Item<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_retention: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<Num>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<Vec<OfferedTool<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Reasoning<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    include: Option<[&'static str; 1]>,
}

#[derive(Serialize)]
struct Reasoning<'a> {
    effort: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
}

/// The options that only this protocol has.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Own {
    #[serde(deserialize_with = "lenient")]
    reasoning_summary: Option<Text>,
    #[serde(deserialize_with = "present")]
    pub(super) service_tier: Option<Box<RawValue>>,
}

impl Own {
    /// What the host chose; `streamSimple` has none of these.
    pub(super) fn of(turn: &Turn) -> Self {
        if turn.options.simple { Self::default() } else { turn.options.own() }
    }
}

/// Who serves the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ai::codec) enum House {
    /// `OpenAI`, or who imitates it.
    OpenAi,
    /// Azure, where requests are not stored and caches and tiers are not the request's to choose.
    Azure,
}

impl House {
    /// The providers whose call ids have two parts.
    const fn paired(self) -> &'static [&'static str] {
        match self {
            Self::OpenAi => &["openai", "openai-codex", "opencode"],
            Self::Azure => &["openai", "openai-codex", "opencode", "azure-openai-responses"],
        }
    }
}

/// The body for a turn, JSON text. `model` is what the house calls the model.
pub(in crate::ai::codec) fn encode(mut turn: Turn, model: &str, house: House) -> Result<String, Failure> {
    let messages = std::mem::take(&mut turn.messages);
    let messages = legal(messages, &turn.model, house.paired());
    let own = Own::of(&turn);
    let retention = turn.cache_retention();
    let of_openai = house == House::OpenAi;
    let long = of_openai
        && retention == CacheRetention::Long
        && Compat::of(&turn.model).supports_long_cache_retention.unwrap_or(true);
    let cached = !of_openai || retention != CacheRetention::None;
    let limit = if turn.options.simple { turn.simple_max_tokens() } else { turn.options.max_tokens };
    let reasoning = reasoning(&turn, &own);
    let body = Body {
        model,
        input: input(turn.system_prompt.as_deref(), &messages, &turn.model),
        stream: true,
        prompt_cache_key: turn.options.session_id.as_deref().filter(|_| cached),
        prompt_cache_retention: long.then_some("24h"),
        store: of_openai.then_some(false),
        max_output_tokens: limit.filter(|limit| limit.0 != 0.0),
        temperature: turn.options.temperature.as_deref(),
        service_tier: own.service_tier.as_deref().filter(|_| of_openai),
        tools: tools(turn.tools(), Some(false)),
        include: reasoning
            .as_ref()
            .and_then(|reasoning| reasoning.summary)
            .map(|_| ["reasoning.encrypted_content"]),
        reasoning,
    };
    serde_json::to_string(&body).map_err(|error| Failure::new(FailureKind::InvalidRequest, error.to_string()))
}

/// Whether and how hard to think. A model that is not told thinks as hard as it likes.
fn reasoning<'a>(turn: &'a Turn, own: &'a Own) -> Option<Reasoning<'a>> {
    let model = &turn.model;
    if !model.reasoning {
        return None;
    }
    let level = turn.level();
    let summary = own.reasoning_summary.as_deref().filter(|summary| !summary.is_empty());
    if level.is_some() || summary.is_some() {
        let effort = level.map_or("medium", |level| model.effort(level));
        return Some(Reasoning { effort, summary: summary.or(Some("auto")) });
    }
    let off = model.level_name("off");
    // A model that cannot stop thinking has `null` for "off" and is not told to.
    (&*model.provider != "github-copilot" && off != Some(None))
        .then(|| Reasoning { effort: off.flatten().unwrap_or("none"), summary: None })
}
