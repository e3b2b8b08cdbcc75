//! Replaces a file, whole or not at all.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Puts a file with `bytes` in the place of the one at `path`, or where there is none. After a crash at any moment the
/// one or the other is there.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replacing(path, |mut file| file.write_all(bytes))
}

/// As [`replace`], with a file that `write` fills.
pub(crate) fn replacing(path: &Path, write: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
    let file =
        tempfile::Builder::new().prefix(".replacement-").suffix(".tmp").tempfile_in(folder_of(path))?;
    write(file.as_file())?;
    if let Ok(existing) = path.metadata() {
        file.as_file().set_permissions(existing.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_folder(path);
    Ok(())
}

/// Brings a file's name to the disk: it is there only with its folder. Some systems cannot do that.
pub(crate) fn sync_folder(path: &Path) {
    if let Ok(folder) = File::open(folder_of(path)) {
        let _ = folder.sync_all();
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_replacement_keeps_the_mode() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        super::replace(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
