//! Makes a sound session's file of one that is damaged: every entry that can be read, under a header, hanging together.

use std::collections::HashMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufWriter, ErrorKind, Write};
use std::ops::ControlFlow;
use std::path::Path;

use serde_json::json;

use super::super::blob;
use super::super::edit::with_fields;
use super::super::error::SessionError;
use super::super::head::Kind;
use super::super::salvage::damaged_parent;
use super::super::scan::scan_while;
use super::{CURRENT, Report, Row, Survey, part, survey};
use crate::json::WireStr;
use crate::replace::replacing;

/// Writes what can be read of the session at `from` to a new file, whole or not at all; `from` is left alone. What was
/// wrong with it. Lines that are no entries are left out, and so is a line that repeats an earlier one; what continued
/// a lost entry continues the one before.
/// Fails when there is a file at `to`.
pub fn salvage(from: &Path, to: &Path) -> Result<Report, SessionError> {
    if to.exists() {
        return Err(SessionError::io("cannot write to", to)(ErrorKind::AlreadyExists.into()));
    }
    let survey = survey(from)?;
    let mut source = File::open(from).map_err(SessionError::io("cannot read", from))?;
    let (folder, target) = (parent(from), parent(to));
    let mut carried = Ok(());
    replacing(to, |file| {
        let mut out = BufWriter::new(file);
        let mut weaver = Weaver::new(&survey);
        let mut failure = None;
        weaver.header(from, &mut source, &mut out)?;
        std::io::Seek::rewind(&mut source)?;
        let mut rows = survey.rows.iter().enumerate().peekable();
        scan_while(source, 0, |line| {
            let end = line.offset + line.bytes.len() as u64;
            while let Some((number, row)) = rows.next_if(|(_, row)| row.offset < end) {
                let text = String::from_utf8_lossy(part(&line, row.offset, row.len));
                let Some(written) = weaver.entry(number, row, text.trim_end().as_bytes()) else { continue };
                if folder != target && carried.is_ok() {
                    carried = blob::carry(folder, target, &written);
                }
                if failure.is_none() {
                    failure = out.write_all(&written).and_then(|()| out.write_all(b"\n")).err();
                }
            }
            if failure.is_some() || rows.peek().is_none() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        failure.map_or_else(|| out.flush(), Err)
    })
    .map_err(SessionError::io("cannot replace", to))?;
    carried.map(|()| survey.report)
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// An entry that was written.
struct Written {
    /// The id of the entry that it continues.
    parent: Option<Vec<u8>>,
    /// Whether all that it continues was written before it.
    is_anchored: bool,
}

/// Makes entries hang together as they are written.
struct Weaver<'a> {
    survey: &'a Survey,
    /// The entries that were written, by their ids.
    written: HashMap<Vec<u8>, Written>,
    /// What those lines were that had an id which another has too.
    repeated: HashMap<&'a [u8], Vec<u64>>,
    /// Ids that were taken already, and those that stand for them from there on.
    renamed: HashMap<&'a [u8], String>,
    /// The ids under which the entries were written, by their numbers.
    ids: Vec<Option<String>>,
    /// The last entry of which that is so: what continues it makes no round.
    last: Option<String>,
}

impl<'a> Weaver<'a> {
    fn new(survey: &'a Survey) -> Self {
        let mut repeated = HashMap::new();
        for (place, row) in survey.rows.iter().enumerate() {
            if let Some(id) =
                row.id.as_deref().filter(|id| survey.places.get(*id).is_some_and(|last| *last != place))
            {
                repeated.insert(id, Vec::new());
            }
        }
        Self {
            survey,
            written: HashMap::new(),
            repeated,
            renamed: HashMap::new(),
            ids: Vec::new(),
            last: None,
        }
    }

    /// Writes the header that the file has, or one of what is left of it.
    fn header(&self, path: &Path, source: &mut File, out: &mut impl Write) -> std::io::Result<()> {
        let own = self.survey.rows.iter().find(|row| row.kind == Kind::Header && row.id.is_some());
        if let Some(own) = own {
            std::io::Seek::seek(source, std::io::SeekFrom::Start(own.offset))?;
            scan_while(source, own.offset, |line| {
                let text = String::from_utf8_lossy(part(&line, own.offset, own.len));
                let _ = writeln!(out, "{}", text.trim_end());
                ControlFlow::Break(())
            })?;
            return Ok(());
        }
        let left = self.survey.damaged_header.as_deref().unwrap_or_default();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let id = name.rsplit('_').next().unwrap_or_default();
        let header = json!({
            "type": "session",
            "version": if self.survey.report.version < 2.0 { 1 } else { CURRENT },
            "id": fragment(left, "id").unwrap_or_else(|| id.to_owned()),
            "timestamp": fragment(left, "timestamp").unwrap_or_else(|| format!("{:.3}", jiff::Timestamp::now())),
            "cwd": fragment(left, "cwd").unwrap_or_default(),
        });
        writeln!(out, "{header}")
    }

    /// An entry as it is to be written; `None` when it was written before.
    fn entry(&mut self, number: usize, row: &'a Row, line: &[u8]) -> Option<Vec<u8>> {
        self.ids.resize(number + 1, None);
        if row.kind == Kind::Header {
            return None;
        }
        if self.survey.report.version < 2.0 {
            return Some(line.to_vec());
        }
        let mut fields = Vec::new();
        if let Some(id) = row.id.as_deref()
            && let Some(lines) = self.repeated.get_mut(id)
        {
            let mut hasher = DefaultHasher::new();
            line.hash(&mut hasher);
            let hash = hasher.finish();
            if lines.contains(&hash) {
                if let (Some(own), Ok(id)) = (self.ids.last_mut(), std::str::from_utf8(id)) {
                    *own = Some(id.to_owned());
                }
                return None;
            }
            lines.push(hash);
        }
        // Before the entry's own id is changed: it may continue the one that had it first.
        let renamed = row.parent.as_deref().and_then(|parent| self.renamed.get(parent).cloned());
        let parent = renamed.as_deref().map(str::as_bytes).or(row.parent.as_deref());
        let taken = row.id.as_deref();
        let own = taken.and_then(|id| std::str::from_utf8(id).ok());
        let id = if let Some(id) = own.filter(|id| !self.written.contains_key(id.as_bytes())) {
            id.to_owned()
        } else {
            let id = self.fresh_id();
            fields.push(("id", json!(id).to_string()));
            id
        };
        let parent = match parent {
            None if !self.is_adopted(number) && damaged_parent(line).is_none() => None,
            Some(parent) if self.can_continue(id.as_bytes(), parent) => {
                fields.extend(renamed.as_ref().map(|renamed| ("parentId", json!(renamed).to_string())));
                Some(parent.to_vec())
            }
            _ => {
                let stand_in = self
                    .stand_in(number)
                    .filter(|stand_in| self.can_continue(id.as_bytes(), stand_in.as_bytes()));
                let stand_in = stand_in.or(self.last.as_ref());
                fields.push(("parentId", json!(stand_in).to_string()));
                stand_in.map(|id| id.clone().into_bytes())
            }
        };
        let above = parent.as_ref().map(|parent| self.written.get(parent));
        let is_anchored = above.is_none_or(|above| above.is_some_and(|written| written.is_anchored));
        if let Some(own) = self.ids.last_mut() {
            *own = Some(id.clone());
        }
        if let Some(taken) = taken.filter(|taken| *taken != id.as_bytes()) {
            self.renamed.insert(taken, id.clone());
        }
        self.written.insert(id.clone().into_bytes(), Written { parent, is_anchored });
        if is_anchored {
            self.last = Some(id);
        }
        Some(if fields.is_empty() { line.to_vec() } else { with_fields(line, &fields) })
    }

    /// Whether an entry continues another one than it says.
    fn is_adopted(&self, number: usize) -> bool {
        u32::try_from(number).is_ok_and(|number| self.survey.index.adopted().binary_search(&number).is_ok())
    }

    /// What the index has found for an entry to continue.
    fn stand_in(&self, number: usize) -> Option<&String> {
        let parent = self.survey.index.get(u32::try_from(number).ok()?)?.parent;
        self.ids.get(parent as usize)?.as_ref()
    }

    /// Whether an entry may continue another: one that is there or will be, and does not lead back to it.
    fn can_continue(&self, id: &[u8], parent: &[u8]) -> bool {
        let mut above = self.written.get(parent);
        if above.is_none() {
            return id != parent && self.survey.places.contains_key(parent);
        }
        while let Some(written) = above.filter(|written| !written.is_anchored) {
            if written.parent.as_deref() == Some(id) {
                return false;
            }
            above = written.parent.as_ref().and_then(|parent| self.written.get(parent));
        }
        true
    }

    fn fresh_id(&self) -> String {
        let is_free = |id: &String| {
            !self.survey.places.contains_key(id.as_bytes()) && !self.written.contains_key(id.as_bytes())
        };
        let mut ids = std::iter::repeat_with(|| format!("{:08x}", fastrand::u32(..)));
        ids.find(is_free).unwrap_or_default()
    }
}

/// The string that a damaged line still holds under a name.
fn fragment(line: &[u8], name: &str) -> Option<String> {
    let name = format!("\"{name}\":");
    let start = memchr::memmem::find(line, name.as_bytes())? + name.len();
    let mut values = serde_json::Deserializer::from_slice(line.get(start..)?).into_iter::<WireStr<'_>>();
    let value = values.next()?.ok()?;
    (!value.is_empty()).then(|| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{Fault, examine};
    use super::*;

    const HEADER: &str =
        r#"{"type":"session","version":3,"id":"s","timestamp":"2026-01-01T00:00:00.000Z","cwd":"/w"}"#;

    fn message(id: &str, parent: &str) -> String {
        format!(
            r#"{{"type":"message","id":"{id}","parentId":{parent},"message":{{"role":"user","n":1e+21}}}}"#
        )
    }

    /// What is wrong with a file of these lines, and the lines of what was salvaged of it, which must be sound.
    fn salvaged(text: &str) -> (Vec<Fault>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("2026_s.jsonl"), folder.path().join("out.jsonl"));
        std::fs::write(&from, text).unwrap();
        let report = salvage(&from, &to).unwrap();
        assert_eq!(examine(&from).unwrap(), report);
        assert_eq!(std::fs::read_to_string(&from).unwrap(), text);
        assert!(examine(&to).unwrap().is_sound, "{:?}", examine(&to));
        let lines = std::fs::read_to_string(&to).unwrap().lines().map(str::to_owned).collect();
        (report.problems.iter().map(|problem| problem.kind).collect(), lines)
    }

    #[test]
    fn a_sound_file_stays_as_it_is() {
        let lines = [HEADER.to_owned(), message("a", "null"), message("b", "\"a\""), message("c", "\"a\"")];
        assert_eq!(salvaged(&lines.join("\n")), (vec![], lines.to_vec()));
        let old = [r#"{"type":"session","id":"s"}"#, r#"{"type":"message","message":{}}"#];
        assert_eq!(salvaged(&old.join("\n")), (vec![], old.map(str::to_owned).to_vec()));
    }

    #[test]
    fn what_is_lost_costs_only_itself() {
        let [a, c] = [message("a", "null"), message("c", "\"b\"")];
        let text = format!("{HEADER}\n{a}\n{{\"type\":\"message\",\"id\":\"b\"\n{c}\n{{\"ty");
        let (faults, lines) = salvaged(&text);
        assert_eq!(faults, [Fault::BadLine, Fault::LostParent, Fault::Torn]);
        assert_eq!(lines, [HEADER.to_owned(), a, message("c", "\"a\"")]);
    }

    #[test]
    fn a_damaged_header_is_made_of_what_is_left() {
        let (faults, lines) =
            salvaged(&format!("z{}\n{}\n", HEADER.strip_prefix('{').unwrap(), message("a", "null")));
        assert_eq!(faults, [Fault::Header]);
        assert_eq!(lines, [HEADER.to_owned(), message("a", "null")]);
        let (_, lines) = salvaged(&message("a", "null"));
        assert!(lines[0].contains(r#""version":3"#) && lines[0].contains(r#""id":"s""#), "{}", lines[0]);
    }

    #[test]
    fn ids_are_made_different_and_rounds_are_cut() {
        let (faults, lines) = salvaged(
            &[
                HEADER,
                &message("a", "null"),
                &message("b", "\"a\""),
                &message("b", "\"a\""),
                &message("b", "\"b\""),
                &message("c", "\"b\""),
                &message("d", "\"d\""),
            ]
            .join("\n"),
        );
        assert_eq!(faults.iter().filter(|fault| **fault == Fault::DuplicateId).count(), 2);
        assert!(faults.contains(&Fault::Cycle));
        let field = |line: &str, name: &str| fragment(line.as_bytes(), name).unwrap();
        assert_eq!(lines.len(), 6);
        let second = field(&lines[3], "id");
        assert!(lines[3].contains("1e+21"), "{}", lines[3]);
        assert_eq!(field(&lines[4], "parentId"), second);
        assert_eq!(field(&lines[5], "parentId"), "c");
        let (_, lines) = salvaged(&[HEADER, &message("a", "\"b\""), &message("b", "\"a\"")].join("\n"));
        assert_eq!(lines[1..], [message("a", "\"b\""), message("b", "null")]);
    }

    #[test]
    fn no_file_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        std::fs::write(&path, HEADER).unwrap();
        assert_eq!(salvage(&path, &path).unwrap_err().code(), "SESSION_IO");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), HEADER);
    }
}
