//! One event of a response, as far as anyone reads it.
//!
//! Almost every event is as documented and takes the typed way. One that is not (a field of another type, a field given
//! twice) takes the tolerant way, on which an odd field reads as absent.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::ai::codec::fields::Fields;
use crate::json::{Num, WireStr, present};

/// An event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::ai::codec) struct WireEvent<'a> {
    #[serde(borrow)]
    pub(in crate::ai::codec) r#type: WireStr<'a>,
    /// Which item of the answer it is about.
    pub(in crate::ai::codec) output_index: Option<Num>,
    #[serde(borrow)]
    pub(in crate::ai::codec) delta: Option<WireStr<'a>>,
    #[serde(borrow)]
    pub(in crate::ai::codec) arguments: Option<WireStr<'a>>,
    #[serde(borrow)]
    pub(in crate::ai::codec) item: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(in crate::ai::codec) part: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(in crate::ai::codec) response: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(in crate::ai::codec) error: Option<&'a RawValue>,
    #[serde(borrow, deserialize_with = "present")]
    pub(in crate::ai::codec) code: Option<&'a RawValue>,
    #[serde(borrow, deserialize_with = "present")]
    pub(in crate::ai::codec) message: Option<&'a RawValue>,
}

impl<'a> WireEvent<'a> {
    /// Reads an event; `Ok(None)` for JSON that is no object, which says nothing.
    pub(in crate::ai::codec) fn read(json: &'a str) -> Result<Option<Self>, serde_json::Error> {
        if !json.trim_ascii_start().starts_with('{') {
            return serde_json::from_str::<IgnoredAny>(json).map(|_| None);
        }
        if let Ok(event) = serde_json::from_str(json) {
            return Ok(Some(event));
        }
        serde_json::from_str(json).map(|fields: Fields<'a>| {
            Some(Self {
                r#type: fields.read("type").unwrap_or_default(),
                output_index: fields.read("output_index"),
                delta: fields.read("delta"),
                arguments: fields.read("arguments"),
                item: fields.read("item"),
                part: fields.read("part"),
                response: fields.read("response"),
                error: fields.read("error"),
                code: fields.get("code"),
                message: fields.get("message"),
            })
        })
    }
}
