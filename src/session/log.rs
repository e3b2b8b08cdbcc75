//! One session's file: read once into an index, then only appended to, one `write` a line, under a lock that dies with
//! its holder.

use std::borrow::Cow;
use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::blob;
use super::commit;
use super::error::SessionError;
use super::head::Head;
use super::index::{Entry, Index};
use super::scan::scan;

/// When what was appended reaches the disk itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// When the system sees fit: it outlives the process, not the machine.
    None,
    /// Within 50 ms, together with what else was appended.
    #[default]
    Batch,
    /// Before `append` returns.
    Entry,
}

/// How long to wait for another writer, which holds the lock only while it writes a line.
const PATIENCE: Duration = Duration::from_secs(5);

/// What became of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// The lines are in the file and in the index.
    Written,
    /// Nothing was written: others had appended meanwhile, and what they wrote is in the index now.
    Behind,
}

/// Which file a path leads to, where the system has a name for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Identity(Option<(u64, u64)>);

impl Identity {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Self(Some((metadata.dev(), metadata.ino())))
        }
        #[cfg(not(unix))]
        {
            let _ = metadata;
            Self(None)
        }
    }
}

/// A session's file and its index. The file is open only while it is read or written: a host may have thousands.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    identity: Identity,
    /// How much of the file the index knows, in bytes.
    known: u64,
    /// Whether the last line that the index knows lacks its line feed.
    open_end: bool,
    /// What stands at the file's end and is no entry: the beginning of a line whose writer died.
    torn: Option<(u64, u64)>,
    index: Index,
    durability: Durability,
    dirty: bool,
    /// Whether long contents are kept outside the log.
    blobs: bool,
    /// The entries that name such contents.
    naming: Vec<u32>,
}

impl Log {
    /// Reads a file, or makes an empty one.
    pub fn open(path: &Path, durability: Durability) -> Result<Self, SessionError> {
        let failed = |action| SessionError::io(action, path);
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(failed("cannot open"))?;
        let identity = Identity::of(&file.metadata().map_err(failed("cannot open"))?);
        let mut log = Self {
            path: path.to_owned(),
            identity,
            known: 0,
            open_end: false,
            torn: None,
            index: Index::default(),
            durability,
            dirty: false,
            blobs: false,
            naming: Vec::new(),
        };
        log.absorb(&file)?;
        Ok(log)
    }

    /// From now on keeps contents over 64 KB once, in files beside the log, or no longer.
    pub fn keep_blobs(&mut self, kept: bool) {
        self.blobs = kept;
    }

    /// The blobs that are missing or damaged: where the entry that names it begins, how long that is, in bytes, and the
    /// blob's file.
    pub fn missing_blobs(&self) -> Result<Vec<(u64, u32, PathBuf)>, SessionError> {
        let mut missing = Vec::new();
        if self.naming.is_empty() {
            return Ok(missing);
        }
        let mut file = self.file(false)?;
        for entry in self.naming.iter().filter_map(|number| self.index.get(*number)) {
            let line = self.line(&mut file, entry)?;
            let files = blob::missing(self.folder(), &line);
            missing.extend(files.into_iter().map(|path| (entry.offset, entry.len, path)));
        }
        Ok(missing)
    }

    /// Where the log and its blobs are.
    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// The index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The beginning of a line that ends the file and is no entry: where it begins and how long it is, in bytes.
    pub fn torn(&self) -> Option<(u64, u64)> {
        self.torn
    }

    /// The file, if the path still leads to the one that was read.
    fn file(&self, append: bool) -> Result<File, SessionError> {
        let file = match OpenOptions::new().read(true).append(append).open(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(self.changed()),
            opened => opened.map_err(SessionError::io("cannot open", &self.path))?,
        };
        let metadata = file.metadata().map_err(SessionError::io("cannot read", &self.path))?;
        if Identity::of(&metadata) == self.identity && metadata.len() >= self.known {
            Ok(file)
        } else {
            Err(self.changed())
        }
    }

    fn changed(&self) -> SessionError {
        SessionError::Changed { path: self.path.clone() }
    }

    /// Reads what was appended since the index was last brought up to date.
    fn absorb(&mut self, mut file: &File) -> Result<(), SessionError> {
        let path = self.path.clone();
        let failed = |action| SessionError::io(action, &path);
        file.seek(SeekFrom::Start(self.known)).map_err(failed("cannot read"))?;
        let (index, naming) = (&mut self.index, &mut self.naming);
        let (mut known, mut torn, mut open_end) = (self.known, None, self.open_end);
        scan(file, self.known, |line| {
            let end = line.offset + line.bytes.len() as u64;
            // A line without an end is an entry if it is whole; else its writer is still at it, or has died.
            if !line.ended && Head::parse(line.bytes).is_none() {
                torn = Some((line.offset, line.bytes.len() as u64));
                return;
            }
            // The line feed that the last line lacked is no line of its own.
            naming.extend(index.add(line).filter(|_| blob::is_named(line.bytes)));
            known = end + u64::from(line.ended);
            open_end = !line.ended;
        })
        .map_err(failed("cannot read"))?;
        (self.known, self.torn, self.open_end) = (known, torn, open_end);
        Ok(())
    }

