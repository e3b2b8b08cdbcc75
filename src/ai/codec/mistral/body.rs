//! The payload of a request as Mistral's JavaScript client takes it. The fields stand in the order in which Pi writes
//! them, because hosts compare bytes.

use std::cell::RefCell;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::call_ids::CallIds;
use super::message::{Call, Chat, Part, Said};
use crate::ai::codec::data_url::DataUrl;
use crate::ai::message::{Assistant, Block, Content, Message, ToolResult};
use crate::ai::{Failure, FailureKind, Level, Model, Tool, Turn, transform};
use crate::json::{Num, Text, is_blank, lenient, trim};

/// The models that are told how hard to think; the others that think are told to by a mode.
const WITH_EFFORT: [&str; 3] = ["mistral-small-2603", "mistral-small-latest", "mistral-medium-3.5"];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    model: &'a str,
    stream: bool,
    messages: Vec<Chat<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<WireTool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<Num>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Choice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_mode: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'a str>,
}

#[derive(Serialize)]
struct WireTool<'a> {
    r#type: &'static str,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<&'a RawValue>,
    strict: bool,
}

/// Which tool the model must, may or must not call.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Choice {
    Mode(Text),
    Named {
        #[serde(rename = "type", skip_deserializing, default = "function")]
        kind: &'static str,
        function: Named,
    },
}

#[derive(Serialize, Deserialize)]
struct Named {
    name: Text,
}

fn function() -> &'static str {
    "function"
}

/// The options that only this protocol has.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Own {
    #[serde(deserialize_with = "lenient")]
    prompt_mode: Option<Text>,
}

/// The payload for a turn, JSON text.
pub(super) fn encode(mut turn: Turn) -> Result<String, Failure> {
    let messages = std::mem::take(&mut turn.messages);
    let ids = RefCell::new(CallIds::default());
    let messages = transform(messages, &turn.model, |id, _| ids.borrow_mut().of(id));
    let (options, model) = (&turn.options, &turn.model);
    let own: Own = options.own();

    let system = turn.system_prompt.as_deref().filter(|prompt| !prompt.is_empty());
    let system = system.map(|prompt| Chat::new("system", Said::Text(prompt)));
    let level = if options.simple { simple_level(&turn) } else { None };
    let with_effort = WITH_EFFORT.contains(&&*model.id);
    let some = |text: &&str| !text.is_empty();
    let payload = Payload {
        model: &model.id,
        stream: true,
        messages: system
            .into_iter()
            .chain(messages.iter().filter_map(|message| chat(message, model)))
            .collect(),
        tools: turn.tools().iter().map(tool).collect(),
        temperature: options.temperature.as_deref(),
        max_tokens: if options.simple { turn.simple_max_tokens() } else { options.max_tokens },
        tool_choice: if options.simple { None } else { tool_choice(&turn)? },
        prompt_mode: match level {
            Some(_) if !with_effort => Some("reasoning"),
            _ => own.prompt_mode.as_deref().filter(|_| !options.simple).filter(some),
        },
        reasoning_effort: match level {
            Some(level) if with_effort => Some(model.level_name(level.as_str()).flatten().unwrap_or("high")),
            _ => options.reasoning_effort.as_deref().filter(|_| !options.simple).filter(some),
        },
    };
    serde_json::to_string(&payload)
        .map_err(|error| Failure::new(FailureKind::InvalidRequest, error.to_string()))
}

/// The level to think at, if at all.
fn simple_level(turn: &Turn) -> Option<Level> {
    let level = Level::named(turn.options.reasoning.as_deref()?)?.clamp_to(&turn.model);
    (turn.model.reasoning && level != Level::Off).then_some(level)
}

