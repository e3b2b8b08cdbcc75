//! Lessons from what was said: the user's corrections and standing wishes, lessons that the agent put in words.

use super::super::text::clipped;
use super::super::{Draft, Episode, lesson::Kind};

/// How a sentence begins that sets something right.
const CORRECTS: [&str; 18] = [
    "no,",
    "no.",
    "no!",
    "nope",
    "wrong",
    "that's wrong",
    "that is wrong",
    "that's not",
    "that is not",
    "not like that",
    "actually",
    "i said",
    "i told you",
    "you should have",
    "you shouldn't have",
    "you should not have",
    "instead of",
    "please don't",
];
/// How a sentence begins that is meant for later too.
const STANDING: [&str; 9] = [
    "always ",
    "never ",
    "from now on",
    "remember to",
    "remember that",
    "next time",
    "in future",
    "in the future",
    "going forward",
];
/// What a sentence has that says how to do it.
const DIRECTS: [&str; 15] = [
    "use ", "don't ", "do not ", "never ", "always ", "instead", "must ", "should ", "prefer ", "only ",
    "run ", "put ", "avoid ", "without ", "need",
];
/// How a lesson is announced.
const ANNOUNCED: [&str; 9] = [
    "lesson:",
    "lesson learned:",
    "lessons learned:",
    "remember:",
    "note to self:",
    "takeaway:",
    "key takeaway:",
    "learned:",
    "for next time:",
];
/// A shorter text is not a lesson.
const SHORTEST: usize = 10;
const LONGEST: usize = 300;

/// Lessons from the user's words.
pub(super) fn corrected(episode: &Episode) -> Vec<Draft> {
    let told = episode.correction.as_deref();
    let sentences = sentences(told.unwrap_or(&episode.prompt));
    let lower: Vec<String> =
        sentences.iter().map(|sentence| sentence.to_lowercase().replace('’', "'")).collect();
    let mut correcting = told.is_some();
    let mut drafts: Vec<Draft> = Vec::new();
    for (at, (sentence, lower)) in sentences.iter().zip(&lower).enumerate() {
        let begins = |with: &[&str]| with.iter().any(|cue| lower.starts_with(cue));
        correcting = correcting || (at == 0 && begins(&CORRECTS));
        let directs = DIRECTS.iter().any(|cue| lower.contains(cue));
        let standing = begins(&STANDING);
        // A question asks; it does not correct.
        if !(standing || (correcting && directs && at < 3))
            || sentence.ends_with('?')
            || sentence.len() < SHORTEST
        {
            continue;
        }
        drafts.push(Draft {
            kind: if standing { Kind::Discovery } else { Kind::Mistake },
            confidence: Some(0.7),
            tags: vec!["user".into()],
            ..Draft::new(clipped(without_cue(sentence), LONGEST))
        });
    }
    drafts
}

/// Lessons that were stated.
pub(super) fn stated(episode: &Episode) -> Vec<Draft> {
    let announced = episode.answer.lines().filter_map(|line| {
        let line = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '*' | '#' | '>'));
        let lower = line.to_lowercase();
        let cue = ANNOUNCED.iter().find(|cue| lower.starts_with(*cue))?;
        line.get(cue.len()..).map(|rest| rest.trim_matches(|c: char| c.is_whitespace() || c == '*'))
    });
    let mut drafts: Vec<Draft> = announced
        .chain(episode.stated.iter().map(|text| text.trim()))
        .filter(|text| text.chars().count() > SHORTEST)
        .map(|text| Draft::new(clipped(text, LONGEST)))
        .collect();
    drafts.truncate(8);
    drafts
}

fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest
            .char_indices()
            .zip(rest.chars().skip(1).map(Some).chain([None]))
            .find(|((_, c), next)| {
                *c == '\n' || (matches!(c, '.' | '!' | '?') && next.is_none_or(char::is_whitespace))
            })
            .map_or(rest.len(), |((at, c), _)| at + c.len_utf8());
        let (sentence, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
        sentences.extend(Some(sentence.trim()).filter(|sentence| !sentence.is_empty()));
        rest = tail;
    }
    sentences
}

/// A sentence without the word that only says that it corrects.
fn without_cue(sentence: &str) -> &str {
    let lower = sentence.to_lowercase();
    for cue in ["no, ", "nope, ", "wrong, ", "actually, ", "actually "] {
        if lower.starts_with(cue) {
            return sentence.get(cue.len()..).unwrap_or(sentence);
        }
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lessons(prompt: &str) -> Vec<String> {
        let episode = Episode { prompt: prompt.into(), ..Episode::default() };
        corrected(&episode).into_iter().map(|draft| draft.text).collect()
    }

    #[test]
    fn a_correction_is_a_lesson_and_a_task_is_not() {
        assert_eq!(lessons("No, use pnpm instead of npm. Then go on."), ["use pnpm instead of npm."]);
        assert_eq!(lessons("Fix the login page. Never commit to main!"), ["Never commit to main!"]);
        assert_eq!(
            lessons("That's wrong. You should run `make fmt` first."),
            ["You should run `make fmt` first."]
        );
        for task in
            ["Use pnpm to install the packages", "Should we never use npm?", "No", "Actually it is fine"]
        {
            assert_eq!(lessons(task), Vec::<String>::new(), "{task}");
        }
    }

    #[test]
    fn a_stated_lesson_keeps_its_case() {
        let episode = Episode {
            answer: "Done.\n- **Lesson:** call `readFileSync` with UTF8.\nLesson: short".into(),
            stated: vec!["  `HTTPServer` needs TLS here ".into()],
            ..Episode::default()
        };
        let texts: Vec<_> = stated(&episode).into_iter().map(|draft| draft.text).collect();
        assert_eq!(texts, ["call `readFileSync` with UTF8.", "`HTTPServer` needs TLS here"]);
    }
}
