//! Bytes that come in pieces as text, the way `TextDecoder` reads UTF-8.

/// Keeps what is not yet a whole character.
#[derive(Default)]
pub(super) struct Decoder {
    held: Vec<u8>,
    begun: bool,
}

impl Decoder {
    /// Adds the text of some bytes to `out`. What is no UTF-8 becomes U+FFFD; a byte order mark at the start is dropped.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut String) {
        let joined;
        let mut rest = if self.held.is_empty() {
            bytes
        } else {
            self.held.extend_from_slice(bytes);
            joined = std::mem::take(&mut self.held);
            &joined
        };
        let start = out.len();
        while let Err(error) = std::str::from_utf8(rest) {
            let (valid, after) = rest.split_at(error.valid_up_to());
            out.push_str(&String::from_utf8_lossy(valid));
            if let Some(length) = error.error_len() {
                out.push(char::REPLACEMENT_CHARACTER);
                rest = after.get(length..).unwrap_or_default();
            } else {
                self.held = after.to_vec();
                rest = &[];
            }
        }
        out.push_str(&String::from_utf8_lossy(rest));
        self.begin(start, out);
    }

    /// There is no more: half a character becomes U+FFFD.
    pub(super) fn finish(&mut self, out: &mut String) {
        if !std::mem::take(&mut self.held).is_empty() {
            self.begun = true;
            out.push(char::REPLACEMENT_CHARACTER);
        }
    }

    fn begin(&mut self, start: usize, out: &mut String) {
        if !self.begun && out.len() > start {
            self.begun = true;
            if out.get(start..).is_some_and(|text| text.starts_with('\u{feff}')) {
                out.drain(start..start + '\u{feff}'.len_utf8());
            }
        }
    }
}
