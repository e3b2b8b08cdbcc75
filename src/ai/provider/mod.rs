//! Argent's providers: where each is reached, as whom, and how it departs from its wire; and the [`Turn`](super::Turn)
//! that a request of Argent's means. Data in, data out: the wires themselves are the codecs'.

mod anthropic;
mod config;
mod google;
mod inception;
mod level;
mod minimax;
mod model;
mod openai;
mod openai_codex;
mod openai_responses;
mod request;
#[cfg(test)]
mod tests;
mod turn;
mod xai;
mod zai;

use serde::Serialize;

pub use config::Config;
pub use level::{Limits, Wishes};
pub use model::Fields;
pub use request::Request;
pub use turn::{Asked, PROTOCOL};

/// What is known of a provider beforehand.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Provider {
    /// Its name.
    pub id: &'static str,
    /// The protocol of the models that do not say theirs.
    pub api: &'static str,
    /// Where it is reached.
    pub base_url: &'static str,
    /// Base URLs in use that were never right; they mean `base_url`.
    pub mistaken_urls: &'static [&'static str],
    /// Its other doors.
    pub plans: &'static [Plan],
    /// The environment variables that may hold its key, strongest first.
    pub keys: &'static [&'static str],
    /// The providers of the catalogue whose models it serves.
    pub catalogue: &'static [&'static str],
    /// Switches of the protocol for its models, where they have none of their own; JSON text.
    pub compat: Option<&'static str>,
    /// What to make of an answer that is thinking and nothing else.
    pub only_thinking: OnlyThinking,
}

/// A second way to a provider: a subscription, or another protocol.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// What hosts call it.
    pub name: &'static str,
    /// Where it is reached.
    pub base_url: &'static str,
    /// The protocol spoken there.
    pub api: &'static str,
}

/// What to make of an answer that is thinking and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum OnlyThinking {
    /// It stays as it is.
    Stays,
    /// The thinking is the answer, which some servers put into the wrong field.
    IsTheAnswer,
    /// The question is asked once more, with thinking off.
    AsksAgain,
}

const PROVIDERS: &[&Provider] = &[
    &anthropic::PROVIDER,
    &openai::PROVIDER,
    &openai_responses::PROVIDER,
    &openai_codex::PROVIDER,
    &google::PROVIDER,
    &xai::PROVIDER,
    &minimax::PROVIDER,
    &zai::PROVIDER,
    &zai::CODING,
    &inception::PROVIDER,
];

/// The provider of a name.
pub fn resolve(id: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().copied().find(|provider| provider.id == id)
}

/// All providers.
pub fn all() -> &'static [&'static Provider] {
    PROVIDERS
}
