//! Examines a session's file: what is wrong with it, and what that means for the conversation. Reads only.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use memchr::memmem;
use serde::Serialize;

use super::blob;
use super::error::SessionError;
use super::head::{Head, Kind};
use super::index::Index;
use super::scan::{Line, scan};
use crate::json::WireStr;

mod salvage;

pub use salvage::salvage;

/// How many problems a report lists.
const LISTED: usize = 1000;

/// The version of the format that is written.
const CURRENT: u8 = 3;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The file does not begin with a header.
    Header,
    /// A second header.
    SecondHeader,
    /// The file's version is not known.
    Version,
    /// The beginning of a line whose writer died.
    Torn,
    /// A line that is no entry.
    BadLine,
    /// Bytes that are no UTF-8.
    Encoding,
    /// An entry without an id.
    NoId,
    /// An id that an earlier entry has.
    DuplicateId,
    /// The entry that one continues is not there.
    LostParent,
    /// An entry continues itself, by way of others.
    Cycle,
    /// The entry that one continues stands after it.
    LateParent,
    /// The first entry that a compaction keeps does not stand before it.
    LostKept,
    /// A label's entry is not there.
    LostTarget,
    /// A long content that is kept outside the log is missing or damaged.
    Blob,
}

impl Fault {
    /// Whether it is only odd, and nothing is lost by it.
    const fn is_harmless(self) -> bool {
        matches!(self, Self::LateParent | Self::LostKept | Self::LostTarget)
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Header => "the file does not begin with a header; one is made when it is opened",
            Self::SecondHeader => "a second header; it is passed over",
            Self::Version => "the file is of a newer version; what that adds is not understood",
            Self::Torn => {
                "the beginning of a line whose writer died; the next writer ends it, readers pass over it"
            }
            Self::BadLine => {
                "not an entry; readers pass over it, and what continued it continues the entry before"
            }
            Self::Encoding => "bytes that are no UTF-8; they read as U+FFFD",
            Self::NoId => "an entry without an id; nothing can continue it",
            Self::DuplicateId => "another entry with this id stands before; only the last one is found",
            Self::LostParent => "the entry that it continues is not in the file",
            Self::Cycle => "it continues itself, by way of others; other programs may read it for ever",
            Self::LateParent => "the entry that it continues stands after it",
            Self::LostKept => {
                "the first entry that the compaction keeps does not stand before it; nothing older is kept"
            }
            Self::LostTarget => "the entry that it labels is not in the file",
            Self::Blob => {
                "a long content outside the log is missing or damaged; the entry holds its name instead"
            }
        }
    }
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What it is.
    pub kind: Fault,
    /// Where the line begins, in bytes.
    pub offset: u64,
    /// How long the line is, in bytes.
    pub length: u64,
    /// The entry's id, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What it means, in words.
    pub text: &'static str,
    /// The file that is missing, if that is the problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The file.
    pub path: PathBuf,
    /// How long it is, in bytes.
    pub size: u64,
    /// Whether nothing is lost or damaged.
    pub is_sound: bool,
    /// The session's id, where the header says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The format's version.
    pub version: f64,
    /// How many entries there are, without the header.
    pub entries: usize,
    /// How many of them the conversation's end continues, itself included; absent in version 1, which has no branches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_branch: Option<usize>,
    /// What is wrong, in the order of the file; of very many the first ones.
    pub problems: Vec<Problem>,
    /// How many more problems there are.
    pub unlisted: usize,
}

/// What the doctor keeps of an entry; its place among the others is its number in the index.
#[derive(Debug)]
struct Row {
    offset: u64,
    len: u64,
    kind: Kind,
    id: Option<Box<[u8]>>,
    parent: Option<Box<[u8]>>,
    /// The entry that a compaction keeps first, or that a label is on.
    other: Option<Box<[u8]>>,
}

/// All entries of a file and what is wrong with it.
#[derive(Debug)]
struct Survey {
    report: Report,
    index: Index,
    rows: Vec<Row>,
    /// The last entry with an id.
    places: HashMap<Box<[u8]>, usize>,
    /// The line in place of the header, where that is damaged.
    damaged_header: Option<Vec<u8>>,
    has_begun: bool,
}

/// Examines a file.
pub fn examine(path: &Path) -> Result<Report, SessionError> {
    survey(path).map(|survey| survey.report)
}

