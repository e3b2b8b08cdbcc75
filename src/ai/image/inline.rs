//! Images as a coding agent puts them into a conversation: at most 2,000 pixels wide and high, and small enough for the
//! strictest provider. Answers to Pi's `utils/image-resize`.

use std::io::Cursor;
use std::panic::catch_unwind;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat};

use super::shrink::{flatten, read};
use super::{base64, head};

const EDGE: u32 = 2000;
/// 4.5 MB of base64, below the 5 MB of Anthropic.
const BASE64_LEN: usize = 9 << 19;
const QUALITIES: [u8; 5] = [80, 85, 70, 55, 40];

/// An image that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inline {
    /// Base64.
    pub data: String,
    /// Its media type; none where it is that of the original.
    pub mime_type: Option<&'static str>,
    /// Width and height of the original, as it is looked at.
    pub original: (u32, u32),
    /// Width and height.
    pub size: (u32, u32),
}

/// Bytes as base64.
pub fn to_base64(bytes: &[u8]) -> String {
    base64::encode(bytes)
}

/// The image, made smaller if need be; nothing where it cannot be read or made small enough.
pub fn inline(bytes: &[u8]) -> Option<Inline> {
    // A fault of a decoder must cost the image and not the call.
    catch_unwind(|| fit(bytes)).ok().flatten()
}

fn fit(bytes: &[u8]) -> Option<Inline> {
    let image = read(bytes, head::format(bytes)?)?;
    let original = (image.width(), image.height());
    if original.0 <= EDGE && original.1 <= EDGE && base64_len(bytes) < BASE64_LEN {
        return Some(Inline { data: base64::encode(bytes), mime_type: None, original, size: original });
    }
    let mut size = original;
    if size.0 > EDGE {
        size = (EDGE, scaled(size.1, EDGE, size.0));
    }
    if size.1 > EDGE {
        size = (scaled(size.0, EDGE, size.1), EDGE);
    }
    loop {
        if let Some((bytes, mime_type)) = at_size(&image, size) {
            return Some(Inline { data: base64::encode(&bytes), mime_type: Some(mime_type), original, size });
        }
        if size == (1, 1) {
            return None;
        }
        size = (smaller(size.0), smaller(size.1));
    }
}

fn base64_len(bytes: &[u8]) -> usize {
    bytes.len().div_ceil(3) * 4
}

/// `length * to / from`, rounded.
fn scaled(length: u32, to: u32, from: u32) -> u32 {
    let doubled = u64::from(length) * u64::from(to) * 2 + u64::from(from);
    u32::try_from(doubled / (u64::from(from) * 2)).unwrap_or(to)
}

fn smaller(length: u32) -> u32 {
    (length / 4 * 3 + length % 4 * 3 / 4).max(1)
}

fn at_size(image: &DynamicImage, (width, height): (u32, u32)) -> Option<(Vec<u8>, &'static str)> {
    if width == 0 || height == 0 {
        return None;
    }
    let image = image.resize_exact(width, height, FilterType::Lanczos3);
    let mut png = Cursor::new(Vec::new());
    image.write_to(&mut png, ImageFormat::Png).ok()?;
    if base64_len(png.get_ref()) < BASE64_LEN {
        return Some((png.into_inner(), "image/png"));
    }
    let opaque = flatten(&image);
    QUALITIES.iter().find_map(|quality| {
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, *quality).encode_image(&opaque).ok()?;
        (base64_len(&jpeg) < BASE64_LEN).then_some((jpeg, "image/jpeg"))
    })
}
