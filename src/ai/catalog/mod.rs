//! The catalogue of known models: 31 providers, 969 models, with prices and limits.

use std::sync::OnceLock;

use indexmap::IndexMap;
use serde_json::value::RawValue;

/// The catalogue as JSON text: provider id to model id to [`Model`](crate::ai::Model). Prices are US dollars per million
/// tokens, limits are tokens.
pub const JSON: &str = include_str!("models.json");

/// Models that Argent's catalogue has and Pi's has not, in the same shape. Prices follow the providers' own lists: none
/// but Anthropic and `MiniMax` charges for writing a cache.
const ARGENT_JSON: &str = include_str!("argent.json");

type Providers = IndexMap<&'static str, &'static RawValue>;

fn by_provider() -> &'static Providers {
    static PROVIDERS: OnceLock<Providers> = OnceLock::new();
    PROVIDERS.get_or_init(|| serde_json::from_str(JSON).unwrap_or_default())
}

fn argents() -> &'static Providers {
    static PROVIDERS: OnceLock<Providers> = OnceLock::new();
    PROVIDERS.get_or_init(|| serde_json::from_str(ARGENT_JSON).unwrap_or_default())
}

/// The providers, in the order of the catalogue.
pub fn providers() -> impl Iterator<Item = &'static str> {
    by_provider().keys().copied()
}

/// A provider's models as JSON text, id to model.
pub fn models(provider: &str) -> Option<&'static str> {
    by_provider().get(provider).map(|models| models.get())
}

/// The providers that Argent adds models to, in the order of its additions.
pub fn argent_providers() -> impl Iterator<Item = &'static str> {
    argents().keys().copied()
}

/// The models that Argent adds to a provider's as JSON text, id to model.
pub fn argent_models(provider: &str) -> Option<&'static str> {
    argents().get(provider).map(|models| models.get())
}

/// One model as JSON text, Argent's additions included.
pub fn model(provider: &str, id: &str) -> Option<&'static str> {
    [models(provider), argent_models(provider)].into_iter().flatten().find_map(|models| {
        let models: Providers = serde_json::from_str(models).ok()?;
        models.get(id).map(|model| model.get())
    })
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

    #[test]
    fn additions_are_new_and_free_of_invented_prices() {
        let additions: BTreeMap<String, BTreeMap<String, Model>> =
            serde_json::from_str(super::ARGENT_JSON).unwrap();
        assert_eq!(additions.values().map(BTreeMap::len).sum::<usize>(), 13);
        for (provider, models) in &additions {
            let known = super::models(provider).unwrap_or_default();
            for (id, model) in models {
                assert!(!known.contains(&format!("\"{id}\":")), "{provider}/{id} is in the catalogue");
                assert_eq!((&*model.provider, &*model.id), (provider.as_str(), id.as_str()));
                assert!(super::model(provider, id).is_some());
                let charges = matches!(provider.as_str(), "anthropic" | "minimax");
                assert_eq!(model.cost.cache_write.0 > 0.0, charges, "{provider}/{id}");
            }
        }
        assert!(super::model("openai", "gpt-5").is_some() && super::model("openai", "nothing").is_none());
    }
}