    /// Appends entries, each one line of JSON; the last line has no end. `expected` is how many entries the caller knows
    /// of; when others have appended meanwhile nothing is written.
    pub fn append(&mut self, lines: &[u8], expected: usize) -> Result<Appended, SessionError> {
        let lines = if self.blobs { blob::store_lines(self.folder(), lines)? } else { Cow::Borrowed(lines) };
        if u32::try_from(lines.len()).is_err() {
            return Err(SessionError::TooLong { path: self.path.clone(), length: lines.len() });
        }
        let file = self.file(true)?;
        self.lock(&file)?;
        let appended = self.append_locked(&file, &lines, expected);
        // The lock goes with the handle at the latest.
        let _ = file.unlock();
        if matches!(appended, Ok(Appended::Written)) {
            match self.durability {
                Durability::None => self.dirty = true,
                Durability::Batch => {
                    self.dirty = true;
                    commit::soon(&self.path, file);
                }
                Durability::Entry => self.sync(&file)?,
            }
        }
        appended
    }

    fn append_locked(
        &mut self,
        mut file: &File,
        lines: &[u8],
        expected: usize,
    ) -> Result<Appended, SessionError> {
        // It may have been replaced while this writer waited.
        let current = self.path.metadata().map(|metadata| Identity::of(&metadata));
        if !current.is_ok_and(|current| current == self.identity) {
            return Err(self.changed());
        }
        self.absorb(file)?;
        if self.index.len() != expected {
            return Ok(Appended::Behind);
        }
        let start = self.known + self.torn.map_or(0, |(_, length)| length);
        let mut bytes = Vec::with_capacity(lines.len() + 2);
        if self.open_end || self.torn.is_some() {
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(lines);
        bytes.push(b'\n');
        if let Err(error) = file.write_all(&bytes) {
            take_back(file, start);
            return Err(SessionError::io("cannot append to", &self.path)(error));
        }
        self.absorb(file)?;
        Ok(Appended::Written)
    }

    /// Waits for the lock that every writer of this library holds while it writes.
    fn lock(&self, file: &File) -> Result<(), SessionError> {
        let since = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::WouldBlock) if since.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_micros(200));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(SessionError::Busy { path: self.path.clone(), pid: None, since: None });
                }
                Err(TryLockError::Error(error)) => {
                    return Err(SessionError::io("cannot lock", &self.path)(error));
                }
            }
        }
    }

    /// Brings what was appended to the disk.
    pub fn flush(&mut self) -> Result<(), SessionError> {
        if !self.dirty {
            return Ok(());
        }
        let file = self.file(false)?;
        self.sync(&file)
    }

    fn sync(&mut self, file: &File) -> Result<(), SessionError> {
        file.sync_data().map_err(SessionError::io("cannot flush", &self.path))?;
        self.dirty = false;
        Ok(())
    }

    /// The lines of some entries, each with a line feed; with the contents of their blobs.
    pub fn lines(&self, numbers: &[u32]) -> Result<Vec<u8>, SessionError> {
        let mut file = self.file(false)?;
        let mut bytes = Vec::new();
        for entry in numbers.iter().filter_map(|number| self.index.get(*number)) {
            let line = self.line(&mut file, entry)?;
            bytes.extend_from_slice(&blob::resolve(self.folder(), &line));
            bytes.push(b'\n');
        }
        Ok(bytes)
    }

    /// An entry's line.
    fn line(&self, mut file: impl Read + Seek, entry: &Entry) -> Result<Vec<u8>, SessionError> {
        let failed = |action| SessionError::io(action, &self.path);
        file.seek(SeekFrom::Start(entry.offset)).map_err(failed("cannot read"))?;
        let mut line = Vec::with_capacity(entry.len as usize);
        let read = file.take(u64::from(entry.len)).read_to_end(&mut line).map_err(failed("cannot read"))?;
        if read < entry.len as usize { Err(self.changed()) } else { Ok(line) }
    }
}

/// Cuts off what a failed write has left.
fn take_back(file: &File, size: u64) {
    if file.metadata().is_ok_and(|written| written.len() > size) {
        // If that fails too the remains are a torn line, which the next writer ends and every reader passes over.
        let _ = file.set_len(size);
    }
}
