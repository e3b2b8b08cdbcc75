//! What a host sets up a provider with.

use serde::Deserialize;

use super::{Plan, Provider};
use crate::ai::{CacheRetention, Failure, FailureKind, Headers};
use crate::json::{Text, lenient};

/// A host's settings for a provider.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Config {
    /// The key.
    pub api_key: Option<Text>,
    /// A token to be sent as a bearer in place of a key.
    pub oauth_token: Option<Text>,
    /// Where to reach it.
    #[serde(rename = "baseURL", alias = "baseUrl")]
    pub base_url: Option<Text>,
    /// The protocol to speak.
    pub api: Option<Text>,
    /// Which of its plans to use.
    pub plan: Option<Text>,
    /// Another name for it, as for a server that imitates it.
    pub name: Option<Text>,
    /// Headers for every request.
    pub headers: Headers,
    /// The organisation that is billed (`OpenAI`).
    pub organization: Option<Text>,
    /// How long the prompt's cache should live, for requests that do not say.
    #[serde(deserialize_with = "lenient")]
    pub cache_retention: Option<CacheRetention>,
}

/// What the protocols put after a base URL. Argent's catalogue and settings hold whole URLs.
const PATHS: &[&str] = &["/chat/completions", "/text/chatcompletion_v2", "/v1/messages", "/responses"];

impl Provider {
    /// The plan that a host chose, by its name or by its address.
    pub(super) fn plan(&self, config: &Config) -> Result<Option<&Plan>, Failure> {
        if let Some(name) = config.plan.as_deref() {
            let known = self.plans.iter().find(|plan| plan.name == name);
            return known.map(Some).ok_or_else(|| self.no_such_plan(name));
        }
        let Some(url) = config.base_url.as_deref().map(|url| self.clean_url(url)) else { return Ok(None) };
        Ok(self.plans.iter().find(|plan| plan.base_url == url))
    }

    fn no_such_plan(&self, name: &str) -> Failure {
        let known: Vec<_> = self.plans.iter().map(|plan| plan.name).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let message = format!("Unknown plan of provider {}: {name} (known: {known})", self.id);
        Failure::new(FailureKind::InvalidRequest, message)
    }

    /// A base URL without the protocol's path, and the right one for those that never worked.
    pub(super) fn clean_url(&self, url: &str) -> String {
        let url = url.trim_end_matches('/');
        let base = PATHS.iter().find_map(|path| url.strip_suffix(path)).unwrap_or(url);
        let mistaken = base.is_empty() || self.mistaken_urls.contains(&base);
        if mistaken { self.base_url } else { base }.to_owned()
    }
}

impl Config {
    /// The credential: a token goes before a key.
    pub(super) fn credential(&self) -> Option<&Text> {
        let token = self.oauth_token.as_ref().filter(|token| !token.is_empty());
        token.or(self.api_key.as_ref()).filter(|key| !key.is_empty())
    }

    /// The headers that the settings come to.
    pub(super) fn all_headers(&self, api: &str) -> Headers {
        let mut headers = Headers::default();
        headers.set_some("openai-organization", self.organization.as_deref());
        let token = self.oauth_token.as_deref().filter(|token| !token.is_empty());
        if let Some(token) = token.filter(|_| api == "anthropic-messages") {
            // A key and a token at once are refused.
            headers.set("authorization", format!("Bearer {token}"));
            headers.remove("x-api-key");
        }
        headers.merge(&self.headers);
        headers
    }
}
