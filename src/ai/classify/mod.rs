//! What kind of failure a provider's words are: from the status first, then from its typed code, from the text last.

#[cfg(test)]
mod tests;
mod words;

use serde_json::Value;

use self::words::{BROKE, CODES, PHRASES};
use super::overflow::says_overflow;
use super::{Culprit, Failure, FailureKind};

/// What a provider says of a failure.
#[derive(Debug, Default)]
pub(crate) struct Report<'a> {
    /// The response's status, unless it was that of a success.
    pub(crate) status: Option<u16>,
    /// Its own code or type for the error.
    pub(crate) code: Option<&'a str>,
    /// The field of the request that it names, where the body has a place for that.
    pub(crate) param: Option<&'a str>,
    /// The text that hosts see.
    pub(crate) message: String,
}

impl Report<'_> {
    /// The failure. What says nothing of its kind counts as a fault of the provider's, which may pass.
    pub(crate) fn failure(self) -> Failure {
        self.failure_or(FailureKind::Server)
    }

    fn failure_or(self, unknown: FailureKind) -> Failure {
        let Self { status, code, param, message } = self;
        let kind = kind(status.or_else(|| code.and_then(error_status)), code, &message).unwrap_or(unknown);
        let faulty = matches!(kind, FailureKind::InvalidRequest | FailureKind::Rejected);
        Failure {
            status,
            code: code.map(str::to_owned),
            block: faulty.then(|| Culprit::named(param, &message)).flatten().map(Box::new),
            ..Failure::new(kind, message)
        }
    }
}

/// The failure that a provider's reason to end an answer means.
pub(crate) fn ended(reason: &str, message: impl Into<String>) -> Failure {
    let kind = of_code(reason).unwrap_or(FailureKind::Stopped);
    Failure { code: Some(reason.to_owned()), ..Failure::new(kind, message) }
}

/// The failure behind a text of which nothing else is known: of a provider that the host made, or of an old session.
pub fn of_text(text: &str) -> Failure {
    let body = body_of(text);
    let field = |names: &[&str]| names.iter().find_map(|name| scalar(body.as_ref()?.pointer(name)?));
    let code = field(&["/error/type", "/error/code", "/error/status", "/code", "/type", "/__type"]);
    let numbered = || field(&["/error/code", "/status", "/code"]).and_then(|code| error_status(&code));
    let status = status_in(text).or_else(numbered);
    let code = code.filter(|code| code.parse::<u16>().is_err());
    Report { status, code: code.as_deref(), param: None, message: text.to_owned() }
        .failure_or(FailureKind::Rejected)
}

fn kind(status: Option<u16>, code: Option<&str>, text: &str) -> Option<FailureKind> {
    use FailureKind as Kind;
    let coded = code.and_then(of_code);
    let overflow = || coded == Some(Kind::ContextOverflow) || says_overflow(text);
    let broke = || coded == Some(Kind::Billing) || says(text, BROKE);
    // What a provider may say with a status that means something less precise.
    let precise = || {
        coded.filter(|kind| {
            matches!(
                kind,
                Kind::Refused | Kind::Billing | Kind::RateLimit | Kind::Auth | Kind::ContextOverflow
            )
        })
    };
    Some(match status {
        None | Some(..400) => {
            return coded
                .filter(|kind| !matches!(kind, Kind::InvalidRequest | Kind::Server))
                .or_else(|| says_overflow(text).then_some(Kind::ContextOverflow))
                .or(coded)
                .or_else(|| of_phrase(text));
        }
        Some(401) => Kind::Auth,
        Some(402) => Kind::Billing,
        Some(403 | 429) if broke() => Kind::Billing,
        Some(403) => coded.filter(|kind| *kind == Kind::Refused).unwrap_or(Kind::Auth),
        Some(408) => Kind::Timeout,
        Some(429) => Kind::RateLimit,
        Some(498 | 503 | 529) => Kind::Overloaded,
        Some(400 | 413 | 422) => match precise() {
            Some(kind) => kind,
            None if overflow() => Kind::ContextOverflow,
            None if broke() => Kind::Billing,
            None if says(text, &["api key not valid"]) => Kind::Auth,
            None => Kind::InvalidRequest,
        },
        Some(409 | 424 | 425) => Kind::Server,
        Some(..500) => precise().unwrap_or(Kind::Rejected),
        Some(_) if coded == Some(Kind::Overloaded) || says(text, &["overloaded_error"]) => Kind::Overloaded,
        Some(_) if overflow() => Kind::ContextOverflow,
        Some(_) => Kind::Server,
    })
}

/// A code that is an error status.
fn error_status(code: &str) -> Option<u16> {
    code.parse().ok().filter(|status| (400..600).contains(status))
}

fn of_code(code: &str) -> Option<FailureKind> {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.to_ascii_lowercase();
    // AWS and others end their names so.
    let plain = plain.strip_suffix("exception").unwrap_or(&plain);
    CODES.iter().find(|(_, codes)| codes.contains(&plain)).map(|(kind, _)| *kind)
}

fn says(text: &str, phrases: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    phrases.iter().any(|phrase| text.contains(phrase))
}

fn of_phrase(text: &str) -> Option<FailureKind> {
    if says(text, BROKE) {
        return Some(FailureKind::Billing);
    }
    PHRASES.iter().find(|(_, phrases)| says(text, phrases)).map(|(kind, _)| *kind)
}

/// The first JSON object of a text.
fn body_of(text: &str) -> Option<Value> {
    let from = text.get(text.find('{')?..)?;
    serde_json::Deserializer::from_str(from).into_iter().next()?.ok()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// An error status that a text names as one: it stands first, or behind a word that announces it.
fn status_in(text: &str) -> Option<u16> {
    const ANNOUNCE: [&str; 7] = ["code", "error", "exception", "http", "response", "responded", "status"];
    let head = text.get(..text.find(['{', '"']).unwrap_or(text.len()))?;
    let mut before: Option<&str> = None;
    for word in
        head.split(|c: char| c.is_whitespace() || "():=,#".contains(c)).filter(|word| !word.is_empty())
    {
        let announced = before.is_none_or(|before| {
            let before = before.to_ascii_lowercase();
            ANNOUNCE.iter().any(|word| before == *word || before.starts_with("http/"))
                || (before.ends_with("error") && !before.contains('.'))
        });
        let word = word.trim_end_matches(['.', ']', ';']);
        if let Some(status) = error_status(word).filter(|_| announced && word.len() == 3) {
            return Some(status);
        }
        if !matches!(word, "with" | "-") {
            before = Some(word);
        }
    }
    None
}
