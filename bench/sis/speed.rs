//! How long a selection takes at ten thousand lessons.

use std::time::Instant;

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
    let drafts: Vec<Draft> =
        (0..10_000).map(|at: usize| Draft { key: Some(at.to_string()), ..Draft::new(text(40)) }).collect();
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
                // The best of three: other programs on the machine do not count.
                let one = || {
                    let before = Instant::now();
                    std::hint::black_box(sis.select(&query).unwrap());
                    before.elapsed().as_secs_f64() * 1e3
                };
                one().min(one()).min(one())
            })
            .collect();
        times.sort_by(f64::total_cmp);
        rows.push(row(
            "A",
            format!("selection among {} lessons, prompt of {what}", sis.lessons(0).unwrap().len()),
            format!("p50 {:.2} ms, p99 {:.2} ms", times[500], times[990]),
            "p99 < 2 ms",
        ));
    }
    rows.push(row("A", "learning ten thousand lessons", format!("{:.1} s", learned.as_secs_f64()), ""));
    rows
}
