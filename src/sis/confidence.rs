//! The published formula for a lesson's confidence, and how it is shown. Selection goes by [`super::Belief`].

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// What the formula takes. Counts may be fractions.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LessonHistory {
    /// By how much the valence rose on average, -2 to 2.
    pub avg_valence_delta: f64,
    /// How often it was shown.
    pub injection_count: f64,
    /// How often it was shown and the episode went well.
    pub success_count: f64,
    /// Endorsements by other agents.
    pub family_endorsements: f64,
    /// Endorsements by operators.
    pub operator_endorsements: f64,
    /// Whole days since it was shown; 999 for never.
    pub days_since_last_use: f64,
    /// Whether an outcome contradicted it.
    pub has_ground_truth_contradiction: bool,
    /// Successes since then.
    pub successful_uses_since_contradiction: f64,
    /// How sure the model says it is, 0 to 1.
    #[serde(default)]
    pub llm_self_confidence: Option<f64>,
}

/// What a lesson is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Context {
    /// Talk.
    #[default]
    General,
    /// The choice of tools.
    Tool,
    /// What leaves the machine.
    External,
    /// What cannot be undone.
    Critical,
}

impl Context {
    /// The least confidence that the formula asks for.
    pub const fn threshold(self) -> f64 {
        match self {
            Self::General => 0.5,
            Self::Tool => 0.65,
            Self::External => 0.8,
            Self::Critical => 0.9,
        }
    }
}

impl Context {
    /// How often a lesson must be expected to help. Where anything may be tried, relevance and what was drawn decide.
    pub const fn least_belief(self) -> f64 {
        match self {
            Self::General => 0.0,
            Self::Tool => 0.5,
            Self::External => 0.65,
            Self::Critical => 0.8,
        }
    }
}

/// The parts of a score, each with its weight applied.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Breakdown {
    /// 0 to 0.4.
    pub valence_delta: f64,
    /// 0 to 0.25.
    pub success_rate: f64,
    /// 0 to 0.09.
    pub family_endorsement: f64,
    /// 0 to 0.06.
    pub operator_endorsement: f64,
    /// 0 to 0.1.
    pub recency: f64,
    /// 0 to 0.1.
    pub llm_confidence: f64,
    /// What was taken off, 0 to 0.4.
    pub contradiction_penalty: f64,
}

/// A lesson's score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Confidence {
    /// 0.05 to 1.
    pub score: f64,
    /// Whether it is enough for the context.
    pub meets_threshold: bool,
    /// What is enough.
    pub threshold: f64,
    /// What it is made of.
    pub breakdown: Breakdown,
}

/// Scores a lesson by the published formula.
pub fn calculate_lesson_confidence(history: &LessonHistory, context: Context) -> Confidence {
    // The same on every system, and JavaScript's to the last bit where counts are whole.
    let share = |count: f64, full: f64| (libm::log(1.0 + count) / libm::log(full)).min(1.0);
    let valence = 0.4 * ((history.avg_valence_delta.clamp(-2.0, 2.0) + 2.0) / 4.0);
    let rate =
        if history.injection_count > 0.0 { history.success_count / history.injection_count } else { 0.0 };
    let success = 0.25 * rate;
    let family = 0.6 * share(history.family_endorsements, 6.0);
    let operator = 0.4 * share(history.operator_endorsements, 4.0);
    let recency = 0.1 * (1.0 / (1.0 + history.days_since_last_use));
    let model = 0.1 * history.llm_self_confidence.unwrap_or(0.5);
    let penalty = if history.has_ground_truth_contradiction {
        (0.4 - 0.05 * history.successful_uses_since_contradiction).max(0.0)
    } else {
        0.0
    };
    // The sum goes from left to right: its last bit is part of what is published.
    let score = (valence + success + 0.15 * (family + operator) + recency + model - penalty).max(0.05);
    let threshold = context.threshold();
    Confidence {
        score,
        meets_threshold: score >= threshold,
        threshold,
        breakdown: Breakdown {
            valence_delta: valence,
            success_rate: success,
            family_endorsement: 0.15 * family,
            operator_endorsement: 0.15 * operator,
            recency,
            llm_confidence: model,
            contradiction_penalty: penalty,
        },
    }
}

