//! What a thinking level means in the words of Argent's model configurations, and back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ai::thinking::with_budget;
use crate::ai::{Level, Model, Turn};
use crate::json::{Num, Text, lenient};

/// How a model configuration asks for thinking and limits.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Wishes {
    /// The longest answer, in tokens.
    #[serde(deserialize_with = "lenient")]
    pub max_tokens: Option<Num>,
    /// Whether to think.
    #[serde(deserialize_with = "lenient")]
    pub thinking: Option<bool>,
    /// How many tokens thinking may take.
    #[serde(deserialize_with = "lenient")]
    pub thinking_budget: Option<Num>,
    /// How hard to think: `low`, `medium`, `high` or `max`.
    #[serde(deserialize_with = "lenient")]
    pub effort: Option<Text>,
}

impl Wishes {
    /// The level asked for; none is no thinking.
    pub fn level(&self) -> Option<Level> {
        if self.thinking != Some(true) {
            return None;
        }
        let level = match self.effort.as_deref() {
            Some("max") => Some(Level::Xhigh),
            Some(name) => Level::named(name).filter(|level| *level != Level::Off),
            None => None,
        };
        Some(level.unwrap_or(Level::Medium))
    }

    /// The token budget of the level to think at, where the host sets one.
    pub fn budgets(&self, level: Level) -> Option<BTreeMap<Level, Num>> {
        // The hardest level has no budget of its own.
        self.thinking_budget.map(|budget| BTreeMap::from([(level.min(Level::High), budget)]))
    }
}

/// A level in a model configuration's words.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// The longest answer with its thinking, in tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<Num>,
    /// Whether to think.
    pub thinking: bool,
    /// How many tokens thinking may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking_budget: Option<Num>,
    /// How hard to think.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<&'static str>,
}

impl Limits {
    /// What the options of a turn come to: the level as far as the model has it, with the usual budgets and words.
    pub fn of(turn: &Turn) -> Self {
        let base = turn.simple_max_tokens();
        let wished = turn.options.reasoning.as_deref().and_then(Level::named);
        let level = wished.map_or(Level::Off, |level| level.clamp_to(&turn.model));
        if level == Level::Off {
            return Self { max_tokens: base, thinking: false, thinking_budget: None, effort: None };
        }
        let cap = turn.model.max_tokens.0;
        let cap = if cap > 0.0 { cap } else { f64::INFINITY };
        let budgets = turn.options.thinking_budgets.as_ref();
        let (limit, budget) = with_budget(base.map_or(0.0, |base| base.0), cap, level, budgets);
        Self {
            max_tokens: Some(limit),
            thinking: true,
            thinking_budget: Some(budget),
            effort: Some(effort(&turn.model, level)),
        }
    }
}

/// `max` only for models that call it so; the other levels are three words for five.
fn effort(model: &Model, level: Level) -> &'static str {
    match level {
        Level::Off | Level::Minimal | Level::Low => "low",
        Level::Medium => "medium",
        Level::Xhigh if model.effort("xhigh") == "max" => "max",
        Level::High | Level::Xhigh => "high",
    }
}
