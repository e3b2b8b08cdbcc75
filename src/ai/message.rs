//! Messages of a conversation as a host hands them over, reduced to what a request needs.
//!
//! The shapes are Pi's: `role` is `user`, `assistant` or `toolResult`; content is a string or blocks of `type` `text`,
//! `thinking`, `image`, `toolCall`. Blocks and messages of kinds that no protocol knows are kept as [`Block::Other`] and
//! [`Message::Other`], so that each codec decides.

use std::fmt;
use std::ops::Deref;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::StopReason;
use crate::json::{Text, lenient, present};

/// One message.
#[derive(Debug, Clone)]
pub enum Message {
    /// What the user said.
    User(Content),
    /// What a model answered.
    Assistant(Assistant),
    /// What a tool returned.
    ToolResult(ToolResult),
    /// A role that no protocol knows.
    Other,
}

/// What a model answered.
#[derive(Debug, Clone, Default)]
pub struct Assistant {
    /// The blocks of the answer.
    pub content: Vec<Block>,
    /// The wire protocol it came over.
    pub api: Text,
    /// The provider it came from.
    pub provider: Text,
    /// The id of the model that was asked.
    pub model: Text,
    /// Why it stopped, where that is known.
    pub stop_reason: Option<StopReason>,
}

/// What a tool returned.
#[derive(Debug, Clone, Default)]
pub struct ToolResult {
    /// The id of the call it answers.
    pub call_id: Text,
    /// The tool's name.
    pub name: Text,
    /// Text and images.
    pub content: Vec<Block>,
    /// Whether the tool failed; absent is not the same as `false` on the wire.
    pub is_error: Option<bool>,
}

/// The content of a user's message.
#[derive(Debug, Clone)]
pub enum Content {
    /// Plain text.
    Text(Text),
    /// Text and images.
    Blocks(Vec<Block>),
}

/// A call of a tool.
#[derive(Debug, Clone, Default)]
pub struct ToolCall {
    /// The call's id.
    pub id: Text,
    /// The tool's name.
    pub name: Text,
    /// The arguments as JSON text.
    pub arguments: Option<Box<RawValue>>,
    /// Encrypted reasoning that goes with the call, as JSON text.
    pub thought_signature: Option<Text>,
}

/// Text, and what the provider that wrote it wants back with it.
#[derive(Debug, Clone, Default)]
pub struct Prose {
    /// The text.
    pub text: Text,
    /// What goes back with it.
    pub signature: Option<Text>,
}

impl Deref for Prose {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl<T: Into<Text>> From<T> for Prose {
    fn from(text: T) -> Self {
        Self { text: text.into(), signature: None }
    }
}

/// A block of content.
#[derive(Debug, Clone)]
pub enum Block {
    /// Text.
    Text(Prose),
    /// Thinking with its signature.
    Thinking {
        /// What the model thought.
        thinking: Text,
        /// The provider's proof of it.
        signature: Option<Text>,
        /// Whether the thinking is withheld and only the signature stands for it.
        redacted: bool,
    },
    /// An image.
    Image {
        /// The bytes in base64.
        data: Text,
        /// The media type, for example `image/png`.
        mime_type: Text,
    },
    /// A call of a tool.
    ToolCall(ToolCall),
    /// A kind that no protocol knows.
    Other,
}

/// A tool that the model may call.
#[derive(Debug, Clone, Deserialize)]
pub struct Tool {
    /// Its name.
    #[serde(default)]
    pub name: Text,
    /// What it does, for the model.
    #[serde(default)]
    pub description: Option<Text>,
    /// The JSON Schema of its arguments.
    #[serde(default, deserialize_with = "present")]
    pub parameters: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FlatBlock {
    r#type: Text,
    #[serde(default)]
    text: Option<Text>,
    #[serde(default, deserialize_with = "lenient")]
    text_signature: Option<Text>,
    #[serde(default)]
    thinking: Option<Text>,
    #[serde(default)]
    thinking_signature: Option<Text>,
    #[serde(default, deserialize_with = "lenient")]
    redacted: Option<bool>,
    #[serde(default)]
    data: Option<Text>,
    #[serde(default)]
    mime_type: Option<Text>,
    #[serde(default)]
    id: Option<Text>,
    #[serde(default)]
    name: Option<Text>,
    #[serde(default, deserialize_with = "present")]
    arguments: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "lenient")]
    thought_signature: Option<Text>,
}

impl<'de> Deserialize<'de> for Block {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let flat = FlatBlock::deserialize(deserializer)?;
        Ok(match &*flat.r#type {
            "text" => {
                Self::Text(Prose { text: flat.text.unwrap_or_default(), signature: flat.text_signature })
            }
            "thinking" => Self::Thinking {
                thinking: flat.thinking.unwrap_or_default(),
                signature: flat.thinking_signature,
                redacted: flat.redacted.unwrap_or(false),
            },
            "image" => Self::Image {
                data: flat.data.unwrap_or_default(),
                mime_type: flat.mime_type.unwrap_or_default(),
            },
            "toolCall" => Self::ToolCall(ToolCall {
                id: flat.id.unwrap_or_default(),
                name: flat.name.unwrap_or_default(),
                arguments: flat.arguments,
                thought_signature: flat.thought_signature,
            }),
            _ => Self::Other,
        })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Content;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of blocks")
            }

            fn visit_str<E>(self, text: &str) -> Result<Content, E> {
                Ok(Content::Text(text.into()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, blocks: A) -> Result<Content, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(blocks)).map(Content::Blocks)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl Content {
    /// The blocks; plain text is one block.
    pub fn into_blocks(self) -> Vec<Block> {
        match self {
            Self::Text(text) => vec![Block::Text(text.into())],
            Self::Blocks(blocks) => blocks,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FlatMessage {
    #[serde(default)]
    role: Text,
    /// Content that is a string; under a name of its own it may hold lone surrogates.
    #[serde(default)]
    text: Option<Text>,
    #[serde(default)]
    content: Option<Content>,
    #[serde(default)]
    api: Option<Text>,
    #[serde(default)]
    provider: Option<Text>,
    #[serde(default)]
    model: Option<Text>,
    #[serde(default)]
    stop_reason: Option<Text>,
    #[serde(default)]
    tool_call_id: Option<Text>,
    #[serde(default)]
    tool_name: Option<Text>,
    #[serde(default)]
    is_error: Option<bool>,
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let flat = FlatMessage::deserialize(deserializer)?;
        let content = flat.text.map(Content::Text).or(flat.content).unwrap_or(Content::Blocks(Vec::new()));
        Ok(match &*flat.role {
            "user" => Self::User(content),
            "assistant" => Self::Assistant(Assistant {
                content: content.into_blocks(),
                api: flat.api.unwrap_or_default(),
                provider: flat.provider.unwrap_or_default(),
                model: flat.model.unwrap_or_default(),
                stop_reason: flat.stop_reason.as_deref().and_then(stop_reason),
            }),
            "toolResult" => Self::ToolResult(ToolResult {
                call_id: flat.tool_call_id.unwrap_or_default(),
                name: flat.tool_name.unwrap_or_default(),
                content: content.into_blocks(),
                is_error: flat.is_error,
            }),
            _ => Self::Other,
        })
    }
}

fn stop_reason(name: &str) -> Option<StopReason> {
    [StopReason::Stop, StopReason::Length, StopReason::ToolUse, StopReason::Error, StopReason::Aborted]
        .into_iter()
        .find(|reason| reason.as_str() == name)
}
