//! An episode: what happened in one run of an agent, and what came of it.

use serde::{Deserialize, Serialize};

/// One call of a tool.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolUse {
    /// The tool's name.
    pub tool: String,
    /// Its arguments, as JSON or as plain text.
    #[serde(default)]
    pub input: String,
    /// Whether it succeeded.
    pub success: bool,
    /// What it said when it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub duration_ms: u64,
}

/// A lesson that a run was shown.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// Which lesson.
    pub lesson_id: i64,
    /// How much it had to do with the prompt, 0 to 1.
    pub relevance: f64,
    /// The words of the prompt that tell it from others.
    #[serde(default)]
    pub terms: Vec<String>,
}

/// One finished run. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Episode {
    /// Its name, given by the host; an episode that was recorded is not recorded again.
    pub id: String,
    /// The conversation that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The run before it in that conversation, if it is the one that the prompt speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
    /// When the run began.
    #[serde(default)]
    pub started_at: i64,
    /// When it ended.
    pub finished_at: i64,
    /// What the user asked for. The store keeps a digest alone.
    #[serde(default, skip_serializing)]
    pub prompt: String,
    /// What tells the prompt from others.
    #[serde(default)]
    pub prompt_digest: String,
    /// What the user said of the run before, where that is what the prompt does.
    #[serde(default, skip_serializing)]
    pub correction: Option<String>,
    /// What the agent said last. Not kept.
    #[serde(default, skip_serializing)]
    pub answer: String,
    /// Lessons that the agent or its host put in words. Not kept: they become lessons.
    #[serde(default, skip_serializing)]
    pub stated: Vec<String>,
    /// The calls of tools, in order.
    #[serde(default)]
    pub tools: Vec<ToolUse>,
    /// Why the run ended.
    #[serde(default)]
    pub stop_reason: String,
    /// Tokens, as the provider counted them, in any shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<serde_json::Value>,
    /// What it cost, in dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// The lessons it was shown.
    #[serde(default)]
    pub shown: Vec<Shown>,
    /// Whether the run goes on: no more is known of it than what it was shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_open: bool,
    /// How things stood before, -2 to 2.
    #[serde(default)]
    pub pre_valence: f64,
    /// How they stood after, where anybody has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valence: Option<f64>,
}

impl Episode {
    /// How the run went, judged by itself: `None` when nothing can be told, as when it was aborted.
    pub fn judged(&self) -> Option<f64> {
        if self.valence.is_some() {
            return self.valence;
        }
        match self.stop_reason.as_str() {
            "length" => Some(-1.0),
            // Where the provider failed, nothing is known of how the agent would have done.
            "error" | "aborted" | "" => None,
            // A run that had to mend its way was worse than one that had not; one that ends in a failure failed.
            _ => match self.tools.last() {
                Some(last) if !last.success => Some(-1.0),
                _ if self.tools.iter().any(|call| !call.success) => Some(0.5),
                _ => Some(1.0),
            },
        }
    }

    /// Whether a tool was called.
    pub(super) fn called(&self, tool: &str) -> bool {
        self.tools.iter().any(|call| call.tool.eq_ignore_ascii_case(tool))
    }
}

/// What came of an episode. A later one takes the place of an earlier one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// Which episode.
    pub episode_id: String,
    /// How things stood after it, -2 to 2.
    pub valence: f64,
    /// Whether it contradicted the lessons that it was shown.
    #[serde(default)]
    pub contradicted: bool,
    /// When it was known, in milliseconds since 1970.
    pub at: i64,
    /// The lessons that were followed, when that is known: no other has credit.
    #[serde(default)]
    pub applied: Option<Vec<i64>>,
    /// Outcomes of single lessons, -2 to 2, which go before `valence`.
    #[serde(default)]
    pub ratings: Vec<(i64, f64)>,
}

impl Outcome {
    /// An outcome of which no more than the valence is known.
    pub fn new(episode_id: impl Into<String>, valence: f64, at: i64) -> Self {
        Self { episode_id: episode_id.into(), valence, at, ..Self::default() }
    }
}

/// A text's digest: 64 bits of FNV-1a, enough to tell prompts of one store apart.
pub(super) fn digest(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}