fn tool_choice(turn: &Turn) -> Result<Option<Choice>, Failure> {
    let Some(raw) = turn.options.tool_choice.as_deref() else { return Ok(None) };
    if matches!(raw.get(), "null" | "false" | "0" | "\"\"") {
        return Ok(None);
    }
    let known = |choice: &Choice| match choice {
        Choice::Mode(mode) => matches!(&**mode, "auto" | "none" | "any" | "required"),
        Choice::Named { .. } => true,
    };
    let choice = serde_json::from_str(raw.get()).ok().filter(known).ok_or_else(|| {
        let message = format!("Mistral does not know the tool choice {}", raw.get());
        Failure::new(FailureKind::InvalidRequest, message)
    })?;
    Ok(Some(choice))
}

fn tool(tool: &Tool) -> WireTool<'_> {
    let function = Function {
        name: &tool.name,
        description: tool.description.as_deref(),
        parameters: tool.parameters.as_deref(),
        strict: false,
    };
    WireTool { r#type: "function", function }
}

/// A message, or nothing when it says nothing: Mistral refuses such.
fn chat<'a>(message: &'a Message, model: &Model) -> Option<Chat<'a>> {
    match message {
        Message::User(Content::Text(text)) => Some(Chat::new("user", Said::Text(text))),
        Message::User(Content::Blocks(blocks)) => {
            let parts: Vec<_> = blocks.iter().filter_map(part).collect();
            (!parts.is_empty()).then(|| Chat::new("user", Said::Parts(parts)))
        }
        Message::Assistant(answer) => assistant(answer),
        Message::ToolResult(result) => Some(tool_result(result, model)),
        Message::Other => None,
    }
}

fn part(block: &Block) -> Option<Part<'_>> {
    match block {
        Block::Text(text) => Some(Part::text(&**text)),
        Block::Image { data, mime_type } => Some(Part::ImageUrl { image_url: DataUrl { data, mime_type } }),
        _ => None,
    }
}

fn assistant<'a>(answer: &'a Assistant) -> Option<Chat<'a>> {
    let said = |block: &'a Block| match block {
        Block::Text(text) if !is_blank(text) => Some(Part::text(&**text)),
        Block::Thinking { thinking, .. } if !is_blank(thinking) => Some(Part::thinking(thinking)),
        _ => None,
    };
    let call = |block: &'a Block| match block {
        Block::ToolCall(call) => {
            let arguments = call.arguments.as_deref().map(RawValue::get);
            let arguments = arguments.filter(|json| !matches!(*json, "null" | "false" | "0" | "\"\""));
            Some(Call::new(&call.id, &call.name, arguments.unwrap_or("{}")))
        }
        _ => None,
    };
    let parts: Vec<_> = answer.content.iter().filter_map(said).collect();
    let tool_calls: Vec<_> = answer.content.iter().filter_map(call).collect();
    let content = (!parts.is_empty()).then_some(Said::Parts(parts));
    (content.is_some() || !tool_calls.is_empty()).then(|| Chat {
        role: "assistant",
        content,
        tool_calls,
        ..Chat::default()
    })
}

fn tool_result<'a>(result: &'a ToolResult, model: &Model) -> Chat<'a> {
    let texts = result.content.iter().filter_map(|block| match block {
        Block::Text(text) => Some(&**text),
        _ => None,
    });
    let texts: Vec<_> = texts.collect();
    let images = result.content.iter().filter(|block| matches!(block, Block::Image { .. }));
    let images: Vec<_> = images.filter(|_| model.sees_images()).filter_map(part).collect();
    let text = texts.join("\n");
    let text = match trim(&text) {
        "" if images.is_empty() => "(no tool output)",
        "" => "(see attached image)",
        text => text,
    };
    let failed = if result.is_error == Some(true) { "[tool error] " } else { "" };
    let parts = std::iter::once(Part::text(format!("{failed}{text}"))).chain(images);
    Chat {
        tool_call_id: Some(&result.call_id),
        name: Some(&result.name),
        ..Chat::new("tool", Said::Parts(parts.collect()))
    }
}
