//! A change as people and models read it: numbered lines, four of context round each.

use std::fmt::Write;

use super::diff::Part;

const CONTEXT: usize = 4;

/// The text that shows a change, and the number of the first line of the new text that it touches.
pub(super) fn show(parts: &[Part], old: &[&str], new: &[&str]) -> (String, Option<usize>) {
    let mut page = Page { out: String::new(), width: width(old).max(width(new)), old: 0, new: 0 };
    let mut first = None;
    for (at, part) in parts.iter().enumerate() {
        match *part {
            Part::Same(count) => {
                let head = if at > 0 { count.min(CONTEXT) } else { 0 };
                let tail = if at + 1 < parts.len() { (count - head).min(CONTEXT) } else { 0 };
                let left_out = count - head - tail;
                page.context(old, head);
                if left_out > 0 && parts.len() > 1 {
                    page.gap(left_out);
                }
                page.context(old, tail);
            }
            Part::Gone(count) => {
                first.get_or_insert(page.new + 1);
                for line in old.iter().skip(page.old).take(count) {
                    page.old += 1;
                    page.line('-', page.old, line);
                }
            }
            Part::New(count) => {
                first.get_or_insert(page.new + 1);
                for line in new.iter().skip(page.new).take(count) {
                    page.new += 1;
                    page.line('+', page.new, line);
                }
            }
        }
    }
    page.out.pop();
    (page.out, first)
}

/// How many digits the number of a text's last line has, where a text that ends with a line break has one line more.
fn width(lines: &[&str]) -> usize {
    let open = lines.last().is_none_or(|line| line.ends_with('\n'));
    (lines.len() + usize::from(open)).to_string().len()
}

struct Page {
    out: String,
    width: usize,
    old: usize,
    new: usize,
}

impl Page {
    fn context(&mut self, old: &[&str], count: usize) {
        for line in old.iter().skip(self.old).take(count) {
            self.old += 1;
            self.new += 1;
            self.line(' ', self.old, line);
        }
    }

    fn gap(&mut self, count: usize) {
        self.old += count;
        self.new += count;
        let width = self.width;
        // Writing to a string cannot fail.
        let _ = writeln!(self.out, " {:width$} ...", "");
    }

    fn line(&mut self, sign: char, number: usize, line: &str) {
        let width = self.width;
        let _ = writeln!(self.out, "{sign}{number:>width$} {}", line.strip_suffix('\n').unwrap_or(line));
    }
}
