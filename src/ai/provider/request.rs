//! The conversation of a request of Argent's. Its messages are Argent's own short ones or Pi's whole ones, mixed at will;
//! what a short one leaves out is found in those before it.

use std::collections::HashMap;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::ai::message::{Assistant, Block, Content, Message, Tool, ToolCall, ToolResult};
use crate::ai::{Model, StopReason};
use crate::json::{Text, lenient, present};

/// A conversation and the tools on offer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    /// The system prompt.
    pub system_prompt: Option<Text>,
    /// The messages.
    pub messages: Vec<Entry>,
    /// The tools on offer.
    pub tools: Option<Vec<Tool>>,
}

/// A message in either shape.
#[derive(Debug, Clone)]
pub enum Entry {
    /// Pi's.
    Whole(Message),
    /// Argent's answer of a model.
    Answer(Answer),
    /// Argent's result of a tool.
    Result(Outcome),
}

/// A model's answer: text and calls.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Answer {
    text: Option<Text>,
    content: Option<Vec<Block>>,
    tool_calls: Option<Vec<Call>>,
}

/// What came of a call.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Outcome {
    text: Option<Text>,
    content: Option<Vec<Block>>,
    tool_call_id: Text,
    tool_name: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    is_error: Option<bool>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Call {
    id: Text,
    name: Text,
    #[serde(deserialize_with = "present")]
    arguments: Option<Box<RawValue>>,
    #[serde(deserialize_with = "lenient")]
    thought_signature: Option<Text>,
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Head {
            #[serde(default)]
            role: Text,
            #[serde(default)]
            api: Option<Text>,
        }
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let head: Head = serde_json::from_str(raw).map_err(serde::de::Error::custom)?;
        let entry = match &*head.role {
            "assistant" if head.api.is_none() => serde_json::from_str(raw).map(Self::Answer),
            "tool" => serde_json::from_str(raw).map(Self::Result),
            _ => serde_json::from_str(raw).map(Self::Whole),
        };
        entry.map_err(serde::de::Error::custom)
    }
}

/// The messages as the wires take them. Answers that say nothing are left out.
pub(super) fn messages(entries: Vec<Entry>, model: &Model) -> Vec<Message> {
    let mut names = HashMap::new();
    entries
        .into_iter()
        .filter_map(|entry| {
            let message = match entry {
                Entry::Whole(message) => message,
                Entry::Answer(answer) => Message::Assistant(answer.whole(model)?),
                Entry::Result(outcome) => Message::ToolResult(outcome.whole(&names)),
            };
            if let Message::Assistant(answer) = &message {
                names.extend(answer.content.iter().filter_map(|block| match block {
                    Block::ToolCall(call) => Some((call.id.to_string(), call.name.clone())),
                    _ => None,
                }));
            }
            Some(message)
        })
        .collect()
}

impl Answer {
    fn whole(self, model: &Model) -> Option<Assistant> {
        let said = blocks(self.text, self.content);
        let known =
            |id: &Text| said.iter().any(|block| matches!(block, Block::ToolCall(call) if call.id == *id));
        let calls = self.tool_calls.unwrap_or_default().into_iter().filter(|call| !known(&call.id));
        let calls: Vec<_> = calls.map(|call| Block::ToolCall(call.into())).collect();
        let content: Vec<_> = said.into_iter().chain(calls).collect();
        if content.is_empty() {
            return None;
        }
        let answer = Assistant { content, stop_reason: Some(StopReason::Stop), ..Assistant::default() };
        if !answer.content.iter().any(is_signed) {
            return Some(answer);
        }
        // Only the model that is asked could have signed what a host hands back without saying whose it is.
        let Model { api, provider, id, .. } = model;
        Some(Assistant { api: api.clone(), provider: provider.clone(), model: id.clone(), ..answer })
    }
}

impl Outcome {
    fn whole(self, names: &HashMap<String, Text>) -> ToolResult {
        let called = self.tool_name.filter(|name| !name.is_empty());
        ToolResult {
            name: called.or_else(|| names.get(&*self.tool_call_id).cloned()).unwrap_or_default(),
            call_id: self.tool_call_id,
            content: blocks(self.text, self.content),
            is_error: Some(self.is_error.unwrap_or(false)),
        }
    }
}

impl From<Call> for ToolCall {
    fn from(Call { id, name, arguments, thought_signature }: Call) -> Self {
        Self { id, name, arguments, thought_signature }
    }
}

fn blocks(text: Option<Text>, content: Option<Vec<Block>>) -> Vec<Block> {
    let text = text.filter(|text| !text.is_empty()).map(Content::Text);
    text.or(content.map(Content::Blocks)).map(Content::into_blocks).unwrap_or_default()
}

fn is_signed(block: &Block) -> bool {
    match block {
        Block::Thinking { signature, .. } => signature.is_some(),
        Block::ToolCall(call) => call.thought_signature.is_some(),
        _ => false,
    }
}
