//! Makes the string literals of malformed JSON well-formed, as Pi's `repairJson` does: a raw control character becomes
//! its escape, a backslash that starts no valid escape becomes two. Answers to Pi's `utils/json-parse.ts`.
//!
//! What is not inside a string literal is left alone, and a text whose quotes do not pair up is not balanced: the result
//! may still be no JSON.

use std::borrow::Cow;
use std::ops::Range;

/// One unit of a text: a UTF-16 code unit or a byte of WTF-8. Whatever the repair looks for is ASCII, so both read alike.
pub trait Unit: Copy + From<u8> + Into<u32> {}

impl Unit for u8 {}
impl Unit for u16 {}

/// The repaired text, borrowed when nothing needed a repair.
pub fn repair<U: Unit>(text: &[U]) -> Cow<'_, [U]> {
    let mut out: Vec<U> = Vec::new();
    let mut copied = 0;
    let mut at = 0;
    let mut in_string = false;
    while let Some(unit) = ascii(text, at) {
        let end = match unit {
            b'"' => {
                in_string = !in_string;
                at += 1;
                continue;
            }
            b'\\' if in_string => match escape_length(text, at) {
                Some(length) => {
                    at += length;
                    continue;
                }
                // The backslash itself is copied with what follows, so only its double is written here.
                None => at,
            },
            0..0x20 if in_string => at + 1,
            _ => {
                at += 1;
                continue;
            }
        };
        copy(&mut out, text, copied..at);
        if unit == b'\\' {
            out.push(U::from(b'\\'));
        } else {
            out.extend(control_escape(unit).bytes().map(U::from));
        }
        copied = end;
        at += 1;
    }
    if out.is_empty() {
        return Cow::Borrowed(text);
    }
    copy(&mut out, text, copied..text.len());
    Cow::Owned(out)
}

/// The unit at `at` if it is ASCII, a stand-in that means nothing to the repair if it is not, `None` at the end.
fn ascii<U: Unit>(text: &[U], at: usize) -> Option<u8> {
    text.get(at).map(|&unit| u8::try_from(unit.into()).unwrap_or(0x7F))
}

/// The length of the escape at `at`, if it is a valid one. A `\u` without its four digits counts as a bare `\u`, which
/// Pi takes for valid and leaves to the parser to refuse.
fn escape_length<U: Unit>(text: &[U], at: usize) -> Option<usize> {
    match ascii(text, at + 1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => {
            let digits =
                (at + 2..at + 6).all(|at| ascii(text, at).is_some_and(|unit| unit.is_ascii_hexdigit()));
            Some(if digits { 6 } else { 2 })
        }
        _ => None,
    }
}

/// How JSON writes a control character.
fn control_escape(unit: u8) -> Cow<'static, str> {
    match unit {
        0x08 => "\\b".into(),
        0x0C => "\\f".into(),
        b'\n' => "\\n".into(),
        b'\r' => "\\r".into(),
        b'\t' => "\\t".into(),
        _ => format!("\\u{unit:04x}").into(),
    }
}

/// Appends a part of the text as it is.
fn copy<U: Unit>(out: &mut Vec<U>, text: &[U], range: Range<usize>) {
    out.extend_from_slice(text.get(range).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn repaired(text: &str) -> String {
        String::from_utf8(repair(text.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn only_what_is_wrong_inside_strings_changes() {
        for (text, expected) in [
            ("", ""),
            (r#"{"a":1}"#, r#"{"a":1}"#),
            ("{\n\"a\"\t:1}", "{\n\"a\"\t:1}"),
            ("\"a\nb\"", r#""a\nb""#),
            ("\"\u{8}\u{c}\r\t\u{0}\u{1f}\"", r#""\b\f\r\t\u0000\u001f""#),
            (r#""C:\path\dir""#, r#""C:\\path\\dir""#),
            (r#""\q\x\'""#, r#""\\q\\x\\'""#),
            (r#""\"\\\/\b\f\n\r\t\u00e9""#, r#""\"\\\/\b\f\n\r\t\u00e9""#),
            (r#""\u12""#, r#""\u12""#),
            (r#""\uzzzz""#, r#""\uzzzz""#),
            (r#""a\"#, r#""a\\"#),
            (r#"\q"a""#, r#"\q"a""#),
            ("\"a\"\n\"b\n", "\"a\"\n\"b\\n"),
            ("\"\\\n\"", r#""\\\n""#),
            ("\"\u{7f}\u{e9}\u{1f600}\"", "\"\u{7f}\u{e9}\u{1f600}\""),
        ] {
            assert_eq!(repaired(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_text_without_faults_is_borrowed() {
        assert!(matches!(repair(br#"{"a":"\n"}"#), Cow::Borrowed(_)));
        assert!(matches!(repair(b"\"\n\""), Cow::Owned(_)));
    }

    #[test]
    fn lone_surrogates_pass() {
        assert_eq!(*repair(&[0x22_u16, 0xD83D, 0x0A, 0x22]), [0x22, 0xD83D, 0x5C, 0x6E, 0x22]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn bytes_and_code_units_agree(text in r#"[\\"u0aeqnb/ -~\n\u{1}\u{e9}\u{1f600}]{0,40}"#) {
            let units: Vec<u16> = text.encode_utf16().collect();
            prop_assert_eq!(repaired(&text), String::from_utf16(&repair(&units)).unwrap());
        }

        #[test]
        fn a_repair_repairs_once(text in r#"[\\"u0aeqn \n]{0,40}"#) {
            let once = repaired(&text);
            prop_assert_eq!(repaired(&once), once);
        }
    }
}
