//! Numbers that print as JavaScript prints them.

use serde::{Deserialize, Serialize, Serializer};

/// The largest magnitude below which every whole `f64` is an exact `i64`.
const SAFE: f64 = 9_007_199_254_740_992.0;

/// A JavaScript number: an `f64` that serializes without a fraction when it is whole, and as `null` when it is not
/// finite, as `JSON.stringify` does.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Deserialize)]
#[serde(transparent)]
pub struct Num(pub f64);

impl Serialize for Num {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = self.0;
        if !value.is_finite() {
            serializer.serialize_none()
        } else if value.fract() == 0.0 && value.abs() < SAFE {
            #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
            serializer.serialize_i64(value as i64)
        } else {
            serializer.serialize_f64(value)
        }
    }
}
