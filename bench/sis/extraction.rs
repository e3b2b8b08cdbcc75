//! Part B: are the rules found that were planted in episodes? A flag that fails on a target and what mends it, a command
//! that never works, a user's wish; between them failures that pass, typos, changes that had nothing to do with it.

use std::collections::HashMap;

use argent_runtime::sis::{Config, Episode, Lesson, ToolUse};
use fastrand::Rng;

use crate::{Row, fresh, row};

const FLAGS: usize = 30;
const DEAD: usize = 10;
const WISHES: usize = 10;
const TOOLS: [&str; 4] = ["bash", "deploy", "kubectl", "db"];
const NOUNS: [&str; 20] = [
    "push", "build", "migrate", "render", "backup", "index", "release", "lint", "sync", "rollout", "import",
    "scan", "seed", "verify", "package", "restore", "train", "export", "cluster", "apply",
];
const THINGS: [&str; 12] = [
    "staging", "orders", "gateway", "ledger", "catalog", "mirror", "billing", "search", "archive", "reports",
    "frontend", "worker",
];
const WORDS: [&str; 16] = [
    "force", "fast", "inline", "legacy", "strict", "parallel", "cached", "remote", "shallow", "eager",
    "direct", "global", "quick", "atomic", "deep", "raw",
];

/// What was planted.
enum Planted {
    Flag { tool: &'static str, command: String, bad: String, good: Option<String>, errors: [String; 3] },
    Dead { tool: &'static str, command: String, errors: [String; 3] },
    Wish { ways: [String; 3], words: [String; 2] },
}

fn call(tool: &str, command: &str, error: Option<&str>) -> ToolUse {
    ToolUse {
        tool: tool.into(),
        input: serde_json::json!({ "command": command }).to_string(),
        success: error.is_none(),
        error: error.map(str::to_owned),
        duration_ms: 5,
    }
}

fn planted(random: &mut Rng) -> Vec<Planted> {
    let mut pairs: Vec<(usize, usize)> =
        (0..NOUNS.len()).flat_map(|a| (0..THINGS.len()).map(move |b| (a, b))).collect();
    random.shuffle(&mut pairs);
    let mut commands = pairs.into_iter().map(|(a, b)| (NOUNS[a], THINGS[b]));
    let mut rules = Vec::new();
    for number in 0..FLAGS {
        let (noun, thing) = commands.next().unwrap();
        let (one, two) = (WORDS[random.usize(..16)], WORDS[random.usize(..16)]);
        let (bad, good) = (format!("--{one}"), format!("--{two}-safe"));
        rules.push(Planted::Flag {
            tool: TOOLS[random.usize(..4)],
            command: format!("{noun} {thing}"),
            errors: [
                format!("error: {bad} is not supported for {thing}"),
                format!("{noun} failed: option {one} cannot be combined with target {thing} (exit 2)"),
                format!("fatal: {thing} rejected {one} mode"),
            ],
            bad,
            good: (number % 4 != 0).then_some(good),
        });
    }
    for _ in 0..DEAD {
        let (noun, thing) = commands.next().unwrap();
        rules.push(Planted::Dead {
            tool: TOOLS[random.usize(..4)],
            command: format!("{noun} {thing}"),
            errors: [1, 2, 3]
                .map(|code| format!("{noun}: permission denied by the owner of {thing} (attempt {code})")),
        });
    }
    for _ in 0..WISHES {
        let (noun, thing) = commands.next().unwrap();
        let (a, b) = (format!("{noun}er"), format!("{thing}ctl"));
        rules.push(Planted::Wish {
            ways: [
                format!("No, use {a} instead of {b}."),
                format!("That's wrong. Use {a} instead of {b} here."),
                format!("Always use {a} instead of {b}."),
            ],
            words: [a, b],
        });
    }
    rules
}

fn noise(random: &mut Rng, calls: &mut Vec<ToolUse>) {
    let tool = TOOLS[random.usize(..4)];
    let (noun, thing) = (NOUNS[random.usize(..20)], THINGS[random.usize(..12)]);
    let number = random.u32(1000..9999);
    match random.usize(..20) {
        0..9 => calls.push(call(tool, &format!("{noun} {thing} --id {number}"), None)),
        // It passed by itself.
        9..12 => {
            let command = format!("{noun} {thing} --id {number}");
            calls.push(call(tool, &command, Some("assertion failed: flaky")));
            calls.push(call(tool, &command, None));
        }
        // A wrong path.
        12..15 => {
            calls.push(call(
                "read",
                &format!("src/{thing}/{noun}{number}.rs"),
                Some("no such file or directory"),
            ));
            calls.push(call("read", &format!("src/{noun}/{thing}.rs"), None));
        }
        // The network, again and again.
        15..17 => {
            for _ in 0..3 {
                calls.push(call(
                    tool,
                    &format!("{noun} {thing}"),
                    Some("connect ETIMEDOUT: request timed out"),
                ));
            }
        }
        // The network, and a change that had nothing to do with it.
        17..19 => {
            calls.push(call(tool, &format!("{noun} {thing}"), Some("503 service temporarily unavailable")));
            let flag = WORDS[random.usize(..16)];
            calls.push(call(tool, &format!("{noun} {thing} --{flag}"), None));
        }
        // A failure out of the blue, and a change that had nothing to do with it, unless its first form is tried again.
        _ => {
            calls.push(call(tool, &format!("{noun} {thing}"), Some("segmentation fault")));
            let flag = WORDS[random.usize(..16)];
            calls.push(call(tool, &format!("{noun} {thing} --{flag}"), None));
            if random.bool() {
                calls.push(call(tool, &format!("{noun} {thing}"), None));
            }
        }
    }
}

fn play(rule: &Planted, random: &mut Rng, episode: &mut Episode) {
    let number = random.u32(10..99_999);
    match rule {
        Planted::Flag { tool, command, bad, good, errors } => {
            let error = &errors[random.usize(..3)];
            let mend = good.clone().unwrap_or_default();
            episode.tools.push(call(tool, &format!("{command} {bad} --id {number}"), Some(error)));
            if random.u8(..4) == 0 {
                noise(random, &mut episode.tools);
            }
            episode.tools.push(call(tool, &format!("{command} {mend} --id {number}"), None));
        }
        Planted::Dead { tool, command, errors } => {
            for error in errors {
                episode.tools.push(call(
                    tool,
                    &format!("{command} --id {}", random.u32(10..99_999)),
                    Some(error),
                ));
            }
        }
        Planted::Wish { ways, .. } => episode.prompt = format!("{} And then go on.", ways[random.usize(..3)]),
    }
}

/// Whether a lesson says what was planted.
fn says(text: &str, rule: &Planted) -> bool {
    let has = |part: &str| part.split(' ').all(|word| text.contains(word));
    match rule {
        Planted::Flag { command, bad, good, .. } => {
            has(command)
                && has(&format!("`{bad}`"))
                && good.as_ref().is_none_or(|good| has(&format!("`{good}`")))
        }
        Planted::Dead { command, .. } => has(command) && has("keeps failing"),
        Planted::Wish { words, .. } => words.iter().all(|word| has(word)),
    }
}

pub fn run() -> Vec<Row> {
    let (mut sums, seeds) = ([0.0; 5], 5);
    for seed in 0..seeds {
        for (sum, figure) in sums.iter_mut().zip(one(seed)) {
            *sum += figure / seeds as f64;
        }
    }
    let [precision, recall, duplicates, harmful, kept] = sums;
    vec![
        row(
            "B",
            "templates of the replaced system",
            "precision 0.000, recall 0.000 (they name a tool and no cause)",
            "",
        ),
        row(
            "B",
            "ours",
            format!(
                "precision {precision:.3}, recall {recall:.3}, duplicate F1 {duplicates:.3}, harmful {harmful:.3} (precision with lessons that wait for a second find: {kept:.3})"
            ),
            "P >= .9, R >= .8",
        ),
    ]
}

fn one(seed: u64) -> [f64; 5] {
    let mut random = Rng::with_seed(seed);
    let rules = planted(&mut random);
    let (_folder, sis) = fresh(Config::default());
    let mut taught: Vec<(usize, i64)> = Vec::new();
    for number in 0..300 {
        let mut episode = Episode {
            id: number.to_string(),
            finished_at: number,
            prompt: "Please go on with it".into(),
            ..Episode::default()
        };
        for _ in 0..random.usize(..3) {
            noise(&mut random, &mut episode.tools);
        }
        let rule = (random.u8(..10) < 6).then(|| random.usize(..rules.len()));
        if let Some(rule) = rule {
            play(&rules[rule], &mut random, &mut episode);
        }
        noise(&mut random, &mut episode.tools);
        let learned = sis.finish(episode, &[]).unwrap();
        for id in learned.added.into_iter().chain(learned.strengthened) {
            let text = sis.lesson(id, number).unwrap().unwrap().text;
            if let Some(rule) = rule.filter(|rule| says(&text, &rules[*rule])) {
                taught.push((rule, id));
            }
        }
    }
    let stored = sis.lessons(300).unwrap();
    let true_of = |lessons: &[Lesson]| {
        lessons.iter().filter(|lesson| rules.iter().any(|rule| says(&lesson.text, rule))).count()
    };
    let kept = true_of(&stored) as f64 / stored.len() as f64;
    let lessons: Vec<Lesson> = stored.into_iter().filter(Lesson::is_proven).collect();
    let right = true_of(&lessons);
    if std::env::var_os("SIS_BENCH_SHOW").is_some() {
        let wrong = lessons.iter().filter(|lesson| !rules.iter().any(|rule| says(&lesson.text, rule)));
        wrong.for_each(|lesson| println!("wrong: {}", lesson.text));
    }
    let found = rules.iter().filter(|rule| lessons.iter().any(|lesson| says(&lesson.text, rule))).count();
    // Pairs of times that the same was taught, against pairs that went to the same lesson.
    let (mut both, mut same_rule, mut same_lesson) = (0.0, 0.0, 0.0);
    for (at, a) in taught.iter().enumerate() {
        for b in taught.iter().skip(at + 1) {
            let (rule, lesson) = (f64::from(u8::from(a.0 == b.0)), f64::from(u8::from(a.1 == b.1)));
            both += rule * lesson;
            same_rule += rule;
            same_lesson += lesson;
        }
    }
    // A lesson is harmful when it tells to do what was planted as failing.
    let mut bad: HashMap<&str, &str> = HashMap::new();
    for rule in &rules {
        if let Planted::Flag { command, bad: flag, .. } = rule {
            bad.insert(command, flag);
        }
    }
    let harmful = lessons
        .iter()
        .filter(|lesson| {
            bad.iter().any(|(command, flag)| {
                lesson.text.contains(&format!("`{command}`"))
                    && lesson.text.contains(&format!("use `{flag}`"))
            })
        })
        .count();
    let share = |part: usize, all: usize| part as f64 / all.max(1) as f64;
    [
        share(right, lessons.len()),
        share(found, rules.len()),
        2.0 * both / (same_rule + same_lesson),
        share(harmful, lessons.len()),
        kept,
    ]
}
