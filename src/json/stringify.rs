//! JSON text as `JSON.stringify` would write it again after `JSON.parse`.

use std::fmt::Write as _;

use serde_json::value::RawValue;

use super::text::{WireStr, surrogate};

/// The same JSON without white space, with strings and numbers spelt as JavaScript spells them; `None` when `json` is
/// not JSON. Works on the text, because strings may hold lone surrogates, which no tree of Rust strings can.
pub fn stringify(json: &str) -> Option<String> {
    serde_json::from_str::<&RawValue>(json).ok()?;
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(first) = rest.chars().next() {
        let token = match first {
            '"' => string_end(rest),
            '-' | '0'..='9' => rest.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E')),
            _ => Some(first.len_utf8()),
        };
        let (token, tail) = rest.split_at_checked(token.unwrap_or(rest.len()))?;
        match first {
            '"' => push_string(&mut out, token)?,
            '-' | '0'..='9' => out.push_str(&number(token.parse().ok()?)),
            ' ' | '\t' | '\n' | '\r' => {}
            other => out.push(other),
        }
        rest = tail;
    }
    Some(out)
}

/// Where the string that a text starts with ends, its quotes included.
fn string_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().enumerate().skip(1).find_map(|(at, byte)| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends.then_some(at + 1)
    })
}

/// Writes a string again. Only a string with escapes can be spelt in more than one way.
fn push_string(out: &mut String, token: &str) -> Option<()> {
    if !token.contains('\\') {
        out.push_str(token);
        return Some(());
    }
    let wire: WireStr<'_> = serde_json::from_str(token).ok()?;
    out.push('"');
    let mut rest = wire.as_bytes();
    loop {
        let (valid, tail) = match std::str::from_utf8(rest) {
            Ok(text) => (text, &[][..]),
            Err(error) => {
                let (head, tail) = rest.split_at_checked(error.valid_up_to())?;
                (std::str::from_utf8(head).ok()?, tail)
            }
        };
        let quoted = serde_json::to_string(valid).ok()?;
        out.push_str(quoted.strip_prefix('"')?.strip_suffix('"')?);
        let Some(unit) = surrogate(tail) else { break };
        write!(out, "\\u{unit:04x}").ok()?;
        rest = tail.get(3..)?;
    }
    out.push('"');
    Some(())
}

/// A number as JavaScript's JSON has it: plain digits from a millionth up to 10^21, an exponent beyond, `null` when it
/// is not finite.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        "null".to_owned()
    } else if value == 0.0 {
        "0".to_owned()
    } else if (1e-6..1e21).contains(&size) {
        value.to_string()
    } else if size < 1.0 {
        format!("{value:e}")
    } else {
        format!("{value:e}").replace('e', "e+")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_stringify_makes_of_it() {
        let cases = [
            (r#" { "a" : [ 1 , 2.50 , -0 ] } "#, r#"{"a":[1,2.5,0]}"#),
            (r#""\u00e9\/\n\u0001\"\\""#, "\"\u{e9}/\\n\\u0001\\\"\\\\\""),
            (r#""a\ud83d b \ud83d\ude00""#, "\"a\\ud83d b \u{1F600}\""),
            ("[1e21,1e20,1E-7,0.000001,123456789012345680000]", {
                "[1e+21,100000000000000000000,1e-7,0.000001,123456789012345680000]"
            }),
            ("true", "true"),
        ];
        for (json, expected) in cases {
            assert_eq!(stringify(json).as_deref(), Some(expected), "{json}");
        }
        assert_eq!(stringify("{"), None);
        assert_eq!(stringify(""), None);
    }
}
