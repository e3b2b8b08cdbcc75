//! Values that Argent's dashboard has encrypted: `enc:v1:<iv>:<tag>:<text>`, hexadecimal, AES-256-GCM.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

const PREFIX: &str = "enc:v1:";

/// The value behind an encrypted one; `None` if it was encrypted with another key or is damaged. `master` is what the
/// key's file holds: 32 bytes, or those in hexadecimal or base64.
pub fn open(value: &str, master: &[u8]) -> Option<String> {
    let mut parts = value.strip_prefix(PREFIX)?.split(':').map(from_hex);
    let (iv, tag, mut text) = (parts.next()??, parts.next()??, parts.next()??);
    text.extend(tag);
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &master_key(master)?).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(&iv).ok()?;
    let opened = key.open_in_place(nonce, Aad::empty(), &mut text).ok()?;
    String::from_utf8(opened.to_vec()).ok()
}

fn master_key(file: &[u8]) -> Option<Vec<u8>> {
    if file.len() == 32 {
        return Some(file.to_vec());
    }
    let text = str::from_utf8(file).ok()?.trim();
    from_hex(text).or_else(|| BASE64_STANDARD.decode(text).ok())
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok();
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made by Node: createCipheriv("aes-256-gcm", Buffer.alloc(32, 7), Buffer.alloc(12, 1)) of "sk-secret".
    const SEALED: &str =
        "enc:v1:010101010101010101010101:64a55f92e1e1c804de372886b51ca4f6:058aa4c4f5dc9e6ba5";

    #[test]
    fn opens_with_every_form_of_the_master_key() {
        let hex = "07".repeat(32);
        let base64 = format!("{}\n", BASE64_STANDARD.encode([7; 32]));
        for master in [&[7; 32], hex.as_bytes(), base64.as_bytes()] {
            assert_eq!(open(SEALED, master).as_deref(), Some("sk-secret"));
        }
    }

    #[test]
    fn stays_closed_when_anything_is_wrong() {
        assert_eq!(open(SEALED, &[8; 32]), None);
        assert_eq!(open(SEALED, b"no key"), None);
        let damaged = format!("{SEALED}00");
        for value in [damaged.as_str(), "enc:v1:", "enc:v1:zz:00:00", "sk-secret", "enc:v1:00:00"] {
            assert_eq!(open(value, &[7; 32]), None, "{value}");
        }
    }
}
