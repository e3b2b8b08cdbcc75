//! What can be wrong with a YAML document.

use std::fmt::Write as _;

/// Why a document cannot be read: the words, and, where it is known, the place with the line that it is in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    /// What is wrong, for people.
    pub message: String,
    /// The line and the column, counted from 1.
    pub place: Option<(usize, usize)>,
}

/// How many characters of a line are shown.
const SHOWN: usize = 79;

impl YamlError {
    /// An error of a whole document.
    pub(super) fn whole(message: &str) -> Self {
        Self { message: message.to_owned(), place: None }
    }

    /// An error at a place, which is shown below the words.
    pub(super) fn at(words: &str, text: &str, line: usize, column: usize) -> Self {
        let mut message = format!("{words} at line {line}, column {column}");
        let shown = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let from = column.saturating_sub(SHOWN / 2 + 1) * usize::from(column > SHOWN);
        let shown: String = shown.chars().skip(from).take(SHOWN).collect();
        if !shown.trim().is_empty() {
            let _ = write!(message, ":\n\n{shown}\n{:>1$}\n", '^', column - from);
        }
        Self { message, place: Some((line, column)) }
    }
}
