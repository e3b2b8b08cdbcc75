//! The file tools of a coding agent: what of them touches bytes. Parameters, texts for the model and what hosts plug in
//! are JavaScript's. Answers to Pi's `core/tools`.

pub mod find;
pub mod grep;
mod head;
pub mod ls;
pub mod shell;
mod walk;

pub use head::Head;
