//! How long texts are: in JavaScript's code units, of which about four make a token.

use crate::json::WireStr;

/// Code units that are taken for a token.
pub(super) const TOKEN: usize = 4;

/// The length of a text in UTF-16 code units.
pub(super) fn units(text: &WireStr<'_>) -> usize {
    text.as_bytes().iter().map(|byte| width(*byte)).sum()
}

/// The code units of the character that a byte begins.
fn width(byte: u8) -> usize {
    usize::from(byte & 0xC0 != 0x80) + usize::from(byte >= 0xF0)
}

/// A text of at most so many code units: what is longer ends with a note of how much is missing. No character is split.
pub(super) fn fitted(text: WireStr<'_>, most: usize) -> WireStr<'_> {
    let all = units(&text);
    if all <= most {
        return text;
    }
    let mut kept = 0;
    let end = text.as_bytes().iter().position(|byte| {
        let next = kept + width(*byte);
        let is_over = next > most;
        if !is_over {
            kept = next;
        }
        is_over
    });
    let start = text.as_bytes().get(..end.unwrap_or_default()).unwrap_or_default();
    let note = format!("\n\n[... {} more characters truncated]", all - kept);
    WireStr::join([WireStr::from_wtf8(start), WireStr::from_text(&note)], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters_and_says_how_much_is_missing() {
        let text = |text: &'static str| WireStr::from_text(text);
        assert_eq!(units(&text("a\u{e9}\u{20ac}\u{1F600}")), 5);
        assert_eq!(fitted(text("abc"), 3), text("abc"));
        assert_eq!(fitted(text("abcd"), 3), text("abc\n\n[... 1 more characters truncated]"));
        assert_eq!(fitted(text("ab\u{1F600}c"), 3), text("ab\n\n[... 3 more characters truncated]"));
    }
}
