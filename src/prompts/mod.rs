//! The files that prompts are made of.

mod context;
mod template;
#[cfg(test)]
mod tests;

pub use context::{ContextFile, context_file};
pub use template::{Template, templates};
