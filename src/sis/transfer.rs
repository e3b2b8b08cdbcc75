//! Lessons as lines of JSON, to carry them from one store to another.

use super::lesson::LONGEST;
use super::screen::admit;
use super::{Draft, Learned, Lesson, Scope, Sis, SisError};

impl Sis {
    /// All lessons that the agent reads, each as a line of JSON.
    pub fn export(&self, now: i64) -> Result<String, SisError> {
        let mut lessons = self.lessons(now)?;
        lessons.sort_by_key(|lesson| lesson.id);
        let lines = lessons.iter().map(|lesson| serde_json::to_string(lesson).map(|line| line + "\n"));
        lines.collect::<Result<_, _>>().map_err(|error| SisError::input("lessons", error.to_string()))
    }

    /// Takes exported lessons in, or none of them when a line is not one. They keep their text and how far they were
    /// trusted; what is known stays as it is, and what the screen refuses is named by its place. Lessons of an agent
    /// become this agent's.
    pub fn import(&self, lines: &str, at: i64) -> Result<Learned, SisError> {
        let lessons = lines
            .lines()
            .zip(1_usize..)
            .filter(|(line, _)| !line.trim().is_empty())
            .map(|(line, number)| {
                let lesson: Lesson = serde_json::from_str(line)
                    .map_err(|error| SisError::input("lessons", format!("line {number}: {error}")))?;
                let fits = !lesson.text.trim().is_empty() && lesson.text.chars().count() <= LONGEST;
                let trusted = (0.0..=1.0).contains(&lesson.confidence);
                let good = fits && trusted;
                good.then_some(lesson)
                    .ok_or_else(|| SisError::input("lessons", format!("line {number}: not a lesson")))
            })
            .collect::<Result<Vec<_>, _>>()?;
        self.with(|rows, index| {
            let mut learned = Learned::default();
            let mut seen = std::collections::HashSet::new();
            for (place, lesson) in lessons.iter().enumerate() {
                let mut draft = Draft {
                    text: lesson.text.clone(),
                    kind: lesson.kind,
                    context: lesson.context.clone(),
                    action: lesson.action.clone(),
                    outcome: lesson.outcome.clone(),
                    correction: lesson.correction.clone(),
                    tags: lesson.tags.clone(),
                    related_tools: lesson.related_tools.clone(),
                    confidence: Some(lesson.confidence),
                    key: Some(lesson.normalized.clone()),
                    scope: None,
                };
                if let Err(threat) = admit(&mut draft) {
                    learned.refused.push((place, threat));
                    continue;
                }
                let scope = match &lesson.scope {
                    Scope::Agent(_) => self.scope(),
                    shared @ Scope::Shared(_) => shared.clone(),
                };
                let key = draft.key.clone().unwrap_or_default();
                if index.keyed(&scope, &key).is_some() || !seen.insert((scope.clone(), key.clone())) {
                    continue;
                }
                let mut fresh = super::learn::lesson(draft, scope, key, None, at);
                fresh.occurrences = lesson.occurrences;
                fresh.is_active = lesson.is_active;
                super::weigh::weigh(rows, &mut fresh, self.config(), at)?;
                learned.added.push(rows.add_lesson(&fresh)?);
            }
            Ok(learned)
        })
    }
}
