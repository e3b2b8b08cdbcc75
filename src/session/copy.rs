//! Copies a session under another header.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::blob;
use super::error::SessionError;
use super::head::{Head, Kind};
use super::replace::replacing;
use super::scan::scan;

/// Writes the lines of `from` to `to`, whole or not at all: `header` first, or none where that is empty, then every line
/// that is no header; what these keep outside of the log goes with them. Lines that are no entries are `kept` or left out.
pub fn copy(from: &Path, to: &Path, header: &str, kept: bool) -> Result<(), SessionError> {
    let source = File::open(from).map_err(SessionError::io("cannot read", from))?;
    let folders = from.parent().zip(to.parent()).filter(|(from, to)| from != to);
    let mut carried = Ok(());
    replacing(to, |file| {
        let mut out = BufWriter::new(file);
        let mut failure = None;
        if !header.is_empty() {
            writeln!(out, "{header}")?;
        }
        scan(source, 0, |line| {
            let wanted = header.is_empty()
                || match Head::parse(line.bytes) {
                    Some(head) => head.kind() != Kind::Header,
                    None => kept && line.offset > 0,
                };
            if wanted && failure.is_none() {
                if let (Some((from, to)), Ok(())) = (folders, &carried) {
                    carried = blob::carry(from, to, line.bytes);
                }
                let end: &[u8] = if line.ended { b"\n" } else { b"" };
                failure = out.write_all(line.bytes).and_then(|()| out.write_all(end)).err();
            }
        })?;
        failure.map_or_else(|| out.flush(), Err)
    })?;
    carried
}
