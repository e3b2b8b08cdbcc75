//! What can go wrong with lessons and their store.

/// Why lessons could not be read, written or understood. A write that failed left nothing behind.
#[derive(Debug, thiserror::Error)]
pub enum SisError {
    /// The store refused, or cannot be reached.
    #[error("{action}: {reason}")]
    Store {
        /// What was being done.
        action: &'static str,
        /// What the store says.
        reason: String,
    },
    /// The store was written by a later version of this crate.
    #[error("the lessons' store has version {found}, this program knows versions up to {known}")]
    Version {
        /// The store's version.
        found: i64,
        /// The latest version known here.
        known: i64,
    },
    /// What was given cannot be used.
    #[error("{field}: {problem}")]
    Input {
        /// Which part of it.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// There is no such lesson.
    #[error("no lesson has the id {id}")]
    UnknownLesson {
        /// The id that was asked for.
        id: i64,
    },
    /// There is no such episode.
    #[error("no episode has the id {id}")]
    UnknownEpisode {
        /// The id that was asked for.
        id: String,
    },
}

impl SisError {
    /// The name that hosts tell it by.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Store { .. } => "SIS_STORE",
            Self::Version { .. } => "SIS_VERSION",
            Self::Input { .. } => "SIS_INPUT",
            Self::UnknownLesson { .. } => "SIS_UNKNOWN_LESSON",
            Self::UnknownEpisode { .. } => "SIS_UNKNOWN_EPISODE",
        }
    }

    pub(super) fn input(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Input { field, problem: problem.into() }
    }
}
