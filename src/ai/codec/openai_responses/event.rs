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
pub(super) struct WireEvent<'a> {
    #[serde(borrow)]
    pub(super) r#type: WireStr<'a>,
    /// Which item of the answer it is about.
    pub(super) output_index: Option<Num>,
    #[serde(borrow)]
    pub(super) delta: Option<WireStr<'a>>,
    #[serde(borrow)]
    pub(super) arguments: Option<WireStr<'a>>,
    #[serde(borrow)]
    pub(super) item: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) part: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) response: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) error: Option<&'a RawValue>,
    #[serde(borrow, deserialize_with = "present")]
    pub(super) code: Option<&'a RawValue>,
    #[serde(borrow, deserialize_with = "present")]
    pub(super) message: Option<&'a RawValue>,
}

impl<'a> WireEvent<'a> {
    /// Reads an event; `Ok(None)` for JSON that is no object, which says nothing.
    pub(super) fn read(json: &'a str) -> Result<Option<Self>, serde_json::Error> {
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
