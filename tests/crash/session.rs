//! A session whose every entry is known, and what is left of it after a fault.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use argent_runtime::session::{Appended, Durability, Head, Log, SessionError};

pub const HEADER: &str = r#"{"type":"session","version":3,"id":"01a2051c-d10f-7f3c-a308-44726a74f677","timestamp":"2026-01-01T00:00:00.000Z","cwd":"/work"}"#;

/// What a kind of fault has come to.
pub struct Tally {
    pub random: fastrand::Rng,
    pub faults: usize,
    /// Entries that a session was asked for after a fault.
    pub acknowledged: usize,
    pub lost: usize,
    /// How the fault was made, where that depends on the machine.
    pub note: String,
    folder: tempfile::TempDir,
}

impl Tally {
    pub fn new(seed: u64) -> Self {
        let (random, folder) = (fastrand::Rng::with_seed(seed), tempfile::tempdir().unwrap());
        Self { random, faults: 0, acknowledged: 0, lost: 0, note: String::new(), folder }
    }

    pub fn add(&mut self, other: &Self) {
        self.faults += other.faults;
        self.acknowledged += other.acknowledged;
        self.lost += other.lost;
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("session.jsonl")
    }

    /// Asks a file for the entries of a session. Says what is missing of those that were acknowledged.
    pub fn check(&mut self, what: &str, path: &Path, session: &Session) {
        self.acknowledged += session.entries.len();
        let missing = session.missing(path);
        if !missing.is_empty() && self.lost == 0 {
            println!(
                "lost after {what}: {missing:?}\n{}",
                String::from_utf8_lossy(&std::fs::read(path).unwrap())
            );
        }
        self.lost += missing.len();
    }
}

#[derive(Clone)]
pub struct Entry {
    pub id: String,
    /// The entry that it continues.
    pub parent: Option<usize>,
    pub line: String,
    /// Whether a fault has hit its own bytes.
    pub is_hit: bool,
    /// Whether it no longer says what it continued; only the entry before it can be guessed then.
    pub is_severed: bool,
}

impl Entry {
    /// Where its line says what it continues.
    pub fn parent_place(&self) -> std::ops::Range<usize> {
        let start = self.line.find(r#""parentId":"#).unwrap();
        start..start + self.line[start..].find(',').unwrap()
    }
}

/// What a session must hold.
#[derive(Clone, Default)]
pub struct Session {
    pub entries: Vec<Entry>,
}

impl Session {
    /// A session of so many entries.
    pub fn random(random: &mut fastrand::Rng, count: usize) -> Self {
        let mut session = Self::default();
        for _ in 0..count {
            let entry = session.next(random);
            session.entries.push(entry);
        }
        session
    }

    /// An entry that continues the last one, or now and then an earlier one.
    pub fn next(&self, random: &mut fastrand::Rng) -> Entry {
        let last = self.entries.len().checked_sub(1);
        let parent = last.map(|last| if random.u8(..) < 20 { random.usize(..=last) } else { last });
        let parent_id = parent.map(|parent| self.entries[parent].id.as_str());
        let (id, line) = line(random, parent_id);
        Entry { id, parent, line, is_hit: false, is_severed: false }
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let lines = self.entries.iter().map(|entry| entry.line.as_str());
        std::iter::once(HEADER).chain(lines).flat_map(|line| [line, "\n"]).collect::<String>().into_bytes()
    }

    /// The entries that `path` does not hold, or that the conversation does not lead to though they belong to it.
    fn missing(&self, path: &Path) -> Vec<String> {
        let mut log = Log::open(path, Durability::None).unwrap();
        if log.index().header != Some(0) && !log.index().is_empty() {
            log.mend(HEADER).unwrap();
            let _ = std::fs::remove_file(path.with_extension("jsonl.damaged"));
        }
        let index = log.index();
        let is_kept = |entry: &&Entry| {
            let number = index.find(entry.id.as_bytes());
            let line = number.map(|number| log.lines(&[number]).unwrap());
            line.is_some_and(|line| line.strip_suffix(b"\n") == Some(entry.line.as_bytes()))
        };
        let mut missing: HashSet<&str> = self
            .entries
            .iter()
            .filter(|entry| !entry.is_hit && !is_kept(entry))
            .map(|entry| entry.id.as_str())
            .collect();
        let leaf = self.entries.iter().rposition(|entry| !entry.is_hit);
        let branch: HashSet<u32> = leaf
            .and_then(|leaf| index.find(self.entries[leaf].id.as_bytes()))
            .map(|leaf| index.branch(leaf).into_iter().collect())
            .unwrap_or_default();
        let path = std::iter::successors(leaf, |at| {
            self.entries[*at].parent.filter(|parent| !self.entries[*at].is_severed || parent + 1 == *at)
        });
        let is_on_branch =
            |entry: &Entry| index.find(entry.id.as_bytes()).is_some_and(|number| branch.contains(&number));
        missing.extend(
            path.map(|at| &self.entries[at])
                .filter(|entry| !entry.is_hit && !is_on_branch(entry))
                .map(|entry| entry.id.as_str()),
        );
        missing.into_iter().map(ToOwned::to_owned).collect()
    }
}

/// Makes a file. A new one: systems take pains with one that is overwritten.
pub fn put(path: &Path, bytes: &[u8]) {
    let _ = std::fs::remove_file(path);
    std::fs::write(path, bytes).unwrap();
}

/// An entry's id and line; now and then with texts that look like entries, or that are long.
pub fn line(random: &mut fastrand::Rng, parent: Option<&str>) -> (String, String) {
    let id = format!("{:08x}", random.u32(..));
    let text = match random.u8(..8) {
        0 => r#"{"type":"message","id":"0badbeef","parentId":null}"#.to_owned(),
        1 => "caf\u{e9} \u{1f600} \u{7}\n".repeat(random.usize(..20)),
        2 => "long ".repeat(random.usize(..400)),
        _ => "x".repeat(random.usize(..80)),
    };
    let message = serde_json::json!({ "role": if random.bool() { "user" } else { "assistant" }, "content": [
        { "type": "text", "text": text }, { "type": "toolCall", "id": "call_1", "name": "read", "arguments": { "type": "x" } },
    ] });
    let entry = serde_json::json!({
        "type": "message", "id": id, "parentId": parent, "timestamp": "2026-01-01T00:00:00.000Z", "message": message,
    });
    (id, entry.to_string())
}

/// Appends an entry, after the last one of the file whoever wrote it; its id.
pub fn append(log: &mut Log, random: &mut fastrand::Rng) -> Result<String, SessionError> {
    loop {
        let last = log.index().last.map(|last| log.lines(&[last])).transpose()?;
        let parent = last.as_deref().and_then(Head::parse).and_then(|head| head.id);
        let (id, line) = line(random, parent.map(|id| id.to_well_formed().into_owned()).as_deref());
        if log.append(line.as_bytes(), log.index().len())? == Appended::Written {
            return Ok(id);
        }
    }
}

/// Appends an entry to the session and its file.
pub fn extend(log: &mut Log, session: &mut Session, random: &mut fastrand::Rng) -> Result<(), SessionError> {
    let entry = session.next(random);
    // What a failed append has left after all is in the index now.
    while log.append(entry.line.as_bytes(), log.index().len())? == Appended::Behind {}
    session.entries.push(entry);
    Ok(())
}
