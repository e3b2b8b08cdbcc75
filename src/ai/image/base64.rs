//! Base64 as hosts write it, and as providers read it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::json::Text;

/// The data in the standard alphabet, with padding; a `data:` URL's head, line breaks and the URL-safe alphabet are put
/// right. Nothing if it is no base64.
pub(super) fn tidy(data: Text) -> Option<Text> {
    if is_standard(&data) {
        return Some(data);
    }
    let body = match data.split_once(";base64,") {
        Some((head, body)) if head.starts_with("data:") => body,
        _ => &*data,
    };
    let kept = body.trim_end_matches(|c: char| c == '=' || c.is_ascii_whitespace());
    let mut tidy: String = kept
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    while !tidy.len().is_multiple_of(4) {
        tidy.push('=');
    }
    is_standard(&tidy).then(|| tidy.into())
}

fn is_standard(data: &str) -> bool {
    let body = data.trim_end_matches('=');
    let digit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    !body.is_empty()
        && data.len().is_multiple_of(4)
        && data.len() - body.len() <= 2
        // In pieces without a way out, so that a piece is checked in a few instructions.
        && body.as_bytes().chunks(256).all(|piece| piece.iter().fold(true, |all, byte| all & digit(*byte)))
}

/// The first bytes of tidy data, `most` of them or a few more.
pub(super) fn start(data: &str, most: usize) -> Option<Vec<u8>> {
    let end = most.div_ceil(3).saturating_mul(4).min(data.len());
    decode(data.get(..end)?)
}

/// All bytes of tidy data.
pub(super) fn decode(data: &str) -> Option<Vec<u8>> {
    STANDARD.decode(data).ok()
}

/// Bytes as base64.
pub(super) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
