//! Lessons from calls of tools: what failed and then went well, what failed again and again.

use std::collections::HashSet;

use serde_json::Value;

use super::super::text::{clipped, terms};
use super::super::{Draft, ToolUse, lesson::Kind};

/// How many calls later a success may still be the answer to a failure.
const LATER: usize = 8;
/// How many failures of one kind make a lesson.
const OFTEN: usize = 3;
/// The most arguments that may differ between a failure and its mending.
const DIFFERENT: usize = 4;

/// Lessons from calls that failed and then, with other arguments, succeeded. The same arguments that succeed later say
/// no more than that the failure passed; other paths and numbers say no more than that the first were wrong.
pub(super) fn retried(calls: &[ToolUse]) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (at, failed) in calls.iter().enumerate().filter(|(_, call)| !call.success) {
        let before = arguments(&failed.input);
        let later = calls.iter().skip(at + 1).take(LATER).filter(|call| call.tool == failed.tool);
        for call in later {
            let after = arguments(&call.input);
            if !akin(&before, &after) {
                continue;
            }
            // A later failure of the same kind is nearer to the mending.
            let flaky =
                |call: &ToolUse| call.success && call.tool == failed.tool && arguments(&call.input) == before;
            if call.success && !calls.iter().any(flaky) {
                drafts.extend(mended(failed, &before, &after));
            }
            break;
        }
    }
    drafts
}

fn mended(failed: &ToolUse, before: &[String], after: &[String]) -> Option<Draft> {
    let without = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|word| !those.contains(word)).cloned().collect()
    };
    let (removed, added) = (without(before, after), without(after, before));
    if removed.len().max(added.len()) > DIFFERENT || (removed.is_empty() && added.is_empty()) {
        return None;
    }
    if removed.iter().chain(&added).all(|word| passing(word)) {
        return None;
    }
    let (removed, added) = (kept(removed), kept(added));
    // What the error speaks of is what was changed; else the change may have had nothing to do with it.
    let told = terms(failed.error.as_deref().unwrap_or_default());
    let related = removed.iter().chain(&added).flat_map(|word| terms(word)).any(|word| told.contains(&word));
    if !related && passes(failed) {
        return None;
    }
    let subject = subject(&failed.tool, before.iter().filter(|word| after.contains(word)));
    let error = first_line(failed);
    let because = if error.is_empty() { String::new() } else { format!(" (\"{error}\")") };
    let text = match (removed.is_empty(), added.is_empty()) {
        (true, _) => format!("{subject}: fails{because} without `{}`; add it.", added.join(" ")),
        (_, true) => format!("{subject}: fails{because} with `{}`; leave it out.", removed.join(" ")),
        _ => format!("{subject}: `{}` fails{because}; use `{}`.", removed.join(" "), added.join(" ")),
    };
    Some(Draft {
        text,
        kind: Kind::Workaround,
        context: failed.error.as_deref().map(|error| clipped(error, 300)),
        related_tools: vec![failed.tool.clone()],
        confidence: Some(if related { 0.65 } else { 0.4 }),
        key: Some(format!("{subject}: {} -> {}", removed.join(" "), added.join(" ")).to_lowercase()),
        ..Draft::default()
    })
}

/// Lessons from calls that failed again and again in the same way and never went well.
pub(super) fn repeated(calls: &[ToolUse]) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    let failures: Vec<_> =
        calls.iter().enumerate().filter(|(_, call)| !call.success && !passes(call)).collect();
    let mut counted: HashSet<usize> = HashSet::new();
    for (at, first) in &failures {
        let before = arguments(&first.input);
        let alike: Vec<usize> = failures
            .iter()
            .filter(|(other, call)| {
                other >= at
                    && call.tool == first.tool
                    && same_error(first, call)
                    && akin(&before, &arguments(&call.input))
            })
            .map(|(other, _)| *other)
            .collect();
        let Some(last) = alike.last().filter(|_| alike.len() >= OFTEN && !counted.contains(at)) else {
            continue;
        };
        let solved = calls
            .iter()
            .skip(*last + 1)
            .any(|call| call.success && call.tool == first.tool && akin(&before, &arguments(&call.input)));
        if solved {
            continue;
        }
        let common = before.iter().filter(|word| {
            failures
                .iter()
                .filter(|(other, _)| alike.contains(other))
                .all(|(_, call)| arguments(&call.input).contains(word))
        });
        let subject = subject(&first.tool, common);
        let error = first_line(first);
        counted.extend(alike);
        drafts.push(Draft {
            text: format!(
                "{subject}: keeps failing (\"{error}\"); do not repeat it unchanged, find the cause first."
            ),
            kind: Kind::Mistake,
            context: first.error.as_deref().map(|error| clipped(error, 300)),
            related_tools: vec![first.tool.clone()],
            confidence: Some(0.6),
            key: Some(format!("{subject}: keeps failing: {}", signature(first)).to_lowercase()),
            ..Draft::default()
        });
    }
    drafts
}

/// The arguments of a call as words. A command falls into its words; of other arguments the name stays with the value.
fn arguments(input: &str) -> Vec<String> {
    let mut words = Vec::new();
    match serde_json::from_str(input) {
        Ok(Value::Object(fields)) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if matches!(name.as_str(), "command" | "cmd" | "args" | "script") => {
                        words.extend(text.split_whitespace().map(str::to_owned));
                    }
                    Value::Array(items) if matches!(name.as_str(), "command" | "cmd" | "args" | "argv") => {
                        words.extend(
                            items.iter().map(|item| item.as_str().map_or(item.to_string(), str::to_owned)),
                        );
                    }
                    Value::String(text) => words.push(format!("{name}={text}")),
                    other => words.push(format!("{name}={other}")),
                }
            }
        }
        _ => words.extend(input.split_whitespace().map(str::to_owned)),
    }
    words
}

