//! Which lessons a prompt is shown: those that have to do with it, the ones that help more often first, no two that say
//! the same, within a budget.
//!
//! Relevance is a gate and decides the order in the main; worth, drawn from what is believed of it (Thompson sampling),
//! decides among lessons that are about as relevant. So a fresh lesson has its chance and an unrelated one has none.

mod index;

use std::collections::HashMap;

use fastrand::Rng;
use serde::{Deserialize, Serialize};

pub(crate) use index::Index;

use super::text::{terms, tokens};
use super::{Lesson, Shown, line};

/// How lessons are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Choice {
    /// The most lessons in a turn.
    pub max_lessons: usize,
    /// The most tokens of all of them together.
    pub max_tokens: usize,
    /// The least relevance, 0 to 1.
    pub min_relevance: f32,
    /// The least confidence, 0 to 1: how often a lesson must be expected to help.
    pub min_confidence: f64,
    /// The least worth that is drawn for a lesson that has been found to hurt, 0 to 1.
    pub min_worth: f64,
    /// By what share of its relevance a lesson moves up when it always helps and down when it never does, 0 to 1.
    pub worth: f64,
    /// From which likeness on the second of two lessons is left out, 0 to 1.
    pub alike: f32,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            max_lessons: 3,
            max_tokens: 280,
            min_relevance: 0.25,
            min_confidence: 0.0,
            min_worth: 0.15,
            worth: 0.08,
            alike: 0.6,
        }
    }
}

/// What lessons are wanted for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Query {
    /// What the user asks for.
    pub prompt: String,
    /// Tools that the turn is about.
    pub tools: Vec<String>,
    /// The error at hand.
    pub error: Option<String>,
    /// Where the prompt lies among embeddings.
    pub embedding: Option<Vec<f32>>,
    /// Lessons that the conversation holds already.
    pub standing: Vec<i64>,
    /// When, in milliseconds since 1970.
    pub now: i64,
    /// Makes the draw the same for the same seed.
    pub seed: Option<u64>,
}

/// Why a lesson was not chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It has too little to do with the prompt.
    Irrelevant,
    /// It was found once, and may be a coincidence.
    Unproven,
    /// It is trusted too little for what it is wanted for.
    BelowThreshold,
    /// It is trusted nearly enough.
    NearMiss,
    /// It has been found to hurt.
    Worth,
    /// It says what a chosen one says.
    Alike,
    /// There was no room for it.
    Budget,
}

/// A lesson that was chosen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Chosen {
    /// The lesson.
    pub lesson: Lesson,
    /// How much it has to do with the prompt, 0 to 1.
    pub relevance: f32,
    /// What was drawn for its worth, 0 to 1.
    pub drawn: f64,
}

/// A lesson that was not chosen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    /// Which lesson.
    pub lesson_id: i64,
    /// What it says.
    pub text: String,
    /// How far it is trusted, 0 to 1.
    pub confidence: f64,
    /// Why not.
    pub reason: Reason,
}

/// What was chosen for a turn.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    /// The chosen lessons, the best first. Those that the conversation holds already are not among them.
    pub injected: Vec<Chosen>,
    /// The runners-up, the best first.
    pub skipped: Vec<Skipped>,
    /// All lessons that bear on the turn, for [`super::Episode::shown`].
    pub shown: Vec<Shown>,
    /// What the model reads, empty when nothing was chosen.
    pub prompt_section: String,
}

/// How many of those that were not chosen are named.
const NAMED: usize = 12;
/// How many lessons are looked at.
const CANDIDATES: usize = 64;
/// Whose worth is above is not refused for one unlucky draw.
const HARMFUL: f64 = 0.35;
/// How much confidence may be missing where a lesson is nearly trusted enough.
const NEAR: f64 = 0.1;
/// The constant of reciprocal rank fusion.
const RANK: f32 = 60.0;
/// How much of a prompt is read, in bytes, from either end.
const READ: usize = 3000;

struct Candidate {
    slot: u32,
    relevance: f32,
    drawn: f64,
    score: f64,
}

