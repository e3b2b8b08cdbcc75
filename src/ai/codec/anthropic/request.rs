//! From a turn to a request: where it goes, as whom, and with which limits on thinking and answer.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::wire::{CacheControl, Effort, Thinking};
use super::{Compat, body, is_oauth_token, thinks_adaptively};
use crate::ai::codec::{HttpRequest, endpoint};
use crate::ai::thinking::with_budget;
use crate::ai::{CacheRetention, Failure, FailureKind, Headers, Level, Turn};
use crate::json::Num;

/// What JavaScript's `encodeURIComponent` escapes.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

const DEFAULT_BASE_URL: &str = "https://api.anthropic.com";
const CLIENT_VERSION: &str = "0.91.1";
const AGENT_VERSION: &str = "2.1.75";
const TOOL_STREAMING_BETA: &str = "fine-grained-tool-streaming-2025-05-14";
const INTERLEAVED_THINKING_BETA: &str = "interleaved-thinking-2025-05-14";
const NO_CREDENTIAL: &str = "Could not resolve authentication method. Expected either apiKey or authToken to be set. \
    Or for one of the \"X-Api-Key\" or \"Authorization\" headers to be explicitly omitted";

/// The limit on the answer and how to think.
pub(super) struct Limits {
    pub(super) max_tokens: Num,
    pub(super) thinking: Option<Thinking>,
    pub(super) effort: Option<Effort>,
    /// Whether thinking was asked for, which rules out a temperature.
    pub(super) thinks: bool,
}

/// Makes the request for a turn.
pub(in crate::ai::codec) fn encode(turn: Turn) -> Result<HttpRequest, Failure> {
    let compat = turn.model.compat::<Compat>();
    let oauth = speaks_as_agent(&turn);
    let url = encode_query(&endpoint::join(&base_url(&turn)?, "/v1/messages"));
    let headers = if turn.options.client { Headers::default() } else { headers(&turn, compat, oauth) };
    let refusal = || require_credential(&headers).and_then(|()| endpoint::check_timeout(&turn)).err();
    let refused = if turn.options.client { None } else { refusal() };
    let cache = match turn.cache_retention() {
        CacheRetention::None => None,
        CacheRetention::Long if compat.long_cache() => Some(CacheControl::hour()),
        _ => Some(CacheControl::default()),
    };
    let body = body::write(turn, compat, oauth, cache)?;
    Ok(HttpRequest { url, headers: endpoint::finish(headers), body, refused, ..HttpRequest::default() })
}

/// Whether the request goes out under a subscription's token, and so in the shape of Anthropic's own agent.
pub(super) fn speaks_as_agent(turn: &Turn) -> bool {
    let foreign = matches!(&*turn.model.provider, "cloudflare-ai-gateway" | "github-copilot");
    !foreign && !turn.options.client && is_oauth_token(api_key(turn))
}

fn api_key(turn: &Turn) -> &str {
    turn.options.api_key.as_deref().unwrap_or_default()
}

fn base_url(turn: &Turn) -> Result<String, Failure> {
    if &*turn.model.provider == "cloudflare-ai-gateway" {
        endpoint::base_url(turn)
    } else if turn.model.base_url.is_empty() {
        Ok(DEFAULT_BASE_URL.to_owned())
    } else {
        Ok(turn.model.base_url.to_string())
    }
}

/// Anthropic's client takes a URL's query apart and writes it anew.
fn encode_query(url: &str) -> String {
    let Some((address, query)) = url.split_once('?') else { return url.to_owned() };
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let write = |text: &str| utf8_percent_encode(text, QUERY).to_string();
    let pairs: Vec<_> = pairs.map(|(name, value)| format!("{}={}", write(&name), write(&value))).collect();
    format!("{address}?{}", pairs.join("&"))
}

