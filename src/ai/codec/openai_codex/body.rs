//! The body of a request. The fields stand in the order in which Pi's client writes them, because hosts and caches
//! compare bytes.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::ai::codec::openai_responses::{Item, OfferedTool, input, legal, tools};
use crate::ai::{Failure, FailureKind, Turn};
use crate::json::{Text, lenient, present};

const USUAL_INSTRUCTIONS: &str = "You are a helpful assistant.";

/// The providers whose call ids have two parts.
const PAIRED: &[&str] = &["openai", "openai-codex", "opencode"];

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    store: bool,
    stream: bool,
    instructions: &'a str,
    input: Vec<Item<'a>>,
    text: Manner<'a>,
    include: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_key: Option<&'a str>,
    tool_choice: &'static str,
    parallel_tool_calls: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<Vec<OfferedTool<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Reasoning<'a>>,
}

#[derive(Serialize)]
struct Manner<'a> {
    verbosity: &'a str,
}

#[derive(Serialize)]
struct Reasoning<'a> {
    effort: &'a str,
    summary: &'a str,
}

/// The options that only this protocol has.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Own {
    #[serde(deserialize_with = "lenient")]
    reasoning_summary: Option<Text>,
    #[serde(deserialize_with = "present")]
    pub(super) service_tier: Option<Box<RawValue>>,
    #[serde(deserialize_with = "lenient")]
    text_verbosity: Option<Text>,
}

impl Own {
    /// What the host chose; `streamSimple` has none of these.
    pub(super) fn of(turn: &Turn) -> Self {
        if turn.options.simple { Self::default() } else { turn.options.own() }
    }
}

/// The body for a turn, JSON text.
pub(super) fn encode(mut turn: Turn) -> Result<String, Failure> {
    let messages = legal(std::mem::take(&mut turn.messages), &turn.model, PAIRED);
    let own = Own::of(&turn);
    let some = |text: &&str| !text.is_empty();
    let body = Body {
        model: &turn.model.id,
        store: false,
        stream: true,
        instructions: turn.system_prompt.as_deref().filter(some).unwrap_or(USUAL_INSTRUCTIONS),
        input: input(None, &messages, &turn.model),
        text: Manner { verbosity: own.text_verbosity.as_deref().filter(some).unwrap_or("low") },
        include: ["reasoning.encrypted_content"],
        prompt_cache_key: turn.options.session_id.as_deref(),
        tool_choice: "auto",
        parallel_tool_calls: true,
        temperature: turn.options.temperature.as_deref(),
        service_tier: own.service_tier.as_deref(),
        tools: tools(turn.tools(), None),
        reasoning: effort(&turn)
            .map(|effort| Reasoning { effort, summary: own.reasoning_summary.as_deref().unwrap_or("auto") }),
    };
    serde_json::to_string(&body).map_err(|error| unwritable(&error))
}

/// The items that an answer, the turn's one message, is in later requests.
pub(in crate::ai::codec) fn answer_items(turn: Turn) -> Result<Vec<String>, Failure> {
    let messages = legal(turn.messages, &turn.model, PAIRED);
    let items = input(None, &messages, &turn.model);
    let items = items.iter().filter(|item| !matches!(item, Item::Output { .. }));
    items.map(|item| serde_json::to_string(item).map_err(|error| unwritable(&error))).collect()
}

fn unwritable(error: &serde_json::Error) -> Failure {
    Failure::new(FailureKind::InvalidRequest, error.to_string())
}

/// What the provider calls the level of thinking that the host asks for.
fn effort(turn: &Turn) -> Option<&str> {
    match turn.level()? {
        "none" => Some(turn.model.level_name("off").flatten().unwrap_or("none")),
        level => Some(turn.model.effort(level)),
    }
}
