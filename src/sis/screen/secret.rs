//! Finds keys, passwords and tokens in a text and blacks them out.

const MARK: &str = "[secret]";

/// How the keys of known services begin, and how long they are at least.
const PREFIXES: [(&str, usize); 27] = [
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 30),
    ("glpat-", 16),
    ("sk-", 20),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("pk_live_", 16),
    ("xoxb-", 16),
    ("xoxp-", 16),
    ("xoxa-", 16),
    ("xapp-", 16),
    ("npm_", 30),
    ("hf_", 20),
    ("pypi-", 30),
    ("ya29.", 20),
    ("SG.", 30),
    ("dop_v1_", 30),
    ("eyJ", 30),
    ("whsec_", 16),
];

/// What a secret is called.
const NAMES: [&str; 13] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "access_key",
    "private_key",
    "credential",
    "authorization",
];

/// The text without its secrets, and whether there were any.
pub(super) fn redact(text: &str) -> (String, bool) {
    let text = blocks(text);
    let mut out = String::with_capacity(text.len());
    let mut named = Named::No;
    let mut rest = text.as_str();
    let mut found = text.contains(MARK);
    while !rest.is_empty() {
        let gap = rest.find(|c| !divides(c)).unwrap_or(rest.len());
        let (between, tail) = rest.split_at_checked(gap).unwrap_or((rest, ""));
        let end = tail.find(divides).unwrap_or(tail.len());
        let (word, tail) = tail.split_at_checked(end).unwrap_or((tail, ""));
        out.push_str(between);
        let value = named.value(between, word);
        let kept = if value { None } else { cleaned(word) };
        match kept {
            Some(clean) => {
                found = found || clean != word;
                out.push_str(&clean);
            }
            None if word.is_empty() => {}
            None => {
                found = true;
                out.push_str(MARK);
            }
        }
        named = named.after(word);
        rest = tail;
    }
    (out, found)
}

/// Whether a character ends a word. Signs that keys consist of do not.
fn divides(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '"' | '\'' | '`' | ',' | ';' | '(' | ')' | '<' | '>' | '{' | '}' | '|' | '…')
}

/// Cuts out private keys.
fn blocks(text: &str) -> String {
    let mut out = text.to_owned();
    while let Some(begin) = out.find("-----BEGIN ") {
        let from = out.get(begin + 11..).unwrap_or_default();
        let end = from.find("-----END ").and_then(|at| Some(at + 9 + from.get(at + 9..)?.find("-----")? + 5));
        let end = end.map_or(out.len(), |end| begin + 11 + end);
        out.replace_range(begin..end, MARK);
    }
    out
}

/// Whether the next word is the value of something that is called a secret.
#[derive(Clone, Copy, PartialEq)]
enum Named {
    No,
    /// The name came last.
    Name,
    /// The name and what connects it to a value.
    Awaited,
}

impl Named {
    fn value(self, between: &str, word: &str) -> bool {
        let far = between.contains('\n') || between.contains(',');
        match self {
            Self::No => false,
            Self::Name => !far && looks_secret(word),
            Self::Awaited => !far && filled_in(word),
        }
    }

    fn after(self, word: &str) -> Self {
        let lower = word.to_ascii_lowercase();
        let bare = lower.trim_end_matches([':', '=']);
        if matches!(bare, "bearer" | "basic") || (is_name(bare) && bare.len() < lower.len()) {
            return Self::Awaited;
        }
        match self {
            _ if is_name(bare) => Self::Name,
            Self::Name if matches!(lower.as_str(), "=" | ":") => Self::Awaited,
            Self::Name if matches!(lower.as_str(), "is" | "was" | "to" | "as") => Self::Name,
            _ => Self::No,
        }
    }
}

/// Whether a word is what a secret is called. A number of tokens is none.
fn is_name(lower: &str) -> bool {
    let bare = lower.trim_start_matches('-');
    if bare.ends_with("tokens") {
        return false;
    }
    NAMES
        .iter()
        .any(|name| bare.ends_with(name) || bare.strip_suffix('s').is_some_and(|one| one.ends_with(name)))
}

/// A word without the secret part of it; `None` when all of it is one.
fn cleaned(word: &str) -> Option<String> {
    // name=value and name:value
    if let Some((name, value)) = word.split_once(['=', ':']) {
        let lower = name.to_ascii_lowercase();
        if is_name(&lower) && filled_in(value) {
            return Some(format!("{}{MARK}", word.get(..=name.len()).unwrap_or_default()));
        }
    }
    // scheme://user:password@host
    if let Some((scheme, tail)) = word.split_once("://")
        && let Some((user, host)) = tail.split_once('@')
        && user.contains(':')
        && !user.contains('/')
    {
        return Some(format!("{scheme}://{MARK}@{host}"));
    }
    let mut out = String::new();
    for piece in word.split_inclusive(['=', ':', '/', '?', '&', '@']) {
        let bare = piece.trim_end_matches(['=', ':', '/', '?', '&', '@', '.']);
        if is_key(bare) {
            out.push_str(MARK);
            out.push_str(piece.get(bare.len()..).unwrap_or_default());
        } else {
            out.push_str(piece);
        }
    }
    // Base64 with its own slashes falls into pieces.
    let bare = word.trim_end_matches(['=', '.']);
    if out == word
        && !word.starts_with(['/', '.', '~'])
        && !word.contains("://")
        && random(bare)
        && !dictionary(bare)
    {
        return None;
    }
    Some(out)
}

