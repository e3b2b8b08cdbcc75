//! The descendants of a process on Linux, by `/proc`: those that have left its session too.

use std::collections::HashMap;
use std::fs;

use rustix::process::{Pid, Signal, kill_process};

/// A process of the table.
#[derive(Clone, Copy)]
struct Row {
    parent: i32,
    group: i32,
    session: i32,
    /// When it started, in ticks since the system did: tells it from a later one with the same id.
    started: u64,
    dead: bool,
}

/// The processes that a shell has started, as far as anybody has looked.
pub(super) struct Tree {
    shell: i32,
    /// All that were ever seen, by id, with the time of their start: one whose parents have ended is found no other way.
    known: HashMap<i32, u64>,
}

impl Tree {
    pub(super) fn new(shell: i32) -> Self {
        Self { shell, known: HashMap::new() }
    }

    /// Signals those that are not in the shell's group, one by one: many programs take a second request to end for
    /// impatience.
    pub(super) fn signal(&mut self, signal: Signal) {
        let shell = self.shell;
        for (pid, _) in self.look().unwrap_or_default().into_iter().filter(|(_, row)| row.group != shell) {
            // One that has just ended is what is wanted.
            let _ = Pid::from_raw(pid).map(|pid| kill_process(pid, signal));
        }
    }

    /// Whether one of them lives; `None` where the system does not say.
    pub(super) fn lives(&mut self) -> Option<bool> {
        self.look().map(|alive| !alive.is_empty())
    }

    /// Those that live, by id, without the shell.
    fn look(&mut self) -> Option<Vec<(i32, Row)>> {
        let table = table()?;
        loop {
            let before = self.known.len();
            for (pid, row) in &table {
                let ours = row.session == self.shell
                    || row.parent == self.shell
                    || self.is_known(row.parent, table.get(&row.parent));
                if ours && *pid != self.shell {
                    self.known.insert(*pid, row.started);
                }
            }
            if self.known.len() == before {
                break;
            }
        }
        let alive = |(pid, row): &(i32, Row)| !row.dead && self.is_known(*pid, Some(row));
        Some(table.into_iter().filter(alive).collect())
    }

    fn is_known(&self, pid: i32, row: Option<&Row>) -> bool {
        row.is_some_and(|row| self.known.get(&pid) == Some(&row.started))
    }
}

/// All processes by id.
fn table() -> Option<HashMap<i32, Row>> {
    let entries = fs::read_dir("/proc").ok()?;
    let mut table = HashMap::new();
    for entry in entries.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let row = fs::read_to_string(entry.path().join("stat")).ok().and_then(|text| row(&text));
        table.extend(row.map(|row| (pid, row)));
    }
    (!table.is_empty()).then_some(table)
}

/// A line of `/proc/<pid>/stat`; the name in its second field may hold anything.
fn row(line: &str) -> Option<Row> {
    let (_, rest) = line.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let number = |at: usize| fields.get(at).and_then(|field| field.parse().ok());
    Some(Row {
        dead: matches!(*fields.first()?, "Z" | "X"),
        parent: number(1)?,
        group: number(2)?,
        session: number(3)?,
        started: fields.get(19)?.parse().ok()?,
    })
}
