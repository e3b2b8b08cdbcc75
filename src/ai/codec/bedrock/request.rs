//! From a turn to the payload of its request.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::wire::{
    Additional, CachePoint, Choice, Effort, Inference, InputSchema, OutTool, Part, Payload, Spec, Thinking,
    Tools,
};
use super::{Own, conversation, family};
use crate::ai::codec::{HttpRequest, endpoint};
use crate::ai::thinking::{budget, with_budget};
use crate::ai::{CacheRetention, Failure, FailureKind, Level, Tool, Turn, transform};
use crate::json::{Num, Text, lenient};

const LONGEST_ID: usize = 64;
const INTERLEAVED_THINKING_BETA: &str = "interleaved-thinking-2025-05-14";

/// Makes the request for a turn; where it goes is only known once the host has seen the payload.
pub(super) fn encode(mut turn: Turn) -> Result<HttpRequest, Failure> {
    let own = Own::of(&turn);
    let messages = std::mem::take(&mut turn.messages);
    let messages = transform(messages, &turn.model, |id, _| endpoint::portable_id(id, LONGEST_ID));
    let mark = cache_point(&turn);
    let (max_tokens, additional) = limits(&turn, &own);
    let payload = Payload {
        model_id: &turn.model.id,
        messages: conversation::write(&messages, &turn.model, mark)?,
        system: system(&turn, mark),
        inference_config: Inference { max_tokens, temperature: turn.options.temperature.as_deref() },
        tool_config: tools(&turn),
        additional_model_request_fields: additional,
        request_metadata: own.request_metadata.as_deref(),
    };
    let body = serde_json::to_string(&payload).map_err(|error| {
        Failure::new(FailureKind::InvalidRequest, format!("Cannot write the request: {error}"))
    })?;
    Ok(HttpRequest { body, ..HttpRequest::default() })
}

fn cache_point(turn: &Turn) -> Option<CachePoint> {
    let retention = turn.cache_retention();
    let ttl = (retention == CacheRetention::Long).then_some("1h");
    (retention != CacheRetention::None && family::caches(turn))
        .then_some(CachePoint { r#type: "default", ttl })
}

fn system(turn: &Turn, mark: Option<CachePoint>) -> Option<Vec<Part<'_>>> {
    let prompt = turn.system_prompt.as_deref().filter(|prompt| !prompt.is_empty())?;
    Some(std::iter::once(Part::Text(prompt)).chain(mark.map(Part::CachePoint)).collect())
}

fn tools(turn: &Turn) -> Option<Tools<'_>> {
    let choice = turn.options.tool_choice.as_deref().filter(|_| !turn.options.simple).map(RawValue::get);
    if turn.tools().is_empty() || choice == Some("\"none\"") {
        return None;
    }
    Some(Tools {
        tools: turn.tools().iter().map(write_tool).collect(),
        tool_choice: choice.and_then(tool_choice),
    })
}

fn write_tool(tool: &Tool) -> OutTool<'_> {
    let input_schema = InputSchema { json: tool.parameters.as_deref() };
    OutTool { tool_spec: Spec { name: &tool.name, description: tool.description.as_deref(), input_schema } }
}

fn tool_choice(json: &str) -> Option<Choice> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Named {
        #[serde(deserialize_with = "lenient")]
        r#type: Option<Text>,
        #[serde(deserialize_with = "lenient")]
        name: Option<Text>,
    }
    match json {
        "\"auto\"" => Some(Choice::Auto {}),
        "\"any\"" => Some(Choice::Any {}),
        _ => {
            let named: Named = serde_json::from_str(json).ok()?;
            let name = named.name.unwrap_or_default().into_string();
            (named.r#type.as_deref() == Some("tool")).then_some(Choice::Tool { name })
        }
    }
}

/// The limit on the answer and how to think, from `reasoning` however the host asked.
fn limits(turn: &Turn, own: &Own) -> (Option<Num>, Option<Additional>) {
    let options = &turn.options;
    let (reasoning, budgets, asked) = if options.simple {
        (&options.reasoning, &options.thinking_budgets, turn.simple_max_tokens())
    } else {
        (&own.reasoning, &own.thinking_budgets, options.max_tokens)
    };
    let reasoning = reasoning.as_deref().filter(|level| !matches!(*level, "" | "off"));
    let (Some(name), true) = (reasoning, family::is_claude(&turn.model)) else { return (asked, None) };
    let level = Level::named(name);
    let adaptive = family::thinks_adaptively(&turn.model);
    let (limit, budget_tokens) = match level {
        _ if adaptive => (asked, None),
        // A level that has no budget leaves the limit alone.
        None => (asked, None),
        Some(level) if options.simple => {
            let answer = asked.map_or(0.0, |tokens| tokens.0);
            let (limit, budget) = with_budget(answer, turn.model.max_tokens.0, level, budgets.as_ref());
            (Some(limit), Some(budget))
        }
        Some(level) => (asked, Some(budget(level, budgets.as_ref()))),
    };
    if !turn.model.reasoning {
        return (limit, None);
    }
    let thinking = Thinking {
        r#type: if adaptive { "adaptive" } else { "enabled" },
        budget_tokens,
        display: display(turn, own),
    };
    let beta =
        (!adaptive && options.interleaved_thinking.unwrap_or(true)).then_some([INTERLEAVED_THINKING_BETA]);
    let output_config = adaptive.then(|| Effort { effort: effort(turn, name) });
    (limit, Some(Additional { thinking, output_config, anthropic_beta: beta }))
}

/// How thinking is shown; Bedrock in `GovCloud` does not know the field.
fn display(turn: &Turn, own: &Own) -> Option<String> {
    let id = turn.model.id.to_ascii_lowercase();
    let governmental =
        own.region(turn).is_some_and(|region| region.to_ascii_lowercase().starts_with("us-gov-"))
            || id.starts_with("us-gov.")
            || id.starts_with("arn:aws-us-gov:");
    let display = turn.options.thinking_display.as_deref().unwrap_or("summarized");
    (!governmental).then(|| display.to_owned())
}

fn effort(turn: &Turn, level: &str) -> String {
    let usual = match level {
        "xhigh" if family::has_xhigh(&turn.model) => return level.to_owned(),
        "minimal" | "low" => "low",
        "medium" => "medium",
        _ => "high",
    };
    turn.model.level_name(level).flatten().unwrap_or(usual).to_owned()
}
