//! What every store has to do. Each test is given a store that is empty.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::{Rows, SqliteStore, Store};
use crate::sis::{Config, Draft, Episode, Outcome, Scope, Shown, Sis, SisError};

const DAY: i64 = 86_400_000;

fn sis(path: &Path, agent: &str) -> Sis {
    let config = Config { agent: agent.into(), shared: vec!["team".into()], ..Config::default() };
    Sis::new(Arc::new(SqliteStore::open(path).unwrap()), config).unwrap()
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lessons.db");
    (folder, path)
}

fn episode(id: &str, shown: &[i64], at: i64) -> Episode {
    let shown = shown.iter().map(|id| Shown { lesson_id: *id, relevance: 1.0, terms: vec![] });
    Episode { id: id.into(), finished_at: at, shown: shown.collect(), ..Episode::default() }
}

#[test]
fn lessons_outlive_the_process_and_agents_do_not_see_each_others() {
    let (_folder, path) = place();
    let mine = sis(&path, "a");
    let shared = Draft { scope: Some(Scope::Shared("team".into())), ..Draft::new("Deploy from `main` only") };
    let learned = mine.learn(&[Draft::new("Use readFileSync here"), shared], 5).unwrap();
    assert_eq!(learned.added.len(), 2);
    drop(mine);
    let texts = |agent| {
        let mut texts: Vec<_> =
            sis(&path, agent).lessons(5).unwrap().into_iter().map(|lesson| lesson.text).collect();
        texts.sort();
        texts
    };
    assert_eq!(texts("a"), ["Deploy from `main` only", "Use readFileSync here"]);
    assert_eq!(texts("b"), ["Deploy from `main` only"]);
    let found = sis(&path, "a").search("readFileSync deploying", 5).unwrap();
    assert_eq!(found.len(), 2, "the words are stemmed and any of them will do");
    assert_eq!(sis(&path, "b").lesson(learned.added[0], 5).unwrap(), None);
    assert_eq!(
        sis(&path, "b").set_active(learned.added[0], false, 6).unwrap_err().code(),
        "SIS_UNKNOWN_LESSON"
    );
}

#[test]
fn an_outcome_counts_once_and_the_last_one_counts() {
    let (_folder, path) = place();
    let sis = sis(&path, "a");
    let id = sis.learn(&[Draft::new("Run the migration before the tests")], 0).unwrap().added[0];
    sis.finish(episode("e1", &[id], 10), &[]).unwrap();
    let confidence = || sis.lesson(id, 20).unwrap().unwrap().confidence;
    let fresh = confidence();
    let good = Outcome::new("e1", 1.0, 20);
    assert_eq!(sis.settle(&good).unwrap(), [id]);
    let raised = confidence();
    assert!(raised > fresh);
    assert_eq!(sis.settle(&Outcome { at: 99, ..good.clone() }).unwrap(), [] as [i64; 0], "told again");
    assert_eq!(confidence().to_bits(), raised.to_bits());
    sis.settle(&Outcome { valence: -1.0, ..good }).unwrap();
    assert!(confidence() < fresh);
    let lesson = sis.lesson(id, 20).unwrap().unwrap();
    assert_eq!((lesson.injection_count, lesson.success_count), (1, 0));
    assert!(matches!(sis.settle(&Outcome::new("none", 1.0, 1)), Err(SisError::UnknownEpisode { .. })));
    assert_eq!(sis.settle(&Outcome::new("e1", 3.0, 1)).unwrap_err().code(), "SIS_INPUT");
}

#[test]
fn ten_good_outcomes_raise_it_and_a_contradiction_takes_it_back_for_a_while() {
    let (_folder, path) = place();
    let sis = sis(&path, "a");
    let id = sis.learn(&[Draft::new("Run the migration before the tests")], 0).unwrap().added[0];
    let run = |number: i64, contradicted: bool| {
        let name = format!("e{number}");
        sis.finish(episode(&name, &[id], number), &[]).unwrap();
        let valence = if contradicted { -1.0 } else { 1.0 };
        sis.settle(&Outcome { contradicted, ..Outcome::new(name, valence, number) }).unwrap();
        sis.lesson(id, number).unwrap().unwrap()
    };
    let score = |lesson: &crate::sis::Lesson| {
        crate::sis::calculate_lesson_confidence(&lesson.history(11), crate::sis::Context::General)
    };
    let runs = |from: i64, to: i64| (from..=to).fold(None, |_, number| Some(run(number, false))).unwrap();
    let good = runs(1, 10);
    assert!((score(&good).breakdown.success_rate - 0.25).abs() < 1e-9);
    assert!((score(&good).breakdown.valence_delta - 0.3).abs() < 1e-9);
    let bad = run(11, true);
    assert!((score(&bad).breakdown.contradiction_penalty - 0.4).abs() < 1e-9);
    assert!(bad.confidence < good.confidence - 0.2);
    let mended = runs(12, 14);
    assert!((score(&mended).breakdown.contradiction_penalty - 0.25).abs() < 1e-9);
    assert!(mended.confidence > bad.confidence);
}

