//! How much of an episode's outcome is owed to each lesson that it was shown.

use super::{Episode, Lesson, Outcome, Shown};

/// What an outcome says of one lesson.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Credit {
    /// How much of the outcome is owed to the lesson, 0 to 1. Having been shown alone earns nothing.
    pub weight: f64,
    /// By how much the valence rose, -2 to 2.
    pub delta: f64,
}

impl Credit {
    /// How good the outcome was, 0 to 1.
    pub fn value(&self) -> f64 {
        (0.5 + self.delta / 2.0).clamp(0.0, 1.0)
    }
}

/// Splits an outcome. A lesson's share is its relevance to the prompt, when it was followed: by the host's word, or
/// else because the episode called one of the tools that the lesson is about.
pub fn credit(outcome: &Outcome, episode: &Episode, shown: &Shown, lesson: &Lesson) -> Credit {
    let rating = outcome.ratings.iter().find(|(id, _)| *id == shown.lesson_id);
    if let Some((_, rating)) = rating {
        return Credit { weight: 1.0, delta: (rating - episode.pre_valence).clamp(-2.0, 2.0) };
    }
    let followed = match &outcome.applied {
        Some(ids) => ids.contains(&shown.lesson_id),
        None => {
            lesson.related_tools.is_empty() || lesson.related_tools.iter().any(|tool| episode.called(tool))
        }
    };
    Credit {
        weight: if followed { shown.relevance.clamp(0.0, 1.0) } else { 0.0 },
        delta: (outcome.valence - episode.pre_valence).clamp(-2.0, 2.0),
    }
}