fn survey(path: &Path) -> Result<Survey, SessionError> {
    let failed = |action| SessionError::io(action, path);
    let file = File::open(path).map_err(failed("cannot read"))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let report = Report {
        path: path.to_owned(),
        size: 0,
        is_sound: true,
        session_id: None,
        version: 1.0,
        entries: 0,
        on_branch: None,
        problems: Vec::new(),
        unlisted: 0,
    };
    let (index, rows, places) = (Index::default(), Vec::new(), HashMap::new());
    let mut survey = Survey { report, index, rows, places, damaged_header: None, has_begun: false };
    survey.report.size = scan(file, 0, |line| survey.line(folder, line)).map_err(failed("cannot read"))?;
    if !survey.has_begun {
        survey.problem(Fault::Header, (0, 0), None);
    }
    survey.judge();
    let Survey { report, rows, index, .. } = &mut survey;
    report.entries = rows.iter().filter(|row| row.kind != Kind::Header).count();
    if report.version >= 2.0 {
        report.on_branch = Some(index.last.map_or(0, |last| index.branch(last).len()));
    }
    report.problems.sort_by_key(|problem| problem.offset);
    Ok(survey)
}

impl Survey {
    fn problem(&mut self, kind: Fault, (offset, length): (u64, u64), id: Option<&[u8]>) {
        let report = &mut self.report;
        report.is_sound &= kind.is_harmless();
        if report.problems.len() == LISTED {
            report.unlisted += 1;
            return;
        }
        let id = id.map(|id| String::from_utf8_lossy(id).into_owned());
        report.problems.push(Problem { kind, offset, length, id, text: kind.text(), file: None });
    }

    fn line(&mut self, folder: &Path, line: Line<'_>) {
        if line.bytes.trim_ascii().is_empty() {
            return;
        }
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        let (entries, bad) = (self.index.len(), self.index.bad_lines().len());
        self.index.add(line);
        let lost = self.index.bad_lines().get(bad..).unwrap_or_default();
        let lost: Vec<_> = lost.iter().map(|bad| (bad.offset, bad.len)).collect();
        for number in entries..self.index.len() {
            let Some(entry) = u32::try_from(number).ok().and_then(|number| self.index.get(number)) else {
                continue;
            };
            let (offset, len) = (entry.offset, u64::from(entry.len));
            let bytes = part(&line, offset, len);
            if let Some(head) = Head::parse(bytes) {
                self.entry((offset, len), &head, bytes);
            }
        }
        let place = (line.offset, line.bytes.len() as u64);
        let is_header = self.rows.first().is_some_and(|row| row.kind == Kind::Header && row.id.is_some());
        if is_first && !is_header {
            self.problem(Fault::Header, place, None);
            // The index reads entries as the header's version has them; only the first one had neither this nor ids.
            let is_tree = memmem::find(line.bytes, b"\"version\":").is_some()
                || self.rows.first().is_some_and(|row| row.id.is_some());
            self.index.version = is_tree.then(|| f64::from(CURRENT));
        }
        if is_first && !is_header && self.rows.iter().all(|row| row.kind == Kind::Header) {
            self.damaged_header = Some(line.bytes.to_vec());
        } else {
            let fault = if line.ended { Fault::BadLine } else { Fault::Torn };
            for place in lost {
                self.problem(fault, place, None);
            }
        }
        let id = self.rows.get(entries).and_then(|row| row.id.clone());
        if id.is_some() && std::str::from_utf8(line.bytes).is_err() {
            self.problem(Fault::Encoding, place, id.as_deref());
        }
        for file in blob::missing(folder, line.bytes) {
            self.problem(Fault::Blob, place, id.as_deref());
            if let Some(problem) = self.report.problems.last_mut() {
                problem.file = Some(file);
            }
        }
    }

