//! One session's file: read once into an index, then only appended to, one `write` a line, under a lock that dies with
//! its holder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::commit::Commit;
use super::error::SessionError;
use super::head::Head;
use super::index::Index;
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

/// A session's file and its index.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    file: File,
    /// How much of the file the index knows, in bytes.
    known: u64,
    /// Whether the last line that the index knows lacks its line feed.
    open_end: bool,
    /// What stands at the file's end and is no entry: the beginning of a line whose writer died.
    torn: Option<(u64, u64)>,
    index: Index,
    durability: Durability,
    commit: Arc<Commit>,
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
        let commit = Commit::new(file.try_clone().map_err(failed("cannot open"))?);
        let mut log = Self {
            path: path.to_owned(),
            file,
            known: 0,
            open_end: false,
            torn: None,
            index: Index::default(),
            durability,
            commit,
        };
        log.absorb()?;
        Ok(log)
    }

    /// The index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The beginning of a line that ends the file and is no entry: where it begins and how long it is, in bytes.
    pub fn torn(&self) -> Option<(u64, u64)> {
        self.torn
    }

    /// Reads what was appended since the index was last brought up to date. Whether there was anything.
    pub fn absorb(&mut self) -> Result<bool, SessionError> {
        let path = self.path.clone();
        let failed = |action| SessionError::io(action, &path);
        let size = self.file.metadata().map_err(failed("cannot read"))?.len();
        if size < self.known {
            return Err(SessionError::Changed { path: self.path.clone() });
        }
        let mut file = &self.file;
        file.seek(SeekFrom::Start(self.known)).map_err(failed("cannot read"))?;
        let before = (self.index.len(), self.index.bad_lines().len());
        let (index, mut known, mut torn, mut open_end) = (&mut self.index, self.known, None, self.open_end);
        scan(file, self.known, |line| {
            let end = line.offset + line.bytes.len() as u64;
            // A line without an end is an entry if it is whole; else its writer is still at it, or has died.
            if !line.ended && Head::parse(line.bytes).is_none() {
                torn = Some((line.offset, line.bytes.len() as u64));
                return;
            }
            // The line feed that the last line lacked is no line of its own.
            index.add(line);
            known = end + u64::from(line.ended);
            open_end = !line.ended;
        })
        .map_err(failed("cannot read"))?;
        (self.known, self.torn, self.open_end) = (known, torn, open_end);
        Ok((self.index.len(), self.index.bad_lines().len()) != before)
    }

    /// Appends entries, each one line of JSON; the last line has no end. `expected` is how many entries the caller knows
    /// of; when others have appended meanwhile nothing is written.
    pub fn append(&mut self, lines: &[u8], expected: usize) -> Result<Appended, SessionError> {
        if u32::try_from(lines.len()).is_err() {
            return Err(SessionError::TooLong { path: self.path.clone(), length: lines.len() });
        }
        self.lock()?;
        let appended = self.append_locked(lines, expected);
        // The lock goes with the handle at the latest.
        let _ = self.file.unlock();
        if matches!(appended, Ok(Appended::Written)) {
            match self.durability {
                Durability::None => {}
                Durability::Batch => self.commit.soon(),
                Durability::Entry => self.flush()?,
            }
        }
        appended
    }

    fn append_locked(&mut self, lines: &[u8], expected: usize) -> Result<Appended, SessionError> {
        if !self.is_in_place() {
            return Err(SessionError::Changed { path: self.path.clone() });
        }
        self.absorb()?;
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
        if let Err(error) = (&self.file).write_all(&bytes) {
            self.take_back(start);
            return Err(SessionError::io("cannot append to", &self.path)(error));
        }
        self.absorb()?;
        Ok(Appended::Written)
    }

    /// Whether the path still leads to the file that was read.
    fn is_in_place(&self) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            match (self.file.metadata(), self.path.metadata()) {
                (Ok(file), Ok(path)) => (file.dev(), file.ino()) == (path.dev(), path.ino()),
                _ => false,
            }
        }
        // Elsewhere an open file can be neither taken away nor replaced.
        #[cfg(not(unix))]
        true
    }

    /// Cuts off what a failed write has left.
    fn take_back(&self, size: u64) {
        let written = self.file.metadata().map(|metadata| metadata.len());
        if written.is_ok_and(|written| written > size) {
            // If that fails too the remains are a torn line, which the next writer ends and every reader passes over.
            let _ = self.file.set_len(size);
        }
    }

    /// Waits for the lock that every writer of this library holds while it writes.
    fn lock(&self) -> Result<(), SessionError> {
        let since = Instant::now();
        loop {
            match self.file.try_lock() {
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
    pub fn flush(&self) -> Result<(), SessionError> {
        self.commit.now().map_err(SessionError::io("cannot flush", &self.path))
    }

    /// The bytes of an entry's line.
    pub fn line(&self, number: u32) -> Result<Vec<u8>, SessionError> {
        let failed = |action| SessionError::io(action, &self.path);
        let Some(entry) = self.index.get(number) else { return Ok(Vec::new()) };
        let mut bytes = vec![0; entry.len as usize];
        let mut file = &self.file;
        file.seek(SeekFrom::Start(entry.offset)).map_err(failed("cannot read"))?;
        file.read_exact(&mut bytes).map_err(failed("cannot read"))?;
        Ok(bytes)
    }
}
