//! The lock that `proper-lockfile` has on a file: a folder of the file's name and `.lock`. Whoever made it has the lock
//! and sets its time again and again; one whose time is long past was left behind by a program that died.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::task::AbortHandle;

use super::error::SettingsError;

/// When a lock counts as left behind. Pi renews those that it holds for long every 15 s.
const STALE: Duration = Duration::from_secs(30);
/// How often a lock is renewed. Some of Pi's calls take away what was not renewed for 10 s.
const RENEWAL: Duration = Duration::from_secs(2);
/// How long to wait where the thread cannot do anything else meanwhile.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long to wait otherwise: others may be asking a server.
const LONG_PATIENCE: Duration = Duration::from_mins(1);

/// The lock on a file; gone when this is dropped.
#[derive(Debug)]
pub struct Lock {
    folders: Arc<[Folder]>,
    renewal: Option<AbortHandle>,
}

impl Lock {
    /// Takes the lock on a file that is there, or waits for it a moment. Not renewed, so not for long.
    pub fn take(path: &Path) -> Result<Self, SettingsError> {
        let paths = lock_paths(path)?;
        let since = Instant::now();
        loop {
            match Self::try_take(&paths) {
                Err(SettingsError::Locked) if since.elapsed() < PATIENCE => std::thread::sleep(pause()),
                taken => return taken,
            }
        }
    }

    /// Takes the lock on a file that is there, or waits for it, and renews it until it is dropped.
    pub async fn take_for_long(path: &Path) -> Result<Self, SettingsError> {
        let paths = lock_paths(path)?;
        let since = Instant::now();
        let mut lock = loop {
            match Self::try_take(&paths) {
                Err(SettingsError::Locked) if since.elapsed() < LONG_PATIENCE => {
                    tokio::time::sleep(pause() * 4).await;
                }
                taken => break taken?,
            }
        };
        let folders = Arc::clone(&lock.folders);
        let renew = async move {
            loop {
                tokio::time::sleep(RENEWAL).await;
                folders.iter().for_each(Folder::renew);
            }
        };
        lock.renewal = Some(tokio::spawn(renew).abort_handle());
        Ok(lock)
    }

    fn try_take(paths: &[PathBuf]) -> Result<Self, SettingsError> {
        let folders = paths.iter().map(|path| Folder::take(path)).collect::<Result<_, _>>()?;
        Ok(Self { folders, renewal: None })
    }

    /// Whether nobody took it away.
    pub fn is_held(&self) -> bool {
        self.folders.iter().all(Folder::is_held)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(renewal) = &self.renewal {
            renewal.abort();
        }
        // The renewal may be at work still.
        self.folders.iter().for_each(Folder::release);
    }
}

/// Waits that differ, so that those who wait do not ask all at once.
fn pause() -> Duration {
    Duration::from_micros(fastrand::u64(3_000..10_000))
}

/// The folders that stand for the lock on a file. Some of Pi's calls name them after the path, some after the file that
/// a link leads to.
fn lock_paths(path: &Path) -> Result<Vec<PathBuf>, SettingsError> {
    let failed = || SettingsError::io(path);
    let real = path.canonicalize().map_err(failed())?;
    let mut named = match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => folder.canonicalize().map_err(failed())?,
        None => Path::new(".").canonicalize().map_err(failed())?,
    };
    named.push(path.file_name().unwrap_or_default());
    let mut paths = [named, real].map(|file| {
        let mut name = file.into_os_string();
        name.push(".lock");
        PathBuf::from(name)
    });
    paths.sort();
    let mut paths = Vec::from(paths);
    paths.dedup();
    Ok(paths)
}

/// A lock's folder, and the time that it was given; none once it is released.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    time: Mutex<Option<SystemTime>>,
}

impl Folder {
    fn take(path: &Path) -> Result<Self, SettingsError> {
        match fs::create_dir(path) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let locked = || SettingsError::Locked;
                let seen = time_of(path).map_err(|_| locked())?;
                if seen.elapsed().is_ok_and(|age| age > STALE) {
                    clear(path, seen).map_err(SettingsError::io(path))?;
                    fs::create_dir(path).map_err(|_| locked())?;
                } else {
                    return Err(locked());
                }
            }
            Err(error) => return Err(SettingsError::io(path)(error)),
        }
        let time = time_of(path).map_err(SettingsError::io(path))?;
        Ok(Self { path: path.to_owned(), time: Mutex::new(Some(time)) })
    }

    fn time(&self) -> MutexGuard<'_, Option<SystemTime>> {
        self.time.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_held(&self) -> bool {
        self.is_ours(*self.time())
    }

    fn is_ours(&self, time: Option<SystemTime>) -> bool {
        time.is_some() && time_of(&self.path).ok() == time
    }

    fn renew(&self) {
        let mut time = self.time();
        if self.is_ours(*time) && set_time(&self.path, SystemTime::now()).is_ok() {
            // File systems round.
            *time = time_of(&self.path).ok();
        }
    }

    fn release(&self) {
        let mut time = self.time();
        if self.is_ours(time.take()) {
            let _ = fs::remove_dir(&self.path);
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.release();
    }
}

/// Removes a lock that was left behind. Somebody else may have done so since its time was `seen`, and hold it by now:
/// then it is put back.
fn clear(path: &Path, seen: SystemTime) -> io::Result<()> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(format!(".{:08x}", fastrand::u32(..)));
    match fs::rename(path, &aside) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        renamed => renamed?,
    }
    let removed = if time_of(Path::new(&aside))? == seen {
        fs::remove_dir(&aside)
    } else {
        Err(ErrorKind::ResourceBusy.into())
    };
    removed.or_else(|_| fs::rename(&aside, path))
}

fn time_of(path: &Path) -> io::Result<SystemTime> {
    path.symlink_metadata()?.modified()
}

fn set_time(path: &Path, time: SystemTime) -> io::Result<()> {
    let mut options = File::options();
    #[cfg(unix)]
    options.read(true);
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt;
        // What it takes to change the time of a folder: FILE_WRITE_ATTRIBUTES and FILE_FLAG_BACKUP_SEMANTICS.
        options.access_mode(0x0100).custom_flags(0x0200_0000);
    }
    options.open(path)?.set_modified(time)
}
