//! JSON text without lone surrogates.

use std::borrow::Cow;

use memchr::memmem;

/// The same JSON, without the escapes in its strings (keys too) that stand for lone surrogates; providers refuse
/// requests that carry them. Costs one search when there are none.
pub fn well_formed(json: &str) -> Cow<'_, str> {
    let escapes = memmem::find_iter(json.as_bytes(), b"\\u");
    if !escapes.into_iter().any(|at| json.get(at..).is_some_and(|escape| surrogate(escape).is_some())) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    // Only strings hold backslashes, and every backslash begins an escape of its own.
    while let Some((plain, escape)) = rest.find('\\').and_then(|at| rest.split_at_checked(at)) {
        out.push_str(plain);
        let (kept, length) = match surrogate(escape) {
            None => (true, escape.chars().take(2).map(char::len_utf8).sum()),
            Some(0xD800..0xDC00) if escape.get(6..).and_then(surrogate).is_some_and(|low| low >= 0xDC00) => {
                (true, 12)
            }
            Some(_) => (false, 6),
        };
        let (escape, tail) = escape.split_at_checked(length).unwrap_or((escape, ""));
        if kept {
            out.push_str(escape);
        }
        rest = tail;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The surrogate that an escape at the start of a text stands for.
fn surrogate(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok().filter(|unit| (0xD800..0xE000).contains(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p20_escapes_of_lone_surrogates_go() {
        let cases = [
            (
                r#"{"a\ud83d":"\udc00b","c":["\uD83D\uD83D\uDE00\uDE00"]}"#,
                r#"{"a":"b","c":["\uD83D\uDE00"]}"#,
            ),
            (r#""\ud83d\u0041\ude00""#, r#""\u0041""#),
            (r#""\ud83d""#, r#""""#),
            (r#""\\ud83d\\\ud83d""#, r#""\\ud83d\\""#),
            ("\"\\ud83d\u{1F600}\\u00e9\"", "\"\u{1F600}\\u00e9\""),
        ];
        for (json, expected) in cases {
            assert_eq!(well_formed(json), expected, "{json}");
        }
    }

    #[test]
    fn json_without_them_is_borrowed() {
        for json in [r#"{"a":"\u00e9 \n","b":1}"#, "[]", ""] {
            assert!(matches!(well_formed(json), Cow::Borrowed(_)), "{json}");
        }
        assert_eq!(well_formed(r#""\ud83d\ude00 C:\\udad""#), r#""\ud83d\ude00 C:\\udad""#);
    }
}
