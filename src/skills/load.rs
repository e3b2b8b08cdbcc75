//! The skills of several places, each name once.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;

use serde::Serialize;

use crate::paths::is_markdown;

use super::diagnostic::Diagnostic;
use super::file::{Location, read};
use super::folder::walk;
use super::skill::{Origin, Skill};

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Loaded {
    /// In the order of the places and of the files in them.
    pub skills: Vec<Skill>,
    /// What is not as it should be; collisions last.
    pub diagnostics: Vec<Diagnostic>,
}

/// Where skills may be.
#[derive(Debug, Clone)]
pub struct Place {
    /// A folder, or a skill's file.
    pub path: String,
    /// The same without `.`, `..` and doubled separators.
    pub normal: String,
    /// The folder that it is in.
    pub dir: String,
    /// That folder's name.
    pub parent: String,
    /// Which sort of place.
    pub origin: Origin,
    /// Whether the host named it: then it must be there.
    pub named: bool,
}

/// The skills of one folder, as Pi's `loadSkillsFromDir` finds them.
pub fn load_folder(dir: &str, origin: &Origin) -> Loaded {
    let (skills, diagnostics) = walk(dir, origin);
    Loaded { skills, diagnostics }
}

/// The skills of several places. Of two with one name the first counts; the same file is taken once, however it is reached.
pub fn load(places: &[Place]) -> Loaded {
    let mut gathered = Gathered::default();
    for place in places {
        gathered.place(place);
    }
    gathered.loaded.diagnostics.append(&mut gathered.collisions);
    gathered.loaded
}

#[derive(Default)]
struct Gathered {
    loaded: Loaded,
    collisions: Vec<Diagnostic>,
    /// The numbers of the skills by their names.
    names: HashMap<String, usize>,
    files: HashSet<PathBuf>,
}

impl Gathered {
    fn place(&mut self, place: &Place) {
        let Place { path, normal, dir, parent, origin, named } = place;
        let metadata = fs::metadata(path);
        let diagnostics = &mut self.loaded.diagnostics;
        match metadata {
            Ok(metadata) if metadata.is_dir() => {
                let (skills, warnings) = walk(normal, origin);
                diagnostics.extend(warnings);
                self.add(skills);
            }
            _ if !named => {}
            Err(_) => diagnostics.push(Diagnostic::warning("skill path does not exist", path)),
            Ok(metadata) if metadata.is_file() && is_markdown(path) => {
                let skill = read(&Location { path, dir, parent }, origin, diagnostics);
                self.add(skill);
            }
            Ok(_) => diagnostics.push(Diagnostic::warning("skill path is not a markdown file", path)),
        }
    }

    fn add(&mut self, skills: impl IntoIterator<Item = Skill>) {
        for skill in skills {
            self.add_one(skill);
        }
    }

    fn add_one(&mut self, skill: Skill) {
        let real = fs::canonicalize(&skill.file_path).unwrap_or_else(|_| PathBuf::from(&skill.file_path));
        if self.files.contains(&real) {
            return;
        }
        if let Some(winner) = self.names.get(&skill.name).and_then(|number| self.loaded.skills.get(*number)) {
            self.collisions.push(Diagnostic::collision(&skill.name, &winner.file_path, &skill.file_path));
            return;
        }
        self.names.insert(skill.name.clone(), self.loaded.skills.len());
        self.files.insert(real);
        self.loaded.skills.push(skill);
    }
}
