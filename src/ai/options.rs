//! What a host asks for with one turn.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Headers, Level, Message, Model, Tool};
use crate::json::{Num, Text, lenient, present, well_formed};

/// Everything that a request is made of.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Turn {
    /// The model to ask.
    pub model: Model,
    /// The system prompt.
    pub system_prompt: Option<Text>,
    /// The conversation.
    pub messages: Vec<Message>,
    /// The tools on offer.
    pub tools: Option<Vec<Tool>>,
    /// The host's options.
    pub options: Options,
    /// The environment variables that the protocol asked to see, read by the host at the time of the call.
    pub env: BTreeMap<String, String>,
    /// Facts about the host's platform that clients of these APIs report in headers, name to value.
    pub platform: Headers,
}

/// How long a provider should keep the prompt's cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CacheRetention {
    /// Not at all.
    None,
    /// The provider's usual time, minutes.
    Short,
    /// The longest that the provider offers, an hour to a day.
    Long,
}

/// The host's options. Those of Pi's `SimpleStreamOptions` count when `simple` is set; the others are the protocols' own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// Whether thinking and limits are to be worked out from `reasoning`, as `streamSimple` does.
    pub simple: bool,
    /// Whether the host's own client sends the request, with its own credential and headers.
    pub client: bool,
    /// The credential.
    pub api_key: Option<Text>,
    /// Sampling temperature as the host wrote it, `null` included.
    #[serde(deserialize_with = "present")]
    pub temperature: Option<Box<RawValue>>,
    /// The longest answer, in tokens.
    #[serde(deserialize_with = "lenient")]
    pub max_tokens: Option<Num>,
    /// How long the prompt's cache should live.
    #[serde(deserialize_with = "lenient")]
    pub cache_retention: Option<CacheRetention>,
    /// The session that the turn belongs to, for caches and routing.
    #[serde(deserialize_with = "lenient")]
    pub session_id: Option<Text>,
    /// Headers that override all others.
    pub headers: Headers,
    /// How long to wait for the response's head, in milliseconds; 600,000 unless set.
    #[serde(deserialize_with = "lenient")]
    pub timeout_ms: Option<Num>,
    /// How often to try again; 2 unless set.
    #[serde(deserialize_with = "lenient")]
    pub max_retries: Option<Num>,
    /// The longest wait that a provider may ask for before a retry, in milliseconds; 60,000 unless set, 0 for no limit.
    #[serde(deserialize_with = "lenient")]
    pub max_retry_delay_ms: Option<Num>,
    /// How long to wait for the first event after the response's head, in milliseconds; 0 for ever.
    #[serde(deserialize_with = "lenient")]
    pub first_event_timeout_ms: Option<Num>,
    /// How long to wait from one event to the next, in milliseconds; 0 for ever.
    #[serde(deserialize_with = "lenient")]
    pub idle_timeout_ms: Option<Num>,
    /// Who the turn is for, where the protocol can say so.
    #[serde(deserialize_with = "lenient")]
    pub metadata: Option<Metadata>,
    /// Which tool the model must, may or must not call, in the protocol's own words.
    pub tool_choice: Option<Box<RawValue>>,
    /// How hard to think (`simple`).
    #[serde(deserialize_with = "lenient")]
    pub reasoning: Option<Text>,
    /// Token budgets for thinking, by level (`simple`).
    #[serde(deserialize_with = "lenient")]
    pub thinking_budgets: Option<BTreeMap<Level, Num>>,
    /// Whether to think: yes, no, or as the model does by itself.
    #[serde(deserialize_with = "lenient")]
    pub thinking_enabled: Option<bool>,
    /// How many tokens thinking may take.
    #[serde(deserialize_with = "lenient")]
    pub thinking_budget_tokens: Option<Num>,
    /// How thinking is shown: `summarized` or `omitted`.
    #[serde(deserialize_with = "lenient")]
    pub thinking_display: Option<Text>,
    /// How hard to think, in the provider's word.
    #[serde(deserialize_with = "lenient")]
    pub effort: Option<Text>,
    /// Whether the model may think between tool calls; yes unless set.
    #[serde(deserialize_with = "lenient")]
    pub interleaved_thinking: Option<bool>,
    /// How hard to think, as a level that the model's map translates.
    #[serde(deserialize_with = "lenient")]
    pub reasoning_effort: Option<Text>,
    /// The options that only one protocol has; each codec reads its own with [`Options::own`].
    pub own: Option<Box<RawValue>>,
}

impl Options {
    /// The options that only one protocol has, in that codec's shape; default when they are of another.
    pub fn own<T: serde::de::DeserializeOwned + Default>(&self) -> T {
        self.own.as_ref().and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
    }
}

/// Who a turn is for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// An opaque id of the user.
    #[serde(deserialize_with = "lenient")]
    pub user_id: Option<Text>,
}

impl Turn {
    /// Reads a turn as the host wrote it. Lone surrogates are dropped wherever they stand, in the keys and values of
    /// free-form parts too: JavaScript strings may hold them, providers refuse them.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&well_formed(json))
    }

    /// An environment variable that is set to something.
    pub fn env(&self, name: &str) -> Option<&str> {
        self.env.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The cache retention to use: the host's, else the environment's, else short.
    pub fn cache_retention(&self) -> CacheRetention {
        let from_env = || (self.env("PI_CACHE_RETENTION") == Some("long")).then_some(CacheRetention::Long);
        self.options.cache_retention.or_else(from_env).unwrap_or(CacheRetention::Short)
    }

    /// The level to think at, if at all: as `streamSimple` works it out, else the host's own word.
    pub fn level(&self) -> Option<&str> {
        if self.options.simple {
            let named = Level::named(self.options.reasoning.as_deref()?);
            let level = named.unwrap_or(Level::Off).clamp_to(&self.model);
            (level != Level::Off).then(|| level.as_str())
        } else {
            self.options.reasoning_effort.as_deref().filter(|effort| !effort.is_empty())
        }
    }

    /// The tools on offer; none is the same as an empty list.
    pub fn tools(&self) -> &[Tool] {
        self.tools.as_deref().unwrap_or_default()
    }

    /// The limit on the answer that `streamSimple` starts from: the host's, else the model's up to 32,000.
    pub fn simple_max_tokens(&self) -> Option<Num> {
        let from_model =
            || (self.model.max_tokens.0 > 0.0).then(|| Num(self.model.max_tokens.0.min(32_000.0)));
        self.options.max_tokens.or_else(from_model)
    }
}
