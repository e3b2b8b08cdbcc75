//! Schemas in Google's own form, which hosts may put into the payload in place of JSON Schema: types in capitals, null
//! as a property of its own.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::tables::invalid;
use crate::ai::Failure;
use crate::ai::codec::fields::Fields;

const TYPES: [&str; 7] = ["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"];

/// Whether a schema says which JSON Schema it is written in.
pub(super) fn is_json_schema(schema: &RawValue) -> bool {
    Fields::of(schema).is_some_and(|fields| fields.get("$schema").is_some())
}

/// Writes a schema as Google spells it.
pub(super) fn schema(schema: &RawValue, out: &mut String) -> Result<(), Failure> {
    match serde_json::from_str::<Value>(schema.get()) {
        Ok(Value::Object(fields)) => out.push_str(&Value::Object(convert(fields)?).to_string()),
        _ => out.push_str(schema.get()),
    }
    Ok(())
}

fn convert(mut fields: Map<String, Value>) -> Result<Map<String, Value>, Failure> {
    let mut out = Map::new();
    if is_set(&fields, "type") && is_set(&fields, "anyOf") {
        return Err(invalid("type and anyOf cannot be both populated."));
    }
    if let Some(other) = nullable(&fields) {
        out.insert("nullable".to_owned(), true.into());
        fields = other;
    }
    if let Some(Value::Array(types)) = fields.get("type") {
        several(types, &mut out);
    }
    for (name, value) in fields {
        let value = match (name.as_str(), value) {
            (_, Value::Null) | ("additionalProperties", _) | ("type", Value::Array(_)) => continue,
            ("type", Value::String(kind)) if kind == "null" => {
                return Err(invalid("type: null can not be the only possible type for the field."));
            }
            ("type", Value::String(kind)) => type_name(&kind),
            ("items", value) => inner(value)?,
            ("anyOf", Value::Array(schemas)) => {
                let some = schemas.iter().filter(|schema| !is_null(schema)).cloned();
                let some = some.map(inner).collect::<Result<Vec<_>, _>>()?;
                if some.len() < schemas.len() {
                    out.insert("nullable".to_owned(), true.into());
                }
                Value::Array(some)
            }
            ("properties", Value::Object(schemas)) => {
                let inner = |(name, schema)| Ok::<_, Failure>((name, inner(schema)?));
                Value::Object(schemas.into_iter().map(inner).collect::<Result<_, _>>()?)
            }
            (_, value) => value,
        };
        out.insert(name, value);
    }
    Ok(out)
}

fn inner(schema: Value) -> Result<Value, Failure> {
    match schema {
        Value::Object(fields) => convert(fields).map(Value::Object),
        other => Ok(other),
    }
}

/// The other one of two schemas of which one is null.
fn nullable(fields: &Map<String, Value>) -> Option<Map<String, Value>> {
    let [first, second] = fields.get("anyOf")?.as_array()?.as_slice() else { return None };
    let other = if is_null(first) { second } else { Some(first).filter(|_| is_null(second))? };
    other.as_object().cloned()
}

fn several(types: &[Value], out: &mut Map<String, Value>) {
    let names: Vec<_> = types.iter().filter_map(Value::as_str).collect();
    if names.contains(&"null") {
        out.insert("nullable".to_owned(), true.into());
    }
    let names: Vec<_> = names.into_iter().filter(|name| *name != "null").map(type_name).collect();
    match <[Value; 1]>::try_from(names) {
        Ok([name]) => out.insert("type".to_owned(), name),
        Err(names) => {
            let schemas = names.into_iter().map(|name| serde_json::json!({ "type": name }));
            out.insert("anyOf".to_owned(), schemas.collect())
        }
    };
}

fn type_name(kind: &str) -> Value {
    let name = kind.to_uppercase();
    if TYPES.contains(&name.as_str()) { name.into() } else { "TYPE_UNSPECIFIED".into() }
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}

fn is_set(fields: &Map<String, Value>, name: &str) -> bool {
    fields.get(name).is_some_and(|value| !value.is_null())
}
