//! How a model is told to think: with a level, or with a budget of tokens.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{Own, Service, family};
use crate::ai::codec::fields::Fields;
use crate::ai::{Level, Turn};
use crate::json::Num;

const LEVELS: [&str; 5] = ["THINKING_LEVEL_UNSPECIFIED", "MINIMAL", "LOW", "MEDIUM", "HIGH"];

/// The payload's `thinkingConfig`.
#[expect(clippy::struct_field_names, reason = "the names are the client's")]
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Thinking {
    #[serde(skip_serializing_if = "Option::is_none")]
    include_thoughts: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking_level: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking_budget: Option<Box<RawValue>>,
}

impl Thinking {
    /// What a turn asks for; none for models that do not think, and where the host leaves it to the model.
    pub(super) fn of(turn: &Turn, service: Service) -> Option<Self> {
        if !turn.model.reasoning {
            None
        } else if turn.options.simple {
            Some(simple(turn, service))
        } else {
            full(turn, service)
        }
    }

    fn visible() -> Self {
        Self { include_thoughts: Some(true), ..Self::default() }
    }
}

fn full(turn: &Turn, service: Service) -> Option<Thinking> {
    let own: Own = turn.options.own();
    let raw = own.thinking?;
    let fields = Fields::of(&raw)?;
    if !fields.read("enabled").unwrap_or(false) {
        return Some(disabled(&turn.model.id, service));
    }
    let field = |name| fields.get(name).map(ToOwned::to_owned);
    Some(match (field("level"), field("budgetTokens")) {
        (Some(level), _) => {
            let known = LEVELS.iter().any(|name| level.get() == format!("\"{name}\""));
            let level = Some(level).filter(|_| known || service == Service::Gemini);
            Thinking { thinking_level: level, ..Thinking::visible() }
        }
        (None, budget) => Thinking { thinking_budget: budget, ..Thinking::visible() },
    })
}

fn simple(turn: &Turn, service: Service) -> Thinking {
    let id = &turn.model.id;
    let asked = match turn.options.reasoning.as_deref().unwrap_or_default() {
        "" | "off" => return disabled(id, service),
        asked => Level::named(asked).unwrap_or(Level::Off),
    };
    let level = match asked.clamp_to(&turn.model) {
        Level::Off => Level::High,
        level => level,
    };
    if speaks_levels(id, service) {
        let level = name(level, id, service).and_then(|name| to_raw_value(name).ok());
        return Thinking { thinking_level: level, ..Thinking::visible() };
    }
    let chosen = turn.options.thinking_budgets.as_ref().and_then(|budgets| budgets.get(&level).copied());
    let budget = chosen.or_else(|| budget(level, id, service)).and_then(|budget| to_raw_value(&budget).ok());
    Thinking { thinking_budget: budget, ..Thinking::visible() }
}

/// As little thinking as the model can, and none of it shown.
fn disabled(id: &str, service: Service) -> Thinking {
    let level = |name: &str| Thinking { thinking_level: to_raw_value(name).ok(), ..Thinking::default() };
    if family::is_gemini_3_pro(id) {
        level("LOW")
    } else if speaks_levels(id, service) {
        level("MINIMAL")
    } else {
        Thinking { thinking_budget: to_raw_value(&0).ok(), ..Thinking::default() }
    }
}

fn speaks_levels(id: &str, service: Service) -> bool {
    let is_gemma = service == Service::Gemini && family::is_gemma_4(id);
    is_gemma || family::is_gemini_3_pro(id) || family::is_gemini_3_flash(id)
}

/// What a model calls a level, if it has it.
fn name(level: Level, id: &str, service: Service) -> Option<&'static str> {
    let (low, high) = if family::is_gemini_3_pro(id) {
        ("LOW", "HIGH")
    } else if service == Service::Gemini && family::is_gemma_4(id) {
        ("MINIMAL", "HIGH")
    } else {
        return match level {
            Level::Minimal => Some("MINIMAL"),
            Level::Low => Some("LOW"),
            Level::Medium => Some("MEDIUM"),
            Level::High => Some("HIGH"),
            Level::Off | Level::Xhigh => None,
        };
    };
    match level {
        Level::Minimal | Level::Low => Some(low),
        Level::Medium | Level::High => Some(high),
        Level::Off | Level::Xhigh => None,
    }
}

/// The usual budget of a level in tokens; -1 leaves it to the model.
fn budget(level: Level, id: &str, service: Service) -> Option<Num> {
    let (least, most) = if id.contains("2.5-pro") {
        (128.0, 32_768.0)
    } else if service == Service::Gemini && id.contains("2.5-flash-lite") {
        (512.0, 24_576.0)
    } else if id.contains("2.5-flash") {
        (128.0, 24_576.0)
    } else {
        return Some(Num(-1.0));
    };
    match level {
        Level::Minimal => Some(Num(least)),
        Level::Low => Some(Num(2048.0)),
        Level::Medium => Some(Num(8192.0)),
        Level::High => Some(Num(most)),
        Level::Off | Level::Xhigh => None,
    }
}
