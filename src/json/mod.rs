//! JSON as JavaScript reads it: strings that may hold lone surrogates, texts that are not finished yet.

mod num;
pub mod partial;
pub mod repair;
mod stringify;
mod text;
mod well_formed;

pub use num::Num;
pub use stringify::{number, stringify};
pub use text::{Text, WireStr, is_blank, trim};
pub use well_formed::well_formed;

use serde::Deserialize;

/// Deserializes a field that is present, `null` included, so that `null` and "absent" stay apart.
///
/// Use with `#[serde(default, deserialize_with = "json::present")]` on an `Option<T>`.
pub fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// Deserializes a field whose type cannot be relied on: any other JSON type than `T`'s reads as `None`.
///
/// Providers put nulls, numbers and objects where a string is documented; one odd field must not cost the stream.
pub fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    let raw = <&serde_json::value::RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).ok())
}
