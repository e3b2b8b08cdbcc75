//! The front matter of a Markdown file: YAML between two lines of three hyphens at its beginning.

use std::borrow::Cow;

use indexmap::IndexMap;

use super::error::YamlError;
use super::load::parse;
use super::value::Yaml;
use crate::json::trim;

/// A file in its two parts.
#[derive(Debug, Clone, PartialEq)]
pub struct FrontMatter {
    /// What the front matter says; an empty map where there is none.
    pub matter: Yaml,
    /// What follows it, without white space round it. A file without front matter is left as it is, except that its
    /// lines end with a line feed.
    pub body: String,
}

impl FrontMatter {
    /// Reads a file's content.
    ///
    /// # Errors
    /// What is wrong with the YAML.
    pub fn read(content: &str) -> Result<Self, YamlError> {
        let content = normalize(content);
        let Some((yaml, body)) = split(&content) else {
            return Ok(Self { matter: Yaml::Map(IndexMap::default()), body: content.into_owned() });
        };
        let matter = match parse(yaml)? {
            Yaml::Null => Yaml::Map(IndexMap::default()),
            matter => matter,
        };
        Ok(Self { matter, body: trim(body).to_owned() })
    }
}

/// Line ends as line feeds.
fn normalize(content: &str) -> Cow<'_, str> {
    if content.contains('\r') {
        Cow::Owned(content.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(content)
    }
}

/// The YAML and what follows its last line. As in Pi the character after the opening hyphens counts for nothing.
fn split(content: &str) -> Option<(&str, &str)> {
    let rest = content.strip_prefix("---")?;
    let (yaml, body) = rest.split_once("\n---")?;
    let mut yaml = yaml.chars();
    yaml.next();
    Some((yaml.as_str(), body))
}