#[test]
fn an_episode_is_recorded_once() {
    let (_folder, path) = place();
    let sis = sis(&path, "a");
    let drafts = [Draft::new("Always pin the toolchain")];
    assert!(sis.finish(episode("e", &[], 1), &drafts).unwrap().recorded);
    assert!(!sis.finish(episode("e", &[], 1), &drafts).unwrap().recorded);
    assert_eq!(sis.lessons(1).unwrap()[0].occurrences, 1);
    sis.finish(episode("f", &[], 2), &[Draft::new("always  pin the Toolchain.")]).unwrap();
    let lessons = sis.lessons(2).unwrap();
    assert_eq!(lessons.len(), 1);
    assert_eq!((lessons[0].occurrences, lessons[0].text.as_str()), (2, "Always pin the toolchain"));
    assert_eq!(lessons[0].source_episode_ids, ["e", "f"]);
    assert_eq!(sis.episodes(5).unwrap().len(), 2);
}

#[test]
fn a_write_that_fails_leaves_nothing_behind() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    let scope = Scope::Agent("a".into());
    let failed = store.write(&mut |rows: &mut dyn Rows| {
        assert!(rows.add_episode(&scope, &episode("e", &[], 1))?);
        Err(SisError::UnknownLesson { id: 7 })
    });
    assert!(failed.is_err());
    let mut found = None;
    store
        .read(&mut |rows| {
            found = rows.episode("e")?;
            Ok(())
        })
        .unwrap();
    assert_eq!(found, None);
}

#[test]
fn a_store_of_a_later_version_is_left_alone() {
    let (_folder, path) = place();
    drop(SqliteStore::open(&path).unwrap());
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(SqliteStore::open(&path).unwrap_err().code(), "SIS_VERSION");
}

#[test]
fn a_second_process_sees_what_the_first_learns() {
    let (_folder, path) = place();
    let (one, two) = (sis(&path, "a"), sis(&path, "a"));
    let id = one.learn(&[Draft::new("Use `cargo nextest` in this repository")], 1).unwrap().added[0];
    let query =
        crate::sis::Query { prompt: "run nextest for the repository".into(), now: DAY, ..Default::default() };
    assert_eq!(two.select(&query).unwrap().injected[0].lesson.id, id);
    let again = two.learn(&[Draft::new("use `cargo nextest` in this repository")], 2).unwrap();
    assert_eq!(again.strengthened, [id]);
    assert_eq!(one.lesson(id, 2).unwrap().unwrap().occurrences, 2);
}

/// Runs this test binary again as another process that writes to a store.
fn writer(path: &Path, name: &str, runs: usize) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "sis::store::tests::writes_when_told", "--nocapture"])
        .env("SIS_STORE", path)
        .env("SIS_WRITER", name)
        .env("SIS_RUNS", runs.to_string())
        .stdout(Stdio::piped());
    command
}

/// Not a test by itself: what the other processes of the tests below do.
#[test]
fn writes_when_told() {
    let Some(path) = std::env::var_os("SIS_STORE") else { return };
    let name = std::env::var("SIS_WRITER").unwrap();
    let runs: usize = std::env::var("SIS_RUNS").unwrap().parse().unwrap();
    let sis = sis(Path::new(&path), "a");
    for run in 0..runs {
        let id = format!("{name}-{run}");
        // One lesson that all learn, one of its own.
        let drafts =
            [Draft::new("Pin the compiler's version"), Draft::new(format!("{name} found fact number {run}"))];
        let learned = sis.finish(episode(&id, &[], 1), &drafts).unwrap();
        let common =
            sis.lessons(1).unwrap().into_iter().find(|lesson| lesson.text.starts_with("Pin")).unwrap().id;
        sis.finish(episode(&format!("{id}-use"), &[common], 2), &[]).unwrap();
        sis.settle(&Outcome::new(format!("{id}-use"), 1.0, 2)).unwrap();
        assert!(learned.recorded);
        println!("kept {id}");
    }
}

#[test]
fn eight_processes_lose_nothing_and_double_nothing() {
    let (_folder, path) = place();
    let runs = 12;
    let children: Vec<_> = (0..8)
        .map(|number| writer(&path, &format!("{}writer", (b'a' + number) as char), runs).spawn().unwrap())
        .collect();
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    let sis = sis(&path, "a");
    let lessons = sis.lessons(3).unwrap();
    let common: Vec<_> = lessons.iter().filter(|lesson| lesson.text.starts_with("Pin")).collect();
    assert_eq!(common.len(), 1);
    assert_eq!(common[0].occurrences as usize, 8 * runs);
    assert_eq!(common[0].injection_count as usize, 8 * runs);
    let found: u32 = lessons.iter().map(|lesson| lesson.occurrences).sum();
    assert_eq!(found as usize, 2 * 8 * runs, "each fact is a lesson or strengthens one");
    assert_eq!(sis.episodes(1000).unwrap().len(), 2 * 8 * runs);
}

#[test]
fn a_killed_process_loses_nothing_that_it_acknowledged() {
    use std::io::{BufRead, BufReader};
    let (_folder, path) = place();
    let mut child = writer(&path, "victim", 100_000).spawn().unwrap();
    let mut kept = Vec::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while kept.len() < 15 {
        let line = lines.next().unwrap().unwrap();
        kept.extend(line.split_once("kept ").map(|(_, id)| id.to_owned()));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    kept.extend(lines.map_while(Result::ok).filter_map(|line| Some(line.split_once("kept ")?.1.to_owned())));
    let store = SqliteStore::open(&path).unwrap();
    store
        .read(&mut |rows| {
            for id in &kept {
                assert!(rows.episode(id)?.is_some(), "{id}");
                assert!(rows.shown_in(&format!("{id}-use"))?[0].settled.is_some(), "{id}");
            }
            Ok(())
        })
        .unwrap();
    assert!(sis(&path, "a").lessons(1).unwrap().iter().any(|lesson| lesson.text.starts_with("Pin")));
}
