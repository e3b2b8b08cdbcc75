//! Argent's providers for JavaScript, as JSON text.

use napi::{Error, Result};
use napi_derive::napi;

use crate::ai::provider::{self, Config, Fields, Limits};
use crate::ai::{Failure, Turn};

/// All providers, JSON: what is known of them beforehand.
#[napi(catch_unwind)]
pub fn provider_list() -> Result<String> {
    serde_json::to_string(provider::all()).map_err(unreadable)
}

/// The model that a provider with these settings (JSON) would ask for an id or a model (JSON): the fields that differ
/// from what was given.
#[napi(catch_unwind)]
pub fn provider_model(provider: String, config: String, asked: String) -> Result<String> {
    let config: Config = serde_json::from_str(&config).map_err(unreadable)?;
    let asked: Fields = serde_json::from_str(&asked).map_err(unreadable)?;
    let known = provider::resolve(&provider)
        .ok_or_else(|| Error::from_reason(format!("Unknown provider: {provider}")))?;
    let mut model = known.model(&config, asked.clone()).map_err(refused)?;
    model.retain(|name, value| asked.get(name) != Some(value));
    serde_json::to_string(&model).map_err(unreadable)
}

/// What the simple options of a turn (JSON) come to in a model configuration, as JSON.
#[napi(catch_unwind)]
pub fn model_limits(turn: String) -> Result<String> {
    let turn: Turn = serde_json::from_str(&turn).map_err(unreadable)?;
    serde_json::to_string(&Limits::of(&turn)).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::from_reason(format!("Cannot read the request: {error}"))
}

fn refused(failure: Failure) -> Error {
    Error::from_reason(failure.message)
}