/// Whether two calls are tries at the same thing: the same command, and half of the rest in common.
fn akin(a: &[String], b: &[String]) -> bool {
    let common = a.iter().filter(|word| b.contains(word)).count();
    let shorter = a.len().min(b.len());
    a.first().zip(b.first()).is_none_or(|(a, b)| head(a) == head(b))
        && (shorter <= 1 || common * 2 >= shorter)
}

fn head(word: &str) -> &str {
    word.split_once('=').map_or(word, |(name, _)| name)
}

/// What a lesson is about: the tool, and the first words of its command that say something in general.
fn subject<'a>(tool: &str, common: impl Iterator<Item = &'a String>) -> String {
    let words: Vec<&str> =
        common.filter(|word| !passing(word) && !word.starts_with('-')).take(3).map(String::as_str).collect();
    if words.is_empty() { format!("`{tool}`") } else { format!("`{tool}` `{}`", words.join(" ")) }
}

/// Whether an argument belongs to this one call: a path, a number, a hash, a long text.
fn passing(word: &str) -> bool {
    let value =
        word.split_once('=').filter(|(name, _)| !name.starts_with('-')).map_or(word, |(_, value)| value);
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    value.len() > 60
        || value.contains('/')
        || value.contains('\\')
        || digits * 2 > value.len()
        || (!value.starts_with('-')
            && value.rsplit_once('.').is_some_and(|(name, ending)| {
                !name.is_empty()
                    && (1..5).contains(&ending.len())
                    && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
            }))
}

/// The words of a difference that hold beyond this call.
fn kept(words: Vec<String>) -> Vec<String> {
    words.into_iter().filter(|word| !passing(word)).collect()
}

fn first_line(call: &ToolUse) -> String {
    let error = call.error.as_deref().unwrap_or_default();
    let line = error.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    clipped(&line.replace('"', "'"), 100)
}

/// What kind of failure it was, without what differs from time to time.
fn signature(call: &ToolUse) -> String {
    let mut words: Vec<String> =
        terms(call.error.as_deref().unwrap_or_default()).into_iter().filter(|word| !passing(word)).collect();
    words.sort();
    words.dedup();
    words.truncate(12);
    words.join(" ")
}

fn same_error(a: &ToolUse, b: &ToolUse) -> bool {
    let words = |call: &ToolUse| -> HashSet<String> {
        signature(call).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let (a, b) = (words(a), words(b));
    let both = a.intersection(&b).count();
    both * 2 >= a.len().max(b.len())
}

/// Whether a failure passes by itself: the network's, a limit's.
fn passes(call: &ToolUse) -> bool {
    const PASSING: [&str; 12] = [
        "timed out",
        "timeout",
        "rate limit",
        "too many requests",
        "429",
        "503",
        "502",
        "connection reset",
        "econnreset",
        "temporarily",
        "overloaded",
        "network is unreachable",
    ];
    let error = call.error.as_deref().unwrap_or_default().to_lowercase();
    PASSING.iter().any(|sign| error.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(command: &str, error: Option<&str>) -> ToolUse {
        ToolUse {
            tool: "bash".into(),
            input: serde_json::json!({ "command": command }).to_string(),
            success: error.is_none(),
            error: error.map(str::to_owned),
            ..ToolUse::default()
        }
    }

    #[test]
    fn what_was_changed_is_the_lesson() {
        let texts =
            |calls: &[ToolUse]| retried(calls).into_iter().map(|draft| draft.text).collect::<Vec<_>>();
        assert_eq!(
            texts(&[
                call("git push --force origin main", Some("protected branch")),
                call("git push --force-with-lease origin main", None)
            ]),
            ["`bash` `git push origin`: `--force` fails (\"protected branch\"); use `--force-with-lease`."]
        );
        assert_eq!(
            texts(&[call("npm ci", Some("ERESOLVE")), call("npm ci --legacy-peer-deps", None)]),
            ["`bash` `npm ci`: fails (\"ERESOLVE\") without `--legacy-peer-deps`; add it."]
        );
        let none: [String; 0] = [];
        assert_eq!(
            texts(&[call("npm test", Some("flaky")), call("npm test", None)]),
            none,
            "it passed by itself"
        );
        assert_eq!(
            texts(&[call("cat src/a.rs", Some("no such file")), call("cat src/b.rs", None)]),
            none,
            "a typo"
        );
        assert_eq!(
            texts(&[call("npm ci", Some("ERESOLVE")), call("git status -s", None)]),
            none,
            "another matter"
        );
    }

    #[test]
    fn failing_again_and_again_is_a_lesson_unless_it_passes() {
        let publish = |version: &str| {
            call(&format!("npm publish {version}"), Some("403 Forbidden: you may not publish"))
        };
        let drafts = repeated(&[publish("1.0.1"), publish("1.0.2"), publish("1.0.3"), publish("1.0.4")]);
        assert_eq!(drafts.len(), 1);
        assert!(
            drafts[0].text.starts_with("`bash` `npm publish`: keeps failing (\"403 Forbidden"),
            "{:?}",
            drafts[0]
        );
        let slow = call("npm publish", Some("request timed out"));
        assert_eq!(repeated(&[slow.clone(), slow.clone(), slow]), []);
        assert_eq!(repeated(&[publish("1"), publish("2")]), []);
    }
}
