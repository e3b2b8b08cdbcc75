//! Part E: does it learn which lesson belongs to what? The reports of part A come again and again, each time with a third
//! of their words left out, and an episode goes well only when the right lesson is among the three shown.

use std::collections::HashMap;

use argent_runtime::sis::{Belief, Choice, Config, Episode, Outcome, Query, Shown, terms};
use fastrand::Rng;

use crate::baselines::{Bm25, best};
use crate::plot::Plots;
use crate::retrieval::{config, learned};
use crate::rules::Rule;
use crate::{Row, fresh, row};

const QUERIES: usize = 150;
const EPISODES: usize = 2000;
const STRETCH: usize = 100;

/// The reports as they come: which one, and its words.
fn stream(rules: &[Rule], seed: u64) -> Vec<(usize, String)> {
    let mut random = Rng::with_seed(seed);
    (0..EPISODES)
        .map(|_| {
            let at = random.usize(..QUERIES);
            let words: Vec<&str> =
                rules[at].message.split_whitespace().filter(|_| random.f64() < 0.67).collect();
            (at, words.join(" "))
        })
        .collect()
}

pub fn run(rules: &[Rule], seeds: u64, plots: &mut Plots) -> Vec<Row> {
    let documents: Vec<_> = rules.iter().map(|rule| terms(&rule.prose)).collect();
    let bm25 = Bm25::new(&documents);
    let mut rows = vec![row("E", "no memory", curve(&[vec![false; EPISODES]]), "")];
    let mut add = |what: &str, target, play: &dyn Fn(u64) -> Vec<bool>| {
        let runs: Vec<_> = (0..seeds).map(play).collect();
        let points = (0..EPISODES / STRETCH)
            .map(|at| ((at * STRETCH + STRETCH / 2) as f64, share(&runs, at * STRETCH, (at + 1) * STRETCH)));
        let title = "Part E: episodes that had the right lesson";
        plots.add("learning", title, ["episode", "share"], what, points.collect());
        rows.push(row("E", what, curve(&runs), target));
    };
    add("global top 3", "", &|seed| stream(rules, seed).iter().map(|(at, _)| *at < 3).collect());
    add("BM25", "", &|seed| {
        stream(rules, seed)
            .iter()
            .map(|(at, text)| best(&bm25.scores(&terms(text)), 3).contains(at))
            .collect()
    });
    add("BM25 and Thompson", "", &|seed| bm25_thompson(&bm25, rules, seed));
    add("ours", "beats BM25 and Thompson", &|seed| ours(rules, seed, Choice::default()));
    add("ours, worth left out", "", &|seed| ours(rules, seed, Choice { worth: 0.0, ..Choice::default() }));
    rows
}

fn bm25_thompson(bm25: &Bm25, rules: &[Rule], seed: u64) -> Vec<bool> {
    let mut random = Rng::with_seed(seed + 77);
    let mut counts: HashMap<usize, (f64, f64)> = HashMap::new();
    stream(rules, seed)
        .iter()
        .map(|(right, text)| {
            let scores = bm25.scores(&terms(text));
            let near = best(&scores, 10);
            let drawn: Vec<f64> = near
                .iter()
                .map(|at| {
                    let (helped, hurt) = counts.get(at).copied().unwrap_or_default();
                    let belief =
                        Belief { prior_helped: 1.0 + helped, prior_hurt: 1.0 + hurt, ..Belief::default() };
                    scores[*at] * belief.sample(0, &mut random)
                })
                .collect();
            let shown: Vec<usize> = best(&drawn, 3).into_iter().map(|at| near[at]).collect();
            let good = shown.contains(right);
            for at in shown {
                let entry = counts.entry(at).or_default();
                *(if good { &mut entry.0 } else { &mut entry.1 }) += 1.0;
            }
            good
        })
        .collect()
}

fn ours(rules: &[Rule], seed: u64, choice: Choice) -> Vec<bool> {
    let (_folder, sis) = fresh(Config { seed: Some(seed), extracts: false, ..config() });
    let ids = learned(&sis, rules);
    let choice = Choice { max_tokens: 10_000, ..choice };
    stream(rules, seed)
        .iter()
        .zip(1_i64..)
        .map(|((right, text), turn)| {
            let now = turn * 600_000;
            let query = Query { prompt: text.clone(), now, ..Query::default() };
            let shown: Vec<Shown> = sis.choose(&query, &choice).unwrap().shown;
            let good = shown.iter().any(|shown| shown.lesson_id == ids[*right]);
            let id = turn.to_string();
            sis.finish(Episode { id: id.clone(), finished_at: now, shown, ..Episode::default() }, &[])
                .unwrap();
            sis.settle(&Outcome::new(id, if good { 1.0 } else { -1.0 }, now)).unwrap();
            good
        })
        .collect()
}

/// The share of a stretch's episodes that went well.
fn share(runs: &[Vec<bool>], from: usize, to: usize) -> f64 {
    let good: usize = runs.iter().map(|run| run[from..to].iter().filter(|good| **good).count()).sum();
    good as f64 / (runs.len() * (to - from)) as f64
}

/// How many went well, in quarters and in all.
fn curve(runs: &[Vec<bool>]) -> String {
    let quarter = EPISODES / 4;
    let quarters: Vec<String> =
        (0..4).map(|at| format!("{:.3}", share(runs, at * quarter, (at + 1) * quarter))).collect();
    format!("{:.3} (quarters {})", share(runs, 0, EPISODES), quarters.join(" "))
}
