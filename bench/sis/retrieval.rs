//! Part A: is the lesson found that a report is about? A3: also when outcomes speak against it and for all others?

use std::collections::HashMap;
use std::sync::Arc;

use argent_runtime::sis::{Belief, Choice, Config, Draft, Query, Scope, Sis, SqliteStore, Store, terms};

use crate::baselines::{Bm25, bare, best, jaccard, replaced};
use crate::rules::Rule;
use crate::{Row, row};

/// How many queries are kept for the figures; the others were there to tune by.
const TEST: usize = 300;
/// Prompts that no rule of ruff has to do with.
const UNRELATED: &str = include_str!("unrelated.txt");
const DAY: i64 = 86_400_000;
/// Search alone: no gate, no worth, twins allowed.
pub const SEARCH: Choice = Choice {
    max_lessons: 5,
    max_tokens: 100_000,
    min_relevance: 0.0,
    min_confidence: 0.0,
    min_worth: 0.0,
    worth: 0.0,
    alike: 1.1,
};

pub fn config() -> Config {
    // Rules of ruff have near-twins, and each is asked for by itself.
    Config { similarity: 1.1, seed: Some(1), ..Config::default() }
}

/// All rules as lessons; which lesson each became.
pub fn learned(sis: &Sis, rules: &[Rule]) -> Vec<i64> {
    let drafts: Vec<Draft> = rules
        .iter()
        .enumerate()
        .map(|(at, rule)| Draft {
            key: Some(at.to_string()),
            ..Draft::new(rule.prose.chars().take(2000).collect::<String>())
        })
        .collect();
    let learned = sis.learn(&drafts, 0).unwrap();
    let mut added = learned.added.into_iter();
    let refused: Vec<usize> = learned.refused.into_iter().map(|(at, _)| at).collect();
    (0..rules.len()).map(|at| if refused.contains(&at) { -1 } else { added.next().unwrap() }).collect()
}

pub fn run(rules: &[Rule]) -> Vec<Row> {
    let documents: Vec<_> = rules.iter().map(|rule| bare(&rule.prose)).collect();
    let stemmed: Vec<_> = rules.iter().map(|rule| terms(&rule.prose)).collect();
    let (plain, cut) = (Bm25::new(&documents), Bm25::new(&stemmed));
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(&folder.path().join("lessons.db")).unwrap());
    let sis = Sis::new(store.clone(), config()).unwrap();
    let ids = learned(&sis, rules);
    let numbers: HashMap<i64, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let ours = |choice: Choice, text: &str, now: i64| -> Vec<usize> {
        let query = Query { prompt: text.into(), now, ..Query::default() };
        let chosen = sis.choose(&query, &choice).unwrap().injected;
        chosen.iter().map(|chosen| numbers[&chosen.lesson.id]).collect()
    };
    let flat = vec![(0.5, 0.0, 1.0); rules.len()];
    let skewed = skewed(rules.len());
    let mut rows = Vec::new();
    let mut table = |part: &'static str, target: &'static str, text: fn(&Rule) -> &str| {
        let mut add = |what: &str, target, find: &dyn Fn(&str) -> Vec<usize>| {
            let test = figures(rules, 0..TEST, text, find);
            let all = figures(rules, 0..rules.len(), text, find);
            rows.push(row(part, what, format!("{test} (all: {all})"), target));
        };
        add("global top 5", "", &|_| best(&skewed.iter().map(|worth| worth.0).collect::<Vec<_>>(), 5));
        add("replaced system, skewed worth", "", &|text| {
            best(&replaced(&documents, &skewed, &bare(text)), 5)
        });
        add("replaced system, flat worth", "", &|text| best(&replaced(&documents, &flat, &bare(text)), 5));
        add("Jaccard", "", &|text| best(&jaccard(&documents, &bare(text)), 5));
        add("BM25, bare words", "", &|text| best(&plain.scores(&bare(text)), 5));
        add("BM25, our words", "", &|text| best(&cut.scores(&terms(text)), 5));
        add("ours, search alone", target, &|text| ours(SEARCH, text, 0));
        // The rules of ruff have twins, which no store of ours would keep apart.
        let whole = Choice { max_lessons: 5, max_tokens: 100_000, alike: 1.1, ..Choice::default() };
        add("ours with gate and worth", target, &|text| ours(whole, text, 0));
        for (what, choice) in [
            ("the gate", Choice { min_relevance: 0.0, ..whole }),
            ("worth", Choice { worth: 0.0, min_worth: 0.0, ..whole }),
        ] {
            add(&format!("the same without {what}"), "", &|text| ours(choice, text, 0));
        }
        let alike = Choice::default().alike;
        add("the same with diversity", "", &|text| ours(Choice { alike, ..whole }, text, 0));
    };
    let off = UNRELATED.lines().filter(|text| !text.is_empty());
    let shown = off.clone().filter(|text| !ours(Choice::default(), text, 0).is_empty()).count();
    if std::env::var_os("SIS_BENCH_SHOW").is_some() {
        for text in off.clone() {
            println!(
                "{text}: {:?}",
                ours(Choice::default(), text, 0).iter().map(|at| &rules[*at].message).collect::<Vec<_>>()
            );
        }
    }
    let off = off.count();
    table("A1", "R@5 >= .90", |rule| &rule.message);
    table("A2", "R@5 >= .55", |rule| &rule.code);
    let what = format!("unrelated prompts that are shown a lesson, of {off}");
    rows.push(row("A", what, format!("{shown}"), "0"));
    rows.extend(adversarial(rules, &store, &ids, &ours));
    rows
}

