//! The rules of ruff: what each is about, how it reports, a piece of code that it objects to.

use serde::Deserialize;

#[derive(Deserialize)]
struct Raw {
    name: String,
    message_formats: Vec<String>,
    explanation: Option<String>,
}

/// One rule.
pub struct Rule {
    /// What the lesson says.
    pub prose: String,
    /// What a program reports.
    pub message: String,
    /// Code that it objects to.
    pub code: String,
}

pub fn load(path: &str) -> Vec<Rule> {
    let raw: Vec<Raw> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut rules: Vec<(String, Rule)> = raw
        .into_iter()
        .filter_map(|raw| {
            let text = raw.explanation?;
            let prose = format!("{}\n{}", section(&text, "What it does"), section(&text, "Why is this bad"));
            let example = section(&text, "Example");
            let code =
                example.split("```").nth(1).unwrap_or_default().trim_start_matches("python").to_owned();
            let message = raw.message_formats.join(" ");
            let whole = !prose.trim().is_empty() && !message.trim().is_empty();
            whole.then_some((raw.name, Rule { prose: prose.trim().to_owned(), message, code }))
        })
        .collect();
    rules.sort_by(|a, b| a.0.cmp(&b.0));
    let mut rules: Vec<Rule> = rules.into_iter().map(|(_, rule)| rule).collect();
    fastrand::Rng::with_seed(1).shuffle(&mut rules);
    rules
}

fn section<'a>(text: &'a str, title: &str) -> &'a str {
    let Some((_, rest)) = text.split_once(&format!("## {title}")) else { return "" };
    let rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
    rest.split_once("\n## ").map_or(rest, |(body, _)| body)
}
