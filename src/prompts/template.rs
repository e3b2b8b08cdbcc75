//! Prompt templates: Markdown files that a user calls for by name.

use std::fs;

use serde::Serialize;

use crate::paths::{Entry, Kind, entries, is_markdown, join, read_text};
use crate::yaml::{FrontMatter, Yaml};

/// A template's file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Template {
    /// The file.
    pub path: String,
    /// What it says of itself.
    pub description: Yaml,
    /// What it says of its arguments.
    pub hint: Yaml,
    /// What follows the front matter.
    pub body: String,
}

/// The templates that a path leads to: the Markdown files in a folder, or, with `file`, the file itself. `normal` is the
/// path without `.`, `..` and doubled separators. Files that cannot be read or whose front matter is no YAML are left out.
pub fn templates(path: &str, normal: &str, file: bool) -> Vec<Template> {
    if let Ok(entries) = entries(normal) {
        let is_template = |entry: &&Entry| is_markdown(&entry.name) && entry.kind(normal) == Some(Kind::File);
        return entries
            .iter()
            .filter(is_template)
            .filter_map(|entry| read(join(normal, &entry.name)))
            .collect();
    }
    let is_file = file && is_markdown(path) && fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    if is_file { read(path.to_owned()).into_iter().collect() } else { Vec::new() }
}

fn read(path: String) -> Option<Template> {
    let FrontMatter { matter, body } = FrontMatter::read(&read_text(&path).ok()?).ok()?;
    let (description, hint) = (matter.get("description").clone(), matter.get("argument-hint").clone());
    Some(Template { path, description, hint, body })
}
