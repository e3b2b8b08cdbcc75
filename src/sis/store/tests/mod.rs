//! What every store has to do. Each test is given a store that is empty.

mod place;
#[cfg(feature = "postgres")]
mod server;

use std::process::{Command, Stdio};

use self::place::Place;
use super::{Rows, open};
use crate::sis::{Draft, Episode, Outcome, Scope, Shown, SisError};

const DAY: i64 = 86_400_000;

/// Runs the tests on each store.
macro_rules! on_each_store {
    ($($test:ident,)*) => {
        mod file {
            $(#[test]
            fn $test() {
                super::$test(&super::Place::file());
            })*
        }
        #[cfg(feature = "postgres")]
        mod database {
            $(#[test]
            fn $test() {
                let Some(place) = super::Place::database() else { return };
                super::$test(&place);
            })*
        }
    };
}

on_each_store! {
    odd_texts_come_back_as_they_were,
    an_outcome_may_come_before_the_end_of_the_run,
    agents_may_give_their_episodes_the_same_names,
    lessons_outlive_the_process_and_agents_do_not_see_each_others,
    an_outcome_counts_once_and_the_last_one_counts,
    ten_good_outcomes_raise_it_and_a_contradiction_takes_it_back_for_a_while,
    an_episode_is_recorded_once,
    a_write_that_fails_leaves_nothing_behind,
    a_second_process_sees_what_the_first_learns,
    eight_processes_lose_nothing_and_double_nothing,
    a_killed_process_loses_nothing_that_it_acknowledged,
}

fn episode(id: &str, shown: &[i64], at: i64) -> Episode {
    let shown = shown.iter().map(|id| Shown { lesson_id: *id, relevance: 1.0, terms: vec![] });
    Episode { id: id.into(), finished_at: at, shown: shown.collect(), ..Episode::default() }
}

fn lessons_outlive_the_process_and_agents_do_not_see_each_others(place: &Place) {
    let mine = place.sis("a");
    let shared = Draft { scope: Some(Scope::Shared("team".into())), ..Draft::new("Deploy from `main` only") };
    let learned = mine.learn(&[Draft::new("Use readFileSync here"), shared], 5).unwrap();
    assert_eq!(learned.added.len(), 2);
    drop(mine);
    let texts = |agent| {
        let mut texts: Vec<_> =
            place.sis(agent).lessons(5).unwrap().into_iter().map(|lesson| lesson.text).collect();
        texts.sort();
        texts
    };
    assert_eq!(texts("a"), ["Deploy from `main` only", "Use readFileSync here"]);
    assert_eq!(texts("b"), ["Deploy from `main` only"]);
    let found = place.sis("a").search("readFileSync deploying", 5).unwrap();
    assert_eq!(found.len(), 2, "the words are stemmed and any of them will do");
    assert_eq!(place.sis("b").lesson(learned.added[0], 5).unwrap(), None);
    assert_eq!(
        place.sis("b").set_active(learned.added[0], false, 6).unwrap_err().code(),
        "SIS_UNKNOWN_LESSON"
    );
}

