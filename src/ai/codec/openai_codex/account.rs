//! The account that a `ChatGPT` token belongs to, which every request names.

use serde_json::Value;

use crate::ai::{Failure, FailureKind};

const CLAIM: &str = "https://api.openai.com/auth";

/// The account's id from the token's claims. The signature is the provider's to check.
pub(super) fn account_id(token: &str) -> Result<String, Failure> {
    let parts: Vec<&str> = token.split('.').collect();
    let id = match *parts {
        [_, claims, _] => claimed(claims),
        _ => None,
    };
    id.ok_or_else(|| Failure::new(FailureKind::Auth, "Failed to extract accountId from token"))
}

fn claimed(claims: &str) -> Option<String> {
    let claims: Value = serde_json::from_slice(&base64(claims)?).ok()?;
    match claims.get(CLAIM)?.get("chatgpt_account_id")? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// Bytes of Base64 in either alphabet, with or without padding.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut bits, mut count) = (0_u32, 0);
    for digit in text.trim_end_matches('=').bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xFF).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_in_both_alphabets() {
        assert_eq!(base64("aGk_").as_deref(), Some(&b"hi?"[..]));
        assert_eq!(base64("aGk/").as_deref(), Some(&b"hi?"[..]));
        assert_eq!(base64("aGk=").as_deref(), Some(&b"hi"[..]));
        assert_eq!(base64("a b"), None);
    }

    #[test]
    fn a_token_without_an_account_is_refused() {
        for token in ["", "key", "a.b", "a.e30.c", "a.e30.c.d", "a.!.c"] {
            assert_eq!(account_id(token).unwrap_err().message, "Failed to extract accountId from token");
        }
    }
}
