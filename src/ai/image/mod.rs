//! Images as a provider takes them: of a format that it reads, under the media type that the bytes say, and within its
//! limits. One image that is not would make every later request of the conversation fail.
//!
//! What is legal is passed on byte for byte. What is too large is made smaller, always in the same way and once while
//! it is remembered, so that later turns cost nothing and send the same bytes.

mod base64;
mod head;
pub mod inline;
mod limits;
mod memory;
mod shrink;
#[cfg(test)]
mod tests;

pub use limits::Limits;

use crate::json::Text;
use head::{Format, Head};

const UNREADABLE: &str = "(image omitted: not an image that the model can read)";
const TOO_LARGE: &str = "(image omitted: too large)";

/// The data (base64) and media type to send, or a note that stands for the image.
///
/// # Errors
///
/// The note.
pub fn fit(data: Text, mime_type: Text, limits: &Limits) -> Result<(Text, Text), &'static str> {
    if limits.other_media && !mime_type.starts_with("image/") {
        return Ok((data, mime_type));
    }
    let data = base64::tidy(data).ok_or(UNREADABLE)?;
    let head = Head::of(&data).ok_or(UNREADABLE)?;
    let readable = match head.format {
        Format::Gif => limits.gif,
        Format::Heif => limits.heif,
        _ => true,
    };
    if head.format == Format::Heif && !readable {
        return Err(UNREADABLE);
    }
    if readable && data.len() <= limits.base64_len && head.width.max(head.height) <= limits.edge {
        let named = head.format.mime_type();
        let mime_type = if *mime_type == *named { mime_type } else { named.into() };
        return Ok((data, mime_type));
    }
    let small = memory::remember(&data, limits, || shrink::shrink(&data, head, limits));
    small.map(|image| (Text::from(&*image.data), image.mime_type.into()))
}

/// One pixel, for the tests of codecs.
#[cfg(test)]
pub(crate) const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
