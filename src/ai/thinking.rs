//! Thinking levels: which ones a model has, and what they mean in tokens.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Deserialize;

use super::Model;
use crate::json::{Num, Text};

/// How hard a model should think.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not at all.
    Off,
    /// As little as the model can.
    Minimal,
    /// A little.
    Low,
    /// Some.
    Medium,
    /// Hard.
    High,
    /// As hard as the model can, where it has such a level.
    Xhigh,
}

/// What a provider calls each level; `None` as a value means that the model does not have the level.
pub type LevelMap = IndexMap<String, Option<Text>>;

const LEVELS: [Level; 6] = [Level::Off, Level::Minimal, Level::Low, Level::Medium, Level::High, Level::Xhigh];

/// The least that is left for the answer when a thinking budget takes the rest of the limit, in tokens.
const LEAST_ANSWER: f64 = 1024.0;

impl Level {
    /// The name that hosts use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Xhigh => "xhigh",
        }
    }

    /// The level of a name.
    pub fn named(name: &str) -> Option<Self> {
        LEVELS.into_iter().find(|level| level.as_str() == name)
    }

    /// The nearest level that the model has: this one, else the next harder, else the next easier.
    #[must_use]
    pub fn clamp_to(self, model: &Model) -> Self {
        let harder = LEVELS.into_iter().filter(|level| *level >= self);
        let easier = LEVELS.into_iter().rev().filter(|level| *level < self);
        harder.chain(easier).find(|level| level.is_supported_by(model)).unwrap_or(Self::Off)
    }

    /// Whether the model has this level.
    pub fn is_supported_by(self, model: &Model) -> bool {
        if !model.reasoning {
            return self == Self::Off;
        }
        match model.thinking_level_map.as_ref().and_then(|map| map.get(self.as_str())) {
            Some(name) => name.is_some(),
            None => self != Self::Xhigh,
        }
    }

    /// The default budget for thinking, in tokens.
    const fn budget(self) -> f64 {
        match self {
            Self::Off => 0.0,
            Self::Minimal => 1024.0,
            Self::Low => 2048.0,
            Self::Medium => 8192.0,
            Self::High | Self::Xhigh => 16384.0,
        }
    }
}

impl Model {
    /// What the provider calls a level: `None` when the map does not mention it, `Some(None)` when the model lacks it.
    pub fn level_name(&self, level: &str) -> Option<Option<&str>> {
        self.thinking_level_map.as_ref()?.get(level).map(|name| name.as_deref())
    }

    /// What the provider calls a level, or the level's own name when the map has none.
    pub fn effort<'a>(&'a self, level: &'a str) -> &'a str {
        self.level_name(level).flatten().unwrap_or(level)
    }
}

/// The budget for thinking, in tokens: the host's, else the usual one.
pub fn budget(level: Level, budgets: Option<&BTreeMap<Level, Num>>) -> Num {
    let level = if level == Level::Xhigh { Level::High } else { level };
    budgets.and_then(|budgets| budgets.get(&level)).copied().unwrap_or(Num(level.budget()))
}

/// The limit on answer and thinking together, and the part of it that is for thinking, both in tokens.
pub fn with_budget(
    answer: f64,
    model_limit: f64,
    level: Level,
    budgets: Option<&BTreeMap<Level, Num>>,
) -> (Num, Num) {
    let budget = budget(level, budgets).0;
    let limit = (answer + budget).min(model_limit);
    let budget = if limit <= budget { (limit - LEAST_ANSWER).max(0.0) } else { budget };
    (Num(limit), Num(budget))
}
