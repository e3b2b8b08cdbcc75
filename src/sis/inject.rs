//! What the model reads of the chosen lessons. It holds nothing that changes while a lesson stays the same, so that the
//! providers' caches keep what they have.

use super::{Chosen, Lesson};

/// One lesson, on one line, with the id to cite it by.
pub(crate) fn line(lesson: &Lesson) -> String {
    let mut text = one_line(&lesson.text);
    if let Some(correction) = &lesson.correction {
        text.push(' ');
        text.push_str(&one_line(correction));
    }
    format!("- [L{}] {text}\n", lesson.id)
}

/// The block of some lessons, in the order of their ids; empty for none.
pub fn section(chosen: &[Chosen]) -> String {
    let mut lessons: Vec<&Lesson> = chosen.iter().map(|chosen| &chosen.lesson).collect();
    lessons.sort_by_key(|lesson| lesson.id);
    if lessons.is_empty() {
        return String::new();
    }
    let lines: String = lessons.into_iter().map(line).collect();
    format!("<lessons>\nLearned in earlier runs; follow those that apply here.\n{lines}</lessons>")
}

/// A system prompt with lessons: after what is static, which stays the prefix.
pub fn inject_lessons_into_prompt(prompt: &str, section: &str) -> String {
    match (prompt.is_empty(), section.is_empty()) {
        (_, true) => prompt.to_owned(),
        (true, false) => section.to_owned(),
        (false, false) => format!("{prompt}\n\n{section}"),
    }
}

/// The ids that a text cites, in order, each once.
pub fn cited(text: &str) -> Vec<i64> {
    let mut ids = Vec::new();
    for part in text.split("[L").skip(1) {
        if let Some(id) = part.split_once(']').and_then(|(id, _)| id.parse().ok())
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    ids
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("</lessons>", "")
}