fn an_outcome_counts_once_and_the_last_one_counts(place: &Place) {
    let sis = place.sis("a");
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

fn ten_good_outcomes_raise_it_and_a_contradiction_takes_it_back_for_a_while(place: &Place) {
    let sis = place.sis("a");
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

fn an_episode_is_recorded_once(place: &Place) {
    let sis = place.sis("a");
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

fn an_outcome_may_come_before_the_end_of_the_run(place: &Place) {
    let sis = place.sis("a");
    let id = sis.learn(&[Draft::new("Run the migration before the tests")], 0).unwrap().added[0];
    let shown = episode("e", &[id], 1).shown;
    sis.begin("e", &shown, 0.5, 1).unwrap();
    assert_eq!(sis.settle(&Outcome::new("e", 1.5, 2)).unwrap(), [id]);
    let good = sis.lesson(id, 3).unwrap().unwrap().confidence;
    // The run itself would say that it failed.
    let end = Episode { stop_reason: "length".into(), ..episode("e", &[], 3) };
    assert!(sis.finish(end.clone(), &[]).unwrap().recorded);
    assert!(!sis.finish(end, &[]).unwrap().recorded);
    let lesson = sis.lesson(id, 3).unwrap().unwrap();
    assert_eq!((lesson.injection_count, lesson.confidence.to_bits()), (1, good.to_bits()));
    let kept = &sis.episodes(2).unwrap()[0];
    assert_eq!((kept.pre_valence, kept.shown.len(), kept.stop_reason.as_str()), (0.5, 1, "length"));
}

fn agents_may_give_their_episodes_the_same_names(place: &Place) {
    let (one, two) = (place.sis("a"), place.sis("b"));
    let drafts = [Draft::new("Pin the compiler's version")];
    assert!(one.finish(episode("run 1", &[], 1), &drafts).unwrap().recorded);
    assert!(two.finish(episode("run 1", &[], 1), &drafts).unwrap().recorded);
    assert_eq!((one.episodes(5).unwrap().len(), two.lessons(1).unwrap().len()), (1, 1));
}

fn a_write_that_fails_leaves_nothing_behind(place: &Place) {
    let store = place.store();
    let scope = Scope::Agent("a".into());
    let failed = store.write(&mut |rows: &mut dyn Rows| {
        rows.put_episode(&scope, &episode("e", &[], 1))?;
        Err(SisError::UnknownLesson { id: 7 })
    });
    assert!(failed.is_err());
    let mut found = None;
    store
        .read(&mut |rows| {
            found = rows.episode(&scope, "e")?;
            Ok(())
        })
        .unwrap();
    assert_eq!(found, None);
}

fn odd_texts_come_back_as_they_were(place: &Place) {
    let sis = place.sis("a");
    let (nul, long) = ("Never put a \0 into a file's name", "\u{1f980} crabs walk sideways ".repeat(86));
    sis.finish(episode("odd \0 'id'", &[], 1), &[Draft::new(nul), Draft::new(long.trim())]).unwrap();
    let texts: Vec<_> = place.sis("a").lessons(1).unwrap().into_iter().map(|lesson| lesson.text).collect();
    assert_eq!(texts, [nul, long.trim()]);
    assert_eq!(place.sis("a").episodes(1).unwrap()[0].id, "odd \0 'id'");
    assert!(!sis.finish(episode("odd \0 'id'", &[], 1), &[]).unwrap().recorded);
    assert_eq!(sis.search("'); DROP TABLE lessons; -- sideways | & !", 5).unwrap().len(), 1);
}

#[test]
fn a_file_of_a_later_version_is_left_alone() {
    let place = Place::file();
    drop(place.store());
    rusqlite::Connection::open(&place.name).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(open(&place.name).err().unwrap().code(), "SIS_VERSION");
}

#[cfg(feature = "postgres")]
#[test]
fn a_database_of_a_later_version_is_left_alone() {
    let Some(place) = Place::database() else { return };
    drop(place.store());
    let mut client = postgres::Client::connect(&place.name, postgres::NoTls).unwrap();
    client.batch_execute("UPDATE argent_sis.version SET number = 99").unwrap();
    assert_eq!(open(&place.name).err().unwrap().code(), "SIS_VERSION");
}

#[cfg(feature = "postgres")]
#[test]
fn a_role_without_rights_to_make_tables_uses_those_that_are_there() {
    let Some(place) = Place::database() else { return };
    let other = Place::named(place.name.replace("argent@", "clerk@"));
    let mut client = postgres::Client::connect(&place.name, postgres::NoTls).unwrap();
    client.batch_execute("CREATE ROLE clerk LOGIN").unwrap();
    let refused = open(&other.name).err().unwrap();
    assert!(refused.to_string().contains("permission denied"), "{refused}");
    drop(place.store());
    let grants = "GRANT USAGE ON SCHEMA argent_sis TO clerk;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA argent_sis TO clerk";
    client.batch_execute(grants).unwrap();
    assert_eq!(other.sis("a").learn(&[Draft::new("Clerks file in triplicate")], 1).unwrap().added.len(), 1);
}

#[cfg(feature = "postgres")]
#[test]
fn a_server_is_believed_by_its_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let key = rcgen::generate_simple_self_signed(["localhost".into()]).unwrap();
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let certificate = file("server.crt", key.cert.pem());
    let secret = file("server.key", key.signing_key.serialize_pem());
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let Some(_server) = server::Server::start(&[&free.to_string(), &certificate, &secret]) else { return };
    let url = format!("postgres://argent@localhost:{free}/postgres?sslmode=require");
    let refused = open(&url).err().unwrap();
    assert!(refused.to_string().contains("certificate"), "{refused}");
    open(&format!("{url}&sslrootcert={certificate}")).unwrap();
}

fn a_second_process_sees_what_the_first_learns(place: &Place) {
    let (one, two) = (place.sis("a"), place.sis("a"));
    let id = one.learn(&[Draft::new("Use `cargo nextest` in this repository")], 1).unwrap().added[0];
    let query =
        crate::sis::Query { prompt: "run nextest for the repository".into(), now: DAY, ..Default::default() };
    assert_eq!(two.select(&query).unwrap().injected[0].lesson.id, id);
    let again = two.learn(&[Draft::new("use `cargo nextest` in this repository")], 2).unwrap();
    assert_eq!(again.strengthened, [id]);
    assert_eq!(one.lesson(id, 2).unwrap().unwrap().occurrences, 2);
}

/// Runs this test binary again as another process that writes to a store.
fn writer(place: &Place, name: &str, runs: usize) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "sis::store::tests::writes_when_told", "--nocapture"])
        .env("SIS_STORE", &place.name)
        .env("SIS_WRITER", name)
        .env("SIS_RUNS", runs.to_string())
        .stdout(Stdio::piped());
    command
}

