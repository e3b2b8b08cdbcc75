//! YAML as JavaScript's `yaml` package reads it: documents of YAML 1.2 with the core schema, and the front matter of
//! Markdown files.

mod error;
mod front_matter;
mod load;
mod scalar;
#[cfg(test)]
mod tests;
mod value;

pub use error::YamlError;
pub use front_matter::FrontMatter;
pub use load::parse;
pub use value::Yaml;
