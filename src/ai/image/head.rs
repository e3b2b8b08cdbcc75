//! What an image is, from its first bytes: cheap enough for every image of every request.

use super::base64;

/// How much is read of an image at first. The size of a JPEG may stand further on, after a preview.
const START: usize = 4 << 10;

/// A format that some provider reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Png,
    Jpeg,
    Gif,
    Webp,
    /// HEIC and HEIF, whose size is not looked for.
    Heif,
}

impl Format {
    pub(super) fn mime_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Heif => "image/heic",
        }
    }
}

/// An image's format and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) format: Format,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Head {
    /// Reads tidy base64; nothing if it is no image that any provider reads.
    pub(super) fn of(data: &str) -> Option<Self> {
        let start = base64::start(data, START)?;
        let format = format(&start)?;
        let size = size(format, &start).or_else(|| match format {
            Format::Jpeg => jpeg_size(&base64::decode(data)?),
            _ => None,
        });
        let (width, height) = size.filter(|(width, height)| *width > 0 && *height > 0)?;
        Some(Self { format, width, height })
    }
}

pub(super) fn format(bytes: &[u8]) -> Option<Format> {
    let brand = |from: usize| bytes.get(from..from + 4);
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Format::Png),
        [0xFF, 0xD8, 0xFF, ..] => Some(Format::Jpeg),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Format::Gif),
        [b'R', b'I', b'F', b'F', ..] if brand(8) == Some(b"WEBP") => Some(Format::Webp),
        _ if brand(4) == Some(b"ftyp") => {
            let heif = [b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"];
            heif.iter().any(|known| brand(8) == Some(known.as_slice())).then_some(Format::Heif)
        }
        _ => None,
    }
}

fn size(format: Format, bytes: &[u8]) -> Option<(u32, u32)> {
    match format {
        Format::Png => Some((big(bytes, 16, 4)?, big(bytes, 20, 4)?)),
        Format::Gif => Some((little(bytes, 6, 2)?, little(bytes, 8, 2)?)),
        Format::Webp => webp_size(bytes),
        Format::Jpeg => jpeg_size(bytes),
        Format::Heif => Some((1, 1)),
    }
}

fn webp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes.get(12..16)? {
        b"VP8X" => Some((little(bytes, 24, 3)? + 1, little(bytes, 27, 3)? + 1)),
        b"VP8L" => {
            let packed = little(bytes, 21, 4)?;
            Some(((packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1))
        }
        b"VP8 " => Some((little(bytes, 26, 2)? & 0x3FFF, little(bytes, 28, 2)? & 0x3FFF)),
        _ => None,
    }
}

/// Walks a JPEG's segments to the one that holds its size.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        match (*bytes.get(at)?, *bytes.get(at + 1)?) {
            (0xFF, 0xFF) => at += 1,
            (0xFF, 0x01 | 0xD0..=0xD8) => at += 2,
            (0xFF, 0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF) => {
                return Some((big(bytes, at + 7, 2)?, big(bytes, at + 5, 2)?));
            }
            (0xFF, 0xD9 | 0xDA) => return None,
            (0xFF, _) => at += 2 + usize::try_from(big(bytes, at + 2, 2)?).ok()?,
            _ => return None,
        }
    }
}

fn big(bytes: &[u8], at: usize, count: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + count)?;
    Some(bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

fn little(bytes: &[u8], at: usize, count: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + count)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}
