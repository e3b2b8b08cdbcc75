//! Writers in processes of their own that are killed at any moment.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};

use argent_runtime::session::{Durability, Head, Log};

use super::session::{HEADER, Tally, append};

/// Appends until it is killed; says every id once its append has returned.
pub fn write(path: &str) -> ExitCode {
    let mut random = fastrand::Rng::new();
    let durability = if random.bool() { Durability::None } else { Durability::Batch };
    let mut log = Log::open(Path::new(path), durability).unwrap();
    let mut out = std::io::stdout().lock();
    loop {
        let id = append(&mut log, &mut random).unwrap();
        // One write: a line that arrives is whole.
        if out.write_all(format!("{id}\n").as_bytes()).and_then(|()| out.flush()).is_err() {
            return ExitCode::SUCCESS;
        }
    }
}

fn start(path: &Path) -> Child {
    let program = std::env::current_exe().unwrap();
    Command::new(program).arg("--write").arg(path).stdout(Stdio::piped()).spawn().unwrap()
}

/// Kills a writer after some more of its entries; what it has said that it wrote.
fn kill(mut child: Child, after: usize) -> Vec<String> {
    let said = BufReader::new(child.stdout.take().unwrap());
    let mut ids = Vec::new();
    for line in said.lines() {
        ids.push(line.unwrap());
        if ids.len() == after {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    // The last one may be a piece of a line.
    ids.retain(|id| id.len() == 8);
    ids
}

fn check(tally: &mut Tally, path: &Path, acknowledged: &[String]) {
    let log = Log::open(path, Durability::None).unwrap();
    let index = log.index();
    let branch = index.last.map(|last| index.branch(last)).unwrap_or_default();
    let lines = log.lines(&branch).unwrap();
    let heads = lines.split(|byte| *byte == b'\n').filter_map(Head::parse);
    let held: HashSet<Vec<u8>> = heads.filter_map(|head| Some(head.id?.as_bytes().to_vec())).collect();
    tally.acknowledged += acknowledged.len();
    tally.lost += acknowledged.iter().filter(|id| !held.contains(id.as_bytes())).count();
}

/// One writer at a time, each killed and followed by the next.
pub fn kills(tally: &mut Tally, count: usize) {
    let path = tally.path();
    let mut acknowledged = Vec::new();
    for at in 0..count {
        if at % 20 == 0 {
            acknowledged.clear();
            std::fs::write(&path, format!("{HEADER}\n")).unwrap();
        }
        let after = tally.random.usize(1..40);
        acknowledged.extend(kill(start(&path), after));
        tally.faults += 1;
        check(tally, &path, &acknowledged);
    }
}

/// Two writers at once, of which the one that holds the lock, or waits for it, is killed.
pub fn kills_of_one(tally: &mut Tally, count: usize) {
    let path = tally.path();
    for _ in 0..count {
        std::fs::write(&path, format!("{HEADER}\n")).unwrap();
        let (first, second) = (start(&path), start(&path));
        let after = tally.random.usize(1..40);
        let mut acknowledged = kill(first, after);
        acknowledged.extend(kill(second, after + 20));
        tally.faults += 2;
        check(tally, &path, &acknowledged);
    }
}
