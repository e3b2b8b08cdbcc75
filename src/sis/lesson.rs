//! A lesson: what it says, where it came from, what is known of its worth.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Belief, LessonHistory, Scope, SisError};

/// The most characters that a lesson's text may have.
pub const LONGEST: usize = 2000;

/// A source that is trusted less has to be confirmed.
const PROVEN: f64 = 0.45;

/// What a lesson is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// What does not work.
    Mistake,
    /// What works.
    Success,
    /// What works in place of what does not.
    Workaround,
    /// What was found out.
    #[default]
    Discovery,
}

/// A lesson in its store. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lesson {
    /// Its number, given by the store.
    pub id: i64,
    /// Whom it belongs to.
    pub scope: Scope,
    /// What it says, as it was said.
    pub text: String,
    /// What tells it from other lessons of its scope.
    pub normalized: String,
    /// What it is about.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// In which circumstances it holds: the error seen, the task at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// What to do in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The tools that it is about.
    pub related_tools: Vec<String>,
    /// The latest episodes that taught it.
    pub source_episode_ids: Vec<String>,
    /// When it was learned first.
    pub created_at: i64,
    /// When anything of it changed last.
    pub updated_at: i64,
    /// When it was shown last.
    pub last_used_at: Option<i64>,
    /// Whether it may be shown.
    pub is_active: bool,
    /// How many outcomes of episodes that showed it are known.
    pub injection_count: u32,
    /// How many of them were successes.
    pub success_count: u32,
    /// By how much the valence rose on average, of 4.
    pub avg_valence_delta: f64,
    /// How many episodes taught it.
    pub occurrences: u32,
    /// How far it was trusted before any outcome, 0 to 1.
    pub initial_confidence: f64,
    /// How far it is trusted, 0 to 1: the mean of `belief` when it was last updated.
    pub confidence: f64,
    /// What outcomes and endorsements say of its worth.
    pub belief: Belief,
    /// For which words in prompts it has helped (above 0) or not (below).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub triggers: BTreeMap<String, f32>,
    /// Endorsements by the agent's family and by operators, each by its strength.
    #[serde(default)]
    pub endorsed: [f64; 2],
    /// Whether an outcome contradicted it, and how many successes there were since.
    #[serde(default)]
    pub contradicted: Option<u32>,
}

impl Lesson {
    /// Whether there is more for it than one coincidence: it was found twice, its source is trusted, somebody vouches
    /// for it, or it has helped.
    pub fn is_proven(&self) -> bool {
        self.initial_confidence >= PROVEN
            || self.occurrences > 1
            || self.success_count > 0
            || self.endorsed.iter().sum::<f64>() > 0.0
    }

    /// What [`super::calculate_lesson_confidence`] scores it by, as of `now`.
    pub fn history(&self, now: i64) -> LessonHistory {
        let day = 86_400_000;
        #[expect(clippy::cast_precision_loss, reason = "days are small numbers")]
        let days = self.last_used_at.map_or(999.0, |used| ((now - used).max(0) / day) as f64);
        let [family, operator] = self.endorsed;
        LessonHistory {
            avg_valence_delta: self.avg_valence_delta,
            injection_count: f64::from(self.injection_count),
            success_count: f64::from(self.success_count),
            family_endorsements: family,
            operator_endorsements: operator,
            days_since_last_use: days,
            has_ground_truth_contradiction: self.contradicted.is_some(),
            successful_uses_since_contradiction: self.contradicted.map_or(0.0, f64::from),
            llm_self_confidence: None,
        }
    }
}

/// What may become a lesson.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Draft {
    /// What it says.
    pub text: String,
    /// What it is about.
    #[serde(rename = "type", default)]
    pub kind: Kind,
    /// In which circumstances it holds.
    #[serde(default)]
    pub context: Option<String>,
    /// What was done.
    #[serde(default)]
    pub action: Option<String>,
    /// What came of it.
    #[serde(default)]
    pub outcome: Option<String>,
    /// What to do in its place.
    #[serde(default)]
    pub correction: Option<String>,
    /// Words to find it by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The tools that it is about.
    #[serde(default)]
    pub related_tools: Vec<String>,
    /// How far it is trusted for a start, 0 to 1; one half when absent.
    #[serde(default)]
    pub confidence: Option<f64>,
    /// What tells it from others, when that is not its text.
    #[serde(default)]
    pub key: Option<String>,
    /// Whom it belongs to, when that is not the agent.
    #[serde(default)]
    pub scope: Option<Scope>,
}

impl Draft {
    /// A lesson that says no more than its text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Refuses what no store should hold.
    pub(super) fn check(&self) -> Result<(), SisError> {
        let length = self.text.chars().count();
        if self.text.trim().is_empty() {
            return Err(SisError::input("text", "is empty"));
        }
        if length > LONGEST {
            return Err(SisError::input("text", format!("has {length} characters, {LONGEST} are the most")));
        }
        if self.confidence.is_some_and(|value| !(0.0..=1.0).contains(&value)) {
            return Err(SisError::input("confidence", "is not from 0 to 1"));
        }
        Ok(())
    }

    /// All that is searched and screened, part by part.
    pub(super) fn parts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let told = [&mut self.context, &mut self.action, &mut self.outcome, &mut self.correction];
        std::iter::once(&mut self.text)
            .chain(told.into_iter().flatten())
            .chain(&mut self.tags)
            .chain(&mut self.related_tools)
            .chain(&mut self.key)
    }
}

/// Who endorses a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Endorser {
    /// Another agent.
    Family,
    /// A person in charge.
    Operator,
}

/// Somebody's word for a lesson, or with a strength below 0 against it. The latest of an endorser counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Endorsement {
    /// Which lesson.
    pub lesson_id: i64,
    /// What the endorser is.
    pub endorser_type: Endorser,
    /// Who it is.
    pub endorser_id: String,
    /// How strong it is, -1 to 1.
    pub strength: f64,
    /// When it was given, in milliseconds since 1970.
    pub endorsed_at: i64,
    /// Why.
    #[serde(default)]
    pub comment: Option<String>,
}
