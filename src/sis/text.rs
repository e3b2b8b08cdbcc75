//! Words of a text as search sees them: parts of identifiers, without endings, without the words that all texts have.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words that say nothing about what a text is about.
const STOP: &str = " a about after again also am an and any are as at be because been before being but by can could did do does \
doing done for get gets getting give go goes going got had has have having he her here his how i in into is it its just let \
lets like make makes me more most much my need needs now of off ok okay on or our out over please really she should so some \
such than thank thanks that the their them then there these they thing things this those through to too under up us very \
want wants was we were what when where which who whole why will with would yes you your ";

/// The words of a text in order, each cut down to its stem. An identifier gives itself and its parts; scripts without
/// spaces between words give pairs of characters.
pub fn terms(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for word in text.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
        let word = word.trim_matches('_');
        if word.is_empty() {
            continue;
        }
        if word.is_ascii() {
            push(&mut out, word);
            let parts = parts(word);
            if parts.len() > 1 {
                for part in parts {
                    push(&mut out, part);
                }
            }
        } else {
            push_other(&mut out, word);
        }
    }
    out
}

fn push(out: &mut Vec<String>, word: &str) {
    let word = word.to_ascii_lowercase();
    if !is_stop(&word) {
        out.push(stem(word));
    }
}

fn is_stop(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| STOP.split_ascii_whitespace().collect());
    WORDS.contains(word)
}

/// A word in another script than the Latin one, or with accents.
fn push_other(out: &mut Vec<String>, word: &str) {
    let chars: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    if chars.len() > 2 && chars.iter().any(|c| spaceless(*c)) {
        out.extend(chars.windows(2).map(|pair| pair.iter().collect::<String>()));
    } else {
        out.push(chars.into_iter().collect());
    }
}

/// Whether a character belongs to a script that puts no spaces between words.
fn spaceless(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The parts of an identifier: `readFile`, `read_file` and `HTTPServer2` have two, two and three.
fn parts(word: &str) -> Vec<&str> {
    let class = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let bytes = word.as_bytes();
    let mut cuts = vec![0];
    for (at, pair) in bytes.windows(2).enumerate() {
        let &[this, next] = pair else { continue };
        let after = bytes.get(at + 2).copied().map(class);
        match (class(this), class(next)) {
            (0, 1) | (3, 0..=2) => cuts.push(at + 1),
            (a, b) if a != b && (a == 2 || b == 2 || b == 3) => cuts.push(at + 1),
            (1, 1) if after == Some(0) => cuts.push(at + 1),
            _ => {}
        }
    }
    cuts.push(word.len());
    cuts.windows(2)
        .filter_map(|cut| word.get(*cut.first()?..*cut.last()?))
        .map(|part| part.trim_matches('_'))
        .filter(|part| !part.is_empty())
        .collect()
}

const ENDINGS: [&str; 20] = [
    "ization", "ations", "ation", "ingly", "edly", "ements", "ement", "ments", "ment", "nesses", "ness",
    "ings", "ing", "ies", "ers", "er", "ed", "es", "ly", "s",
];

/// A word without its ending. Crude on purpose: it has to send the forms of a word to one place, not to find its root.
fn stem(mut word: String) -> String {
    if word.len() <= 3 {
        return word;
    }
    for ending in ENDINGS {
        let Some(left) = word.strip_suffix(ending).map(str::len).filter(|left| *left >= 3) else { continue };
        word.truncate(left);
        if ending == "ies" {
            word.push('i');
        }
        let twice = match word.as_bytes() {
            [.., a, b] => a == b && !matches!(b, b'l' | b's' | b'z'),
            _ => false,
        };
        if word.len() > 3 && twice {
            word.pop();
        }
        break;
    }
    if word.len() > 4 && word.ends_with('e') {
        word.pop();
    }
    word
}

/// What a text is told from others by: lower case, single spaces, no lead-in, no full stop.
pub fn normalized(text: &str) -> String {
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let mut rest = plain.as_str();
    for lead in ["i learned that ", "i noticed that ", "i realized that ", "lesson: ", "remember: "] {
        rest = rest.strip_prefix(lead).unwrap_or(rest);
    }
    rest.strip_suffix('.').unwrap_or(rest).to_owned()
}

/// How many tokens a text is, at most as a rule: tokenizers differ, and a budget should hold.
pub fn tokens(text: &str) -> usize {
    let ascii = text.bytes().filter(u8::is_ascii).count();
    let other = text.chars().filter(|c| !c.is_ascii()).count();
    (ascii * 2).div_ceil(7) + other
}

/// The first `most` characters of a text, with a mark where more followed.
pub fn clipped(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_meet() {
        for forms in [
            ["imports", "importing", "imported"],
            ["deploys", "deployed", "deploying"],
            ["blocked", "blocking", "blocks"],
        ] {
            let stems: Vec<_> = forms.iter().map(|form| terms(form)).collect();
            assert!(stems.windows(2).all(|pair| pair[0] == pair[1]), "{stems:?}");
        }
    }

    #[test]
    fn identifiers_are_found_whole_and_by_part() {
        assert_eq!(terms("readFile"), ["readfile", "read", "file"].map(|word| stem(word.into())));
        assert!(terms("HTTPServer2").contains(&"http".into()));
        assert!(terms("max_line_length").contains(&"line".into()));
        assert_eq!(terms("a b, the and of"), ["b"]);
    }

    #[test]
    fn text_without_spaces_is_searchable() {
        let [lesson, prompt] = [terms("部署前先运行测试"), terms("运行测试")];
        assert!(prompt.iter().all(|pair| lesson.contains(pair)));
        assert_eq!(terms("Über Straße"), ["über", "straße"]);
    }

    #[test]
    fn lessons_are_told_apart_by_what_they_say() {
        assert_eq!(normalized("  I learned that  Tests\nmust pass. "), "tests must pass");
        assert_eq!(clipped("ab cd", 3), "ab…");
    }
}
