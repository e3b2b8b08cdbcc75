//! The catalogue of known models: 31 providers, 969 models, with prices and limits.

/// The catalogue as JSON text: provider id to model id to [`Model`](crate::ai::Model). Prices are US dollars per million
/// tokens, limits are tokens.
pub const JSON: &str = include_str!("models.json");

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::ai::Model;

    #[test]
    fn every_entry_is_a_model_under_its_own_provider_and_id() {
        let catalogue: BTreeMap<String, BTreeMap<String, Model>> = serde_json::from_str(super::JSON).unwrap();
        assert_eq!(catalogue.len(), 31);
        assert_eq!(catalogue.values().map(BTreeMap::len).sum::<usize>(), 969);
        for (provider, models) in &catalogue {
            for (id, model) in models {
                assert_eq!((&*model.provider, &*model.id), (provider.as_str(), id.as_str()));
                assert!(model.cost.input.0 >= -1_000_000.0 && model.max_tokens.0 > 0.0, "{provider}/{id}");
            }
        }
    }
}
