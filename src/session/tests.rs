//! Writers of one file, and what they ask of the disk.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use super::*;

const HEADER: &str = r#"{"type":"session","version":3,"id":"s","cwd":"/"}"#;

/// A disk that counts what it has synced, and refuses to when told.
#[derive(Debug, Default)]
struct Counting {
    synced: AtomicU64,
    refuses: AtomicBool,
}

impl Disk for Counting {
    fn sync(&self, file: &File) -> io::Result<()> {
        if self.refuses.load(Ordering::SeqCst) {
            return Err(ErrorKind::StorageFull.into());
        }
        self.synced.fetch_max(file.metadata()?.len(), Ordering::SeqCst);
        Ok(())
    }
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.jsonl");
    (folder, path)
}

fn entry(id: &str, parent: Option<&str>) -> String {
    serde_json::json!({ "type": "message", "id": id, "parentId": parent, "message": { "role": "user" } })
        .to_string()
}

/// Appends an entry after the last one, whoever wrote that.
fn append(log: &mut Log, id: &str) -> Result<(), SessionError> {
    loop {
        let last = log.index().last.map(|last| log.lines(&[last])).transpose()?;
        let parent = last.as_deref().and_then(Head::parse).and_then(|head| head.id);
        let line = entry(id, parent.map(|id| id.to_well_formed().into_owned()).as_deref());
        if log.append(line.as_bytes(), log.index().len())? == Appended::Written {
            return Ok(());
        }
    }
}

#[test]
fn each_mode_syncs_when_it_says() {
    for (durability, begun, after) in
        [(Durability::None, false, false), (Durability::Batch, true, false), (Durability::Entry, true, true)]
    {
        let (_folder, path) = folder();
        let disk = Arc::new(Counting::default());
        let mut log = Log::open_on(&path, durability, Arc::clone(&disk) as Arc<dyn Disk>).unwrap();
        let is_synced = || disk.synced.load(Ordering::SeqCst) == fs::metadata(&path).unwrap().len();
        log.append(format!("{HEADER}\n{}", entry("a", None)).as_bytes(), 0).unwrap();
        assert_eq!(is_synced(), begun, "{durability:?}: what begins a file");
        append(&mut log, "b").unwrap();
        if durability != Durability::Batch {
            assert_eq!(is_synced(), after, "{durability:?}: what follows");
        }
        log.flush().unwrap();
        assert!(is_synced(), "{durability:?}: flush");
    }
}

#[test]
fn a_group_commit_comes_by_itself_and_its_failure_is_heard() {
    let (_folder, path) = folder();
    let disk = Arc::new(Counting::default());
    let mut log = Log::open_on(&path, Durability::Batch, Arc::clone(&disk) as Arc<dyn Disk>).unwrap();
    append(&mut log, "a").unwrap();
    append(&mut log, "b").unwrap();
    while disk.synced.load(Ordering::SeqCst) < fs::metadata(&path).unwrap().len() {
        thread::yield_now();
    }
    disk.refuses.store(true, Ordering::SeqCst);
    append(&mut log, "c").unwrap();
    let refused = (0..).map(|_| append(&mut log, "more")).find_map(Result::err).unwrap();
    assert_eq!(refused.code(), "SESSION_IO");
}

#[test]
fn a_sync_that_fails_takes_the_entry_back() {
    let (_folder, path) = folder();
    let disk = Arc::new(Counting::default());
    let mut log = Log::open_on(&path, Durability::Entry, Arc::clone(&disk) as Arc<dyn Disk>).unwrap();
    append(&mut log, "a").unwrap();
    let before = fs::read(&path).unwrap();
    disk.refuses.store(true, Ordering::SeqCst);
    assert_eq!(append(&mut log, "b").unwrap_err().code(), "SESSION_IO");
    assert_eq!(fs::read(&path).unwrap(), before);
    disk.refuses.store(false, Ordering::SeqCst);
    append(&mut log, "c").unwrap();
    assert_eq!(log.index().branch(1), [0, 1]);
}

#[test]
fn a_failed_write_takes_back_nothing_that_another_program_wrote() {
    #[derive(Debug)]
    struct Raced(PathBuf);
    impl Disk for Raced {
        fn write(&self, _: &File, _: &[u8]) -> io::Result<usize> {
            fs::write(
                &self.0,
                [fs::read(&self.0)?, b"{\"type\":\"custom\",\"id\":\"x\"}\n".to_vec()].concat(),
            )?;
            Err(ErrorKind::StorageFull.into())
        }
    }
    let (_folder, path) = folder();
    fs::write(&path, format!("{HEADER}\n")).unwrap();
    let mut log = Log::open_on(&path, Durability::None, Arc::new(Raced(path.clone()))).unwrap();
    append(&mut log, "a").unwrap_err();
    assert!(Log::open(&path, Durability::None).unwrap().index().find(b"x").is_some());
}

#[test]
fn writers_of_one_process_write_one_conversation() {
    let (_folder, path) = folder();
    let all = Barrier::new(4);
    thread::scope(|scope| {
        for writer in 0..4 {
            let (path, all) = (&path, &all);
            scope.spawn(move || {
                let mut log = Log::open(path, Durability::None).unwrap();
                all.wait();
                for count in 0..250 {
                    append(&mut log, &format!("{writer}-{count}")).unwrap();
                }
            });
        }
    });
    let log = Log::open(&path, Durability::None).unwrap();
    assert_eq!(log.index().branch(log.index().last.unwrap()).len(), 1000);
    assert!(log.index().bad_lines().is_empty());
}

#[test]
fn a_replacement_waits_for_what_others_appended_and_others_find_it() {
    let (_folder, path) = folder();
    fs::write(&path, format!("{HEADER}\n{}\n", entry("a", None))).unwrap();
    let [mut one, mut other] = [(), ()].map(|()| Log::open(&path, Durability::None).unwrap());
    append(&mut other, "b").unwrap();
    assert_eq!(one.replace(HEADER.as_bytes(), 2).unwrap(), Appended::Behind);
    assert_eq!(one.index().len(), 3);
    assert_eq!(one.replace(format!("{HEADER}\n").as_bytes(), 3).unwrap(), Appended::Written);
    assert_eq!(append(&mut other, "c").unwrap_err().code(), "SESSION_CHANGED");
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{HEADER}\n"));
}

#[test]
fn a_file_that_was_rewritten_in_place_is_not_taken_for_the_old_one() {
    let (_folder, path) = folder();
    fs::write(&path, format!("{HEADER}\n{}\n", entry("a", None))).unwrap();
    let mut log = Log::open(&path, Durability::None).unwrap();
    let other = format!("{HEADER}\n{}\n{}\n", entry("other", None), entry("another", Some("other")));
    fs::write(&path, &other).unwrap();
    assert_eq!(append(&mut log, "b").unwrap_err().code(), "SESSION_CHANGED");
    assert_eq!(fs::read_to_string(&path).unwrap(), other);
}
