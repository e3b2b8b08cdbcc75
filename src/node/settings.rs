//! Files of settings and credentials, for JavaScript: synchronous but for the wait for a lock, because hosts call Pi's
//! classes synchronously.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use napi_derive::napi;

use crate::settings::{self, Lock, SettingsError};

/// A failure with the code that hosts tell it by.
type Result<T> = std::result::Result<T, napi::Error<&'static str>>;

fn thrown(error: SettingsError) -> napi::Error<&'static str> {
    napi::Error::new(error.code(), error.to_string())
}

/// The lock on a file, held until it is released.
#[napi]
pub struct FileLock {
    path: PathBuf,
    lock: Mutex<Option<Lock>>,
}

#[napi]
impl FileLock {
    /// Waits a moment for the lock on a file that is there.
    #[napi(factory, catch_unwind)]
    pub fn take(path: String) -> Result<Self> {
        let path = PathBuf::from(path);
        let lock = Lock::take(&path).map_err(thrown)?;
        Ok(Self { path, lock: Mutex::new(Some(lock)) })
    }

    /// Puts `text` in the place of what is in the file, whole or not at all.
    #[napi(catch_unwind)]
    pub fn write(&self, text: String, private: bool) -> Result<()> {
        let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = lock.as_ref().ok_or_else(|| thrown(SettingsError::Compromised))?;
        settings::write(lock, &self.path, &text, private).map_err(thrown)
    }

    /// Lets others have the lock.
    #[napi(catch_unwind)]
    pub fn release(&self) {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Waits for the lock on a file that is there, as long as others may be asking a server.
#[napi]
pub async fn lock_file(path: String) -> napi::Result<FileLock> {
    let path = PathBuf::from(path);
    // The code would be lost on the way to a promise; it goes before the text.
    let lock = Lock::take_for_long(&path)
        .await
        .map_err(|error| napi::Error::from_reason(format!("{}\n{error}", error.code())))?;
    Ok(FileLock { path, lock: Mutex::new(Some(lock)) })
}

/// A file's text; `null` where there is none.
#[napi(catch_unwind)]
pub fn read_settings(path: String) -> Result<Option<String>> {
    settings::read(Path::new(&path)).map_err(thrown)
}

/// Makes a file unless it is there.
#[napi(catch_unwind)]
pub fn create_settings(path: String, text: String, private: bool) -> Result<()> {
    settings::create(Path::new(&path), &text, private).map_err(thrown)
}

/// The value behind one that Argent's dashboard has encrypted; `null` if the master key is another one.
#[napi(catch_unwind)]
pub fn open_sealed(value: String, master: &[u8]) -> Option<String> {
    crate::auth::open(&value, master)
}
