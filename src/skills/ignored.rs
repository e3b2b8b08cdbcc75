//! Which files of a tree the ignore files in it leave out.

use std::borrow::Cow;
use std::path::Path;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::json::trim;

/// The names of ignore files, in the order in which they count; the last rule that fits decides.
pub(super) const FILES: [&str; 3] = [".gitignore", ".ignore", ".fdignore"];

/// The rules met so far on the way through a tree.
#[derive(Default)]
pub(super) struct Ignored {
    /// One for each file that has rules, the first met first.
    files: Vec<Gitignore>,
}

impl Ignored {
    /// Adds the rules of a file in the folder `dir`, relative to the root of the tree. They hold below that folder only,
    /// and, as in Pi, a slash at the beginning of a pattern means nothing in the root.
    pub(super) fn add(&mut self, dir: &str, text: &str) {
        let prefix = if dir.is_empty() { String::new() } else { format!("{dir}/") };
        let mut rules = GitignoreBuilder::new("");
        // Cannot fail: it is remembered until the rules are built.
        let _ = rules.case_insensitive(true);
        let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        for (number, pattern) in lines.filter_map(|line| below(line, &prefix)).enumerate() {
            let marked = pattern.strip_prefix('\u{FEFF}').filter(|_| number == 0);
            let pattern = marked.unwrap_or(&pattern);
            if pattern != "!" {
                // What is no pattern fits nothing.
                let _ = rules.add_line(None, pattern);
            }
        }
        self.files.extend(rules.build().ok().filter(|rules| !rules.is_empty()));
    }

    /// Whether a path relative to the root of the tree, with slashes, is left out, or a folder above it.
    pub(super) fn has(&self, path: &str, is_dir: bool) -> bool {
        let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        !self.files.is_empty()
            && (folders.into_iter().any(|folder| self.fits(folder, true)) || self.fits(path, is_dir))
    }

    fn fits(&self, path: &str, is_dir: bool) -> bool {
        let decision = self.files.iter().rev().map(|rules| rules.matched(Path::new(path), is_dir));
        decision
            .into_iter()
            .find(|found| !found.is_none())
            .is_some_and(|found| matches!(found, Match::Ignore(_)))
    }
}

/// A line's pattern for the whole tree.
fn below(line: &str, prefix: &str) -> Option<String> {
    let shown = trim(line);
    if shown.is_empty() || shown.starts_with('#') {
        return None;
    }
    let (sign, pattern) = match line.strip_prefix('!') {
        Some(pattern) => ("!", pattern),
        None => ("", line.strip_prefix("\\!").map_or(line, |_| line.get(1..).unwrap_or_default())),
    };
    let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
    let pattern = format!("{prefix}{pattern}");
    (!pattern.is_empty()).then(|| format!("{sign}{}", without_braces(&pattern)))
}

/// The pattern with its braces escaped: they mean nothing in ignore files, but alternatives to the matcher.
fn without_braces(pattern: &str) -> Cow<'_, str> {
    if !pattern.contains(['{', '}']) {
        return Cow::Borrowed(pattern);
    }
    let mut escaped = false;
    let characters = pattern.chars().flat_map(|character| {
        let before = (matches!(character, '{' | '}') && !escaped).then_some('\\');
        escaped = character == '\\' && !escaped;
        before.into_iter().chain([character])
    });
    Cow::Owned(characters.collect())
}
