//! What a turn used and what it cost.

use serde::{Deserialize, Serialize};

use crate::json::{Num, lenient};

/// How many tiers a price list may have.
const MOST_TIERS: usize = 8;

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
    /// Those of them that will stay there for an hour; as `cache_write` unless set.
    #[serde(deserialize_with = "lenient", rename = "cacheWrite1h")]
    pub cache_write_1h: Option<Num>,
    /// Other prices for longer prompts.
    #[serde(deserialize_with = "lenient")]
    pub tiers: Option<Tiers>,
}

/// Prices for prompts of more than so many tokens, cached ones included. They hold for the whole request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Tier {
    input_tokens_above: Num,
    input: Num,
    output: Num,
    cache_read: Num,
    cache_write: Num,
    #[serde(deserialize_with = "lenient", rename = "cacheWrite1h")]
    cache_write_1h: Option<Num>,
}

/// A few tiers; a list of fixed size, so that prices stay a value that is copied. Those beyond the eighth are ignored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(from = "Vec<Tier>")]
pub struct Tiers([Option<Tier>; MOST_TIERS]);

impl From<Vec<Tier>> for Tiers {
    fn from(tiers: Vec<Tier>) -> Self {
        let mut kept = Self::default();
        for (place, tier) in kept.0.iter_mut().zip(tiers) {
            *place = Some(tier);
        }
        kept
    }
}

impl Rates {
    /// The prices for a prompt of so many tokens.
    fn for_prompt(&self, tokens: f64) -> Self {
        let tiers = self
            .tiers
            .iter()
            .flat_map(|tiers| tiers.0.iter().flatten())
            .filter(|tier| tokens > tier.input_tokens_above.0);
        let highest = tiers.fold(None, |best: Option<&Tier>, tier| match best {
            Some(best) if best.input_tokens_above >= tier.input_tokens_above => Some(best),
            _ => Some(tier),
        });
        highest.map_or(*self, |tier| Self {
            input: tier.input,
            output: tier.output,
            cache_read: tier.cache_read,
            cache_write: tier.cache_write,
            cache_write_1h: tier.cache_write_1h,
            tiers: self.tiers,
        })
    }
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
    /// Of all four or, where the provider says what it charges, that.
    pub total: Num,
    /// Whether the total is what the provider says that it charges.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub total_from_provider: bool,
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
    /// Those of them that will stay there for an hour, where the provider says so.
    #[serde(skip_serializing_if = "Option::is_none", rename = "cacheWrite1h")]
    pub cache_write_1h: Option<Num>,
    /// All of them.
    pub total_tokens: Num,
    /// What they cost.
    pub cost: Cost,
}

impl Usage {
    /// Sums the tokens in Pi's order and prices them.
    #[must_use]
    pub fn priced(mut self, rates: &Rates) -> Self {
        let rates = rates.for_prompt(self.input.0 + self.cache_read.0 + self.cache_write.0);
        let hour = self.cache_write_1h.map(|hour| Num(hour.0.min(self.cache_write.0)));
        self.cache_write_1h = hour.filter(|hour| hour.0 > 0.0);
        let price = |rate: Num, tokens: Num| Num((rate.0 / 1_000_000.0) * tokens.0);
        let mut cost = Cost {
            input: price(rates.input, self.input),
            output: price(rates.output, self.output),
            cache_read: price(rates.cache_read, self.cache_read),
            cache_write: price(rates.cache_write, self.cache_write),
            ..Cost::default()
        };
        if let (Some(rate), Some(hour)) = (rates.cache_write_1h, self.cache_write_1h) {
            let rest = price(rates.cache_write, Num(self.cache_write.0 - hour.0));
            cost.cache_write = Num(rest.0 + price(rate, hour).0);
        }
        cost.total = Num(cost.input.0 + cost.output.0 + cost.cache_read.0 + cost.cache_write.0);
        self.total_tokens = Num(self.input.0 + self.output.0 + self.cache_read.0 + self.cache_write.0);
        self.cost = cost;
        self
    }

    /// Takes what the provider says that it charges, in US dollars, for the total. The parts stay those of the price
    /// list.
    #[must_use]
    pub fn charged(mut self, charge: Option<Num>) -> Self {
        if let Some(charge) = charge.filter(|charge| charge.0.is_finite() && charge.0 >= 0.0) {
            self.cost.total = charge;
            self.cost.total_from_provider = true;
        }
        self
    }

    /// The same at a multiple of the price.
    #[must_use]
    pub fn at_price(mut self, factor: f64) -> Self {
        let Cost { input, output, cache_read, cache_write, .. } = self.cost;
        let [input, output, cache_read, cache_write] =
            [input, output, cache_read, cache_write].map(|cost| Num(cost.0 * factor));
        let total = Num(input.0 + output.0 + cache_read.0 + cache_write.0);
        self.cost = Cost { input, output, cache_read, cache_write, total, ..self.cost };
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: &str = r#"{"input":2,"output":8,"cacheRead":0.5,"cacheWrite":2.5,"cacheWrite1h":4,"tiers":[
        {"inputTokensAbove":200000,"input":4,"output":12,"cacheRead":1,"cacheWrite":5,"cacheWrite1h":8},
        {"inputTokensAbove":1000,"input":3,"output":9,"cacheRead":0.75,"cacheWrite":3.75}]}"#;

    fn cost(tokens: [f64; 4], hour: Option<f64>) -> Cost {
        let [input, output, cache_read, cache_write] = tokens.map(Num);
        let usage = Usage {
            input,
            output,
            cache_read,
            cache_write,
            cache_write_1h: hour.map(Num),
            ..Usage::default()
        };
        usage.priced(&serde_json::from_str(RATES).unwrap()).cost
    }

    #[test]
    fn the_highest_tier_below_the_prompt_prices_all_of_it() {
        for (prompt, rate) in [(1000.0, 2.0), (1001.0, 3.0), (200_000.0, 3.0), (200_001.0, 4.0)] {
            assert_eq!(cost([prompt, 0.0, 0.0, 0.0], None).input, Num(rate / 1e6 * prompt));
        }
        let cached = cost([1.0, 1e6, 600.0, 400.0], None);
        assert_eq!(
            (cached.output, cached.total),
            (Num(9.0), Num(3e-6 + 9.0 + 0.75e-6 * 600.0 + 3.75e-6 * 400.0))
        );
    }

    #[test]
    fn what_stays_for_an_hour_has_its_own_price_where_the_list_has_one() {
        assert_eq!(cost([0.0, 0.0, 0.0, 100.0], Some(40.0)).cache_write, Num(2.5e-6 * 60.0 + 4e-6 * 40.0));
        assert_eq!(cost([0.0, 0.0, 0.0, 2000.0], Some(40.0)).cache_write, Num(3.75e-6 * 2000.0));
    }

    #[test]
    fn odd_price_lists_read_as_flat_ones() {
        for odd in [r#"{"input":2,"tiers":7}"#, r#"{"input":2,"tiers":null,"cacheWrite1h":"x"}"#] {
            let rates: Rates = serde_json::from_str(odd).unwrap();
            assert_eq!((rates.input, rates.tiers), (Num(2.0), None), "{odd}");
        }
    }
}
