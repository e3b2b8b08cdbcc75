//! Copies a session: under another header, or as it is.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::blob;
use super::error::SessionError;
use super::head::{Head, Kind};
use super::salvage::whole_entries;
use super::scan::scan;
use crate::replace::{replacing, sync_folder};

/// Writes the lines of `from` to `to`, whole or not at all: `header`, then every line that is no header. Lines that are
/// no entries go with them, but for a first one, which was the header, and blank ones; so does what they keep outside of
/// the log.
pub fn copy(from: &Path, to: &Path, header: &str) -> Result<(), SessionError> {
    let source = File::open(from).map_err(SessionError::io("cannot read", from))?;
    let folders = from.parent().zip(to.parent()).filter(|(from, to)| from != to);
    let mut carried = Ok(());
    replacing(to, |file| {
        let mut out = BufWriter::new(file);
        let mut failure = None;
        writeln!(out, "{header}")?;
        let mut write = |line: &[u8]| {
            if let (Some((from, to)), Ok(())) = (folders, &carried) {
                carried = blob::carry(from, to, line);
            }
            if failure.is_none() {
                failure = out.write_all(line).and_then(|()| out.write_all(b"\n")).err();
            }
        };
        scan(source, 0, |line| match Head::parse(line.bytes) {
            Some(head) if head.kind() == Kind::Header => {}
            None if line.bytes.trim_ascii().is_empty() => {}
            None if line.offset == 0 => {
                // The header may have run together with what followed it.
                let entries = whole_entries(line.bytes).into_iter().filter_map(|range| line.bytes.get(range));
                let is_header =
                    |entry: &&[u8]| Head::parse(entry).is_some_and(|head| head.kind() == Kind::Header);
                entries.filter(|entry| !is_header(entry)).for_each(&mut write);
            }
            _ => write(line.bytes),
        })?;
        failure.map_or_else(|| out.flush(), Err)
    })
    .map_err(SessionError::io("cannot replace", to))?;
    carried
}

/// Copies a session that is about to be mended to a new file beside it, `<its name>.damaged`, or with a number where
/// there is one already. The path of the copy.
pub fn keep_aside(path: &Path) -> Result<PathBuf, SessionError> {
    let failed = |action| SessionError::io(action, path);
    let mut source = File::open(path).map_err(failed("cannot read"))?;
    for number in 1_u32.. {
        let mut name = path.as_os_str().to_owned();
        name.push(if number == 1 { ".damaged".to_owned() } else { format!(".damaged-{number}") });
        let mut copy = match File::create_new(&name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            made => made.map_err(failed("cannot keep"))?,
        };
        io::copy(&mut source, &mut copy).and_then(|_| copy.sync_all()).map_err(failed("cannot keep"))?;
        sync_folder(path);
        return Ok(name.into());
    }
    Err(failed("cannot keep")(io::ErrorKind::AlreadyExists.into()))
}
