//! The catalogue of known models: 31 providers, 969 models, with prices and limits.

use std::sync::OnceLock;

use indexmap::IndexMap;
use serde_json::value::RawValue;

/// The catalogue as JSON text: provider id to model id to [`Model`](crate::ai::Model). Prices are US dollars per million
/// tokens, limits are tokens.
pub const JSON: &str = include_str!("models.json");

type Providers = IndexMap<&'static str, &'static RawValue>;

fn by_provider() -> &'static Providers {
    static PROVIDERS: OnceLock<Providers> = OnceLock::new();
    PROVIDERS.get_or_init(|| serde_json::from_str(JSON).unwrap_or_default())
}

/// The providers, in the order of the catalogue.
pub fn providers() -> impl Iterator<Item = &'static str> {
    by_provider().keys().copied()
}

/// A provider's models as JSON text, id to model.
pub fn models(provider: &str) -> Option<&'static str> {
    by_provider().get(provider).map(|models| models.get())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::ai::Model;

    #[test]
    fn every_entry_is_a_model_under_its_own_provider_and_id() {
        let catalogue: BTreeMap<String, BTreeMap<String, Model>> = serde_json::from_str(super::JSON).unwrap();
        assert_eq!(catalogue.len(), 31);
        assert_eq!(super::providers().count(), 31);
        assert!(super::models("nobody").is_none());
        assert_eq!(catalogue.values().map(BTreeMap::len).sum::<usize>(), 969);
        for (provider, models) in &catalogue {
            for (id, model) in models {
                assert_eq!((&*model.provider, &*model.id), (provider.as_str(), id.as_str()));
                assert!(model.cost.input.0 >= -1_000_000.0 && model.max_tokens.0 > 0.0, "{provider}/{id}");
            }
        }
    }
}
