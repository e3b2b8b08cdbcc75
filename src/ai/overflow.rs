//! Tells from a provider's words that a prompt did not fit the model. `lib/pi-ai/overflow.ts` has the same judgement as
//! patterns, which hosts read; `fixtures/errors/overflow.json` holds both to it.

/// Texts of the providers, and of servers that people run themselves, in lower case.
const PHRASES: &[&str] = &[
    "prompt is too long",
    "input is too long",
    "request_too_large",
    "exceeds the context window",
    "exceeds the available context size",
    "reduce the length of the messages",
    "greater than the context length",
    "context window exceeds limit",
    "exceeded model token limit",
    "token limit exceeded",
    "too many tokens",
    "model_context_window_exceeded",
    "context_length_exceeded",
    "context length exceeded",
    "context_length exceeded",
    "context length_exceeded",
    "context_overflow",
    "prompt too long; exceeded max context length",
    "prompt too long; exceeded context length",
];

/// Whether a text says that the prompt is too long. Texts of throttling, which may also speak of too many tokens, and
/// of the size of images do not.
pub(super) fn says_overflow(text: &str) -> bool {
    let text = &*text.to_ascii_lowercase();
    let busy = text.starts_with("throttling error:")
        || text.starts_with("service unavailable:")
        || text.contains("rate limit")
        || text.contains("too many requests");
    !busy
        && (PHRASES.iter().any(|phrase| text.contains(phrase))
            || says_limit(text)
            || exceeds_limit(text)
            || exceeds_model(text)
            || is_bodiless(text))
}

/// What stands before and after each place of a phrase.
fn around<'t>(text: &'t str, phrase: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
    text.match_indices(phrase)
        .filter_map(move |(at, _)| Some((text.get(..at)?, text.get(at + phrase.len()..)?)))
}

/// What follows a number.
fn past_number(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < text.len()).then_some(rest)
}

/// Phrases with the limit in them.
fn says_limit(text: &str) -> bool {
    let limit = |phrase, unit: &str| {
        around(text, phrase).any(|(_, after)| past_number(after).is_some_and(|rest| rest.starts_with(unit)))
    };
    limit("maximum prompt length is ", "")
        || limit("maximum context length is ", " tokens")
        || limit("too large for model with ", " maximum context length")
        || around(text, "input token count")
            .any(|(_, after)| after.lines().next().is_some_and(|line| line.contains("exceeds the maximum")))
}

/// The limit of something that is counted neither in images nor in what images are made of.
fn exceeds_limit(text: &str) -> bool {
    around(text, "exceeds the limit of ").any(|(before, after)| {
        past_number(after).is_some_and(|rest| !is_in_images(rest)) && !is_about_image(before)
    })
}

/// Whether what follows a number says that it counts images, or bytes or pixels of them.
fn is_in_images(after: &str) -> bool {
    const UNITS: [&str; 7] = ["bytes", "kb", "mb", "gb", "kib", "mib", "gib"];
    const LINKS: [&str; 8] = ["per", "for", "in", "of", "each", "a", "an", "the"];
    const IMAGES: [&str; 5] = ["image", "images", "pixel", "pixels", "px"];
    let plain = |word: &str| word.split(|c: char| !is_word(c)).next().unwrap_or_default().to_owned();
    let mut words = after.split_ascii_whitespace();
    let next = words.find(|word| !UNITS.contains(word) && !LINKS.contains(word));
    next.is_some_and(|word| IMAGES.contains(&&*plain(word)))
}

/// Whether the nearest thing that a clause speaks of before a limit is an image rather than tokens.
fn is_about_image(before: &str) -> bool {
    const REACH: usize = 170;
    const IMAGES: [&str; 7] = ["image", "images", "picture", "pictures", "photo", "photos", "base64"];
    let start = before.ceil_char_boundary(before.len().saturating_sub(REACH));
    let near = before.get(start..).unwrap_or_default();
    let clause = near.rsplit(['\n', ';']).next().unwrap_or_default();
    let mut words = clause.rsplit(|c: char| !is_word(c));
    let subject = words.find(|word| IMAGES.contains(word) || matches!(*word, "token" | "tokens"));
    subject.is_some_and(|word| IMAGES.contains(&word))
}

/// The model's own limit; not of an answer that was asked to be longer than the model can give.
fn exceeds_model(text: &str) -> bool {
    ["exceeds the model's max", "exceeds the model\u{2019}s max", "exceeds the model\\u0027s max"]
        .into_iter()
        .any(|phrase| {
            around(text, phrase).any(|(before, after)| {
                let after = after.strip_prefix("imum").unwrap_or(after);
                let clause = after.split(['\n', '.', ';']).next().unwrap_or_default();
                let limit = around(clause, " of ").any(|(between, limit)| {
                    between.len() <= 40 && limit.starts_with(|c: char| c.is_ascii_digit())
                });
                let subject = before.trim_end_matches(|c: char| !c.is_alphabetic() && c != '_');
                limit
                    && !after.starts_with(is_word)
                    && !["max_tokens", "max_completion_tokens", "max_output_tokens"]
                        .iter()
                        .any(|name| subject.ends_with(name))
            })
        })
}

/// Cerebras says no more than this.
fn is_bodiless(text: &str) -> bool {
    let rest = text.strip_prefix("400").or_else(|| text.strip_prefix("413")).map(str::trim_start);
    let rest = rest.map(|rest| rest.strip_prefix("status code").unwrap_or(rest).trim_start());
    rest.is_some_and(|rest| rest.starts_with("(no body)"))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corpus_is_judged_as_it_says() {
        let corpus: std::collections::BTreeMap<String, Vec<String>> =
            serde_json::from_str(include_str!("../../fixtures/errors/overflow.json")).unwrap();
        for (group, texts) in &corpus {
            for text in texts {
                assert_eq!(says_overflow(text), group.starts_with("overflow"), "{group}: {text}");
            }
        }
    }
}
