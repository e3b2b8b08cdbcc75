//! How long a selection takes at ten thousand lessons.

use std::time::{Duration, Instant};

use argent_runtime::sis::{Draft, Query};

use crate::retrieval::config;
use crate::rules::Rule;
use crate::{Row, fresh, row};

pub fn run(rules: &[Rule]) -> Vec<Row> {
    let (_folder, sis) = fresh(config());
    let mut random = fastrand::Rng::with_seed(5);
    let words: Vec<&str> = rules.iter().flat_map(|rule| rule.prose.split_whitespace()).collect();
    // Sentences of the rules, so that words are as common as they are in prose.
    let mut text = |length: usize| {
        (0..length / 8)
            .flat_map(|_| {
                let at = random.usize(..words.len() - 8);
                words[at..at + 8].to_vec()
            })
            .collect::<Vec<_>>()
            .join(" ")
    };
    let drafts: Vec<Draft> = (0..10_000).map(|at: usize| Draft { key: Some(at.to_string()), ..Draft::new(text(40)) }).collect();
    let before = Instant::now();
    for some in drafts.chunks(1000) {
        sis.learn(some, 0).unwrap();
    }
    let learned = before.elapsed();
    let mut rows = Vec::new();
    for (what, length) in [("a line", 16), ("a page", 400), ("ten pages", 4000)] {
        let mut times: Vec<f64> = (0..1000)
            .map(|_| {
                let query = Query { prompt: text(length), ..Query::default() };
                let before = worked();
                std::hint::black_box(sis.select(&query).unwrap());
                (worked() - before).as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        rows.push(row("A", format!("selection among {} lessons, prompt of {what}", sis.lessons(0).unwrap().len()), format!("p50 {:.2} ms, p99 {:.2} ms", times[500], times[990]), "p99 < 2 ms"));
    }
    rows.push(row("A", "learning ten thousand lessons", format!("{:.1} s", learned.as_secs_f64()), ""));
    rows
}

/// How long this thread has been on a processor: other programs on the machine do not count. The clock, where the system
/// does not say.
fn worked() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    told.and_then(|told| told.split(' ').next()?.parse().ok())
        .map_or_else(|| START.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}
