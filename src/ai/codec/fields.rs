//! Fields of a JSON object that need not be as documented: what has another type reads as absent.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::json::WireStr;

/// A JSON object whose fields are not read yet.
pub(in crate::ai) struct Fields<'a>(Vec<(WireStr<'a>, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// The fields of a JSON text that is an object.
    pub(in crate::ai) fn of(raw: &'a RawValue) -> Option<Self> {
        serde_json::from_str(raw.get()).ok()
    }

    /// A field as JSON text. Of a field given twice the last counts, as in JavaScript.
    pub(in crate::ai) fn get(&self, name: &str) -> Option<&'a RawValue> {
        let named = |(key, _): &&(WireStr<'a>, &'a RawValue)| key.as_bytes() == name.as_bytes();
        self.0.iter().rev().find(named).map(|(_, value)| *value)
    }

    /// A field, if it has the right type.
    pub(in crate::ai) fn read<T: Deserialize<'a>>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.get(name)?.get()).ok()
    }

    /// The names of the fields, as often as they are given.
    pub(in crate::ai) fn names(&self) -> impl Iterator<Item = &WireStr<'a>> {
        self.0.iter().map(|(name, _)| name)
    }

    /// A field that is an object.
    pub(in crate::ai) fn object(&self, name: &str) -> Option<Self> {
        Self::of(self.get(name)?)
    }
}

/// Reads a JSON text as it is documented, else by its fields; `Ok(None)` for JSON that is no object.
pub(in crate::ai) fn read<'a, T: Deserialize<'a>>(
    json: &'a str,
    tolerant: impl FnOnce(&Fields<'a>) -> T,
) -> Result<Option<T>, serde_json::Error> {
    if !json.trim_ascii_start().starts_with('{') {
        return serde_json::from_str::<IgnoredAny>(json).map(|_| None);
    }
    if let Ok(read) = serde_json::from_str(json) {
        return Ok(Some(read));
    }
    serde_json::from_str(json).map(|fields| Some(tolerant(&fields)))
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    fields.push(entry);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Object)
    }
}
