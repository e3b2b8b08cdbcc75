//! The model that a request of Argent's goes to: what the catalogue knows of an id, or a model that the host has
//! described in full, set to the provider's door.

use serde_json::{Map, Value, json};

use super::{Config, Provider};
use crate::ai::{Failure, FailureKind, Model, catalog};

/// The fields of a model by name: what is not known here of a host's own model must come through.
pub type Fields = Map<String, Value>;

/// The limits of a model that nobody knows, in tokens.
const UNKNOWN_CONTEXT: u32 = 128_000;
const UNKNOWN_ANSWER: u32 = 64_000;

impl Provider {
    /// The model to ask. `asked` is an id with or without wishes (`thinking`), or a whole model: one that has an `api`,
    /// which then decides the wire.
    pub fn model(&self, config: &Config, asked: Fields) -> Result<Fields, Failure> {
        let plan = self.plan(config)?;
        let whole = text(&asked, "api").is_some();
        let api = config.api.as_deref().or(plan.map(|plan| plan.api)).unwrap_or(self.api);
        let mut model = if whole { asked } else { self.known(&asked, config, api) };

        let own = text(&model, "baseUrl").filter(|url| !url.is_empty()).map(|url| self.clean_url(url));
        let chosen = config.base_url.as_deref().map(|url| self.clean_url(url));
        let by_plan = || plan.map(|plan| plan.base_url.to_owned());
        let url = chosen.or_else(by_plan).or(own).unwrap_or_else(|| self.base_url.to_owned());
        model.insert("baseUrl".to_owned(), url.into());

        let compat = self.compat.filter(|_| text(&model, "api") == Some(self.api));
        if let Some(compat) = compat.and_then(|compat| serde_json::from_str(compat).ok()) {
            let kept = model.entry("compat").or_insert(Value::Null);
            if kept.is_null() {
                *kept = compat;
            }
        }

        let headers = config.all_headers(text(&model, "api").unwrap_or_default());
        let mut fields = model.get("headers").and_then(Value::as_object).cloned().unwrap_or_default();
        for (name, value) in headers.entries() {
            fields.retain(|known, _| !known.eq_ignore_ascii_case(name));
            fields.insert(name.to_owned(), value.into());
        }
        if !fields.is_empty() {
            model.insert("headers".to_owned(), fields.into());
        }
        Ok(model)
    }

    /// What the catalogue knows of an id, with guesses for the rest.
    fn known(&self, asked: &Fields, config: &Config, api: &str) -> Fields {
        let id = text(asked, "id").unwrap_or_default();
        let candidates: Vec<Fields> = self.catalogue.iter().filter_map(|name| catalogued(name, id)).collect();
        let speaks = |model: &&Fields| text(model, "api") == Some(api);
        let known = candidates.iter().find(speaks).or(candidates.first()).cloned();
        let thinks = asked.get("thinking") == Some(&Value::Bool(true));
        let mut model = known.unwrap_or_else(|| self.guessed(id, thinks));
        if text(&model, "api") != Some(api) {
            // Where and with which switches it is reached over another protocol says nothing of this one.
            model.remove("compat");
            model.remove("baseUrl");
            model.insert("api".to_owned(), api.into());
        }
        if let Some(name) = config.name.as_deref() {
            model.insert("provider".to_owned(), name.into());
        }
        model
    }

    fn guessed(&self, id: &str, thinks: bool) -> Fields {
        let model = json!({
            "id": id,
            "name": id,
            "api": self.api,
            "provider": self.catalogue.first().copied().unwrap_or(self.id),
            "reasoning": thinks,
            "input": ["text", "image"],
            "cost": {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0},
            "contextWindow": UNKNOWN_CONTEXT,
            "maxTokens": UNKNOWN_ANSWER,
        });
        if let Value::Object(fields) = model { fields } else { Fields::new() }
    }
}

/// A model of the catalogue or of Argent's additions to it.
fn catalogued(provider: &str, id: &str) -> Option<Fields> {
    serde_json::from_str(catalog::model(provider, id)?).ok()
}

fn text<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str)
}

/// A model as the codecs take it.
pub(super) fn read(fields: &Fields) -> Result<Model, Failure> {
    let read = serde_json::to_string(fields).and_then(|json| serde_json::from_str(&json));
    read.map_err(|error| Failure::new(FailureKind::InvalidRequest, format!("Cannot read the model: {error}")))
}
