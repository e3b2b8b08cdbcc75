//! JSON strings, whose code units need not form valid Unicode: JavaScript strings may hold lone surrogates, and
//! providers split a pair of `\u` escapes over two deltas.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};

/// A well-formed string on its way to a provider. Lone surrogates of the JavaScript string are dropped when it is read,
/// because providers refuse a request that carries them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Text(String);

impl Text {
    /// The text as an owned string.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WireStr::deserialize(deserializer).map(|text| Self(text.to_well_formed().into_owned()))
    }
}

/// The contents of a JSON string as it came over the wire: WTF-8, that is UTF-8 in which a lone surrogate is encoded
/// like any other code point of its range. Borrows from the input when the string holds no escapes.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct WireStr<'a>(Cow<'a, [u8]>);

impl<'a> WireStr<'a> {
    /// A wire string from text that is already valid.
    pub fn from_text(text: &'a str) -> Self {
        Self(Cow::Borrowed(text.as_bytes()))
    }

    /// A wire string from WTF-8 bytes.
    pub fn from_wtf8(bytes: &'a [u8]) -> Self {
        Self(Cow::Borrowed(bytes))
    }

    /// The WTF-8 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether the string has no characters.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text with lone surrogates dropped.
    pub fn to_well_formed(&self) -> Cow<'_, str> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(drop_surrogates(&self.0)),
        }
    }

    /// Appends another string. Two halves of a pair that meet become their character.
    pub fn push(&mut self, more: &WireStr<'_>) {
        let bytes = self.0.to_mut();
        let end = bytes.len().saturating_sub(3);
        let halves = bytes.get(end..).and_then(surrogate).zip(surrogate(&more.0));
        match halves.and_then(|(high, low)| pair(high, low)) {
            Some(whole) => {
                bytes.truncate(end);
                bytes.extend_from_slice(whole.encode_utf8(&mut [0; 4]).as_bytes());
                bytes.extend_from_slice(more.0.get(3..).unwrap_or_default());
            }
            None => bytes.extend_from_slice(&more.0),
        }
    }

    /// Strings joined with a text between them.
    pub fn join<'b>(parts: impl IntoIterator<Item = WireStr<'b>>, between: &str) -> WireStr<'static> {
        let mut whole = WireStr::default();
        for (place, part) in parts.into_iter().enumerate() {
            if place > 0 {
                whole.push(&WireStr::from_text(between));
            }
            whole.push(&part);
        }
        whole
    }

    /// What follows a beginning, if the string begins so.
    pub fn strip_prefix(&self, beginning: &WireStr<'_>) -> Option<WireStr<'_>> {
        self.0.strip_prefix(&*beginning.0).map(|rest| WireStr(Cow::Borrowed(rest)))
    }

    /// The same string without a borrow of the input.
    pub fn into_owned(self) -> WireStr<'static> {
        WireStr(Cow::Owned(self.0.into_owned()))
    }
}

impl fmt::Debug for WireStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf8_lossy(&self.0), f)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for WireStr<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = WireStr<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_bytes<E: de::Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
                Ok(WireStr(Cow::Borrowed(bytes)))
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(WireStr(Cow::Owned(bytes.to_vec())))
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(WireStr(Cow::Borrowed(text.as_bytes())))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(WireStr(Cow::Owned(text.as_bytes().to_vec())))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// Rebuilds WTF-8 without its lone surrogates. A high surrogate directly followed by a low one becomes the character
/// that the two mean.
fn drop_surrogates(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    let mut high: Option<u32> = None;
    while !rest.is_empty() {
        let (valid, tail) = match std::str::from_utf8(rest) {
            Ok(text) => (text, &[][..]),
            Err(error) => {
                let (head, tail) = rest.split_at(error.valid_up_to());
                (std::str::from_utf8(head).unwrap_or_default(), tail)
            }
        };
        if !valid.is_empty() {
            high = None;
            out.push_str(valid);
        }
        rest = match surrogate(tail) {
            Some(unit) => {
                if (0xDC00..0xE000).contains(&unit) {
                    out.extend(high.take().and_then(|high| pair(high, unit)));
                } else {
                    high = Some(unit);
                }
                tail.get(3..).unwrap_or_default()
            }
            None => tail.get(1..).unwrap_or_default(),
        };
    }
    out
}

/// The character that two surrogates mean, if the first is a high and the second a low one.
fn pair(high: u32, low: u32) -> Option<char> {
    let halves = (0xD800..0xDC00).contains(&high) && (0xDC00..0xE000).contains(&low);
    halves.then(|| 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)).and_then(char::from_u32)
}

/// The surrogate code unit that WTF-8 bytes start with, if they do.
pub(super) fn surrogate(bytes: &[u8]) -> Option<u32> {
    match *bytes {
        [0xED, second @ 0xA0..=0xBF, third @ 0x80..=0xBF, ..] => {
            Some(0xD000 | (u32::from(second & 0x3F) << 6) | u32::from(third & 0x3F))
        }
        _ => None,
    }
}

/// JavaScript's `text.trim()`.
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c == '\u{FEFF}' || (c != '\u{85}' && c.is_whitespace()))
}

/// Whether JavaScript's `text.trim()` would leave nothing.
pub fn is_blank(text: &str) -> bool {
    trim(text).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_are_dropped_and_pairs_joined() {
        let read = |json: &str| serde_json::from_str::<Text>(json).unwrap().into_string();
        assert_eq!(read(r#""a\ud83db""#), "ab");
        assert_eq!(read(r#""a\ude00b""#), "ab");
        assert_eq!(read(r#""\ud83d\ude00""#), "\u{1F600}");
        assert_eq!(read(r#""\ud83d\ud83d\ude00\ude00""#), "\u{1F600}");
    }

    #[test]
    fn plain_strings_are_borrowed() {
        let wire: WireStr<'_> = serde_json::from_str("\"caf\u{e9}\"").unwrap();
        assert!(matches!(wire.0, Cow::Borrowed(_)));
        assert_eq!(wire.to_well_formed(), "caf\u{e9}");
    }

    #[test]
    fn half_a_pair_survives_until_its_other_half_arrives() {
        let wire: WireStr<'_> = serde_json::from_str(r#""\ud83d""#).unwrap();
        assert_eq!(wire.as_bytes(), [0xED, 0xA0, 0xBD]);
    }

    #[test]
    fn halves_of_a_pair_that_meet_become_their_character() {
        let read = |json: &'static str| serde_json::from_str::<WireStr<'static>>(json).unwrap();
        let joined = WireStr::join([read(r#""a\ud83d""#), read(r#""\ude00b""#)], "");
        assert_eq!(joined, WireStr::from_text("a\u{1F600}b"));
        let apart = WireStr::join([read(r#""\ud83d""#), read(r#""\ude00""#)], " ");
        assert_eq!(apart.to_well_formed(), " ");
    }

    #[test]
    fn blank_is_what_trim_calls_blank() {
        assert!(is_blank(" \t\u{FEFF}\u{3000}"));
        assert!(!is_blank("\u{85}"));
    }
}
