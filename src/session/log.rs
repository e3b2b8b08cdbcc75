//! One session's file: read once into an index, then only appended to (see `append.rs`).

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::blob;
use super::commit::Outcome;
use super::disk::{Disk, System};
use super::error::SessionError;
use super::head::Head;
use super::index::{Entry, Index};
use super::lock::Identity;
use super::scan::{Line, scan};
use super::writer::Writer;

/// When what was appended reaches the disk itself. What begins a file does so at once, unless it is `None`.
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

/// How much of the file's end is remembered, to know it again when it has grown.
const TAIL: usize = 64;

/// A session's file and its index. The file is open only while it is read or written: a host may have thousands.
#[derive(Debug)]
pub struct Log {
    pub(super) path: PathBuf,
    pub(super) identity: Identity,
    /// How much of the file the index knows, in bytes.
    pub(super) known: u64,
    /// The last bytes that the index knows.
    tail: Vec<u8>,
    /// Whether the last line that the index knows lacks its line feed.
    pub(super) open_end: bool,
    /// What stands at the file's end and is no entry: the beginning of a line whose writer died.
    pub(super) torn: Option<(u64, u64)>,
    /// The same as it was when the file was opened; it has been ended since, and is a bad line.
    pub(super) sealed: Option<(u64, u64)>,
    pub(super) index: Index,
    pub(super) durability: Durability,
    pub(super) disk: Arc<dyn Disk>,
    pub(super) outcome: Outcome,
    /// Whether something was appended that may not be on the disk.
    pub(super) dirty: bool,
    /// Whether the file is so new that its folder may not have it on the disk.
    pub(super) fresh: bool,
    /// Who this is, and whether it wrote last.
    pub(super) writer: Writer,
    pub(super) is_noted: bool,
    /// Whether long contents are kept outside the log.
    pub(super) blobs: bool,
    /// The entries that name such contents.
    naming: Vec<u32>,
}

impl Log {
    /// Reads a file, or makes an empty one. A last line without an end gets one.
    pub fn open(path: &Path, durability: Durability) -> Result<Self, SessionError> {
        Self::open_on(path, durability, Arc::new(System))
    }

    /// As [`Log::open`], writing by way of `disk`.
    pub fn open_on(path: &Path, durability: Durability, disk: Arc<dyn Disk>) -> Result<Self, SessionError> {
        let failed = |action| SessionError::io(action, path);
        let (file, fresh) = open_or_make(path).map_err(failed("cannot open"))?;
        let identity = Identity::of(&file.metadata().map_err(failed("cannot open"))?);
        let mut log = Self {
            path: path.to_owned(),
            identity,
            known: 0,
            tail: Vec::new(),
            open_end: false,
            torn: None,
            sealed: None,
            index: Index::default(),
            durability,
            disk,
            outcome: Outcome::default(),
            dirty: false,
            fresh,
            writer: Writer::begin(),
            is_noted: false,
            blobs: false,
            naming: Vec::new(),
        };
        log.absorb(&file)?;
        if log.open_end || log.torn.is_some() {
            log.sealed = log.torn;
            // Where it cannot be written now, the next append does it.
            let _ = log.seal(&file);
        }
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
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// The index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The beginning of a line that ended the file when it was opened: where it began and how long it was, in bytes.
    pub fn sealed(&self) -> Option<(u64, u64)> {
        self.sealed
    }

    /// Who wrote to the file last, if that is known and was not this one.
    pub fn other_writer(&self) -> Option<Writer> {
        Writer::of(&File::open(&self.path).ok()?).filter(|writer| *writer != self.writer)
    }

    /// The file, if the path still leads to the one that was read.
    pub(super) fn file(&self, append: bool) -> Result<File, SessionError> {
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

    pub(super) fn changed(&self) -> SessionError {
        SessionError::Changed { path: self.path.clone() }
    }

    /// Reads what was appended since the index was last brought up to date.
    pub(super) fn absorb(&mut self, mut file: &File) -> Result<(), SessionError> {
        let path = self.path.clone();
        let failed = |action| SessionError::io(action, &path);
        let length = file.metadata().map_err(failed("cannot read"))?.len();
        if length == self.end() {
            return Ok(());
        }
        let from = self.known - self.tail.len() as u64;
        file.seek(SeekFrom::Start(from)).map_err(failed("cannot read"))?;
        let mut tail = vec![0; self.tail.len()];
        if file.read_exact(&mut tail).is_err() || tail != self.tail {
            return Err(self.changed());
        }
        self.torn = None;
        scan(file, self.known, |line| self.add(line)).map_err(failed("cannot read"))?;
        Ok(())
    }

    /// Takes a line of the file into the index.
    pub(super) fn add(&mut self, line: Line<'_>) {
        // A line without an end is an entry if it is whole; else its writer is still at it, or has died.
        if !line.ended && Head::parse(line.bytes).is_none() {
            self.torn = Some((line.offset, line.bytes.len() as u64));
            return;
        }
        // The line feed that the last line lacked is no line of its own.
        let before = self.index.len();
        self.index.add(line);
        if blob::is_named(line.bytes) {
            self.naming.extend((before..self.index.len()).filter_map(|number| u32::try_from(number).ok()));
        }
        self.known = line.offset + line.bytes.len() as u64 + u64::from(line.ended);
        self.open_end = !line.ended;
        self.torn = None;
        let start = line.bytes.len().saturating_sub(TAIL);
        self.tail.clear();
        self.tail.extend_from_slice(line.bytes.get(start..).unwrap_or_default());
        if line.ended {
            self.tail.push(b'\n');
        }
    }

    /// Where the file ends, as far as it was read.
    pub(super) fn end(&self) -> u64 {
        self.known + self.torn.map_or(0, |(_, length)| length)
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

    /// Those of some entries that continue another one than they say, because that was lost: where they stand in
    /// `numbers`, and the id of the one that they continue.
    pub fn adopted(&self, numbers: &[u32]) -> Result<Vec<(usize, Option<String>)>, SessionError> {
        let adopted = self.index.adopted();
        if adopted.is_empty() {
            return Ok(Vec::new());
        }
        let among = numbers.iter().enumerate().filter(|(_, number)| adopted.binary_search(number).is_ok());
        let parent = |number: u32| self.index.get(number).map(|entry| entry.parent);
        among
            .map(|(at, number)| {
                let line = self.lines(&[parent(*number).unwrap_or(super::index::NONE)])?;
                let id = Head::parse(&line).and_then(|head| head.id);
                Ok((at, id.map(|id| id.to_well_formed().into_owned())))
            })
            .collect()
    }
}

/// A file to read and append to, or one to read where that is all that is allowed; and whether it was made.
fn open_or_make(path: &Path) -> std::io::Result<(File, bool)> {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    match options.open(path) {
        Ok(file) => Ok((file, false)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            options.create(true).open(path).map(|file| (file, true))
        }
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            File::open(path).map(|file| (file, false))
        }
        Err(error) => Err(error),
    }
}
