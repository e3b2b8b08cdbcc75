//! Parts C and D: is a lesson trusted as often as it helps, and how much is lost until it is known which ones help?
//!
//! Forty lessons that are equally relevant, three shown in each of 3000 episodes. How often each helps is drawn from
//! Beta(2, 3). All but the replaced rule see what came of each lesson, unless only the whole episode's outcome is told.

use std::collections::VecDeque;

use argent_runtime::sis::{Belief, Choice, Config, Draft, Episode, Outcome, Query, Sis};
use fastrand::Rng;

use crate::baselines::best;
use crate::plot::Plots;
use crate::{Row, fresh, row};

const LESSONS: usize = 40;
const SHOWN: usize = 3;
const EPISODES: usize = 3000;
const STRETCH: usize = 100;
const STEP: i64 = 600_000;

/// Something that chooses lessons and is told what came of them.
trait Player {
    fn choose(&mut self, random: &mut Rng) -> Vec<usize>;
    fn told(&mut self, shown: &[usize], each: &[bool], whole: bool);
    /// How far each lesson is trusted, 0 to 1.
    fn trust(&self) -> Vec<f64>;
}

#[derive(Clone, Copy, PartialEq)]
enum World {
    Still,
    Flips,
    Whole,
}

#[derive(Default)]
struct Result {
    regret: f64,
    error: f64,
    brier: f64,
    bins: [(f64, f64, f64); 10],
    /// The regret of every stretch of episodes.
    stretches: Vec<f64>,
}

fn play(player: &mut dyn Player, world: World, seed: u64, count: bool) -> Result {
    let mut random = Rng::with_seed(seed);
    let draw = Belief { prior_helped: 2.0, prior_hurt: 3.0, ..Belief::default() };
    let mut rates: Vec<f64> = (0..LESSONS).map(|_| draw.sample(0, &mut random)).collect();
    let (mut result, mut got, mut best_possible) = (Result::default(), 0.0, 0.0);
    let mut until = (0.0, 0.0);
    let mut uses = vec![0.0; LESSONS];
    let mut brier = (0.0, 0.0);
    for episode in 0..EPISODES {
        if world == World::Flips && episode == EPISODES / 2 {
            for rate in &mut rates {
                *rate = 1.0 - *rate;
            }
        }
        let trust = if count { player.trust() } else { Vec::new() };
        let shown = player.choose(&mut random);
        let each: Vec<bool> = shown.iter().map(|at| random.f64() < rates[*at]).collect();
        let mean = shown.iter().map(|at| rates[*at]).sum::<f64>() / SHOWN as f64;
        let whole = random.f64() < mean;
        player.told(&shown, &each, whole);
        got += shown.iter().map(|at| rates[*at]).sum::<f64>();
        best_possible += best(&rates, SHOWN).iter().map(|at| rates[*at]).sum::<f64>();
        if (episode + 1) % STRETCH == 0 {
            let best = best_possible - until.1;
            result.stretches.push((best - (got - until.0)) / best);
            until = (got, best_possible);
        }
        for (at, good) in shown.iter().zip(&each) {
            uses[*at] += 1.0;
            if let Some(trust) = trust.get(*at) {
                let good = f64::from(u8::from(*good));
                let bin = &mut result.bins[((trust * 10.0) as usize).min(9)];
                *bin = (bin.0 + trust, bin.1 + good, bin.2 + 1.0);
                brier = (brier.0 + (trust - good).powi(2), brier.1 + 1.0);
            }
        }
    }
    result.regret = (best_possible - got) / best_possible;
    let trust = player.trust();
    let all: f64 = uses.iter().sum();
    result.error =
        (0..LESSONS).map(|at| uses[at] * (trust[at] - rates[at]).powi(2)).sum::<f64>() / all.max(1.0);
    result.brier = brier.0 / f64::max(brier.1, 1.0);
    result
}

/// A player that keeps counts of what it saw.
struct Counts {
    rule: Rule,
    helped: Vec<f64>,
    shown: Vec<f64>,
    window: VecDeque<(usize, f64)>,
    turn: f64,
    whole: bool,
}

#[derive(Clone, Copy)]
enum Rule {
    None,
    Random,
    Replaced,
    Greedy,
    Ucb,
    Thompson,
    Sliding(usize),
}

impl Counts {
    fn new(rule: Rule, whole: bool) -> Self {
        Self {
            rule,
            helped: vec![0.0; LESSONS],
            shown: vec![0.0; LESSONS],
            window: VecDeque::new(),
            turn: 0.0,
            whole,
        }
    }
}

