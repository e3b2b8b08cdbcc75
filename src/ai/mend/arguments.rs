//! Arguments of leaked calls as JSON text.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::ai::Tool;
use crate::ai::codec::fields::Fields;
use crate::json::{WireStr, repair, stringify};

/// A text as valid UTF-8, without halves of surrogate pairs.
pub(super) fn text(bytes: &[u8]) -> String {
    WireStr::from_wtf8(bytes).to_well_formed().into_owned()
}

/// JSON text of an object that a model wrote, with raw control characters in its strings put right.
pub(super) fn object(bytes: &[u8]) -> Option<String> {
    let text = text(bytes);
    let repaired = || String::from_utf8(repair::repair(text.as_bytes()).into_owned()).ok();
    stringify(&text).or_else(|| stringify(&repaired()?)).filter(|json| json.starts_with('{'))
}

/// The keys under which models write a call's name and its arguments.
pub(super) const NAME: [&str; 4] = ["name", "action", "tool", "tool_name"];
const ARGUMENTS: [&str; 5] = ["arguments", "parameters", "action_input", "args", "input"];

/// Whether a JSON object holds a call's name and arguments, and nothing else.
pub(super) fn is_only_a_call(json: &str) -> bool {
    let Some(fields) = serde_json::from_str(json).ok().and_then(Fields::of) else { return false };
    let count = |keys: &[&str]| keys.iter().filter(|key| fields.get(key).is_some()).count();
    (count(&NAME), count(&ARGUMENTS), fields.names().count()) == (1, 1, 2)
}

/// The name and the arguments of a call that is written as a JSON object.
pub(super) fn named(json: &str) -> Option<(String, String)> {
    let raw: &RawValue = serde_json::from_str(json).ok()?;
    let fields = Fields::of(raw)?;
    let name: String = NAME.iter().find_map(|key| fields.read(key))?;
    let arguments = match ARGUMENTS.iter().find_map(|key| fields.get(key)).map(RawValue::get) {
        None | Some("null") => "{}".to_owned(),
        Some(quoted) if quoted.starts_with('"') => {
            let text: String = serde_json::from_str(quoted).ok()?;
            object(text.as_bytes())?
        }
        Some(json) => object(json.as_bytes())?,
    };
    Some((name, arguments))
}

/// Arguments that are written one by one, as the tool's schema types them.
pub(super) struct Parameters {
    schema: Option<Value>,
    fields: Vec<(String, String)>,
}

impl Parameters {
    pub(super) fn of(tool: &Tool) -> Self {
        let schema = tool.parameters.as_deref().and_then(|raw| serde_json::from_str(raw.get()).ok());
        Self { schema, fields: Vec::new() }
    }

    /// Adds one. Text that stands on lines of its own does not have their ends.
    pub(super) fn add(&mut self, name: &[u8], value: &[u8]) {
        let name = text(name);
        let value = match value.strip_prefix(b"\n") {
            Some(value) => value.strip_suffix(b"\n").unwrap_or(value),
            None => value,
        };
        let value = text(value);
        let schema = self.schema.as_ref().and_then(|schema| schema.get("properties")?.get(&name));
        let typed = if schema.is_none_or(takes_text) { None } else { stringify(value.trim()) };
        self.fields.push((name, typed.unwrap_or_else(|| quoted(&value))));
    }

    /// The JSON text of them all.
    pub(super) fn into_json(self) -> String {
        let fields = self.fields.iter().map(|(name, value)| format!("{}:{value}", quoted(name)));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Whether a schema allows a string, or does not say what it allows.
fn takes_text(schema: &Value) -> bool {
    let is_text = |kind: &Value| kind == "string";
    match (schema.get("type"), schema.get("anyOf").or_else(|| schema.get("oneOf"))) {
        (Some(Value::Array(kinds)), _) => kinds.iter().any(is_text),
        (Some(kind), _) => is_text(kind),
        (None, Some(Value::Array(choices))) => choices.iter().any(takes_text),
        _ => true,
    }
}
