//! Ids of items: those of other providers brought into this one's alphabet, length and prefixes.

use std::borrow::Cow;

use serde::Deserialize;

use crate::ai::Model;
use crate::ai::codec::endpoint::portable_id;
use crate::ai::codec::short_hash::short_hash;
use crate::ai::message::Assistant;
use crate::json::Text;

/// The longest id that `OpenAI` takes, in UTF-16 code units.
const LONGEST_ID: usize = 64;

/// The id of another model's call for `model`. Providers in `paired` have ids of two parts, the call's and its item's;
/// the others' have one.
pub(super) fn call_id(id: &str, source: &Assistant, model: &Model, paired: &[&str]) -> String {
    let mut parts = id.split('|');
    let (Some(call), Some(item), true) = (parts.next(), parts.next(), paired.contains(&&*model.provider))
    else {
        return part(id);
    };
    let is_foreign = source.provider != model.provider || source.api != model.api;
    let item = if is_foreign { format!("fc_{}", short_hash(item)) } else { part(item) };
    let item = if item.starts_with("fc_") { item } else { part(&format!("fc_{item}")) };
    format!("{}|{item}", part(call))
}

fn part(id: &str) -> String {
    let portable = portable_id(id, LONGEST_ID);
    portable.trim_end_matches('_').to_owned()
}

/// Which part of its answer a text is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Signature {
    v: Option<serde_json::Value>,
    id: Option<serde_json::Value>,
    phase: Option<serde_json::Value>,
}

/// The id and the phase that a text's signature tells. Signatures of old are the id alone.
pub(super) fn signed(signature: Option<&Text>) -> (Option<Cow<'_, str>>, Option<&'static str>) {
    let Some(signature) = signature.filter(|signature| !signature.is_empty()) else { return (None, None) };
    let json = signature.starts_with('{').then(|| serde_json::from_str(signature).ok()).flatten();
    let told: Signature = json.unwrap_or_default();
    let is_first_version = told.v.and_then(|version| version.as_f64()) == Some(1.0);
    match told.id {
        Some(serde_json::Value::String(id)) if is_first_version => {
            let phase = match told.phase.as_ref().and_then(|phase| phase.as_str()) {
                Some("commentary") => Some("commentary"),
                Some("final_answer") => Some("final_answer"),
                _ => None,
            };
            (Some(Cow::Owned(id)), phase)
        }
        _ => (Some(Cow::Borrowed(signature)), None),
    }
}

/// The id of a text, short enough; one by the text's place when it has none.
pub(super) fn message_id(id: Option<Cow<'_, str>>, message: usize, nth: usize) -> Cow<'_, str> {
    match id.filter(|id| !id.is_empty()) {
        Some(id) if id.encode_utf16().count() > LONGEST_ID => format!("msg_{}", short_hash(&id)).into(),
        Some(id) => id,
        // Ids of one request must differ.
        None if nth > 0 => format!("msg_{message}_{nth}").into(),
        None => format!("msg_{message}").into(),
    }
}

/// An id in place of one that is taken; `times` is how often it was.
pub(super) fn another(id: &str, times: usize) -> String {
    format!("msg_{}", short_hash(&format!("{id} {times}")))
}
