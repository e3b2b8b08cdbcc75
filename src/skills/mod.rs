//! Skills: Markdown files that tell a model how to do one sort of work, found in folders as Pi finds them.

mod diagnostic;
mod file;
mod folder;
mod ignored;
mod load;
mod skill;
#[cfg(test)]
mod tests;

pub use diagnostic::{Collision, Diagnostic, DiagnosticKind};
pub use load::{Loaded, Place, load, load_folder};
pub use skill::{Origin, Skill, SourceInfo};
