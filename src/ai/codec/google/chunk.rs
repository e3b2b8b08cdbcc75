//! One chunk of a response, as far as anyone reads it.
//!
//! Almost every chunk is as documented and takes the typed way. One that is not takes the tolerant way, on which an odd
//! field reads as absent.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::ai::codec::fields::{self, Fields};
use crate::json::{Num, WireStr};

/// A chunk.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Chunk<'a> {
    #[serde(borrow)]
    pub(super) response_id: Option<WireStr<'a>>,
    #[serde(borrow)]
    candidates: Option<Vec<Option<Candidate<'a>>>>,
    pub(super) usage_metadata: Option<Tokens>,
    #[serde(borrow)]
    pub(super) prompt_feedback: Option<Feedback<'a>>,
    #[serde(borrow)]
    pub(super) error: Option<&'a RawValue>,
}

/// An answer; only the first of a chunk counts.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Candidate<'a> {
    #[serde(borrow)]
    content: Option<Content<'a>>,
    #[serde(borrow)]
    pub(super) finish_reason: Option<WireStr<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Content<'a> {
    #[serde(borrow)]
    parts: Option<Vec<Option<Part<'a>>>>,
}

/// A part of an answer.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Part<'a> {
    #[serde(borrow)]
    pub(super) text: Option<WireStr<'a>>,
    pub(super) thought: Option<bool>,
    #[serde(borrow)]
    pub(super) thought_signature: Option<WireStr<'a>>,
    #[serde(borrow)]
    pub(super) function_call: Option<Call<'a>>,
}

/// A call of a tool.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Call<'a> {
    #[serde(borrow)]
    pub(super) id: Option<WireStr<'a>>,
    #[serde(borrow)]
    pub(super) name: Option<WireStr<'a>>,
    #[serde(borrow)]
    pub(super) args: Option<&'a RawValue>,
}

/// Token counts as Google spells them.
#[expect(clippy::struct_field_names, reason = "the names are the wire's")]
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Tokens {
    pub(super) prompt_token_count: Option<Num>,
    pub(super) cached_content_token_count: Option<Num>,
    pub(super) candidates_token_count: Option<Num>,
    pub(super) thoughts_token_count: Option<Num>,
    pub(super) total_token_count: Option<Num>,
}

/// Why the prompt got no answer.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Feedback<'a> {
    #[serde(borrow)]
    pub(super) block_reason: Option<WireStr<'a>>,
}

impl<'a> Chunk<'a> {
    /// Reads a chunk; `Ok(None)` for JSON that is no object, which says nothing.
    pub(super) fn read(json: &'a str) -> Result<Option<Self>, serde_json::Error> {
        fields::read(json, Self::tolerant)
    }

    /// The answer that counts.
    pub(super) fn candidate(&self) -> Option<&Candidate<'a>> {
        self.candidates.as_ref()?.first()?.as_ref()
    }

    fn tolerant(fields: &Fields<'a>) -> Self {
        let candidates: Option<Vec<&'a RawValue>> = fields.read("candidates");
        let first = candidates.and_then(|candidates| Fields::of(candidates.first()?));
        let feedback = fields.object("promptFeedback");
        Self {
            response_id: fields.read("responseId"),
            candidates: first.map(|candidate| vec![Some(Candidate::tolerant(&candidate))]),
            usage_metadata: fields.object("usageMetadata").map(|usage| Tokens::tolerant(&usage)),
            prompt_feedback: feedback.map(|feedback| Feedback { block_reason: feedback.read("blockReason") }),
            error: fields.get("error").filter(|error| error.get() != "null"),
        }
    }
}

impl<'a> Candidate<'a> {
    /// The parts of the answer.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Part<'a>> {
        self.content.iter().flat_map(|content| content.parts.iter().flatten().flatten())
    }

    fn tolerant(fields: &Fields<'a>) -> Self {
        let content = fields.object("content").map(|content| {
            let parts: Option<Vec<&'a RawValue>> = content.read("parts");
            let part = |raw: &'a RawValue| Fields::of(raw).map(|part| Part::tolerant(&part));
            Content { parts: parts.map(|parts| parts.into_iter().map(part).collect()) }
        });
        Self { content, finish_reason: fields.read("finishReason") }
    }
}

impl<'a> Part<'a> {
    fn tolerant(fields: &Fields<'a>) -> Self {
        let function_call = fields.object("functionCall").map(|call| Call {
            id: call.read("id"),
            name: call.read("name"),
            args: call.get("args").filter(|args| args.get() != "null"),
        });
        Self {
            text: fields.read("text"),
            thought: fields.read("thought"),
            thought_signature: fields.read("thoughtSignature"),
            function_call,
        }
    }
}

impl Tokens {
    fn tolerant(fields: &Fields<'_>) -> Self {
        Self {
            prompt_token_count: fields.read("promptTokenCount"),
            cached_content_token_count: fields.read("cachedContentTokenCount"),
            candidates_token_count: fields.read("candidatesTokenCount"),
            thoughts_token_count: fields.read("thoughtsTokenCount"),
            total_token_count: fields.read("totalTokenCount"),
        }
    }
}
