//! Appends to a session's file: one `write` of whole lines under the lock, checked, and taken back when it fails. The
//! index follows the disk, never the other way round.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use super::blob;
use super::commit::{self, Waiting};
use super::copy::{copy, keep_aside};
use super::disk::Disk;
use super::error::SessionError;
use super::lock::{Identity, lock};
use super::log::{Durability, Log};
use super::scan::Line;
use crate::replace::{replace, sync_folder};

/// What became of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// The lines are in the file and in the index.
    Written,
    /// Nothing was written: others had appended meanwhile, and what they wrote is in the index now.
    Behind,
}

impl Log {
    /// Appends entries, each one line of JSON; the last line has no end. `expected` is how many entries the caller knows
    /// of; when others have appended meanwhile nothing is written.
    ///
    /// After an error the file and the index are as they were. An earlier group commit that the disk refused is an error
    /// of the next append, which then writes nothing.
    pub fn append(&mut self, lines: &[u8], expected: usize) -> Result<Appended, SessionError> {
        let lines = self.without_blobs(lines)?;
        if u32::try_from(lines.len()).is_err() {
            return Err(SessionError::TooLong { path: self.path.clone(), length: lines.len() });
        }
        self.outcome.take().map_err(SessionError::io("cannot flush", &self.path))?;
        let file = self.file(true)?;
        let held = lock(&file, self.identity, &self.path)?;
        self.catch_up(&file)?;
        if self.index.len() != expected {
            return Ok(Appended::Behind);
        }
        if !self.is_noted {
            self.writer.note(&file);
            self.is_noted = true;
        }
        self.write(&file, &lines)?;
        drop(held);
        if self.durability == Durability::Batch && self.dirty {
            let (disk, outcome) = (Arc::clone(&self.disk), self.outcome.clone());
            commit::soon(Waiting { file, disk, outcome });
        }
        Ok(Appended::Written)
    }

    /// Puts a file with `bytes` in the place of this one, whole or not at all, and reads it. As with [`Log::append`]
    /// nothing is done when others have appended meanwhile.
    pub fn replace(&mut self, bytes: &[u8], expected: usize) -> Result<Appended, SessionError> {
        let file = self.file(true)?;
        let _held = lock(&file, self.identity, &self.path)?;
        self.catch_up(&file)?;
        if self.index.len() != expected {
            return Ok(Appended::Behind);
        }
        // Who waits for the lock of the old file finds that it is not the session's any more.
        replace(&self.path, &self.without_blobs(bytes)?)
            .map_err(SessionError::io("cannot replace", &self.path))?;
        self.reopen()?;
        Ok(Appended::Written)
    }

    /// Puts `header` in front, in the place of any that there is. The file as it was is kept beside it; where.
    pub fn mend(&mut self, header: &str) -> Result<PathBuf, SessionError> {
        let file = self.file(true)?;
        let _held = lock(&file, self.identity, &self.path)?;
        self.catch_up(&file)?;
        let kept = keep_aside(&self.path)?;
        copy(&self.path, &self.path, header)?;
        self.reopen()?;
        Ok(kept)
    }

    fn reopen(&mut self) -> Result<(), SessionError> {
        let blobs = self.blobs;
        *self = Self::open_on(&self.path, self.durability, Arc::clone(&self.disk))?;
        self.blobs = blobs;
        Ok(())
    }

    /// Lines as they are written: with long contents kept outside of them, if that is wanted.
    fn without_blobs<'a>(&self, lines: &'a [u8]) -> Result<Cow<'a, [u8]>, SessionError> {
        if self.blobs { blob::store_lines(self.folder(), lines) } else { Ok(Cow::Borrowed(lines)) }
    }

    /// With the lock held: reads what others have appended, if this is still the session's file.
    fn catch_up(&mut self, file: &File) -> Result<(), SessionError> {
        // It may have been replaced while this writer waited.
        let current = self.path.metadata().map(|metadata| Identity::of(&metadata));
        if !current.is_ok_and(|current| current == self.identity) {
            return Err(self.changed());
        }
        let before = self.known;
        self.absorb(file)?;
        self.is_noted &= self.known == before;
        Ok(())
    }

    fn write(&mut self, file: &File, lines: &[u8]) -> Result<(), SessionError> {
        let start = self.end();
        let mut bytes = Vec::with_capacity(lines.len() + 2);
        if self.open_end || self.torn.is_some() {
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(lines);
        bytes.push(b'\n');
        let at_once =
            self.durability == Durability::Entry || self.fresh && self.durability != Durability::None;
        let written = write_all(&*self.disk, file, &bytes)
            .and_then(|()| if at_once { self.disk.sync(file) } else { Ok(()) })
            .and_then(|()| Ok(file.metadata()?.len()));
        let length = written.map_err(|error| {
            take_back(&*self.disk, file, start, &bytes);
            SessionError::io("cannot append to", &self.path)(error)
        })?;
        if at_once && std::mem::take(&mut self.fresh) {
            sync_folder(&self.path);
        }
        self.dirty = !at_once;
        if self.torn.is_some() || length != start + bytes.len() as u64 {
            return self.absorb(file);
        }
        let mut offset = start;
        for line in bytes.strip_suffix(b"\n").unwrap_or(&bytes).split(|byte| *byte == b'\n') {
            self.add(Line { offset, bytes: line, ended: true });
            offset += line.len() as u64 + 1;
        }
        Ok(())
    }

    /// Ends the last line, so that what any program appends is a line of its own.
    pub(super) fn seal(&mut self, file: &File) -> Result<(), SessionError> {
        let _held = lock(file, self.identity, &self.path)?;
        self.absorb(file)?;
        self.sealed = self.torn;
        if self.open_end || self.torn.is_some() {
            write_all(&*self.disk, file, b"\n").map_err(SessionError::io("cannot append to", &self.path))?;
            self.absorb(file)?;
        }
        Ok(())
    }

    /// Brings what was appended to the disk.
    pub fn flush(&mut self) -> Result<(), SessionError> {
        let failed = |action| SessionError::io(action, &self.path);
        self.outcome.take().map_err(failed("cannot flush"))?;
        if self.dirty {
            let file = self.file(true)?;
            self.disk.sync(&file).map_err(failed("cannot flush"))?;
            self.dirty = false;
        }
        if std::mem::take(&mut self.fresh) {
            sync_folder(&self.path);
        }
        Ok(())
    }
}

fn write_all(disk: &dyn Disk, file: &File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match disk.write(file, bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Cuts off what a failed write of `bytes` has left after `start`, and nothing else: programs that know no lock may have
/// appended as well. If that fails too the remains are a torn line, which the next writer ends and every reader passes
/// over.
fn take_back(disk: &dyn Disk, mut file: &File, start: u64, bytes: &[u8]) {
    let mut left = Vec::new();
    let most = bytes.len() as u64 + 1;
    let is_read = file.seek(SeekFrom::Start(start)).and_then(|_| file.take(most).read_to_end(&mut left));
    if is_read.is_ok() && !left.is_empty() && bytes.starts_with(&left) {
        let _ = disk.cut(file, start);
    }
}