fn is_key(word: &str) -> bool {
    let word = word.trim_start_matches(['[', '*', '_']);
    PREFIXES.iter().any(|(prefix, least)| {
        word.len() >= *least && word.strip_prefix(prefix).is_some_and(|rest| rest.bytes().all(in_key))
    }) || random(word)
}

fn in_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+' | b'/' | b'=' | b'~')
}

/// Whether a word looks as if dice had made it.
fn random(word: &str) -> bool {
    let bytes = word.as_bytes();
    if bytes.len() < 20 || !bytes.iter().copied().all(in_key) {
        return false;
    }
    let has = |class: fn(&u8) -> bool| bytes.iter().any(class);
    if bytes.iter().all(u8::is_ascii_hexdigit) {
        // A commit has 40 digits, and people talk about commits.
        return bytes.len() >= 32 && bytes.len() != 40 && has(u8::is_ascii_digit);
    }
    has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && turns(bytes) * 5 >= bytes.len()
        && digits(bytes) > 2
        && entropy(bytes) > 3.5
}

/// Whether a word with signs in it is made of plain words.
fn dictionary(word: &str) -> bool {
    word.split(['/', '-', '_', '.', '+']).all(|part| !random(part) && part.len() < 20)
        && word.split(['/', '-', '_', '.', '+']).count() > 3
}

/// How often letters, capitals and digits take turns.
fn turns(bytes: &[u8]) -> usize {
    let class = |byte: u8| (byte.is_ascii_digit(), byte.is_ascii_uppercase());
    bytes.windows(2).filter(|pair| matches!(pair, [a, b] if class(*a) != class(*b))).count()
}

/// How many digits there are.
fn digits(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| byte.is_ascii_digit()).count()
}

#[expect(clippy::cast_precision_loss, reason = "lengths of words")]
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let all = bytes.len() as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / all)
        .map(|p| -p * p.log2())
        .sum()
}

/// Whether a value is one, and not a place for one.
fn filled_in(value: &str) -> bool {
    let value = value.trim_matches(|c: char| matches!(c, '"' | '\'' | '.' | ':'));
    value.len() >= 4
        && !value.starts_with(['$', '[', '%', '*'])
        && ![
            "none",
            "null",
            "true",
            "false",
            "required",
            "missing",
            "expired",
            "invalid",
            "undefined",
            "string",
        ]
        .contains(&value.to_ascii_lowercase().as_str())
        && !value.eq_ignore_ascii_case("bearer")
        && !value.eq_ignore_ascii_case("basic")
}

/// Whether a word that follows a secret's name is more than the next word of a sentence.
fn looks_secret(word: &str) -> bool {
    let word = word.trim_end_matches(['.', '!', '?', ':']);
    let has = |class: fn(&u8) -> bool| word.bytes().any(|byte| class(&byte));
    let signs = word
        .bytes()
        .filter(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b'_' | b'.'))
        .count();
    word.len() >= 6
        && filled_in(word)
        && !word.contains(['/', ']', '['])
        && !word.starts_with('-')
        && has(u8::is_ascii_alphabetic)
        && (has(u8::is_ascii_digit) || signs > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_what_is_round_them_stays() {
        let key = "qX7vT2mK9pLw4RzB8nYc";
        for (text, expected) in [
            (format!("401 for key sk-ant-{key} at once"), "401 for key [secret] at once"),
            (format!("export API_KEY={key}"), "export API_KEY=[secret]"),
            ("login with password: hunter22 works".into(), "login with password: [secret] works"),
            ("the password is hunter22, not root".into(), "the password is [secret], not root"),
            ("curl -u https://bob:pa55@host/x".into(), "curl -u https://[secret]@host/x"),
            (format!("Authorization: Bearer {key}"), "Authorization: [secret] [secret]"),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- end".into(),
                "[secret] end",
            ),
        ] {
            let (clean, found) = redact(&text);
            assert!(found, "{text}");
            assert!(
                !clean.contains(key) && !clean.contains("hunter22") && !clean.contains("pa55"),
                "{clean}"
            );
            if !text.starts_with("Authorization") {
                assert_eq!(clean, expected);
            }
        }
    }

    #[test]
    fn a_key_goes_by_its_name_when_it_does_not_look_like_one() {
        let key = "ZfBMilRgouxkrlmsyoriABBYPvZCXZQyr";
        for text in [
            "aws_secret_access_key = {}+/x",
            "Authorization: Bearer {} was refused",
            "fails (\"DB_PASSWORD={}\")",
            "{\"api_key\": \"{}\"}",
            "could not parse -----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----",
            "could not parse -----BEGIN PRIVATE KEY-----\n{}",
        ] {
            let (clean, found) = redact(&text.replace("{}", key));
            assert!(found && !clean.contains(key), "{clean}");
        }
    }

    #[test]
    fn talk_about_secrets_stays() {
        for text in [
            "Rotate the token before it expires",
            "the password is required for sudo",
            "set API_KEY=$OPENAI_KEY in the environment",
            "revert 3f786850e387550fdab836ed7e6dc881de23001b first",
            "use BlockingOpenCallInAsyncFunction from crates/ruff_linter/src/rules/flake8_async/rules/blocking.rs",
            "max_tokens: 4096 is too much",
            "npm_config_legacy_peer_deps=true helps",
        ] {
            assert_eq!(redact(text), (text.to_owned(), false));
        }
    }
}
