//! Skills and front matter, for JavaScript: synchronous, because hosts call Pi's functions synchronously.

use napi_derive::napi;

use crate::skills::{Loaded, Origin, Place, load, load_folder};
use crate::yaml::{FrontMatter, YamlError};

/// Where skills may be.
#[napi(object)]
pub struct SkillPlace {
    /// A folder, or a skill's file.
    pub path: String,
    /// The same without `.`, `..` and doubled separators.
    pub normal: String,
    /// The folder that it is in.
    pub dir: String,
    /// That folder's name.
    pub parent: String,
    /// `user`, `project` or `path`.
    pub source: String,
    /// Whether the host named it: then it must be there.
    pub named: bool,
}

impl From<SkillPlace> for Place {
    fn from(SkillPlace { path, normal, dir, parent, source, named }: SkillPlace) -> Self {
        Self { path, normal, dir, parent, origin: Origin::from(source), named }
    }
}

/// The skills of several places, each name once: JSON, Pi's `LoadSkillsResult`.
#[napi(catch_unwind)]
pub fn find_skills(places: Vec<SkillPlace>) -> napi::Result<String> {
    let places: Vec<Place> = places.into_iter().map(Place::from).collect();
    text(&load(&places))
}

/// The skills of a folder: JSON, Pi's `LoadSkillsResult`.
#[napi(catch_unwind)]
pub fn find_skills_in(dir: String, source: String) -> napi::Result<String> {
    text(&load_folder(&dir, &Origin::from(source)))
}

fn text(loaded: &Loaded) -> napi::Result<String> {
    serde_json::to_string(loaded).map_err(|error| napi::Error::from_reason(error.to_string()))
}

/// A Markdown file in its parts; without `matter` when that could not be read.
#[napi(object)]
pub struct FrontMatterParts {
    /// The front matter as JSON. What JSON cannot say is a string of a NUL and JavaScript's name for it; a string that
    /// begins with a NUL has one more.
    pub matter: Option<String>,
    /// What follows it.
    pub body: String,
    /// What is wrong with the YAML.
    pub complaint: Option<String>,
    /// Where, line and column from 1.
    pub place: Option<Vec<u32>>,
}

/// Takes the front matter off a Markdown file.
#[napi(catch_unwind)]
pub fn split_front_matter(content: String) -> FrontMatterParts {
    match FrontMatter::read(&content) {
        Ok(FrontMatter { matter, body }) => FrontMatterParts {
            matter: serde_json::to_string(&matter).ok(),
            body,
            complaint: None,
            place: None,
        },
        Err(YamlError { message, place }) => {
            let number = |value| u32::try_from(value).unwrap_or(u32::MAX);
            let place = place.map(|(line, column)| vec![number(line), number(column)]);
            FrontMatterParts { matter: None, body: String::new(), complaint: Some(message), place }
        }
    }
}
