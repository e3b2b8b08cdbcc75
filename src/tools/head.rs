//! The first lines of a text that may be long: as much as a model can be shown, and the size of all of it.

use serde::Serialize;

/// More than a model is shown, in bytes; as in `lib/pi-coding-agent/tools/truncate.ts`.
const KEPT: usize = 50 << 10;

/// Lines that are written one after the other.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// The first of them, joined; more than a model is shown if there are more.
    pub text: String,
    /// How many lines there are.
    pub total_lines: usize,
    /// The size of all of them, joined, in bytes.
    pub total_bytes: usize,
}

impl Head {
    /// Adds a line.
    pub fn push(&mut self, line: &str) {
        let first = self.total_lines == 0;
        if self.text.len() <= KEPT {
            if !first {
                self.text.push('\n');
            }
            self.text.push_str(line);
        }
        // A name may hold line ends.
        self.total_lines += 1 + memchr::memchr_iter(b'\n', line.as_bytes()).count();
        self.total_bytes += line.len() + usize::from(!first);
    }
}
