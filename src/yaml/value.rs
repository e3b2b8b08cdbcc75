//! What a YAML document holds.

use indexmap::IndexMap;
use serde::{Serialize, Serializer};

use crate::json;

/// A value. Maps have strings for keys, as JavaScript's objects do.
#[derive(Debug, Clone, PartialEq)]
pub enum Yaml {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A number of JavaScript's.
    Number(f64),
    /// A text.
    String(String),
    /// A sequence.
    List(Vec<Yaml>),
    /// A mapping, in the order of the document.
    Map(IndexMap<String, Yaml>),
}

impl Yaml {
    /// The value of a key; `Null` where there is none, or this is no map.
    pub fn get(&self, key: &str) -> &Self {
        match self {
            Self::Map(map) => map.get(key).unwrap_or(&Self::Null),
            _ => &Self::Null,
        }
    }

    /// Whether JavaScript takes it for true.
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(value) => *value,
            Self::Number(value) => *value != 0.0 && !value.is_nan(),
            Self::String(text) => !text.is_empty(),
            Self::List(_) | Self::Map(_) => true,
        }
    }

    /// How many values it is made of, itself included.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::List(items) => items.iter().fold(1, |sum, item| sum + item.size()),
            Self::Map(map) => map.values().fold(1, |sum, item| sum + item.size()),
            _ => 1,
        }
    }

    /// The key that the value is in a JavaScript object. Collections are spelt as in a flow.
    pub(super) fn to_key(&self) -> String {
        match self {
            Self::Null => String::new(),
            other => other.to_flow(),
        }
    }

    fn to_flow(&self) -> String {
        let join = |items: Vec<String>, open, close| {
            if items.is_empty() {
                format!("{open}{close}")
            } else {
                format!("{open} {} {close}", items.join(", "))
            }
        };
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(value) => number(*value),
            Self::String(text) => text.clone(),
            Self::List(items) => join(items.iter().map(Self::to_flow).collect(), '[', ']'),
            Self::Map(map) => {
                let pair = |(key, value): (&String, &Self)| match value {
                    Self::Null => key.clone(),
                    value => format!("{key}: {}", value.to_flow()),
                };
                join(map.iter().map(pair).collect(), '{', '}')
            }
        }
    }
}

/// As JSON. What JSON cannot say is a string of a NUL and JavaScript's name for it; a string that begins with a NUL has
/// one more.
impl Serialize for Yaml {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) if !value.is_finite() => {
                serializer.serialize_str(&format!("\0{}", number(*value)))
            }
            Self::Number(value) if *value == 0.0 => serializer.serialize_f64(*value),
            Self::Number(value) => json::Num(*value).serialize(serializer),
            Self::String(text) if text.starts_with('\0') => serializer.serialize_str(&format!("\0{text}")),
            Self::String(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(map) => serializer.collect_map(map),
        }
    }
}

/// A number as JavaScript prints it.
fn number(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        json::number(value)
    }
}
