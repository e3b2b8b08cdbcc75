//! Looks into a line of JSON and changes parts of it; the rest stays byte for byte as it was.

use std::ops::Range;

use indexmap::IndexMap;
use serde_json::value::RawValue;

use crate::json::WireStr;

/// What an object or an array holds, with its names or numbers; of equal names the last counts.
pub(super) fn parts(value: &RawValue) -> Vec<(String, &RawValue)> {
    let text = value.get();
    if text.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
        return items.into_iter().enumerate().map(|(number, item)| (number.to_string(), item)).collect();
    }
    let fields: IndexMap<WireStr<'_>, &RawValue> = serde_json::from_str(text).unwrap_or_default();
    // A name with a lone surrogate is no other name, whatever it becomes.
    let name = |name: &WireStr<'_>| String::from_utf8_lossy(name.as_bytes()).into_owned();
    fields.iter().map(|(key, value)| (name(key), *value)).collect()
}

/// Where in `line` a part of it stands.
pub(super) fn span(line: &[u8], part: &str) -> Range<usize> {
    let start = part.as_ptr().addr().saturating_sub(line.as_ptr().addr());
    start..start + part.len()
}

/// A line with some of its parts replaced.
pub(super) fn splice(line: &[u8], mut edits: Vec<(Range<usize>, String)>) -> Vec<u8> {
    edits.sort_by_key(|(span, _)| span.start);
    let mut out = Vec::with_capacity(line.len());
    let mut at = 0;
    for (span, text) in edits {
        out.extend_from_slice(line.get(at..span.start).unwrap_or_default());
        out.extend_from_slice(text.as_bytes());
        at = span.end;
    }
    out.extend_from_slice(line.get(at..).unwrap_or_default());
    out
}

/// A line whose object has these fields (names and JSON) besides its others.
pub(super) fn with_fields(line: &[u8], fields: &[(&str, String)]) -> Vec<u8> {
    let Ok(object) = serde_json::from_slice::<&RawValue>(line) else { return line.to_vec() };
    let own = parts(object);
    let start = span(line, object.get()).start + 1;
    let edit = |(name, json): &(&str, String)| match own.iter().find(|(own, _)| own == name) {
        Some((_, value)) => (span(line, value.get()), json.clone()),
        None => (start..start, format!("\"{name}\":{json}{}", if own.is_empty() { "" } else { "," })),
    };
    splice(line, fields.iter().map(edit).collect())
}
