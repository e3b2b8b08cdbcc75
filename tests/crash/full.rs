//! A disk that is full: a small file system in memory where one may be mounted, otherwise a limit on the size of files.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitCode};

use argent_runtime::session::{Durability, Log};

use super::session::{Session, Tally, extend, put};

/// How large the file system, or a file, may become.
const SIZE: usize = 128 << 10;

const MOUNT: &str = r#"mount -t tmpfs -o size=128k tmpfs "$1" && exec "$2" --fill "$1" --count "$3""#;
/// Blocks of 512 bytes in some shells, of 1,024 in others.
const LIMIT: &str = r#"trap '' XFSZ; ulimit -f 128; exec "$2" --fill "$1" --count "$3""#;

pub fn run(tally: &mut Tally, count: usize) {
    let folder = tempfile::tempdir().unwrap();
    let ways: [(&str, &[&str]); 2] = [
        (" (tmpfs of 128 KB)", &["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNT]),
        (" (limit on file size; nothing can be mounted)", &["sh", "-c", LIMIT]),
    ];
    for (note, way) in ways {
        let program = std::env::current_exe().unwrap();
        let mut command = Command::new(way[0]);
        command.args(&way[1..]).arg("sh").arg(folder.path()).arg(program).arg(count.to_string());
        let Ok(output) = command.output() else { continue };
        let said = String::from_utf8_lossy(&output.stdout);
        let Some(counts) = said.lines().find_map(|line| line.strip_prefix("filled ")) else { continue };
        let counts: Vec<usize> = counts.split(' ').map(|count| count.parse().unwrap()).collect();
        tally.note = note.into();
        (tally.faults, tally.acknowledged, tally.lost) = (counts[0], counts[1], counts[2]);
        return;
    }
    tally.note = " (not possible here)".into();
    tally.lost = 1;
}

/// Fills the disk again and again, at another byte each time, and appends until that is refused.
pub fn fill(folder: &str, count: usize) -> ExitCode {
    let mut tally = Tally::new(fastrand::u64(..));
    let path = Path::new(folder).join("session.jsonl");
    let ballast = Path::new(folder).join("ballast");
    let mut session = Session::default();
    while tally.faults < count {
        if session.entries.len() > 60 || session.entries.is_empty() {
            session = Session::random(&mut tally.random, 1);
            put(&path, &session.bytes());
        }
        let mut log = Log::open(&path, Durability::Entry).unwrap();
        let left = tally.random.usize(..6_000);
        let mut file = fs::File::create(&ballast).unwrap();
        let _ = file.write_all(&vec![b'b'; SIZE.saturating_sub(left + session.bytes().len())]);
        let mut refused = false;
        for _ in 0..200 {
            let before = (fs::metadata(&path).unwrap().len(), log.index().len());
            if extend(&mut log, &mut session, &mut tally.random).is_err() {
                assert_eq!((fs::metadata(&path).unwrap().len(), log.index().len()), before);
                refused = true;
                break;
            }
        }
        assert!(refused, "the disk is never full");
        tally.faults += 1;
        tally.check("the disk was full", &path, &session);
        fs::remove_file(&ballast).unwrap();
        if session.bytes().len() > SIZE / 2 {
            session = Session::default();
            continue;
        }
        if extend(&mut log, &mut session, &mut tally.random).is_ok() {
            tally.check("there is room again", &path, &session);
        }
    }
    println!("filled {} {} {}", tally.faults, tally.acknowledged, tally.lost);
    ExitCode::SUCCESS
}
