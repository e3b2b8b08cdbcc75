//! Tool schemas as Gemini accepts them. Its `parametersJsonSchema` takes a part of JSON Schema and may refuse the rest,
//! so that one tool with a keyword too many costs the whole request.
//!
//! What Gemini takes is passed on as it came. What it does not is said in its words where that is possible (`const`,
//! `allOf`, `definitions`, tuples) and else left out, because a looser schema still calls the tool.

use std::borrow::Cow;

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

/// The keywords that Google documents.
const KEYWORDS: [&str; 21] = [
    "$id",
    "$defs",
    "$ref",
    "$anchor",
    "type",
    "format",
    "title",
    "description",
    "enum",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "anyOf",
    "oneOf",
    "properties",
    "additionalProperties",
    "required",
    "propertyOrdering",
];

/// The schema of a tool's arguments without what Gemini refuses.
pub(super) fn accepted(schema: &RawValue) -> Cow<'_, RawValue> {
    let Ok(before) = serde_json::from_str::<Value>(schema.get()) else { return Cow::Borrowed(schema) };
    let mut after = before.clone();
    scrub(&mut after);
    if let Value::Object(fields) = &mut after {
        let is_ref = fields.contains_key("$ref");
        if !is_ref && !matches!(fields.get("type"), Some(Value::String(_))) {
            fields.insert("type".to_owned(), "object".into());
        }
    }
    if after == before {
        return Cow::Borrowed(schema);
    }
    to_raw_value(&after).map_or(Cow::Borrowed(schema), Cow::Owned)
}

fn scrub(schema: &mut Value) {
    let Value::Object(fields) = schema else { return };
    rephrase(fields);
    let is_ref = fields.contains_key("$ref");
    fields.retain(|name, _| KEYWORDS.contains(&name.as_str()) && (!is_ref || name.starts_with('$')));
    for (name, value) in fields.iter_mut() {
        match (name.as_str(), value) {
            ("properties" | "$defs", Value::Object(schemas)) => schemas.values_mut().for_each(scrub),
            ("anyOf" | "oneOf" | "prefixItems", Value::Array(schemas)) => schemas.iter_mut().for_each(scrub),
            ("items" | "additionalProperties", schema) => scrub(schema),
            ("$ref", Value::String(target)) => *target = target.replacen("#/definitions/", "#/$defs/", 1),
            _ => {}
        }
    }
    limit(fields);
}

/// Says in keywords that Gemini has what others say.
fn rephrase(fields: &mut Map<String, Value>) {
    for part in take_list(fields, "allOf") {
        let Value::Object(part) = part else { continue };
        for (name, value) in part {
            match (fields.get_mut(&name), value) {
                (Some(Value::Object(known)), Value::Object(more)) => known.extend(more),
                (Some(Value::Array(known)), Value::Array(more)) if name == "required" => known.extend(more),
                (Some(_), _) => {}
                (None, value) => {
                    fields.insert(name, value);
                }
            }
        }
    }
    if let Some(value) = fields.get("const").cloned()
        && !fields.contains_key("enum")
    {
        fields.insert("enum".to_owned(), Value::Array(vec![value]));
    }
    if let Some(Value::Object(more)) = fields.shift_remove("definitions") {
        let known = fields.entry("$defs").or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(known) = known {
            known.extend(more);
        }
    }
    if matches!(fields.get("items"), Some(Value::Array(_)))
        && let Some(items) = fields.shift_remove("items")
    {
        fields.insert("prefixItems".to_owned(), items);
    }
}

/// Takes out values that Gemini refuses of keywords that it takes: an `enum` of anything but strings and numbers, a
/// `required` property that there is not.
fn limit(fields: &mut Map<String, Value>) {
    if let Some(values) = fields.get_mut("enum") {
        if let Value::Array(values) = values {
            values.retain(|value| value.is_string() || value.is_number());
        }
        if values.as_array().is_none_or(Vec::is_empty) {
            fields.shift_remove("enum");
        }
    }
    let properties = match fields.get("properties") {
        Some(Value::Object(properties)) => properties.keys().cloned().collect(),
        _ => Vec::new(),
    };
    if let Some(required) = fields.get_mut("required") {
        if let Value::Array(names) = required {
            names.retain(|name| {
                name.as_str().is_some_and(|name| properties.iter().any(|known| known == name))
            });
        } else {
            fields.shift_remove("required");
        }
    }
}

fn take_list(fields: &mut Map<String, Value>, name: &str) -> Vec<Value> {
    match fields.shift_remove(name) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}