/// Not a test by itself: what the other processes of the tests below do.
#[test]
fn writes_when_told() {
    let Ok(store) = std::env::var("SIS_STORE") else { return };
    let name = std::env::var("SIS_WRITER").unwrap();
    let runs: usize = std::env::var("SIS_RUNS").unwrap().parse().unwrap();
    let sis = Place::named(store).sis("a");
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

fn eight_processes_lose_nothing_and_double_nothing(place: &Place) {
    let runs = 12;
    let children: Vec<_> = (0..8)
        .map(|number| writer(place, &format!("{}writer", (b'a' + number) as char), runs).spawn().unwrap())
        .collect();
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    let sis = place.sis("a");
    let lessons = sis.lessons(3).unwrap();
    let common: Vec<_> = lessons.iter().filter(|lesson| lesson.text.starts_with("Pin")).collect();
    assert_eq!(common.len(), 1);
    assert_eq!(common[0].occurrences as usize, 8 * runs);
    assert_eq!(common[0].injection_count as usize, 8 * runs);
    let found: u32 = lessons.iter().map(|lesson| lesson.occurrences).sum();
    assert_eq!(found as usize, 2 * 8 * runs, "each fact is a lesson or strengthens one");
    assert_eq!(sis.episodes(1000).unwrap().len(), 2 * 8 * runs);
}

fn a_killed_process_loses_nothing_that_it_acknowledged(place: &Place) {
    use std::io::{BufRead, BufReader};
    let mut child = writer(place, "victim", 100_000).spawn().unwrap();
    let mut kept = Vec::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while kept.len() < 15 {
        let line = lines.next().unwrap().unwrap();
        kept.extend(line.split_once("kept ").map(|(_, id)| id.to_owned()));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    kept.extend(lines.map_while(Result::ok).filter_map(|line| Some(line.split_once("kept ")?.1.to_owned())));
    let store = place.store();
    store
        .read(&mut |rows| {
            let scope = Scope::Agent("a".into());
            for id in &kept {
                assert!(rows.episode(&scope, id)?.is_some(), "{id}");
                assert!(rows.shown_in(&scope, &format!("{id}-use"))?[0].settled.is_some(), "{id}");
            }
            Ok(())
        })
        .unwrap();
    assert!(place.sis("a").lessons(1).unwrap().iter().any(|lesson| lesson.text.starts_with("Pin")));
}
