//! Why a file is left as it is, in the words that models know from Pi.

/// Why edits cannot be made. `path` is as the model wrote it, `edit` counts from 0, `of` is how many edits there are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// There is nothing to look for.
    #[error("{} must not be empty in {path}.", if *of == 1 { "oldText".to_owned() } else { format!("edits[{edit}].oldText") })]
    Empty {
        /// The file.
        path: String,
        /// Which edit.
        edit: usize,
        /// Of how many.
        of: usize,
    },
    /// The text is not in the file.
    #[error(
        "Could not find {} in {path}. The {} must match exactly including all whitespace and newlines.",
        if *of == 1 { "the exact text".to_owned() } else { format!("edits[{edit}]") },
        if *of == 1 { "old text" } else { "oldText" }
    )]
    NotFound {
        /// The file.
        path: String,
        /// Which edit.
        edit: usize,
        /// Of how many.
        of: usize,
    },
    /// The text is in the file more than once.
    #[error(
        "Found {count} occurrences of {} in {path}. {} must be unique. Please provide more context to make it unique.",
        if *of == 1 { "the text".to_owned() } else { format!("edits[{edit}]") },
        if *of == 1 { "The text" } else { "Each oldText" }
    )]
    Ambiguous {
        /// The file.
        path: String,
        /// Which edit.
        edit: usize,
        /// Of how many.
        of: usize,
        /// How often.
        count: usize,
    },
    /// Two edits want to change the same text.
    #[error(
        "edits[{first}] and edits[{second}] overlap in {path}. Merge them into one edit or target disjoint regions."
    )]
    Overlap {
        /// The file.
        path: String,
        /// The edit that begins earlier.
        first: usize,
        /// The other one.
        second: usize,
    },
    /// All is as it was.
    #[error(
        "No changes made to {path}. The {}",
        if *of == 1 {
            "replacement produced identical content. This might indicate an issue with special characters or the text not existing as expected."
        } else {
            "replacements produced identical content."
        }
    )]
    Unchanged {
        /// The file.
        path: String,
        /// How many edits there are.
        of: usize,
    },
}
