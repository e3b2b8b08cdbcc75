//! From a turn to the JSON body of its request.

use serde_json::value::RawValue;

use super::wire::{
    Body, CacheControl, Choice, Out, OutContent, OutTool, Part, Required, ResultContent, Schema, SchemaHead,
    Source, User,
};
use super::{Compat, request, tool_names};
use crate::ai::codec::endpoint;
use crate::ai::message::{Assistant, Block, Content, Message, ToolResult};
use crate::ai::{Failure, FailureKind, Tool, Turn, transform};
use crate::json::is_blank;

const AGENT_IDENTITY: &str = "You are Claude Code, Anthropic's official CLI for Claude.";
const ONLY_IMAGES: &str = "(see attached image)";
const LONGEST_ID: usize = 64;

/// Writes the body for a turn.
pub(super) fn write(
    mut turn: Turn,
    compat: Compat,
    oauth: bool,
    cache: Option<CacheControl>,
) -> Result<String, Failure> {
    let limits = request::limits(&turn);
    let messages = std::mem::take(&mut turn.messages);
    let messages = transform(messages, &turn.model, |id, _| endpoint::portable_id(id, LONGEST_ID));
    let body = Body {
        model: &turn.model.id,
        messages: write_messages(&messages, oauth, cache),
        max_tokens: limits.max_tokens,
        stream: true,
        system: system(&turn, oauth, cache),
        temperature: turn.options.temperature.as_deref().filter(|_| !limits.thinks),
        tools: tools(turn.tools(), compat, oauth, cache),
        thinking: limits.thinking,
        output_config: limits.effort,
        metadata: turn
            .options
            .metadata
            .as_ref()
            .and_then(|metadata| metadata.user_id.as_deref())
            .map(|user_id| User { user_id }),
        tool_choice: turn
            .options
            .tool_choice
            .as_deref()
            .filter(|_| !turn.options.simple)
            .and_then(tool_choice),
    };
    serde_json::to_string(&body).map_err(|error| {
        Failure::new(FailureKind::InvalidRequest, format!("Cannot write the request: {error}"))
    })
}

fn tool_choice(raw: &RawValue) -> Option<Choice<'_>> {
    match raw.get() {
        "\"\"" | "false" | "0" => None,
        text if text.starts_with('"') => Some(Choice::Named { r#type: raw }),
        _ => Some(Choice::Own(raw)),
    }
}

fn system(turn: &Turn, oauth: bool, cache_control: Option<CacheControl>) -> Option<Vec<Part<'_>>> {
    let identity = oauth.then_some(AGENT_IDENTITY);
    let prompt = turn.system_prompt.as_deref().filter(|prompt| !is_blank(prompt));
    let parts: Vec<_> =
        identity.into_iter().chain(prompt).map(|text| Part::Text { text, cache_control }).collect();
    (!parts.is_empty()).then_some(parts)
}

fn tools(tools: &[Tool], compat: Compat, oauth: bool, cache: Option<CacheControl>) -> Vec<OutTool<'_>> {
    let last = tools.len().saturating_sub(1);
    let eager = compat.eager_input().then_some(true);
    let write = |(index, tool)| write_tool(tool, eager, oauth, cache.filter(|_| index == last));
    tools.iter().enumerate().map(write).collect()
}

fn write_tool(
    tool: &Tool,
    eager_input_streaming: Option<bool>,
    oauth: bool,
    cache_control: Option<CacheControl>,
) -> OutTool<'_> {
    let schema: SchemaHead<'_> =
        tool.parameters.as_deref().and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
    OutTool {
        name: if oauth { tool_names::outgoing(&tool.name) } else { &tool.name },
        description: tool.description.as_deref(),
        eager_input_streaming,
        input_schema: Schema {
            r#type: "object",
            properties: schema.properties.into(),
            required: schema.required.map_or(Required::None([]), Required::Given),
        },
        cache_control,
    }
}

fn write_messages(messages: &[Message], oauth: bool, cache: Option<CacheControl>) -> Vec<Out<'_>> {
    let mut out: Vec<Out<'_>> = Vec::with_capacity(messages.len());
    let mut in_results = false;
    for message in messages {
        let results = matches!(message, Message::ToolResult(_));
        match message {
            Message::User(content) => out.extend(user(content)),
            Message::Assistant(answer) => out.extend(assistant(answer, oauth)),
            Message::ToolResult(result) => match out.last_mut() {
                Some(Out { content: OutContent::Parts(parts), .. }) if in_results => {
                    parts.push(tool_result(result));
                }
                _ => out.push(Out { role: "user", content: OutContent::Parts(vec![tool_result(result)]) }),
            },
            Message::Other => {}
        }
        in_results = results;
    }
    if let Some(last) = out.last_mut().filter(|last| last.role == "user") {
        mark_end(&mut last.content, cache);
    }
    out
}

