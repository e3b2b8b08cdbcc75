//! One chunk of a response, as far as anyone reads it.
//!
//! Almost every chunk is as documented and takes the typed way. One that is not (a field of another type, a field given
//! twice) takes the tolerant way, on which an odd field reads as absent.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::ai::codec::fields::{self, Fields};
use crate::json::{Num, WireStr, lenient};

/// A chunk.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chunk<'a> {
    #[serde(borrow)]
    pub(super) id: Option<WireStr<'a>>,
    #[serde(borrow)]
    pub(super) model: Option<WireStr<'a>>,
    pub(super) usage: Option<Tokens>,
    #[serde(borrow)]
    choices: Option<First<Choice<'a>>>,
    #[serde(borrow)]
    pub(super) error: Option<&'a RawValue>,
}

/// A choice; only the first of a chunk counts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Choice<'a> {
    #[serde(borrow)]
    pub(super) delta: Option<Delta<'a>>,
    #[serde(borrow)]
    pub(super) finish_reason: Option<WireStr<'a>>,
    pub(super) usage: Option<Tokens>,
}

/// What a chunk adds.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Delta<'a> {
    #[serde(borrow)]
    pub(super) content: Option<WireStr<'a>>,
    #[serde(borrow)]
    pub(super) refusal: Option<WireStr<'a>>,
    #[serde(borrow)]
    pub(super) reasoning_content: Option<WireStr<'a>>,
    #[serde(borrow)]
    pub(super) reasoning: Option<WireStr<'a>>,
    #[serde(borrow)]
    pub(super) reasoning_text: Option<WireStr<'a>>,
    #[serde(borrow)]
    pub(super) tool_calls: Option<Vec<Option<CallDelta<'a>>>>,
    #[serde(borrow)]
    pub(super) reasoning_details: Option<Vec<&'a RawValue>>,
}

/// What a chunk adds to a call.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CallDelta<'a> {
    pub(super) index: Option<Num>,
    #[serde(borrow)]
    pub(super) id: Option<WireStr<'a>>,
    #[serde(borrow)]
    pub(super) function: Option<FunctionDelta<'a>>,
}

/// What a chunk adds to a call's name and arguments.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FunctionDelta<'a> {
    #[serde(borrow)]
    pub(super) name: Option<WireStr<'a>>,
    #[serde(borrow)]
    pub(super) arguments: Option<WireStr<'a>>,
}

/// Token counts as the providers spell them.
#[expect(clippy::struct_field_names, reason = "the names are the wire's")]
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tokens {
    pub(super) prompt_tokens: Option<Num>,
    pub(super) completion_tokens: Option<Num>,
    pub(super) prompt_cache_hit_tokens: Option<Num>,
    pub(super) prompt_tokens_details: Option<PromptDetails>,
    #[serde(deserialize_with = "lenient")]
    pub(super) cost: Option<Num>,
    #[serde(deserialize_with = "lenient")]
    pub(super) is_byok: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub(super) cost_details: Option<CostDetails>,
}

/// What the host pays to the provider behind a router, where it uses a key of its own there.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CostDetails {
    pub(super) upstream_inference_cost: Option<Num>,
}

impl Tokens {
    /// What the provider says that it charges, in US dollars.
    pub(super) fn charge(&self) -> Option<Num> {
        let upstream = match self.is_byok {
            Some(true) => self.cost_details.as_ref()?.upstream_inference_cost?.0,
            _ => 0.0,
        };
        self.cost.map(|cost| Num(cost.0 + upstream))
    }
}

/// What became of the prompt.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PromptDetails {
    pub(super) cached_tokens: Option<Num>,
    pub(super) cache_write_tokens: Option<Num>,
}

impl<'a> Chunk<'a> {
    /// Reads a chunk; `Ok(None)` for JSON that is no object, which says nothing.
    pub(super) fn read(json: &'a str) -> Result<Option<Self>, serde_json::Error> {
        fields::read(json, Self::tolerant)
    }

    /// The choice that counts.
    pub(super) fn choice(&self) -> Option<&Choice<'a>> {
        self.choices.as_ref()?.0.as_ref()
    }

    fn tolerant(fields: &Fields<'a>) -> Self {
        let choices: Option<Vec<&'a RawValue>> = fields.read("choices");
        let first = choices.as_ref().and_then(|choices| choices.first());
        Self {
            id: fields.read("id"),
            model: fields.read("model"),
            usage: fields.object("usage").map(|usage| Tokens::tolerant(&usage)),
            choices: first.and_then(|choice| Fields::of(choice)).map(|choice| {
                let delta = choice.object("delta").map(|delta| Delta::tolerant(&delta));
                let usage = choice.object("usage").map(|usage| Tokens::tolerant(&usage));
                First(Some(Choice { delta, finish_reason: choice.read("finish_reason"), usage }))
            }),
            error: fields.get("error").filter(|error| error.get() != "null"),
        }
    }
}

impl<'a> Delta<'a> {
    fn tolerant(fields: &Fields<'a>) -> Self {
        let calls: Option<Vec<&'a RawValue>> = fields.read("tool_calls");
        let call = |raw: &'a RawValue| Fields::of(raw).map(|call| CallDelta::tolerant(&call));
        Self {
            content: fields.read("content"),
            refusal: fields.read("refusal"),
            reasoning_content: fields.read("reasoning_content"),
            reasoning: fields.read("reasoning"),
            reasoning_text: fields.read("reasoning_text"),
            tool_calls: calls.map(|calls| calls.into_iter().map(call).collect()),
            reasoning_details: fields.read("reasoning_details"),
        }
    }
}

impl<'a> CallDelta<'a> {
    fn tolerant(fields: &Fields<'a>) -> Self {
        let function = fields.object("function").map(|function| FunctionDelta {
            name: function.read("name"),
            arguments: function.read("arguments"),
        });
        Self { index: fields.read("index"), id: fields.read("id"), function }
    }
}

impl Tokens {
    fn tolerant(fields: &Fields<'_>) -> Self {
        let details = fields.object("prompt_tokens_details").map(|details| PromptDetails {
            cached_tokens: details.read("cached_tokens"),
            cache_write_tokens: details.read("cache_write_tokens"),
        });
        Self {
            prompt_tokens: fields.read("prompt_tokens"),
            completion_tokens: fields.read("completion_tokens"),
            prompt_cache_hit_tokens: fields.read("prompt_cache_hit_tokens"),
            prompt_tokens_details: details,
            cost: fields.read("cost"),
            is_byok: fields.read("is_byok"),
            cost_details: fields.read("cost_details"),
        }
    }
}

/// The first element of an array; the others are passed over unread.
#[derive(Debug, Default)]
struct First<T>(Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for First<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Array<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Array<T> {
            type Value = First<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let first = seq.next_element::<Option<T>>()?.flatten();
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(First(first))
            }
        }
        deserializer.deserialize_seq(Array(PhantomData))
    }
}
