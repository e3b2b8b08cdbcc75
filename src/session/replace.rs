//! Replaces a file, whole or not at all.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use super::error::SessionError;

/// Puts a file with `bytes` in the place of the one at `path`, or where there is none. After a crash at any moment the
/// one or the other is there.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), SessionError> {
    replacing(path, |mut file| file.write_all(bytes))
}

/// As [`replace`], with a file that `write` fills.
pub(super) fn replacing(
    path: &Path,
    write: impl FnOnce(&File) -> std::io::Result<()>,
) -> Result<(), SessionError> {
    let failed = |action| SessionError::io(action, path);
    let file = tempfile::Builder::new()
        .prefix(".session-")
        .suffix(".tmp")
        .tempfile_in(folder_of(path))
        .map_err(failed("cannot replace"))?;
    write(file.as_file()).map_err(failed("cannot replace"))?;
    if let Ok(existing) = path.metadata() {
        file.as_file().set_permissions(existing.permissions()).map_err(failed("cannot replace"))?;
    }
    file.as_file().sync_all().map_err(failed("cannot replace"))?;
    file.persist(path).map_err(|error| failed("cannot replace")(error.error))?;
    sync_folder(path);
    Ok(())
}

/// Brings a file's name to the disk: it is there only with its folder. Some systems cannot do that.
pub(super) fn sync_folder(path: &Path) {
    if let Ok(folder) = File::open(folder_of(path)) {
        let _ = folder.sync_all();
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
