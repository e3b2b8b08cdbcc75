//! From a turn to the payload, in the shape of Google's JavaScript client.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use super::conversation::{self, Turns};
use super::thinking::Thinking;
use super::{Service, schema};
use crate::ai::{Failure, FailureKind, Tool, Turn};
use crate::json::Num;

#[derive(Serialize)]
struct Payload<'a> {
    model: &'a str,
    contents: Turns<'a>,
    config: Config<'a>,
}

#[expect(clippy::struct_field_names, reason = "the names are the client's")]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<Num>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system_instruction: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<[Functions<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_config: Option<ToolConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking_config: Option<Thinking>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Functions<'a> {
    function_declarations: Vec<Declaration<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Declaration<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters_json_schema: Option<Cow<'a, RawValue>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToolConfig {
    function_calling_config: Mode,
}

#[derive(Serialize)]
struct Mode {
    mode: &'static str,
}

/// Writes the payload for a turn.
pub(super) fn write(mut turn: Turn, service: Service) -> Result<String, Failure> {
    let messages = conversation::prepare(std::mem::take(&mut turn.messages), &turn.model);
    let options = &turn.options;
    let payload = Payload {
        model: &turn.model.id,
        contents: conversation::write(&messages, &turn.model),
        config: Config {
            temperature: options.temperature.as_deref(),
            max_output_tokens: if options.simple { turn.simple_max_tokens() } else { options.max_tokens },
            system_instruction: turn.system_prompt.as_deref().filter(|prompt| !prompt.is_empty()),
            tools: functions(turn.tools()).map(|functions| [functions]),
            tool_config: tool_config(&turn),
            thinking_config: Thinking::of(&turn, service),
        },
    };
    serde_json::to_string(&payload).map_err(|error| {
        Failure::new(FailureKind::InvalidRequest, format!("Cannot write the request: {error}"))
    })
}

fn functions(tools: &[Tool]) -> Option<Functions<'_>> {
    (!tools.is_empty()).then(|| Functions { function_declarations: tools.iter().map(declaration).collect() })
}

fn declaration(tool: &Tool) -> Declaration<'_> {
    Declaration {
        name: &tool.name,
        description: tool.description.as_deref(),
        parameters_json_schema: tool.parameters.as_deref().map(schema::accepted),
    }
}

fn tool_config(turn: &Turn) -> Option<ToolConfig> {
    let mode = match turn.options.tool_choice.as_ref().filter(|_| !turn.options.simple)?.get() {
        "\"\"" | "false" | "0" | "null" => return None,
        "\"none\"" => "NONE",
        "\"any\"" => "ANY",
        _ => "AUTO",
    };
    (!turn.tools().is_empty()).then_some(ToolConfig { function_calling_config: Mode { mode } })
}
