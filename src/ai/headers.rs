//! Request headers from several sources, the later ones winning.

use indexmap::IndexMap;
use serde::Deserialize;

use crate::json::Text;

/// Header names in lower case with their values. A value of `None` takes the header away, also from earlier sources.
#[derive(Debug, Clone, Default)]
pub struct Headers(IndexMap<String, Option<String>>);

impl Headers {
    /// Sets a header; an earlier value under the same name in any case is replaced.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.put(name, Some(value.into()));
    }

    /// Sets a header when there is a value for it.
    pub fn set_some(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    /// Takes a header away.
    pub fn remove(&mut self, name: &str) {
        self.put(name, None);
    }

    /// Lays another source over this one.
    pub fn merge(&mut self, other: &Self) {
        for (name, value) in &other.0 {
            self.put(name, value.clone());
        }
    }

    /// The value of a header that is set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(&name.to_ascii_lowercase()).and_then(Option::as_deref)
    }

    /// Whether a source said anything about the header, its removal included.
    pub fn mentions(&self, name: &str) -> bool {
        self.0.contains_key(&name.to_ascii_lowercase())
    }

    /// The headers to send, names in lower case.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_deref()?)))
    }

    /// All that the sources said, removals included; names in lower case.
    pub fn entries(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    fn put(&mut self, name: &str, value: Option<String>) {
        self.0.insert(name.to_ascii_lowercase(), value);
    }
}

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries =
            Option::<IndexMap<String, Option<Text>>>::deserialize(deserializer)?.unwrap_or_default();
        let mut headers = Self::default();
        for (name, value) in entries {
            headers.put(&name, value.map(Text::into_string));
        }
        Ok(headers)
    }
}
