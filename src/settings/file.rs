//! Reads and writes files of settings.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::error::SettingsError;
use super::lock::Lock;
use crate::replace::replace;

/// A file's text; `None` where there is none.
pub fn read(path: &Path) -> Result<Option<String>, SettingsError> {
    match fs::read(path) {
        Ok(bytes) => {
            let text =
                String::from_utf8(bytes).map_err(|_| SettingsError::NotText { path: path.to_owned() })?;
            Ok(Some(text))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(SettingsError::io(path)(error)),
    }
}

/// Makes a file with `text` unless it is there. If it is `private`, nobody but its owner may
/// read it.
pub fn create(path: &Path, text: &str, private: bool) -> Result<(), SettingsError> {
    if path.exists() {
        return Ok(());
    }
    let mut options = File::options();
    options.write(true);
    // A link that leads nowhere is there, and the system makes the file that it names.
    if path.is_symlink() {
        options.create(true)
    } else {
        options.create_new(true)
    };
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    match options.open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map_err(SettingsError::io(path)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(SettingsError::io(path)(error)),
    }
}

/// Puts `text` in the place of what is in a file, whole or not at all. Links are followed. Fails if the lock was lost,
/// since another program may have written by then.
pub fn write(lock: &Lock, path: &Path, text: &str, private: bool) -> Result<(), SettingsError> {
    let file = path.canonicalize().map_err(SettingsError::io(path))?;
    #[cfg(unix)]
    if private {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(&file, mode).map_err(SettingsError::io(path))?;
    }
    if !lock.is_held() {
        return Err(SettingsError::Compromised);
    }
    replace(&file, text.as_bytes()).map_err(SettingsError::io(path))
}
