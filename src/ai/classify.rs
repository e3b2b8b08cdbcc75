//! What kind of failure a provider's words are: from the status first, then from its typed code, from the text last.

use serde_json::Value;

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

/// Codes, types, statuses by name and reasons to finish, in lower case and without punctuation.
const CODES: &[(FailureKind, &[&str])] = &[
    (
        FailureKind::ContextOverflow,
        &[
            "contextlengthexceeded",
            "contextoverflow",
            "contextwindowexceeded",
            "modelcontextwindowexceeded",
            "modelmaxprompttokensexceeded",
            "requesttoolarge",
            "exceedcontextsizeerror",
        ],
    ),
    (
        FailureKind::Billing,
        &[
            "billingerror",
            "billinghardlimitreached",
            "billingnotactive",
            "creditserror",
            "freeusagelimiterror",
            "gousagelimiterror",
            "insufficientbalance",
            "insufficientcredits",
            "insufficientquota",
            "paymentrequired",
            "subscriptionsharingusagelimitexceeded",
            "usagelimitreached",
            "usagenotincluded",
            // Z.ai: no balance, the plan's limit
            "1113",
            "1308",
        ],
    ),
    (
        FailureKind::RateLimit,
        &[
            "ratelimited",
            "ratelimiterror",
            "ratelimitexceeded",
            "ratelimitreached",
            "resourceexhausted",
            "throttling",
            "toomanyrequests",
        ],
    ),
    (
        FailureKind::Overloaded,
        &[
            "capacityexceeded",
            "engineoverloaded",
            "engineoverloadederror",
            "modelnotready",
            "modeloverloaded",
            "overloaded",
            "overloadederror",
            "serverbusy",
            "serverisoverloaded",
            "serviceunavailable",
            "slowdown",
            "unavailable",
        ],
    ),
    (
        FailureKind::Timeout,
        &["deadlineexceeded", "modeltimeout", "requesttimeout", "timeout", "timeouterror"],
    ),
    (
        FailureKind::Server,
        &[
            "apierror",
            "error",
            "internal",
            "internalerror",
            "internalserver",
            "internalservererror",
            "modelerror",
            "modelstreamerror",
            "servererror",
            "upstreamerror",
        ],
    ),
    (FailureKind::Connection, &["networkerror"]),
    (
        FailureKind::Auth,
        &[
            "accessdenied",
            "authenticationerror",
            "expiredtoken",
            "forbidden",
            "invalidapikey",
            "invalidsignature",
            "permissiondenied",
            "permissionerror",
            "tokenexpired",
            "unauthenticated",
            "unauthorized",
            "unrecognizedclient",
        ],
    ),
    (
        FailureKind::Refused,
        &[
            "blocklist",
            "contentfilter",
            "contentfiltered",
            "contentpolicyviolation",
            "guardrailintervened",
            "imageprohibitedcontent",
            "imagesafety",
            "moderationblocked",
            "prohibitedcontent",
            "recitation",
            "refusal",
            "responsibleaipolicyviolation",
            "safety",
            "sensitive",
            "spii",
        ],
    ),
    (
        FailureKind::InvalidRequest,
        &[
            "badrequest",
            "failedprecondition",
            "invalidargument",
            "invalidrequest",
            "invalidrequesterror",
            "validation",
            "validationerror",
        ],
    ),
    (FailureKind::Rejected, &["modelnotfound", "notfound", "notfounderror", "resourcenotfound"]),
];

/// No money or quota left; not the many other texts that only mention billing.
const BROKE: &[&str] = &[
    "insufficient_quota",
    "insufficient balance",
    "credit balance is too low",
    "out of credits",
    "more credits",
    "usage limit reached",
    "usage limit has been reached",
];

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