/// Marks the conversation's end, so that the next turn finds all of it in the cache.
fn mark_end(content: &mut OutContent<'_>, mark: Option<CacheControl>) {
    if let OutContent::Text(text) = content
        && mark.is_some()
    {
        *content = OutContent::Parts(vec![Part::Text { text, cache_control: mark }]);
        return;
    }
    let OutContent::Parts(parts) = content else { return };
    if let Some(
        Part::Text { cache_control, .. }
        | Part::Image { cache_control, .. }
        | Part::ToolResult { cache_control, .. },
    ) = parts.last_mut()
    {
        *cache_control = mark;
    }
}

fn text(text: &str) -> Part<'_> {
    Part::Text { text, cache_control: None }
}

fn image<'a>(media_type: &'a str, data: &'a str) -> Part<'a> {
    Part::Image { source: Source { r#type: "base64", media_type, data }, cache_control: None }
}

fn user(content: &Content) -> Option<Out<'_>> {
    let content = match content {
        Content::Text(text) => (!is_blank(text)).then_some(OutContent::Text(text)),
        Content::Blocks(blocks) => {
            let parts: Vec<_> = blocks.iter().filter_map(visible).filter(|part| !is_empty(part)).collect();
            (!parts.is_empty()).then_some(OutContent::Parts(parts))
        }
    };
    content.map(|content| Out { role: "user", content })
}

fn visible(block: &Block) -> Option<Part<'_>> {
    match block {
        Block::Text(content) => Some(text(content)),
        Block::Image { data, mime_type } => Some(image(mime_type, data)),
        _ => None,
    }
}

fn is_empty(part: &Part<'_>) -> bool {
    matches!(part, Part::Text { text, .. } if is_blank(text))
}

fn assistant(answer: &Assistant, oauth: bool) -> Option<Out<'_>> {
    let parts: Vec<_> = answer.content.iter().filter_map(|block| answered(block, oauth)).collect();
    (!parts.is_empty()).then_some(Out { role: "assistant", content: OutContent::Parts(parts) })
}

fn answered(block: &Block, oauth: bool) -> Option<Part<'_>> {
    match block {
        Block::Text(content) => (!is_blank(content)).then(|| text(content)),
        Block::Thinking { signature, redacted: true, .. } => {
            let data = signature.as_deref().filter(|data| !is_blank(data));
            data.map(|data| Part::RedactedThinking { data })
        }
        Block::Thinking { thinking, .. } if is_blank(thinking) => None,
        Block::Thinking { thinking, signature, .. } => {
            match signature.as_deref().filter(|signature| !is_blank(signature)) {
                Some(signature) => Some(Part::Thinking { thinking, signature }),
                // Without its signature thinking would be refused.
                None => Some(text(thinking)),
            }
        }
        Block::ToolCall(call) => Some(Part::ToolUse {
            id: &call.id,
            name: if oauth { tool_names::outgoing(&call.name) } else { &call.name },
            input: call.arguments.as_deref().into(),
        }),
        Block::Image { .. } | Block::Other => None,
    }
}

fn tool_result(result: &ToolResult) -> Part<'_> {
    Part::ToolResult {
        tool_use_id: &result.call_id,
        content: result_content(&result.content),
        is_error: result.is_error,
        cache_control: None,
    }
}

fn result_content(blocks: &[Block]) -> ResultContent<'_> {
    if blocks.iter().any(|block| matches!(block, Block::Image { .. })) {
        let mut parts: Vec<_> = blocks.iter().filter_map(visible).filter(|part| !is_empty(part)).collect();
        if !parts.iter().any(|part| matches!(part, Part::Text { .. })) {
            parts.insert(0, text(ONLY_IMAGES));
        }
        return ResultContent::Parts(parts);
    }
    let texts: Vec<&str> = blocks
        .iter()
        .map(|block| match block {
            Block::Text(text) => &**text,
            _ => "",
        })
        .collect();
    ResultContent::Text(texts.join("\n"))
}