impl Player for Counts {
    fn choose(&mut self, random: &mut Rng) -> Vec<usize> {
        self.turn += 1.0;
        let scores: Vec<f64> = (0..LESSONS)
            .map(|at| {
                let (helped, shown) = (self.helped[at], self.shown[at]);
                let belief = Belief {
                    prior_helped: 1.0 + helped,
                    prior_hurt: 1.0 + shown - helped,
                    ..Belief::default()
                };
                match self.rule {
                    Rule::None => 0.0,
                    Rule::Random => random.f64(),
                    // Ties go to a random lesson.
                    Rule::Replaced => self.helped[at] + 1e-9 * random.f64(),
                    Rule::Greedy => (1.0 + helped) / (2.0 + shown) + 1e-9 * random.f64(),
                    Rule::Ucb if shown == 0.0 => 10.0 + random.f64(),
                    Rule::Ucb => helped / shown + (0.5 * self.turn.ln() / shown).sqrt(),
                    Rule::Thompson | Rule::Sliding(_) => belief.sample(0, random),
                }
            })
            .collect();
        if matches!(self.rule, Rule::None) { Vec::new() } else { best(&scores, SHOWN) }
    }

    fn told(&mut self, shown: &[usize], each: &[bool], whole: bool) {
        for (at, good) in shown.iter().zip(each) {
            let good = f64::from(u8::from(if self.whole { whole } else { *good }));
            if matches!(self.rule, Rule::Replaced) {
                // What came of the session, for all that was shown: +0.1 or -0.03, from one half.
                let change = if whole { 0.1 } else { -0.03 };
                self.helped[*at] = (self.helped[*at] + change).clamp(-0.5, 0.5);
                continue;
            }
            self.helped[*at] += good;
            self.shown[*at] += 1.0;
            if let Rule::Sliding(length) = self.rule {
                self.window.push_back((*at, good));
                if self.window.len() > length {
                    let (at, good) = self.window.pop_front().unwrap();
                    self.helped[at] -= good;
                    self.shown[at] -= 1.0;
                }
            }
        }
    }

    fn trust(&self) -> Vec<f64> {
        (0..LESSONS)
            .map(|at| match self.rule {
                Rule::Replaced => 0.5 + self.helped[at],
                _ => (1.0 + self.helped[at]) / (2.0 + self.shown[at]),
            })
            .collect()
    }
}

/// Ours, whole: a store, selection, episodes, outcomes.
struct Ours {
    _folder: tempfile::TempDir,
    sis: Sis,
    ids: Vec<i64>,
    now: i64,
    shown: Vec<argent_runtime::sis::Shown>,
    whole: bool,
}

const PROMPT: &str = "deploy the service";

impl Ours {
    fn new(seed: u64, whole: bool) -> Self {
        let (folder, sis) = fresh(Config { seed: Some(seed), extracts: false, ..Config::default() });
        let drafts: Vec<Draft> = (0..LESSONS)
            .map(|at| {
                let own: Vec<String> =
                    (0..6).map(|word| format!("q{}", (b'a' + word) as char).repeat(at + 1)).collect();
                Draft::new(format!("deploy service {}", own.join(" ")))
            })
            .collect();
        let ids = sis.learn(&drafts, 0).unwrap().added;
        Self { _folder: folder, sis, ids, now: 0, shown: Vec::new(), whole }
    }
}

impl Player for Ours {
    fn choose(&mut self, _: &mut Rng) -> Vec<usize> {
        self.now += STEP;
        let query = Query { prompt: PROMPT.into(), now: self.now, ..Query::default() };
        let choice = Choice { max_tokens: 10_000, min_worth: 0.0, ..self.sis.config().choice };
        self.shown = self.sis.choose(&query, &choice).unwrap().shown;
        assert_eq!(self.shown.len(), SHOWN);
        let place = |id: i64| self.ids.iter().position(|other| *other == id).unwrap();
        self.shown.iter().map(|shown| place(shown.lesson_id)).collect()
    }

    fn told(&mut self, shown: &[usize], each: &[bool], whole: bool) {
        let id = self.now.to_string();
        let episode = Episode {
            id: id.clone(),
            finished_at: self.now,
            shown: self.shown.clone(),
            ..Episode::default()
        };
        self.sis.finish(episode, &[]).unwrap();
        let valence = |good: bool| if good { 1.0 } else { -1.0 };
        let ratings = shown.iter().zip(each).map(|(at, good)| (self.ids[*at], valence(*good))).collect();
        let ratings = if self.whole { Vec::new() } else { ratings };
        self.sis.settle(&Outcome { ratings, ..Outcome::new(id, valence(whole), self.now) }).unwrap();
    }

