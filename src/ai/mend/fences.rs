//! Follows where lines of a text start, and whether they lie in a fenced code block.

/// How much of a line is looked at.
const KEPT: usize = 64;

/// Where a text stands.
#[derive(Debug, Default)]
pub(super) struct Fences {
    /// How the line being read begins.
    line: Vec<u8>,
    /// The fence that is open: its character and how many of them.
    open: Option<(u8, usize)>,
}

impl Fences {
    /// Whether what comes next begins a line of plain text.
    pub(super) fn at_line_start(&self) -> bool {
        self.line.is_empty() && self.open.is_none()
    }

    /// Takes text up to the end of a line or of what there is of it; gives how much that was.
    pub(super) fn take_line(&mut self, text: &[u8]) -> usize {
        let end = memchr::memchr(b'\n', text);
        let line = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
        let room = KEPT.saturating_sub(self.line.len()).min(line.len());
        self.line.extend_from_slice(line.get(..room).unwrap_or_default());
        let Some(end) = end else { return text.len() };
        self.end_line();
        end + 1
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let text = line.trim_ascii_start();
        let Some(&mark) = text.first().filter(|mark| matches!(mark, b'`' | b'~')) else { return };
        let length = text.iter().take_while(|byte| **byte == mark).count();
        let rest = text.get(length..).unwrap_or_default().trim_ascii();
        match self.open {
            Some((open, least)) if open == mark && length >= least && rest.is_empty() => self.open = None,
            None if length >= 3 && !(mark == b'`' && rest.contains(&mark)) => {
                self.open = Some((mark, length));
            }
            _ => {}
        }
    }
}