fn headers(turn: &Turn, compat: Compat, oauth: bool) -> Headers {
    let key = api_key(turn);
    let mut betas = Vec::new();
    if !turn.tools().is_empty() && !compat.eager_input() {
        betas.push(TOOL_STREAMING_BETA);
    }
    if turn.options.interleaved_thinking.unwrap_or(true) && !thinks_adaptively(&turn.model) {
        betas.push(INTERLEAVED_THINKING_BETA);
    }
    let mut headers = endpoint::client_headers(turn, "Anthropic", CLIENT_VERSION);
    headers.set("anthropic-version", "2023-06-01");
    headers.set("anthropic-dangerous-direct-browser-access", "true");
    match &*turn.model.provider {
        "cloudflare-ai-gateway" => {
            headers.set("cf-aig-authorization", format!("Bearer {key}"));
            headers.remove("x-api-key");
            headers.remove("authorization");
        }
        "github-copilot" => headers.set("authorization", format!("Bearer {key}")),
        _ if oauth => {
            headers.set("authorization", format!("Bearer {key}"));
            betas.splice(0..0, ["claude-code-20250219", "oauth-2025-04-20"]);
            headers.set("user-agent", format!("claude-cli/{AGENT_VERSION}"));
            headers.set("x-app", "cli");
        }
        _ => {
            headers.set("x-api-key", key);
            let token = turn.env("ANTHROPIC_AUTH_TOKEN").map(|token| format!("Bearer {token}"));
            headers.set_some("authorization", token.as_deref());
        }
    }
    if !betas.is_empty() {
        headers.set("anthropic-beta", betas.join(","));
    }
    headers.merge(&turn.model.headers);
    if &*turn.model.provider == "github-copilot" {
        headers.merge(&endpoint::copilot_headers(&turn.messages));
    }
    headers.merge(&turn.options.headers);
    headers
}

/// A request without a credential is refused here, unless a source took the header away on purpose.
fn require_credential(headers: &Headers) -> Result<(), Failure> {
    let settled = |name| headers.get(name).map_or_else(|| headers.mentions(name), |value| !value.is_empty());
    let settled = settled("x-api-key") || settled("authorization");
    if settled { Ok(()) } else { Err(Failure::new(FailureKind::InvalidRequest, NO_CREDENTIAL)) }
}

/// Works out thinking and limits, from `reasoning` when the host used the simple options.
pub(super) fn limits(turn: &Turn) -> Limits {
    let options = &turn.options;
    let (asked, enabled, budget, effort) = if options.simple { simple(turn) } else { full(turn) };
    let fallback = Num((turn.model.max_tokens.0 / 3.0).trunc());
    let max_tokens = asked.filter(|tokens| tokens.0 != 0.0).unwrap_or(fallback);
    let thinks = turn.model.reasoning;
    let adaptive = thinks_adaptively(&turn.model);
    let display = options.thinking_display.as_deref().unwrap_or("summarized").to_owned();
    let thinking = match enabled.filter(|_| thinks) {
        None => None,
        Some(false) => Some(Thinking::Disabled),
        Some(true) if adaptive => Some(Thinking::Adaptive { display }),
        Some(true) => {
            let budget_tokens = budget.filter(|tokens| tokens.0 != 0.0).unwrap_or(Num(1024.0));
            Some(Thinking::Enabled { budget_tokens, display })
        }
    };
    let effort = effort.filter(|effort| enabled == Some(true) && thinks && adaptive && !effort.is_empty());
    let effort = effort.map(|effort| Effort { effort });
    Limits { max_tokens, thinking, effort, thinks: enabled == Some(true) }
}

type Asked = (Option<Num>, Option<bool>, Option<Num>, Option<String>);

fn full(turn: &Turn) -> Asked {
    let options = &turn.options;
    let effort = options.effort.as_deref().map(str::to_owned);
    (options.max_tokens, options.thinking_enabled, options.thinking_budget_tokens, effort)
}

fn simple(turn: &Turn) -> Asked {
    let answer = turn.simple_max_tokens();
    let reasoning = turn.options.reasoning.as_deref().unwrap_or_default();
    if matches!(reasoning, "" | "off") {
        return (answer, Some(false), None, None);
    }
    if thinks_adaptively(&turn.model) {
        return (answer, Some(true), None, Some(effort(turn, reasoning)));
    }
    // A level that has no budget leaves limit and budget to their defaults.
    let Some(level) = Level::named(reasoning) else { return (None, Some(true), None, None) };
    let answer = answer.map_or(0.0, |tokens| tokens.0);
    let budgets = turn.options.thinking_budgets.as_ref();
    let (limit, budget) = with_budget(answer, turn.model.max_tokens.0, level, budgets);
    (Some(limit), Some(true), Some(budget), None)
}

fn effort(turn: &Turn, level: &str) -> String {
    let usual = match level {
        "minimal" | "low" => "low",
        "medium" => "medium",
        _ => "high",
    };
    turn.model.level_name(level).flatten().unwrap_or(usual).to_owned()
}
