//! One skill's file: what it says, and whether that is as it should be.

use crate::json;
use crate::paths::read_text;
use crate::yaml::{FrontMatter, Yaml};

use super::diagnostic::Diagnostic;
use super::skill::{Origin, Skill};

/// How long a name may be, in UTF-16 code units.
const NAME: usize = 64;

/// How long a description may be, in UTF-16 code units.
const DESCRIPTION: usize = 1024;

/// Where a file is.
pub(super) struct Location<'a> {
    pub path: &'a str,
    /// Its folder.
    pub dir: &'a str,
    /// The folder's name.
    pub parent: &'a str,
}

/// Reads a skill; `None` when it has no description or cannot be read.
pub(super) fn read(
    location: &Location<'_>,
    origin: &Origin,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Skill> {
    let mut warnings = Vec::new();
    let skill = skill(location, origin, &mut warnings).unwrap_or_else(|complaint| {
        warnings.push(complaint);
        None
    });
    diagnostics.extend(warnings.into_iter().map(|message| Diagnostic::warning(message, location.path)));
    skill
}

fn skill(
    &Location { path, dir, parent }: &Location<'_>,
    origin: &Origin,
    warnings: &mut Vec<String>,
) -> Result<Option<Skill>, String> {
    let FrontMatter { matter, .. } = FrontMatter::read(&read_text(path)?).map_err(|error| error.message)?;
    let description = text(&matter, "description", "trim")?.filter(|text| !json::is_blank(text));
    match description.map(utf16_length) {
        None => warnings.push("description is required".to_owned()),
        Some(length) if length > DESCRIPTION => {
            warnings.push(format!("description exceeds {DESCRIPTION} characters ({length})"));
        }
        Some(_) => {}
    }
    let name = text(&matter, "name", "startsWith")?.unwrap_or(parent);
    check_name(name, parent, warnings);
    Ok(description.map(|description| Skill {
        name: name.to_owned(),
        description: description.to_owned(),
        file_path: path.to_owned(),
        base_dir: dir.to_owned(),
        source_info: origin.info(path, dir),
        disable_model_invocation: *matter.get("disable-model-invocation") == Yaml::Bool(true),
        tools: tools(matter.get("tools")),
    }))
}

/// A field that must be a text where it is there at all. What is no text fails in the words that Pi fails with.
fn text<'a>(matter: &'a Yaml, field: &str, method: &str) -> Result<Option<&'a str>, String> {
    match matter.get(field) {
        Yaml::String(text) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        other if other.is_truthy() => Err(format!("{field}.{method} is not a function")),
        _ => Ok(None),
    }
}

fn check_name(name: &str, parent: &str, warnings: &mut Vec<String>) {
    if name != parent {
        warnings.push(format!("name \"{name}\" does not match parent directory \"{parent}\""));
    }
    let length = utf16_length(name);
    if length > NAME {
        warnings.push(format!("name exceeds {NAME} characters ({length})"));
    }
    let is_legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let mut complain = |wrong: bool, words: &str| warnings.extend(wrong.then(|| words.to_owned()));
    complain(
        name.is_empty() || !name.bytes().all(is_legal),
        "name contains invalid characters (must be lowercase a-z, 0-9, hyphens only)",
    );
    complain(name.starts_with('-') || name.ends_with('-'), "name must not start or end with a hyphen");
    complain(name.contains("--"), "name must not contain consecutive hyphens");
}

/// A list of names, or names with commas between them.
fn tools(value: &Yaml) -> Option<Vec<String>> {
    let names: Vec<&str> = match value {
        Yaml::List(items) => items
            .iter()
            .filter_map(|item| if let Yaml::String(name) = item { Some(name.as_str()) } else { None })
            .collect(),
        Yaml::String(text) => text.split(',').collect(),
        _ => return None,
    };
    Some(names.into_iter().map(json::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

fn utf16_length(text: &str) -> usize {
    text.encode_utf16().count()
}