    fn entry(&mut self, place: (u64, u64), head: &Head<'_>, line: &[u8]) {
        let kind = head.kind();
        let owned = |text: &Option<WireStr<'_>>| -> Option<Box<[u8]>> {
            text.as_ref().filter(|text| !text.is_empty()).map(|text| text.as_bytes().into())
        };
        let id = owned(&head.id);
        if kind == Kind::Header {
            let is_second = self.report.session_id.is_some();
            if is_second || id.is_none() {
                if !self.rows.is_empty() {
                    self.problem(Fault::SecondHeader, place, None);
                }
            } else {
                self.report.version = head.version.unwrap_or(1.0);
                self.report.session_id = id.as_deref().map(|id| String::from_utf8_lossy(id).into_owned());
                if self.report.version > f64::from(CURRENT) {
                    self.problem(Fault::Version, place, None);
                }
            }
        }
        let other = match kind {
            Kind::Compaction => owned(&head.first_kept_entry_id),
            Kind::Label => target(line),
            _ => None,
        };
        self.rows.push(Row {
            offset: place.0,
            len: place.1,
            kind,
            id,
            parent: owned(&head.parent_id),
            other,
        });
    }

    /// What is wrong with how the entries hang together. Those of version 1 do not.
    fn judge(&mut self) {
        if self.rows.iter().all(|row| row.kind != Kind::Header)
            && self.rows.iter().any(|row| row.id.is_some())
        {
            self.report.version = f64::from(CURRENT);
        }
        if self.report.version < 2.0 {
            return;
        }
        let rows = self.rows.iter().enumerate().filter(|(_, row)| row.kind != Kind::Header);
        self.places = rows.filter_map(|(place, row)| Some((row.id.clone()?, place))).collect();
        let cycles = self.cycles();
        let adopted: HashSet<usize> = self.index.adopted().iter().map(|number| *number as usize).collect();
        let mut found = Vec::new();
        let mut first = HashMap::new();
        for (place, row) in self.rows.iter().enumerate().filter(|(_, row)| row.kind != Kind::Header) {
            let before = |id: &[u8], first: &HashMap<&[u8], usize>| first.contains_key(id);
            match row.parent.as_deref() {
                Some(_) if cycles.contains(&place) => found.push((Fault::Cycle, place)),
                Some(parent) if !before(parent, &first) => {
                    let is_late = self.places.contains_key(parent);
                    found.push((if is_late { Fault::LateParent } else { Fault::LostParent }, place));
                }
                None if adopted.contains(&place) => found.push((Fault::LostParent, place)),
                _ => {}
            }
            match row.other.as_deref() {
                Some(kept) if row.kind == Kind::Compaction && !before(kept, &first) => {
                    found.push((Fault::LostKept, place));
                }
                Some(target) if !self.places.contains_key(target) => found.push((Fault::LostTarget, place)),
                _ => {}
            }
            match row.id.as_deref() {
                None => found.push((Fault::NoId, place)),
                Some(id) if first.insert(id, place).is_some() => found.push((Fault::DuplicateId, place)),
                Some(_) => {}
            }
        }
        for (fault, place) in found {
            let Some(row) = self.rows.get(place) else { continue };
            let (span, id) = ((row.offset, row.len), row.id.clone());
            self.problem(fault, span, id.as_deref());
        }
    }

    /// Follows every entry upwards once; where a way comes back to itself the entry that stands first.
    fn cycles(&self) -> HashSet<usize> {
        let mut cycles = HashSet::new();
        let up = |place: usize| self.places.get(self.rows.get(place)?.parent.as_deref()?).copied();
        // In the course of which walk an entry was come by; 0 stands for none.
        let mut seen = vec![0; self.rows.len()];
        for start in 0..self.rows.len() {
            let mut way = Vec::new();
            let mut at = Some(start);
            while let Some(place) = at {
                match seen.get_mut(place) {
                    Some(walk) if *walk == 0 => *walk = start + 1,
                    Some(walk) if *walk == start + 1 => {
                        let round = way.iter().skip_while(|earlier| **earlier != place);
                        cycles.extend(round.min());
                        break;
                    }
                    _ => break,
                }
                way.push(place);
                at = up(place);
            }
        }
        cycles
    }
}

/// The bytes of an entry in its line.
fn part<'a>(line: &Line<'a>, offset: u64, len: u64) -> &'a [u8] {
    let start = usize::try_from(offset.saturating_sub(line.offset)).unwrap_or(usize::MAX);
    let end = start.saturating_add(usize::try_from(len).unwrap_or(usize::MAX));
    line.bytes.get(start..end).unwrap_or_default()
}

fn target(line: &[u8]) -> Option<Box<[u8]>> {
    let entry = serde_json::from_slice(line).ok()?;
    let (_, value) = super::edit::parts(entry).into_iter().find(|(name, _)| name == "targetId")?;
    let id: WireStr<'_> = serde_json::from_str(value.get()).ok()?;
    Some(id.as_bytes().into())
}
