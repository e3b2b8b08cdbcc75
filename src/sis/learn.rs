//! Takes drafts in: screens them, finds what says the same, strengthens that or adds a lesson.

use serde::Serialize;

use super::screen::{Threat, admit};
use super::select::Index;
use super::text::{clipped, normalized, terms};
use super::{Config, Draft, Lesson, Rows, Scope, SisError, weigh};

/// How many of the episodes that taught a lesson it names.
const SOURCES: usize = 32;
/// How long the circumstances of a lesson may get, in characters.
const CONTEXT: usize = 600;

/// What was learned.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Learned {
    /// Whether the episode is new.
    pub recorded: bool,
    /// The numbers of new lessons.
    pub added: Vec<i64>,
    /// The numbers of lessons that were learned anew.
    pub strengthened: Vec<i64>,
    /// Drafts that may not become lessons, by their place among the drafts, and why.
    pub refused: Vec<(usize, Threat)>,
}

/// Takes drafts in. `known` is all that the store holds.
pub(super) fn learn(
    rows: &mut dyn Rows,
    known: &Index,
    config: &Config,
    drafts: Vec<Draft>,
    episode: Option<&str>,
    at: i64,
) -> Result<Learned, SisError> {
    let mut learned = Learned::default();
    let mut batch = Index::default();
    for (place, mut draft) in drafts.into_iter().enumerate() {
        if let Err(threat) = admit(&mut draft) {
            learned.refused.push((place, threat));
            continue;
        }
        let scope = draft.scope.clone().unwrap_or_else(|| Scope::Agent(config.agent.clone()));
        let key = draft.key.clone().unwrap_or_else(|| normalized(&draft.text));
        let same = [known, &batch]
            .into_iter()
            .find_map(|index| same(index, &scope, &key, &draft, config.similarity));
        if let Some(id) = same {
            let mut lesson = rows.lesson(id)?.ok_or(SisError::UnknownLesson { id })?;
            strengthen(&mut lesson, &draft, episode, at);
            weigh::weigh(rows, &mut lesson, config, at)?;
            rows.update_lesson(&lesson)?;
            learned.strengthened.push(id);
            continue;
        }
        let mut lesson = lesson(draft, scope, key, episode, at);
        weigh::weigh(rows, &mut lesson, config, at)?;
        lesson.id = rows.add_lesson(&lesson)?;
        learned.added.push(lesson.id);
        batch.put(lesson);
    }
    learned.strengthened.sort_unstable();
    learned.strengthened.dedup();
    Ok(learned)
}

/// The lesson that says what a draft says.
fn same(index: &Index, scope: &Scope, key: &str, draft: &Draft, similarity: f32) -> Option<i64> {
    if let Some(id) = index.keyed(scope, key) {
        return Some(id);
    }
    let id = index.nearest(scope, &draft.text, similarity)?;
    let other = index.get(id)?;
    // Lessons that rules made have most words in common and differ in the one that matters, which is in their keys.
    let keyed = draft.key.is_some() && other.normalized != normalized(&other.text);
    (!keyed && !opposed(&draft.text, &other.text)).then_some(id)
}

/// Whether one of two texts that share their words says the opposite of the other.
fn opposed(a: &str, b: &str) -> bool {
    let denies = |text: &str| {
        let text = text.to_lowercase().replace('’', "'");
        text.split(|c: char| !(c.is_alphanumeric() || c == '\''))
            .filter(|word| {
                matches!(*word, "not" | "never" | "don't" | "no" | "avoid" | "without" | "cannot" | "can't")
            })
            .count()
            % 2
    };
    denies(a) != denies(b)
}

fn strengthen(lesson: &mut Lesson, draft: &Draft, episode: Option<&str>, at: i64) {
    let known = episode.is_some_and(|episode| lesson.source_episode_ids.iter().any(|id| id == episode));
    if !known {
        lesson.occurrences += 1;
        lesson.source_episode_ids.extend(episode.map(str::to_owned));
        let surplus = lesson.source_episode_ids.len().saturating_sub(SOURCES);
        lesson.source_episode_ids.drain(..surplus);
    }
    lesson.updated_at = lesson.updated_at.max(at);
    // Other words for the same circumstances are other ways to find the lesson.
    if let Some(more) = &draft.context {
        let context = lesson.context.get_or_insert_default();
        let (old, new) = (terms(context), terms(more));
        let fresh = new.iter().filter(|word| !old.contains(word)).count();
        if fresh * 3 > new.len() && context.chars().count() + more.chars().count() < CONTEXT {
            context.push_str(if context.is_empty() { "" } else { " / " });
            context.push_str(more);
        }
    }
    for tag in &draft.tags {
        if !lesson.tags.contains(tag) && lesson.tags.len() < 16 {
            lesson.tags.push(tag.clone());
        }
    }
}

pub(super) fn lesson(draft: Draft, scope: Scope, key: String, episode: Option<&str>, at: i64) -> Lesson {
    let initial = draft.confidence.unwrap_or(0.5);
    Lesson {
        id: 0,
        scope,
        text: draft.text.trim().to_owned(),
        normalized: key,
        kind: draft.kind,
        context: draft.context.map(|context| clipped(&context, CONTEXT)),
        action: draft.action,
        outcome: draft.outcome,
        correction: draft.correction,
        tags: draft.tags,
        related_tools: draft.related_tools,
        source_episode_ids: episode.map(str::to_owned).into_iter().collect(),
        created_at: at,
        updated_at: at,
        last_used_at: None,
        is_active: true,
        injection_count: 0,
        success_count: 0,
        avg_valence_delta: 0.0,
        occurrences: 1,
        initial_confidence: initial,
        confidence: initial,
        belief: super::Belief::default(),
        triggers: std::collections::BTreeMap::default(),
        endorsed: [0.0; 2],
        contradicted: None,
    }
}
