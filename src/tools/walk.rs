//! Walks of a folder that leave out what its ignore files say, in the order of names.

use std::path::Path;

use ignore::WalkBuilder;

/// A walk with the rules of ripgrep and fd alike: hidden files too, `.ignore`, git's ignore files. What differs, the
/// caller sets.
pub(super) fn walk(path: &Path) -> WalkBuilder {
    let mut builder = WalkBuilder::new(path);
    builder.hidden(false).sort_by_file_name(Ord::cmp);
    builder
}

/// A path below `root` as it is shown: from there, with slashes.
pub(super) fn shown(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
    if cfg!(windows) { relative.replace('\\', "/") } else { relative.into_owned() }
}
