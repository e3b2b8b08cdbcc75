//! Ids of calls that the target accepts and that are distinct within a request.

use std::collections::HashSet;

use crate::ai::Model;
use crate::ai::message::{Assistant, Block};
use crate::json::Text;

/// How many characters of an id tell it from one that would be equal: the length of Mistral's ids, the shortest.
const MARK: usize = 9;
const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// The ids given out so far. The Responses family joins two, the call's and its item's, with a `|`; providers want
/// either to be unique.
#[derive(Default)]
pub(super) struct Ids {
    calls: HashSet<String>,
    items: HashSet<String>,
}

impl Ids {
    /// The id to send for each call of an answer.
    pub(super) fn claim_all(
        &mut self,
        answer: &Assistant,
        own: bool,
        model: &Model,
        rule: impl Fn(&str, &Assistant) -> String,
    ) -> Vec<Text> {
        let calls = answer.content.iter().filter_map(|block| match block {
            Block::ToolCall(call) => Some(&*call.id),
            _ => None,
        });
        calls
            .map(|id| {
                let keep = own && is_accepted(id, model, |id| rule(id, answer));
                Text::from(if keep { self.claim(id, id) } else { self.claim(id, &rule(id, answer)) })
            })
            .collect()
    }

    /// The candidate if nobody has it yet, else one that is marked by a hash of the id.
    fn claim(&mut self, id: &str, candidate: &str) -> String {
        let (call, item) = match candidate.split_once('|') {
            Some((call, item)) => (call, Some(item)),
            None => (candidate, None),
        };
        let call = unique(&mut self.calls, id, call, |mark| {
            let kept = call.chars().count().saturating_sub(MARK);
            call.chars().take(kept).chain(mark.chars()).collect()
        });
        let item = item.map(|item| unique(&mut self.items, id, item, |mark| format!("fc_{mark}")));
        match item {
            Some(item) => format!("{call}|{item}"),
            None => call,
        }
    }
}

/// Whether the target would take an id of its own model's as it is.
fn is_accepted(id: &str, model: &Model, rule: impl Fn(&str) -> String) -> bool {
    // The item's part is the provider's own business: some put 400 characters of encrypted text there.
    let call = if model.api.ends_with("-responses") { id.split('|').next().unwrap_or(id) } else { id };
    rule(call) == call
}

/// An id that is not empty and not taken yet; takes it.
fn unique(taken: &mut HashSet<String>, id: &str, candidate: &str, marked: impl Fn(&str) -> String) -> String {
    let mut unique = candidate.to_owned();
    let mut attempt = 0;
    while unique.is_empty() || !taken.insert(unique.clone()) {
        unique = marked(&mark(id, attempt));
        attempt += 1;
    }
    unique
}

/// Letters and digits that stand for an id; other ones at each attempt. Must never change: caches and servers remember
/// ids from one request to the next.
fn mark(id: &str, attempt: u32) -> String {
    let bytes = id.bytes().chain(attempt.to_le_bytes());
    let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let mut rest = bytes.fold(0xcbf2_9ce4_8422_2325, fnv);
    let digits = std::iter::repeat_with(|| {
        let digit = usize::try_from(rest % 36).ok().and_then(|digit| ALPHABET.get(digit));
        rest /= 36;
        digit.copied().map_or('0', char::from)
    });
    digits.take(MARK).collect()
}
