//! Makes the ids of a request's items differ, as the provider insists: histories that were copied together have some
//! twice.

use std::collections::HashSet;

use serde::Deserialize;

use super::ids;
use super::item::Item;
use crate::json::{Text, lenient};

#[derive(Deserialize)]
struct Named {
    #[serde(default, deserialize_with = "lenient")]
    id: Option<Text>,
}

/// The items without reasoning that was there before; texts get another id, calls none. Items in order stay as they
/// are.
pub(super) fn distinct(items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    let mut seen = HashSet::new();
    items.into_iter().filter_map(|item| renamed(item, &mut seen)).collect()
}

fn renamed<'a>(mut item: Item<'a>, seen: &mut HashSet<String>) -> Option<Item<'a>> {
    match &mut item {
        Item::Reasoning(json) => {
            let id = serde_json::from_str(json.get()).ok().and_then(|named: Named| named.id);
            if id.is_some_and(|id| !seen.insert(id.into_string())) {
                return None;
            }
        }
        Item::Answer(answer) => {
            let mut times = 0;
            while !seen.insert(answer.id.to_string()) {
                times += 1;
                answer.id = ids::another(&answer.id, times).into();
            }
        }
        Item::Call(call) => {
            if call.id.is_some_and(|id| !seen.insert(id.to_owned())) {
                call.id = None;
            }
        }
        Item::Said { .. } | Item::Output { .. } => {}
    }
    Some(item)
}
