//! Images as URLs.

use std::fmt;

use serde::ser::{Serialize, Serializer};

/// A `data:` URL, put together only while it is written: images are large.
#[derive(Debug)]
pub(super) struct DataUrl<'a> {
    /// The bytes in base64.
    pub(super) data: &'a str,
    /// The media type.
    pub(super) mime_type: &'a str,
}

impl fmt::Display for DataUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "data:{};base64,{}", self.mime_type, self.data)
    }
}

impl Serialize for DataUrl<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