/// A lesson's score as lines of text with bars.
pub fn generate_confidence_visualization(confidence: &Confidence) -> String {
    let Breakdown {
        valence_delta,
        success_rate,
        family_endorsement,
        operator_endorsement,
        recency,
        llm_confidence,
        contradiction_penalty,
    } = confidence.breakdown;
    let verdict = if confidence.meets_threshold { "meets" } else { "is below" };
    let mut out = format!("Confidence {:.3} {verdict} {:.2}\n", confidence.score, confidence.threshold);
    for (name, value, most) in [
        ("valence", valence_delta, 0.4),
        ("success", success_rate, 0.25),
        ("family", family_endorsement, 0.09),
        ("operator", operator_endorsement, 0.06),
        ("recency", recency, 0.1),
        ("model", llm_confidence, 0.1),
        ("contradiction", -contradiction_penalty, 0.4),
    ] {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 20")]
        let full = ((value.abs() / most).clamp(0.0, 1.0) * 20.0).round() as usize;
        let (bar, rest) = ("#".repeat(full), ".".repeat(20 - full));
        let _ = writeln!(out, "{name:<14}{bar}{rest} {value:+.3}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(history: LessonHistory) -> f64 {
        calculate_lesson_confidence(&history, Context::General).score
    }

    #[test]
    fn published_vectors() {
        let none = LessonHistory::default();
        let never = LessonHistory { days_since_last_use: 999.0, ..none };
        let used = LessonHistory {
            avg_valence_delta: 1.0,
            injection_count: 10.0,
            success_count: 8.0,
            family_endorsements: 2.0,
            operator_endorsements: 1.0,
            days_since_last_use: 3.0,
            ..none
        };
        let contradicted = |since| LessonHistory {
            has_ground_truth_contradiction: true,
            successful_uses_since_contradiction: since,
            ..used
        };
        let endorsed = LessonHistory { family_endorsements: 5.0, operator_endorsements: 3.0, ..none };
        let best =
            LessonHistory { avg_valence_delta: 2.0, injection_count: 1.0, success_count: 1.0, ..endorsed };
        let worst = LessonHistory {
            avg_valence_delta: -5.0,
            injection_count: 10.0,
            has_ground_truth_contradiction: true,
            llm_self_confidence: Some(0.0),
            ..never
        };
        for (history, expected) in [
            (none, "0.350000"),
            (never, "0.250100"),
            (LessonHistory { days_since_last_use: 999.0, ..endorsed }, "0.400100"),
            (used, "0.660183"),
            (contradicted(0.0), "0.260183"),
            (contradicted(3.0), "0.410183"),
            (best, "0.950000"),
            (LessonHistory { days_since_last_use: 1.0, ..best }, "0.900000"),
            (worst, "0.050000"),
        ] {
            assert_eq!(format!("{:.6}", score(history)), expected, "{history:?}");
        }
        // One bit below one half: the published formula says no.
        let short = LessonHistory { injection_count: 5.0, ..endorsed };
        assert_eq!(score(short).to_bits(), 0.499_999_999_999_999_94_f64.to_bits());
        assert!(!calculate_lesson_confidence(&short, Context::General).meets_threshold);
    }

    #[test]
    fn the_picture_names_the_verdict_and_every_part() {
        let shown = generate_confidence_visualization(&calculate_lesson_confidence(
            &LessonHistory::default(),
            Context::Critical,
        ));
        assert!(shown.starts_with("Confidence 0.350 is below 0.90\n"), "{shown}");
        assert!(shown.contains("valence       ##########.......... +0.200"), "{shown}");
    }
}
