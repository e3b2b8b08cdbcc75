//! From messages to Bedrock's.
//!
//! Bedrock refuses conversations that do not begin with the user or whose roles do not alternate: an opening stands before
//! an answer that nothing precedes, and what one side says in a row is one message.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::family;
use super::wire::{CachePoint, Image, Out, Part, Reasoning, ReasoningText, Source};
use crate::ai::message::{Assistant, Block, Content, Message, ToolResult};
use crate::ai::{Failure, FailureKind, Model, transform};
use crate::json::is_blank;

/// Base64 as `atob` takes it, written back in its strict form.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const USER: &str = "user";
const ASSISTANT: &str = "assistant";

/// The messages as they are sent. `mark` goes behind the last one when it is the user's.
pub(super) fn write<'a>(
    messages: &'a [Message],
    model: &Model,
    mark: Option<CachePoint>,
) -> Result<Vec<Out<'a>>, Failure> {
    let signs = family::is_claude(model);
    let mut out: Vec<Out<'a>> = Vec::with_capacity(messages.len());
    for message in messages {
        match message {
            Message::User(content) => add(&mut out, USER, user(content)?),
            Message::Assistant(answer) => add(&mut out, ASSISTANT, assistant(answer, signs)),
            Message::ToolResult(result) => add(&mut out, USER, vec![tool_result(result)?]),
            Message::Other => {}
        }
    }
    if let Some(last) = out.last_mut().filter(|last| last.role == USER) {
        last.content.extend(mark.map(Part::CachePoint));
    }
    Ok(out)
}

/// Adds what one side says, if that is anything.
fn add<'a>(out: &mut Vec<Out<'a>>, role: &'static str, content: Vec<Part<'a>>) {
    if content.is_empty() {
        return;
    }
    if out.is_empty() && role == ASSISTANT {
        out.push(Out { role: USER, content: vec![Part::Text(transform::OPENING)] });
    }
    match out.last_mut().filter(|last| last.role == role) {
        Some(last) => last.content.extend(content),
        None => out.push(Out { role, content }),
    }
}

/// What the user says.
fn user(content: &Content) -> Result<Vec<Part<'_>>, Failure> {
    match content {
        Content::Text(text) => Ok(said(text).into_iter().collect()),
        Content::Blocks(blocks) => blocks
            .iter()
            .filter_map(|block| {
                visible(block).unwrap_or_else(|| Err(unknown("user content type"))).transpose()
            })
            .collect(),
    }
}

/// A text, unless it is blank: Bedrock refuses such.
fn said(text: &str) -> Option<Part<'_>> {
    (!is_blank(text)).then_some(Part::Text(text))
}

/// What a user or a result may show, if it is that; nothing of it is sent where it is blank.
fn visible(block: &Block) -> Option<Result<Option<Part<'_>>, Failure>> {
    match block {
        Block::Text(text) => Some(Ok(said(text))),
        Block::Image { data, mime_type } => Some(image(data, mime_type).map(Some)),
        _ => None,
    }
}

fn assistant(answer: &Assistant, signs: bool) -> Vec<Part<'_>> {
    answer.content.iter().filter_map(|block| answered(block, signs)).collect()
}

fn answered(block: &Block, signs: bool) -> Option<Part<'_>> {
    match block {
        Block::Text(text) => said(text),
        Block::Thinking { thinking, signature, .. } => (!is_blank(thinking)).then(|| {
            let signature = signature.as_deref().filter(|signature| signs && !is_blank(signature));
            if signs && signature.is_none() {
                // Without its signature thinking would be refused.
                return Part::Text(thinking);
            }
            Part::ReasoningContent(Reasoning { reasoning_text: ReasoningText { text: thinking, signature } })
        }),
        Block::ToolCall(call) => {
            let input = call.arguments.as_deref();
            Some(Part::ToolUse { tool_use_id: &call.id, name: &call.name, input })
        }
        Block::Image { .. } | Block::Other => None,
    }
}

fn tool_result(result: &ToolResult) -> Result<Part<'_>, Failure> {
    Ok(Part::ToolResult {
        tool_use_id: &result.call_id,
        content: result
            .content
            .iter()
            .filter_map(visible)
            .filter_map(Result::transpose)
            .collect::<Result<_, _>>()?,
        status: if result.is_error == Some(true) { "error" } else { "success" },
    })
}

fn image<'a>(data: &str, mime_type: &str) -> Result<Part<'a>, Failure> {
    let invalid = |message: String| Failure::new(FailureKind::InvalidRequest, message);
    let format = match mime_type {
        "image/jpeg" | "image/jpg" => "jpeg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/webp" => "webp",
        other => return Err(invalid(format!("Unknown image type: {other}"))),
    };
    let packed: String = data.split(['\t', '\n', '\u{C}', '\r', ' ']).collect();
    let bytes = BASE64.decode(packed).map_err(|_| invalid("Invalid character".to_owned()))?;
    Ok(Part::Image(Image { source: Source { bytes: BASE64.encode(bytes) }, format }))
}

fn unknown(what: &str) -> Failure {
    Failure::new(FailureKind::InvalidRequest, format!("Unknown {what}"))
}
