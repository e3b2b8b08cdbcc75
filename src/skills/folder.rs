//! A folder of skills, walked as Pi walks it: a folder with a `SKILL.md` is one skill; any other may have skills below it,
//! and the first may hold Markdown files that are skills themselves.

use std::fs;
use std::path::{Path, PathBuf, is_separator};

use crate::paths::{Entry, Kind, entries, is_markdown, join, read_text};

use super::diagnostic::Diagnostic;
use super::file::{Location, read};
use super::ignored::{FILES, Ignored};
use super::skill::{Origin, Skill};

/// The file that makes a folder a skill.
const SKILL: &str = "SKILL.md";

/// The skills below a folder. A folder that cannot be read has none.
pub(super) fn walk(dir: &str, origin: &Origin) -> (Vec<Skill>, Vec<Diagnostic>) {
    let mut walk = Walk {
        origin,
        ignored: Ignored::default(),
        above: Vec::new(),
        skills: Vec::new(),
        diagnostics: Vec::new(),
    };
    walk.folder(dir, "");
    (walk.skills, walk.diagnostics)
}

struct Walk<'a> {
    origin: &'a Origin,
    ignored: Ignored,
    /// The folders that are being walked, the first one first.
    above: Vec<PathBuf>,
    skills: Vec<Skill>,
    diagnostics: Vec<Diagnostic>,
}

impl Walk<'_> {
    /// `below` is the folder relative to the first one, with slashes.
    fn folder(&mut self, dir: &str, below: &str) {
        let Ok(entries) = entries(dir) else { return };
        let has = |name: &str| entries.iter().any(|entry| entry.name == name);
        for name in FILES.into_iter().filter(|name| has(name)) {
            if let Ok(rules) = read_text(&join(dir, name)) {
                self.ignored.add(below, &rules);
            }
        }
        let skill = entries.iter().find(|entry| entry.name == SKILL);
        if skill.is_some_and(|entry| self.is_skill(entry, dir, below)) {
            self.file(dir, SKILL);
            return;
        }
        self.above.push(PathBuf::from(dir));
        for entry in
            entries.iter().filter(|Entry { name, .. }| !name.starts_with('.') && name != "node_modules")
        {
            self.entry(entry, dir, below);
        }
        self.above.pop();
    }

    fn is_skill(&self, entry: &Entry, dir: &str, below: &str) -> bool {
        entry.kind(dir) == Some(Kind::File) && !self.ignored.has(&relative(below, SKILL), false)
    }

    fn entry(&mut self, entry: &Entry, dir: &str, below: &str) {
        let Some(kind) = entry.kind(dir) else { return };
        let (path, relative) = (join(dir, &entry.name), relative(below, &entry.name));
        if self.ignored.has(&relative, kind == Kind::Folder) {
            return;
        }
        match kind {
            Kind::Folder if entry.is_link() && self.is_above(&path) => {}
            Kind::Folder => self.folder(&path, &relative),
            Kind::File if below.is_empty() && is_markdown(&entry.name) => self.file(dir, &entry.name),
            Kind::File | Kind::Other => {}
        }
    }

    /// Whether a link leads back to a folder that is being walked: there is no end to such a tree.
    fn is_above(&self, link: &str) -> bool {
        let real = |path: &Path| fs::canonicalize(path).ok();
        let target = real(Path::new(link));
        target.is_none() || self.above.iter().any(|folder| real(folder) == target)
    }

    fn file(&mut self, dir: &str, name: &str) {
        let path = join(dir, name);
        let dir = if dir.ends_with(is_separator) && dir.len() > 1 {
            dir.trim_end_matches(is_separator)
        } else {
            dir
        };
        let parent = dir.rsplit(is_separator).next().unwrap_or_default();
        self.skills.extend(read(&Location { path: &path, dir, parent }, self.origin, &mut self.diagnostics));
    }
}

fn relative(below: &str, name: &str) -> String {
    if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") }
}
