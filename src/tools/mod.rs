//! The file tools of a coding agent: what of them touches bytes. Parameters, texts for the model and what hosts plug in
//! are JavaScript's. Answers to Pi's `core/tools`.

mod edit;
mod error;
pub mod find;
pub mod grep;
mod head;
pub mod ls;
mod read;
pub mod shell;
mod sniff;
#[cfg(test)]
mod tests;
mod text;
mod walk;
mod write;

pub use edit::{EditError, Edited, Replacement, edit, edit_file};
pub use error::ToolError;
pub use head::Head;
pub use read::{Content, Picture, Wanted, Window, picture, read, window};
pub use write::write;