    fn trust(&self) -> Vec<f64> {
        self.ids.iter().map(|id| self.sis.lesson(*id, self.now).unwrap().unwrap().confidence).collect()
    }
}

pub fn run(seeds: u64, plots: &mut Plots) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut measure =
        |part: &'static str, what: &str, target, world, make: &dyn Fn(u64) -> Box<dyn Player>| -> f64 {
            if std::env::var_os("SIS_BENCH_OURS").is_some() && !what.contains("ours") {
                return 0.0;
            }
            let results: Vec<Result> =
                (0..seeds).map(|seed| play(make(seed).as_mut(), world, 1000 + seed, part == "C")).collect();
            let mean =
                |figure: &dyn Fn(&Result) -> f64| results.iter().map(figure).sum::<f64>() / seeds as f64;
            let regret = mean(&|result| result.regret);
            let figures = if part == "C" {
                let mut bins = [(0.0, 0.0, 0.0); 10];
                for (sum, bin) in results.iter().flat_map(|result| result.bins.iter().enumerate()) {
                    bins[sum] = (bins[sum].0 + bin.0, bins[sum].1 + bin.1, bins[sum].2 + bin.2);
                }
                let reliable = bins.iter().filter(|bin| bin.2 >= 50.0);
                plots.add(
                    "calibration",
                    "Part C: how often lessons helped, by how far they were trusted",
                    ["trusted", "helped"],
                    what,
                    reliable.map(|bin| (bin.0 / bin.2, bin.1 / bin.2)).collect(),
                );
                let all: f64 = bins.iter().map(|bin| bin.2).sum();
                let ece: f64 = bins.iter().map(|bin| (bin.0 - bin.1).abs()).sum::<f64>() / all;
                format!(
                    "error {:.4}, ECE {ece:.3}, Brier {:.3}",
                    mean(&|result| result.error),
                    mean(&|result| result.brier)
                )
            } else {
                let (file, title) = match world {
                    World::Still => ("regret-still", "Part D: regret while nothing changes"),
                    World::Flips => ("regret-flips", "Part D: regret when rates flip half-way"),
                    World::Whole => ("regret-whole", "Part D: regret when only the whole outcome is known"),
                };
                let points = (0..EPISODES / STRETCH)
                    .map(|at| ((at * STRETCH + STRETCH / 2) as f64, mean(&|result| result.stretches[at])));
                let name = what.split_once(": ").map_or(what, |(_, name)| name);
                plots.add(file, title, ["episode", "regret"], name, points.collect());
                format!("regret {regret:.3}")
            };
            rows.push(row(part, what, figures, target));
            regret
        };
    let counts =
        |rule: Rule, whole: bool| move |_: u64| Box::new(Counts::new(rule, whole)) as Box<dyn Player>;
    let ours = |whole: bool| move |seed: u64| Box::new(Ours::new(seed, whole)) as Box<dyn Player>;
    measure("C", "replaced rule", "", World::Still, &counts(Rule::Replaced, true));
    measure("C", "Beta posterior, Thompson", "", World::Still, &counts(Rule::Thompson, false));
    measure("C", "ours", "error <= .005, ECE <= .03", World::Still, &ours(false));
    for (what, rule) in [
        ("LessonInjector (shows nothing)", Rule::None),
        ("random", Rule::Random),
        ("replaced rule", Rule::Replaced),
        ("greedy", Rule::Greedy),
        ("UCB", Rule::Ucb),
        ("Thompson", Rule::Thompson),
    ] {
        measure("D", &format!("still: {what}"), "", World::Still, &counts(rule, false));
    }
    measure("D", "still: ours", "<= .05", World::Still, &ours(false));
    measure("D", "flips: Thompson", "", World::Flips, &counts(Rule::Thompson, false));
    for window in [300, 600, 1200, 2400] {
        measure(
            "D",
            &format!("flips: sliding window of {window}"),
            "",
            World::Flips,
            &counts(Rule::Sliding(window), false),
        );
    }
    measure("D", "flips: ours", "<= 1.2 of the best window", World::Flips, &ours(false));
    measure("D", "whole outcome only: random", "", World::Whole, &counts(Rule::Random, true));
    measure("D", "whole outcome only: replaced rule", "", World::Whole, &counts(Rule::Replaced, true));
    measure("D", "whole outcome only: Thompson", "", World::Whole, &counts(Rule::Thompson, true));
    measure("D", "whole outcome only: ours", "<= .10", World::Whole, &ours(true));
    rows
}