/// Chooses lessons for a turn.
pub(crate) fn select(index: &Index, query: &Query, choice: &Choice, random: &mut Rng) -> Selection {
    let words = words(query);
    let mut candidates: Vec<Candidate> = found(index, &words, query)
        .into_iter()
        .map(|(slot, weight, relevance)| {
            let drawn = index.slot(slot).map_or(0.0, |lesson| {
                lesson.belief.doubted(index.changed_after(lesson.belief.at)).sample(query.now, random)
            });
            let score = f64::from(weight) * (1.0 + choice.worth * (2.0 * drawn - 1.0));
            Candidate { slot, relevance, drawn, score }
        })
        .collect();
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));

    let mut selection = Selection::default();
    let mut taken: Vec<u32> = Vec::new();
    let mut left = choice.max_tokens;
    for Candidate { slot, relevance, drawn, .. } in candidates {
        let Some(lesson) = index.slot(slot) else { continue };
        let cost = tokens(&line(lesson));
        let standing = query.standing.contains(&lesson.id);
        let refused = if relevance < choice.min_relevance {
            Some(Reason::Irrelevant)
        } else if !lesson.is_proven() {
            Some(Reason::Unproven)
        } else if lesson.belief.mean(query.now) < choice.min_confidence {
            let near = lesson.belief.mean(query.now) >= choice.min_confidence - NEAR;
            Some(if near { Reason::NearMiss } else { Reason::BelowThreshold })
        } else if drawn < choice.min_worth && lesson.belief.mean(query.now) < HARMFUL {
            Some(Reason::Worth)
        } else if taken.iter().any(|other| index.likeness(slot, *other) >= choice.alike) {
            Some(Reason::Alike)
        } else if taken.len() >= choice.max_lessons || (cost > left && !standing) {
            Some(Reason::Budget)
        } else {
            None
        };
        if let Some(reason) = refused {
            if selection.skipped.len() < NAMED {
                let (lesson_id, text) = (lesson.id, lesson.text.clone());
                let confidence = lesson.belief.mean(query.now);
                selection.skipped.push(Skipped { lesson_id, text, confidence, reason });
            }
            continue;
        }
        taken.push(slot);
        let terms = index.telling(&words, 12);
        selection.shown.push(Shown { lesson_id: lesson.id, relevance: f64::from(relevance), terms });
        if !standing {
            left -= cost;
            let confidence = lesson.belief.mean(query.now);
            let lesson = Lesson { confidence, ..lesson.clone() };
            selection.injected.push(Chosen { lesson, relevance, drawn });
        }
    }
    selection
}

/// The words of a query.
fn words(query: &Query) -> Vec<String> {
    let head = query.prompt.floor_char_boundary(READ);
    let tail = query.prompt.ceil_char_boundary(query.prompt.len().saturating_sub(READ).max(head));
    let mut words = terms(query.prompt.get(..head).unwrap_or_default());
    words.extend(terms(query.prompt.get(tail..).unwrap_or_default()));
    words.extend(query.tools.iter().chain(&query.error).flat_map(|text| terms(text)));
    words
}

/// Lessons with their weight beside the best one and their relevance. Words and embeddings are fused by rank.
fn found(index: &Index, words: &[String], query: &Query) -> Vec<(u32, f32, f32)> {
    let hits = index.search(words, CANDIDATES);
    let near = query.embedding.as_ref().map_or(Vec::new(), |vector| index.nearby(vector, CANDIDATES));
    if near.is_empty() {
        let best = hits.first().map_or(1.0, |hit| hit.score);
        return hits.into_iter().map(|hit| (hit.slot, hit.score / best, hit.relevance)).collect();
    }
    let mut fused: HashMap<u32, (f32, f32)> = HashMap::new();
    let ranks = || (1_u16..).map(|rank| (RANK + 1.0) / (RANK + f32::from(rank)) / 2.0);
    let meaning = near.into_iter().map(|(slot, cosine)| (slot, ((cosine - 0.25) * 2.0).clamp(0.0, 1.0)));
    let by_word = hits.into_iter().map(|hit| (hit.slot, hit.relevance));
    for ((slot, relevance), weight) in by_word.zip(ranks()).chain(meaning.zip(ranks())) {
        let entry = fused.entry(slot).or_default();
        *entry = (entry.0 + weight, entry.1.max(relevance));
    }
    let mut fused: Vec<_> =
        fused.into_iter().map(|(slot, (weight, relevance))| (slot, weight, relevance)).collect();
    fused.sort_by_key(|(slot, ..)| *slot);
    fused
}
