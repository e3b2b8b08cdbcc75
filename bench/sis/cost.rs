//! Part F: what lessons cost in tokens, and how often they break the prefix that a provider has in its cache.

use argent_runtime::sis::{Episode, Outcome, Query, inject_lessons_into_prompt, tokens};

use crate::retrieval::{config, learned};
use crate::rules::Rule;
use crate::{Row, fresh, row};

const TURNS: usize = 40;
const SYSTEM: &str = "You are an agent.";

pub fn run(rules: &[Rule]) -> Vec<Row> {
    let (_folder, sis) = fresh(config());
    learned(&sis, rules);
    let (mut standing, mut most, mut sum, mut blocks) = (Vec::new(), 0, 0, 0);
    let (mut breaks, mut broken) = (0, 0);
    let (mut system, mut messages) = (SYSTEM.to_owned(), String::new());
    let (mut before, mut before_replaced) = (String::new(), String::new());
    for turn in 0..TURNS {
        let prompt = &rules[turn % 25].message;
        let now = i64::try_from(turn).unwrap() * 600_000;
        let query = Query { prompt: prompt.clone(), standing: standing.clone(), now, ..Query::default() };
        let chosen = sis.select(&query).unwrap();
        standing.extend(chosen.injected.iter().map(|chosen| chosen.lesson.id));
        let cost = tokens(&chosen.prompt_section);
        most = most.max(cost);
        sum += cost;
        blocks += usize::from(cost > 0);
        // The first block stands behind the static prompt; later ones come with the message that they are for.
        if turn == 0 {
            system = inject_lessons_into_prompt(&system, &chosen.prompt_section);
            messages.push_str(prompt);
        } else {
            messages.push_str(&inject_lessons_into_prompt(prompt, &chosen.prompt_section));
        }
        let request = format!("{system}{messages}");
        breaks += usize::from(!request.starts_with(&before));
        before = request;
        // The replaced system: the five most trusted, with their figures, before the prompt.
        let all = sis.lessons(now).unwrap();
        let list: String = all
            .iter()
            .take(5)
            .map(|lesson| {
                format!("- {} ({:.2}, {})\n", lesson.text, lesson.confidence, lesson.injection_count)
            })
            .collect();
        let request = format!("{list}{SYSTEM}{prompt}");
        broken +=
            usize::from(turn > 0 && !request.starts_with(before_replaced.split(SYSTEM).next().unwrap()));
        before_replaced = request;
        let id = format!("{turn}");
        sis.finish(
            Episode { id: id.clone(), finished_at: now, shown: chosen.shown, ..Episode::default() },
            &[],
        )
        .unwrap();
        sis.settle(&Outcome::new(id, if turn % 3 == 0 { -1.0 } else { 1.0 }, now)).unwrap();
        messages.push_str("an answer");
    }
    vec![
        row("F", "replaced system, 40 turns", format!("{broken} breaks of the cached prefix"), ""),
        row(
            "F",
            "ours, 40 turns",
            format!(
                "{breaks} breaks; {most} tokens at most, {} on average of {blocks} blocks",
                sum / blocks.max(1)
            ),
            "0 breaks, <= 300 tokens",
        ),
    ]
}
