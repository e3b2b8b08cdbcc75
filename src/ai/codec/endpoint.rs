//! What the protocols share about where and as whom a request goes: placeholders in base URLs, the headers that GitHub
//! Copilot wants, the headers by which providers know their own JavaScript clients.

use crate::ai::message::{Block, Content, Message, ToolResult};
use crate::ai::{Failure, FailureKind, Headers, Turn};

/// Fills `{NAME}` placeholders of a base URL from the environment.
pub(super) fn base_url(turn: &Turn) -> Result<String, Failure> {
    let mut out = String::new();
    let mut rest: &str = &turn.model.base_url;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((name, tail)) if is_variable(name) => {
                out.push_str(turn.env(name).ok_or_else(|| missing(name, turn))?);
                rest = tail;
            }
            _ => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

fn missing(name: &str, turn: &Turn) -> Failure {
    let message = format!("{name} is required for provider {} but is not set.", &*turn.model.provider);
    Failure::new(FailureKind::InvalidRequest, message)
}

/// Appends a path that starts with a slash to a base URL. Where the URL has a query the path goes into it, as with the
/// providers' own clients: hosts use that to reach addresses with paths of their own.
pub(super) fn join(base: &str, path: &str) -> String {
    format!("{}{path}", base.strip_suffix('/').unwrap_or(base))
}

/// The headers as they are sent: the type of the body is not the host's to choose.
pub(super) fn finish(mut headers: Headers) -> Vec<(String, String)> {
    headers.set("content-type", "application/json");
    trimmed(&headers)
}

/// The headers with values that have lost the white space at their ends, as `fetch` sends them.
pub(super) fn trimmed(headers: &Headers) -> Vec<(String, String)> {
    let trimmed = |value: &str| value.trim_matches([' ', '\t', '\r', '\n']).to_owned();
    headers.iter().map(|(name, value)| (name.to_owned(), trimmed(value))).collect()
}

/// The providers' clients refuse odd timeouts, in these words.
pub(super) fn check_timeout(turn: &Turn) -> Result<(), Failure> {
    let complaint = match turn.options.timeout_ms.map_or(0.0, |timeout| timeout.0) {
        odd if odd.fract() != 0.0 => "timeout must be an integer",
        negative if negative < 0.0 => "timeout must be a positive integer",
        _ => return Ok(()),
    };
    Err(Failure::new(FailureKind::InvalidRequest, complaint))
}

/// GitHub Copilot bills by who started a request, and wants to know of images.
pub(super) fn copilot_headers(messages: &[Message]) -> Headers {
    let mut headers = Headers::default();
    let by_agent = messages.last().is_some_and(|message| !matches!(message, Message::User(_)));
    headers.set("X-Initiator", if by_agent { "agent" } else { "user" });
    headers.set("Openai-Intent", "conversation-edits");
    if messages.iter().any(has_image) {
        headers.set("Copilot-Vision-Request", "true");
    }
    headers
}

fn has_image(message: &Message) -> bool {
    match message {
        Message::User(Content::Blocks(blocks)) | Message::ToolResult(ToolResult { content: blocks, .. }) => {
            blocks.iter().any(|block| matches!(block, Block::Image { .. }))
        }
        _ => false,
    }
}

/// The headers that a provider's own JavaScript client sends: some gateways and firewalls let only those through.
pub(super) fn client_headers(turn: &Turn, client: &str, version: &str) -> Headers {
    let mut headers = Headers::default();
    headers.set("accept", "application/json");
    headers.set("content-type", "application/json");
    headers.set("user-agent", format!("{client}/JS {version}"));
    headers.set("x-stainless-lang", "js");
    headers.set("x-stainless-package-version", version);
    headers.set("x-stainless-retry-count", "0");
    let timeout = turn.options.timeout_ms.map_or(600_000.0, |timeout| timeout.0);
    headers.set("x-stainless-timeout", format!("{}", (timeout / 1000.0).trunc()));
    headers.merge(&turn.platform);
    headers
}

/// A call's id in letters, digits, `_` and `-`, which every provider takes: an underscore for each UTF-16 code unit of
/// anything else, and no more than `longest` characters.
pub(super) fn portable_id(id: &str, longest: usize) -> String {
    let portable = |unit| match u8::try_from(unit) {
        Ok(byte) if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' => char::from(byte),
        _ => '_',
    };
    id.encode_utf16().map(portable).take(longest).collect()
}
