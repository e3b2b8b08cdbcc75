//! WTF-8: UTF-8 in which a lone surrogate is encoded like any other code point. The two halves of a pair that arrive in
//! different pieces stay two halves here; JSON text writes them as two escapes, which JavaScript joins.

use memchr::memchr;

/// Appends UTF-16 code units.
pub(super) fn push_utf16(out: &mut Vec<u8>, units: &[u16]) {
    out.reserve(units.len());
    for decoded in char::decode_utf16(units.iter().copied()) {
        match decoded {
            Ok(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(lone) => {
                let [high, low] = lone.unpaired_surrogate().to_be_bytes();
                let middle = 0x80 | ((high & 0x0F) << 2) | (low >> 6);
                out.extend_from_slice(&[0xED, middle, 0x80 | (low & 0x3F)]);
            }
        }
    }
}

/// Appends a part of a JSON text with each lone surrogate written as a `\u` escape. Surrogates are only legal inside
/// string literals, so the escape means the same.
pub(super) fn push_json(out: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text;
    while let Some(at) = memchr(0xED, rest) {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        rest = match *from {
            [first, second @ 0xA0..=0xBF, third, ref after @ ..] => {
                let unit =
                    u16::from(first & 0x0F) << 12 | u16::from(second & 0x3F) << 6 | u16::from(third & 0x3F);
                out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                after
            }
            [first, ref after @ ..] => {
                out.push(first);
                after
            }
            [] => from,
        };
    }
    out.extend_from_slice(rest);
}

/// The bytes as a string. They are valid UTF-8 unless a caller pushed something that was not WTF-8.
pub(super) fn into_string(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The text without the white space at both ends, as JavaScript's `trim` sees it.
pub(super) fn trim(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let Some(length) = leading_space(rest) {
        rest = rest.get(length..).unwrap_or_default();
    }
    rest.get(..trimmed_length(rest)).unwrap_or_default()
}

/// How long the text is without the white space at its end, as JavaScript's `trim` sees it.
pub(super) fn trimmed_length(text: &[u8]) -> usize {
    let mut rest = text;
    while let [.., last] = rest {
        // Every white space beyond ASCII has two or three bytes.
        let mut lengths = if last.is_ascii() { 1..=1 } else { 2..=3 };
        let before = lengths.find_map(|length| {
            let (before, end) = rest.split_at_checked(rest.len().checked_sub(length)?)?;
            is_space(end).then_some(before)
        });
        match before {
            Some(before) => rest = before,
            None => break,
        }
    }
    rest.len()
}

/// The length of the white space character that the text starts with, if it does.
fn leading_space(text: &[u8]) -> Option<usize> {
    (1..=3).find(|&length| text.get(..length).is_some_and(is_space))
}

/// Whether the bytes are one character that JavaScript's `trim` removes.
fn is_space(bytes: &[u8]) -> bool {
    match *bytes {
        [byte] => matches!(byte, b' ' | 0x09..=0x0D),
        [0xC2, second] => second == 0xA0,
        [0xE2, 0x80, third] => matches!(third, 0x80..=0x8A | 0xA8 | 0xA9 | 0xAF),
        [first, second, third] => {
            matches!(
                [first, second, third],
                [0xE1, 0x9A, 0x80] | [0xE2, 0x81, 0x9F] | [0xE3, 0x80, 0x80] | [0xEF, 0xBB, 0xBF]
            )
        }
        _ => false,
    }
}
