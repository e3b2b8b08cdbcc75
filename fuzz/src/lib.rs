//! What must hold of any bytes that are opened as a session. A violation panics.

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use argent_runtime::session::{
    Appended, Durability, Fault, Folder, Head, Index, Kind, Log, NONE, Query, Search, examine, salvage as save,
};

const ENTRY: &[u8] = br#"{"type":"message","id":"appended","parentId":null,"message":{"role":"user"}}"#;

fn open(path: &Path) -> Log {
    Log::open(path, Durability::None).expect("any bytes can be opened")
}

fn file(folder: &Path, name: &str, data: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, data).expect("a temporary file can be written");
    path
}

/// The index accounts for every line, its answers hang together, and it is the same whether the file was read at once
/// or as it grew. What is appended comes after all that was there.
pub fn reader(data: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = file(folder.path(), "whole.jsonl", data);
    let mut log = open(&path);
    accounts_for_every_line(&log, data);
    hangs_together(log.index());

    let lines = data.get(..data.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)).unwrap_or_default();
    let start = beginning(lines);
    let grown = file(folder.path(), "grown.jsonl", start);
    let mut growing = open(&grown);
    append(&grown, lines.get(start.len()..).unwrap_or_default());
    assert_eq!(growing.append(ENTRY, usize::MAX).expect("it can be read on"), Appended::Behind);
    let at_once = open(&file(folder.path(), "lines.jsonl", lines));
    assert_eq!(entries(at_once.index()), entries(growing.index()), "read at once and as it grew");
    assert_eq!(at_once.index().bad_lines(), growing.index().bad_lines());
    assert_eq!(fs::read(&grown).expect("it is there"), lines, "nothing is written by who is behind");

    let before = entries(log.index());
    let count = before.len();
    assert_eq!(log.append(ENTRY, count).expect("it can be appended to"), Appended::Written);
    let reopened = open(&path);
    assert_eq!(entries(reopened.index()), entries(log.index()));
    assert_eq!(reopened.index().len(), count + 1);
    assert!(fs::read(&path).expect("it is there").starts_with(data), "not a byte is changed");
}

/// The doctor and what else reads files off the main thread take any bytes; what is salvaged is sound, has every entry
/// once, and stays as it is when it is salvaged again.
pub fn salvage(data: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = file(folder.path(), "from.jsonl", data);
    let (to, again) = (folder.path().join("to.jsonl"), folder.path().join("again.jsonl"));
    let found = save(&path, &to).expect("any bytes can be salvaged");
    assert_eq!(fs::read(&path).expect("it is there"), data, "the examined file is left alone");
    let report = examine(&to).expect("it can be read");
    let is_incurable = |fault| matches!(fault, Fault::Blob | Fault::Version);
    assert!(
        report.is_sound || report.problems.iter().any(|problem| is_incurable(problem.kind)),
        "{:?}",
        report.problems
    );
    assert!(report.entries <= found.entries);
    let duplicates = found.problems.iter().filter(|problem| problem.kind == Fault::DuplicateId).count();
    assert!(report.entries + duplicates + found.unlisted >= found.entries, "no entry is left out");
    save(&to, &again).expect("it can be salvaged");
    assert_eq!(fs::read(&to).expect("it is there"), fs::read(&again).expect("it is there"));

    for name in ["from.jsonl", "to.jsonl"] {
        Folder::open(folder.path()).session(name);
        let _ = argent_runtime::session::said(&folder.path().join(name));
    }
    let text = String::from_utf8_lossy(data.get(..data.len().min(2)).unwrap_or_default()).into_owned();
    let query = Query { text, ..Query::default() };
    let mut search = Search::new(query, vec![folder.path().to_owned()]).expect("a plain text is a query");
    while let Some(hits) = search.next(&AtomicBool::new(false)) {
        for hit in hits {
            let length = hit.snippet.encode_utf16().count();
            assert!(!hit.matches.is_empty());
            assert!(hit.matches.iter().all(|&(start, end)| start < end && end <= length), "{hit:?}");
        }
    }
}

fn accounts_for_every_line(log: &Log, data: &[u8]) {
    let index = log.index();
    let entries = (0..count(index)).filter_map(|number| index.get(number));
    let known = entries.map(|entry| (entry.offset, u64::from(entry.len)));
    let mut known: Vec<_> = known.chain(index.bad_lines().iter().map(|bad| (bad.offset, bad.len))).collect();
    known.sort_unstable();
    let mut at = 0;
    for (offset, length) in known {
        assert!(slice(data, at, offset - at).trim_ascii().is_empty(), "every line is an entry, or bad");
        at = offset + length;
    }
    assert!(slice(data, at, data.len() as u64 - at).trim_ascii().is_empty(), "every line is an entry, or bad");
    for number in 0..count(index) {
        let entry = index.get(number).expect("it is there");
        let line = slice(data, entry.offset, u64::from(entry.len));
        assert!(Head::parse(line).is_some());
        let read = log.lines(&[number]).expect("it can be read");
        assert_eq!(read.strip_suffix(b"\n"), Some(line));
    }
}

fn hangs_together(index: &Index) {
    for number in 0..count(index) {
        let entry = index.get(number).expect("it is there");
        let branch = index.branch(number);
        assert_eq!(branch.last(), Some(&number));
        assert_eq!(branch.len(), entry.depth as usize + 1);
        assert!(branch.is_sorted_by(|a, b| a < b), "an entry continues one before it");
        for child in index.children(number) {
            assert_eq!(index.get(child).expect("it is there").parent, number);
        }
        let context = index.context(number);
        let on_branch: HashSet<u32> = branch.into_iter().collect();
        assert!(context.iter().all(|part| on_branch.contains(part)), "the context is of the branch");
        assert_eq!(context.iter().collect::<HashSet<_>>().len(), context.len(), "nothing is shown twice");
        if entry.compaction != NONE {
            assert_eq!(context.first(), Some(&entry.compaction));
            assert_eq!(index.get(entry.compaction).expect("it is there").kind, Kind::Compaction);
        }
    }
}

/// Some of the first lines.
fn beginning(lines: &[u8]) -> &[u8] {
    let at = lines.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    let start = lines.get(..at % (lines.len() + 1)).unwrap_or_default();
    start.get(..start.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)).unwrap_or_default()
}

fn append(path: &Path, bytes: &[u8]) {
    let mut file = OpenOptions::new().append(true).open(path).expect("it is there");
    file.write_all(bytes).expect("it can be written");
}

fn entries(index: &Index) -> Vec<String> {
    (0..count(index)).map(|number| format!("{:?}", index.get(number))).collect()
}

fn count(index: &Index) -> u32 {
    u32::try_from(index.len()).expect("inputs are small")
}

fn slice(data: &[u8], offset: u64, length: u64) -> &[u8] {
    let start = usize::try_from(offset).expect("inputs are small");
    data.get(start..start + usize::try_from(length).expect("inputs are small")).expect("it is in the file")
}
