//! Which files are images that models can be shown, by their first bytes.

/// How much of a file [`image_type`] looks at.
pub const SNIFFED: usize = 4100;

/// The most chunks of a PNG to look at.
const CHUNKS: usize = 512;

/// The media type of an image that providers take; animated PNGs are none.
pub fn image_type(start: &[u8]) -> Option<&'static str> {
    match start {
        [0xFF, 0xD8, 0xFF, 0xF7, ..] => None,
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => is_still_png(start).then_some("image/png"),
        _ => None,
    }
}

fn is_still_png(start: &[u8]) -> bool {
    let mut at = 8;
    let mut begun = false;
    for _ in 0..CHUNKS {
        let Some(&[a, b, c, d, ref name @ ..]) = start.get(at..at + 8) else { return begun };
        let Ok(length) = usize::try_from(i32::from_be_bytes([a, b, c, d])) else { return false };
        match name {
            b"IHDR" if length != 13 => return false,
            b"IHDR" => begun = true,
            b"IDAT" => return true,
            b"acTL" => return false,
            b"CgBI" => {}
            _ if !begun => return false,
            _ => {}
        }
        at += length + 12;
    }
    true
}
