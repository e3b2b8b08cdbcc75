//! A model as a host describes it: where it is served, what it takes, what it costs.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Headers, LevelMap, Rates};
use crate::json::{Num, Text};

/// A model of the catalogue or one that a host made up. Unknown fields are ignored; absent ones read as empty, because
/// hosts pass objects of their own making.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Model {
    /// The id that the provider knows it by.
    pub id: Text,
    /// What people call it.
    pub name: Text,
    /// The wire protocol, for example `anthropic-messages`.
    pub api: Text,
    /// The provider's id, for example `anthropic`.
    pub provider: Text,
    /// The URL that the protocol's path is appended to; may hold `{NAME}` placeholders for environment variables.
    pub base_url: Text,
    /// Whether the model can think before it answers.
    pub reasoning: bool,
    /// What the provider calls each thinking level; `None` as a value marks a level as unsupported.
    pub thinking_level_map: Option<LevelMap>,
    /// The kinds of input: `text`, `image`.
    pub input: Vec<Text>,
    /// Prices.
    pub cost: Rates,
    /// The longest prompt with its answer, in tokens.
    pub context_window: Num,
    /// The longest answer, in tokens.
    pub max_tokens: Num,
    /// Headers that this model's endpoint wants.
    pub headers: Headers,
    /// Compatibility switches; their shape depends on `api`, so each codec reads its own.
    pub compat: Option<Box<RawValue>>,
}

impl Model {
    /// Whether the model takes images.
    pub fn sees_images(&self) -> bool {
        self.input.iter().any(|kind| &**kind == "image")
    }

    /// The compatibility switches in the shape of one codec; those that are absent or of another type read as default.
    pub fn compat<T: serde::de::DeserializeOwned + Default>(&self) -> T {
        self.compat.as_ref().and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
    }
}
