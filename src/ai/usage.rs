//! What a turn used and what it cost.

use serde::{Deserialize, Serialize};

use crate::json::Num;

/// Prices in US dollars per million tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rates {
    /// Prompt tokens that were not cached.
    pub input: Num,
    /// Tokens of the answer, thinking included.
    pub output: Num,
    /// Prompt tokens read from the provider's cache.
    pub cache_read: Num,
    /// Prompt tokens written to the provider's cache.
    pub cache_write: Num,
}

/// Costs in US dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// Of prompt tokens that were not cached.
    pub input: Num,
    /// Of the answer.
    pub output: Num,
    /// Of reading the cache.
    pub cache_read: Num,
    /// Of writing the cache.
    pub cache_write: Num,
    /// Of all four.
    pub total: Num,
}

/// Tokens of one turn. `input + cache_read + cache_write` is the prompt as billed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Prompt tokens that were not cached.
    pub input: Num,
    /// Tokens of the answer, thinking included.
    pub output: Num,
    /// Prompt tokens read from the provider's cache.
    pub cache_read: Num,
    /// Prompt tokens written to the provider's cache.
    pub cache_write: Num,
    /// All of them.
    pub total_tokens: Num,
    /// What they cost.
    pub cost: Cost,
}

impl Usage {
    /// Sums the tokens in Pi's order and prices them.
    #[must_use]
    pub fn priced(mut self, rates: &Rates) -> Self {
        let price = |rate: Num, tokens: Num| Num((rate.0 / 1_000_000.0) * tokens.0);
        let cost = Cost {
            input: price(rates.input, self.input),
            output: price(rates.output, self.output),
            cache_read: price(rates.cache_read, self.cache_read),
            cache_write: price(rates.cache_write, self.cache_write),
            total: Num(0.0),
        };
        let total = cost.input.0 + cost.output.0 + cost.cache_read.0 + cost.cache_write.0;
        self.total_tokens = Num(self.input.0 + self.output.0 + self.cache_read.0 + self.cache_write.0);
        self.cost = Cost { total: Num(total), ..cost };
        self
    }

    /// The same at a multiple of the price.
    #[must_use]
    pub fn at_price(mut self, factor: f64) -> Self {
        let Cost { input, output, cache_read, cache_write, .. } = self.cost;
        let [input, output, cache_read, cache_write] =
            [input, output, cache_read, cache_write].map(|cost| Num(cost.0 * factor));
        let total = Num(input.0 + output.0 + cache_read.0 + cache_write.0);
        self.cost = Cost { input, output, cache_read, cache_write, total };
        self
    }
}