/// A3: what is right has failed three times of four, long ago; all else has helped twenty times, lately.
fn adversarial(
    rules: &[Rule],
    store: &SqliteStore,
    ids: &[i64],
    ours: &dyn Fn(Choice, &str, i64) -> Vec<usize>,
) -> Vec<Row> {
    let now = 400 * DAY;
    let recall = || {
        let choice = Choice { max_lessons: 5, max_tokens: 100_000, alike: 1.1, ..Choice::default() };
        let found = (0..TEST).filter(|at| ours(choice, &rules[*at].message, now).contains(at)).count();
        found as f64 / TEST as f64
    };
    let flat = recall();
    store
        .write(&mut |rows| {
            let lessons = rows.changes(&[Scope::Agent("default".into())], 0)?.lessons;
            for mut lesson in lessons {
                let right = ids.iter().position(|id| *id == lesson.id).is_some_and(|at| at < TEST);
                let (helped, hurt, at) = if right { (1.0, 3.0, now - 60 * DAY) } else { (20.0, 0.0, now) };
                lesson.belief = Belief { helped, hurt, at, half_life: 90 * DAY, ..lesson.belief };
                lesson.occurrences = if right { 1 } else { 20 };
                rows.update_lesson(&lesson)?;
            }
            Ok(())
        })
        .unwrap();
    let against = recall();
    vec![row(
        "A3",
        "ours, outcomes speak for the wrong ones",
        format!("R@5 {flat:.3} to {against:.3}: drop {:.3}", flat - against),
        "drop <= .03",
    )]
}

fn skewed(count: usize) -> Vec<(f64, f64, f64)> {
    let mut random = fastrand::Rng::with_seed(3);
    (0..count)
        .map(|_| (0.3 + 0.7 * random.f64(), 60.0 * random.f64(), (8.0 * random.f64()).floor()))
        .collect()
}

fn figures(
    rules: &[Rule],
    queries: std::ops::Range<usize>,
    text: fn(&Rule) -> &str,
    find: &dyn Fn(&str) -> Vec<usize>,
) -> String {
    let (mut first, mut five, mut gain, mut count) = (0.0, 0.0, 0.0, 0.0);
    for at in queries.filter(|at| !text(&rules[*at]).trim().is_empty()) {
        count += 1.0;
        let Some(place) = find(text(&rules[at])).iter().take(5).position(|other| *other == at) else {
            continue;
        };
        first += f64::from(u8::from(place == 0));
        five += 1.0;
        gain += 1.0 / (place as f64 + 2.0).log2();
    }
    format!("R@1 {:.3} R@5 {:.3} nDCG {:.3}", first / count, five / count, gain / count)
}