/// Texts without status or code, in the order in which they decide. Digits alone say nothing: they count tokens, bytes
/// and messages.
const PHRASES: &[(FailureKind, &[&str])] = &[
    (FailureKind::Aborted, &["request was aborted", "operation was aborted"]),
    (FailureKind::Billing, &["quota exceeded", "payment required", "billing"]),
    (
        FailureKind::RateLimit,
        &["rate limit", "rate_limit", "ratelimit", "too many requests", "throttl", "resource exhausted"],
    ),
    (
        FailureKind::Overloaded,
        &[
            "overloaded",
            "at capacity",
            "high demand",
            "currently busy",
            "service unavailable",
            "service_unavailable",
            "temporarily unavailable",
        ],
    ),
    (
        FailureKind::Auth,
        &["api key", "x-api-key", "unauthorized", "authentication", "permission denied", "access denied"],
    ),
    (FailureKind::Refused, &["content policy", "content_policy", "content filter", "content_filter"]),
    (FailureKind::Stalled, &["stream timed out"]),
    (
        FailureKind::Truncated,
        &["ended without", "ended before", "disconnected before completion", "premature close", "cut short"],
    ),
    (FailureKind::Timeout, &["timed out", "timeout", "time out", "etimedout"]),
    (
        FailureKind::Connection,
        &[
            "connection error",
            "connection lost",
            "connection refused",
            "connection reset",
            "eai_again",
            "econnaborted",
            "econnrefused",
            "econnreset",
            "ehostunreach",
            "enetunreach",
            "enotfound",
            "epipe",
            "fetch failed",
            "getaddrinfo",
            "http2 request did not get a response",
            "network error",
            "network_error",
            "other side closed",
            "pending stream has been canceled",
            "reset before headers",
            "socket connection was closed",
            "socket hang up",
            "terminated",
            "und_err_",
            "upstream connect",
            "websocket closed",
            "websocket error",
        ],
    ),
    (
        FailureKind::Server,
        &[
            "bad gateway",
            "internal error",
            "internal_error",
            "provider returned error",
            "retry your request",
            "server error",
            "server_error",
            "try your request again",
        ],
    ),
];

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

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Row {
        text: String,
        kind: String,
        retryable: bool,
        status: Option<u16>,
    }

    #[test]
    fn the_corpus_of_texts_is_judged_as_it_says() {
        let rows: Vec<Row> = serde_json::from_str(include_str!("../../fixtures/errors/texts.json")).unwrap();
        for Row { text, kind, retryable, status } in rows {
            let failure = of_text(&text);
            let name = serde_json::to_value(failure.kind).unwrap();
            assert_eq!(
                (name.as_str(), failure.retryable, failure.status),
                (Some(&*kind), retryable, status),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_judged_too_long_by_its_text_is_so_with_every_status_that_can_mean_it() {
        let corpus: std::collections::BTreeMap<String, Vec<String>> =
            serde_json::from_str(include_str!("../../fixtures/errors/overflow.json")).unwrap();
        for text in
            corpus.iter().filter(|(group, _)| group.starts_with("overflow")).flat_map(|(_, texts)| texts)
        {
            for status in [None, Some(400), Some(413), Some(422), Some(500)] {
                let failure = Report { status, message: text.clone(), ..Report::default() }.failure();
                assert_eq!(
                    (failure.kind, failure.retryable),
                    (FailureKind::ContextOverflow, false),
                    "{text}"
                );
            }
            let failure = Report { status: Some(429), message: text.clone(), ..Report::default() }.failure();
            assert_eq!(failure.kind, FailureKind::RateLimit);
        }
    }

    #[test]
    fn a_status_goes_before_a_code_and_a_code_before_a_text() {
        let of = |status, code, text: &str| {
            Report { status, code, message: text.to_owned(), param: None }.failure().kind
        };
        #[rustfmt::skip]
        let rows = [
            (Some(401), Some("overloaded_error"), "timeout", FailureKind::Auth),
            (Some(402), None, "rate limit", FailureKind::Billing),
            (Some(403), Some("content_policy_violation"), "", FailureKind::Refused),
            (Some(403), None, "insufficient balance", FailureKind::Billing),
            (Some(404), Some("model_not_found"), "overloaded", FailureKind::Rejected),
            (Some(400), Some("invalid_request_error"), "Your credit balance is too low", FailureKind::Billing),
            (Some(400), Some("INVALID_ARGUMENT"), "API key not valid. Please pass a valid API key.", FailureKind::Auth),
            (Some(400), Some("content_filter"), "", FailureKind::Refused),
            (Some(400), Some("ThrottlingException"), "Too many tokens", FailureKind::RateLimit),
            (Some(400), None, "timeout must be an integer", FailureKind::InvalidRequest),
            (Some(429), Some("RESOURCE_EXHAUSTED"), "You exceeded your current quota, see billing", FailureKind::RateLimit),
            (Some(429), Some("insufficient_quota"), "You exceeded your current quota", FailureKind::Billing),
            (Some(429), Some("1308"), "limit", FailureKind::Billing),
            (Some(500), Some("context_length_exceeded"), "x", FailureKind::ContextOverflow),
            (Some(500), Some("overloaded_error"), "x", FailureKind::Overloaded),
            (Some(502), None, "<html>", FailureKind::Server),
            (None, Some("rate_limit_error"), "too long", FailureKind::RateLimit),
            (None, Some("invalid_request_error"), "prompt is too long", FailureKind::ContextOverflow),
            (None, Some("invalid_request_error"), "odd", FailureKind::InvalidRequest),
            (None, Some("401"), "odd", FailureKind::Auth),
            (None, Some("modelStreamErrorException"), "odd", FailureKind::Server),
            (None, Some("throttlingException"), "odd", FailureKind::RateLimit),
            (None, None, "odd", FailureKind::Server),
        ];
        for (status, code, text, kind) in rows {
            assert_eq!(of(status, code, text), kind, "{status:?} {code:?} {text}");
        }
    }

    #[test]
    fn reasons_to_end_an_answer_are_told_apart() {
        for (reason, kind) in [
            ("refusal", FailureKind::Refused),
            ("content_filter", FailureKind::Refused),
            ("SAFETY", FailureKind::Refused),
            ("model_context_window_exceeded", FailureKind::ContextOverflow),
            ("network_error", FailureKind::Connection),
            ("error", FailureKind::Server),
            ("something_new", FailureKind::Stopped),
        ] {
            assert_eq!(ended(reason, "text").kind, kind, "{reason}");
        }
    }
}
