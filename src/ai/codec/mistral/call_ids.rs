//! Call ids as Mistral wants them: exactly nine letters and digits.

use std::collections::HashMap;

use crate::ai::codec::short_hash::short_hash;

const LENGTH: usize = 9;

/// The ids of one request. Two calls never get the same one.
#[derive(Debug, Default)]
pub(super) struct CallIds {
    by_id: HashMap<String, String>,
    owners: HashMap<String, String>,
}

impl CallIds {
    /// Mistral's id for a call of another provider's.
    pub(super) fn of(&mut self, id: &str) -> String {
        if let Some(known) = self.by_id.get(id) {
            return known.clone();
        }
        let free = |candidate: &String| {
            self.owners.get(candidate).is_none_or(|owner| owner.is_empty() || owner == id)
        };
        let candidate = (0..=u32::MAX).map(|attempt| derive(id, attempt)).find(free).unwrap_or_default();
        self.by_id.insert(id.to_owned(), candidate.clone());
        self.owners.insert(candidate.clone(), id.to_owned());
        candidate
    }
}

/// An id that is derived from another, always in the same way.
pub(super) fn derive(id: &str, attempt: u32) -> String {
    let plain: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    if attempt == 0 && plain.len() == LENGTH {
        return plain;
    }
    let base = if plain.is_empty() { id } else { &plain };
    let seed = if attempt == 0 { base.to_owned() } else { format!("{base}:{attempt}") };
    short_hash(&seed).chars().take(LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_ones_that_pi_derives() {
        let mut ids = CallIds::default();
        for (id, expected) in [
            ("abcdefghi", "abcdefghi"),
            ("a-b_c.d:e|f/ghi", "mlj703uel"),
            ("call_1", "1j55k0s7o"),
            ("toolu_01AbCdEfGhIjKlMnOpQrStUv", "ckeylv1l2"),
            ("call-1", "1qe29241w"),
            ("call:1", "13s96okk7"),
            ("", "k4n83c7h0"),
            ("ключ😀", "15tgau4qm"),
            (&"x".repeat(64), "14u6hao1j"),
        ] {
            assert_eq!(ids.of(id), expected, "{id}");
            assert_eq!(ids.of(id), expected, "{id} again");
        }
    }
}
