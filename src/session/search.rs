//! Looks for a text in what sessions say: session after session, the last written first, a piece of work at a time.
//!
//! The lines are JSON, so their bytes are no place to look: a text may be escaped there, and names and ids are no text.
//! They only tell cheaply which lines cannot hold it; the others are read, and searched as the strings that they mean.
//! Edits of what was said come after it, so each file is gone through for them first: what was taken out is not found.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use regex::{Regex, RegexBuilder, bytes};
use serde::Serialize;

use super::blob;
use super::scan::{Line, scan_while};
use super::speech::{Speech, speech};

/// How much is read at once, in bytes, and how many hits are found at most, so that the first ones come soon.
const STEP_BYTES: u64 = 8 << 20;
const STEP_HITS: usize = 64;

/// How much of a text is shown before and after the beginning of a match, in bytes, and at most of the match.
const BEFORE: usize = 60;
const AFTER: usize = 200;

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// The text, or a regular expression.
    pub text: String,
    /// Whether the text is a regular expression.
    pub is_regex: bool,
    /// Whether upper and lower case are different.
    pub is_case_sensitive: bool,
    /// Whose words count; everybody's if empty.
    pub roles: Vec<String>,
}

/// An entry that says what was looked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// The session's file.
    pub path: PathBuf,
    /// The session's id, where its header says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The entry's id, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_id: Option<String>,
    /// Whose words they are.
    pub role: String,
    /// When the entry was written, as it says itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// The text round the first match.
    pub snippet: String,
    /// Where the matches in the snippet begin and end, in UTF-16 code units.
    pub matches: Vec<(usize, usize)>,
}

/// A file that is being searched.
#[derive(Debug, Default)]
struct Current {
    path: PathBuf,
    offset: u64,
    session_id: Option<String>,
    /// Whether the edits are all known.
    is_surveyed: bool,
    /// What entries say now, by their ids.
    edits: HashMap<String, Vec<String>>,
}

impl Current {
    /// Gathers the edits, from where it was left.
    fn survey(&mut self, budget: &mut u64, stop: &AtomicBool) -> std::io::Result<()> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.offset))?;
        let from = self.offset;
        let mut flow = ControlFlow::Continue(());
        let (folder, edits) = (folder(&self.path), &mut self.edits);
        let read = scan_while(file, from, |line| {
            if memchr::memmem::find(line.bytes, b"context_edit").is_some()
                && let Some(said) = speech(&blob::resolve(folder, line.bytes))
            {
                edits.extend(said.target.map(|target| (target, said.texts)));
            }
            if line.offset + line.bytes.len() as u64 - from >= *budget || stop.load(Ordering::Relaxed) {
                flow = ControlFlow::Break(());
            }
            flow
        })?;
        *budget = budget.saturating_sub(read);
        self.is_surveyed = flow.is_continue();
        self.offset = if self.is_surveyed { 0 } else { from + read };
        Ok(())
    }
}

/// A search.
#[derive(Debug)]
pub struct Search {
    roles: Vec<String>,
    pattern: Regex,
    /// What a line's bytes hold where its strings hold the text, unless an escape stands for a part of it.
    hint: Option<bytes::Regex>,
    folders: Vec<PathBuf>,
    files: VecDeque<PathBuf>,
    current: Option<Current>,
}

impl Search {
    /// Looks for `query` in the sessions of some folders.
    pub fn new(query: Query, folders: Vec<PathBuf>) -> Result<Self, regex::Error> {
        let text = if query.is_regex { query.text.clone() } else { regex::escape(&query.text) };
        let pattern = RegexBuilder::new(&text).case_insensitive(!query.is_case_sensitive).build()?;
        let hint = if query.is_regex { None } else { Some(plainest(&query.text)) };
        let hint = hint.filter(|part| !part.is_empty()).and_then(|part| {
            let mut builder = bytes::RegexBuilder::new(&regex::escape(part));
            builder.case_insensitive(!query.is_case_sensitive).build().ok()
        });
        Ok(Self { roles: query.roles, pattern, hint, folders, files: VecDeque::new(), current: None })
    }

    /// The next hits; `None` when all was searched or `stop` was set. What cannot be read is passed over.
    pub fn next(&mut self, stop: &AtomicBool) -> Option<Vec<Hit>> {
        if !self.folders.is_empty() {
            self.files = files(&std::mem::take(&mut self.folders));
        }
        let (mut hits, mut budget) = (Vec::new(), STEP_BYTES);
        while budget > 0 && hits.len() < STEP_HITS && !stop.load(Ordering::Relaxed) {
            let next = || self.files.pop_front().map(|path| Current { path, ..Current::default() });
            let Some(mut current) = self.current.take().or_else(next) else {
                return if hits.is_empty() { None } else { Some(hits) };
            };
            let is_left = if current.is_surveyed {
                let searched = self.search(&mut current, &mut hits, &mut budget, stop);
                searched.is_ok_and(|flow| flow.is_break())
            } else {
                current.survey(&mut budget, stop).is_ok()
            };
            if is_left {
                self.current = Some(current);
            }
        }
        (!stop.load(Ordering::Relaxed)).then_some(hits)
    }

    /// Searches one file from where it was left; breaks off when that is enough for once.
    fn search(
        &self,
        current: &mut Current,
        hits: &mut Vec<Hit>,
        budget: &mut u64,
        stop: &AtomicBool,
    ) -> std::io::Result<ControlFlow<()>> {
        let mut file = File::open(&current.path)?;
        file.seek(SeekFrom::Start(current.offset))?;
        let mut flow = ControlFlow::Continue(());
        let from = current.offset;
        let read = scan_while(file, from, |line| {
            hits.extend(self.hit(current, line));
            let done = line.offset + line.bytes.len() as u64 - from;
            if done >= *budget || hits.len() >= STEP_HITS || stop.load(Ordering::Relaxed) {
                flow = ControlFlow::Break(());
            }
            flow
        })?;
        current.offset += read;
        // A file costs something however small it is.
        *budget = budget.saturating_sub(read.max(1 << 12));
        Ok(flow)
    }

    fn hit(&self, current: &mut Current, line: Line<'_>) -> Option<Hit> {
        if line.offset > 0 && current.edits.is_empty() && !self.may_hold(line.bytes) {
            return None;
        }
        let bytes = blob::resolve(folder(&current.path), line.bytes);
        let Speech { is_header, id, role, timestamp, texts, target } = speech(&bytes)?;
        if is_header {
            current.session_id = current.session_id.take().or(id);
            return None;
        }
        if target.is_some() || (!self.roles.is_empty() && !self.roles.contains(&role)) {
            return None;
        }
        let texts = id.as_ref().and_then(|id| current.edits.get(id)).unwrap_or(&texts);
        let (snippet, matches) = texts.iter().find_map(|text| self.snippet(text))?;
        let (path, session_id) = (current.path.clone(), current.session_id.clone());
        Some(Hit { path, session_id, entry_id: id, role, timestamp, snippet, matches })
    }

    /// Whether the strings of a line may hold the text.
    fn may_hold(&self, line: &[u8]) -> bool {
        self.hint.as_ref().is_none_or(|hint| {
            hint.is_match(line) || memchr::memmem::find(line, b"\\u").is_some() || blob::is_named(line)
        })
    }

    /// The text round its first match, and where in it the matches are.
    fn snippet(&self, text: &str) -> Option<(String, Vec<(usize, usize)>)> {
        let found = self.pattern.find_iter(text).find(|found| !found.is_empty())?;
        let start = text.floor_char_boundary(found.start().saturating_sub(BEFORE));
        let end = text.ceil_char_boundary((found.start() + AFTER).min(text.len()));
        let snippet = text.get(start..end)?;
        let units = |at: usize| snippet.get(..at).map_or(0, |text| text.encode_utf16().count());
        // In the whole text, because an expression may look at what is outside the snippet.
        let matches = self.pattern.find_iter(text).take_while(|found| found.start() < end);
        let matches = matches.filter(|found| !found.is_empty() && found.start() >= start);
        let matches =
            matches.map(|found| (units(found.start() - start), units(found.end().min(end) - start)));
        let matches = matches.collect();
        Some((snippet.to_owned(), matches))
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// The longest part of a text that JSON writes as it is, or with `\u`.
fn plainest(text: &str) -> &str {
    let parts = text.split(|c: char| c.is_control() || matches!(c, '"' | '\\' | '/'));
    parts.max_by_key(|part| part.len()).unwrap_or_default()
}

/// The sessions' files of some folders, the last written first.
fn files(folders: &[PathBuf]) -> VecDeque<PathBuf> {
    let mut files: Vec<(SystemTime, PathBuf)> = Vec::new();
    for folder in folders.iter().filter_map(|folder| folder.read_dir().ok()) {
        files.extend(folder.flatten().filter_map(|file| {
            let path = file.path();
            let is_session = path.extension().is_some_and(|extension| extension == "jsonl");
            is_session
                .then(|| path.metadata().and_then(|metadata| metadata.modified()).ok())?
                .map(|at| (at, path))
        }));
    }
    files.sort_by(|a, b| b.cmp(a));
    files.into_iter().map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = r#"{"type":"session","version":3,"id":"s","cwd":"/needle"}"#;

    fn find(query: Query, lines: &[&str]) -> Vec<Hit> {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("{}\n", lines.join("\n"));
        std::fs::write(folder.path().join("a.jsonl"), text).unwrap();
        let mut search = Search::new(query, vec![folder.path().to_owned()]).unwrap();
        let stop = AtomicBool::new(false);
        std::iter::from_fn(|| search.next(&stop)).flatten().collect()
    }

    fn plain(text: &str) -> Query {
        Query { text: text.to_owned(), ..Query::default() }
    }

    fn user(content: &str) -> String {
        format!(
            r#"{{"type":"message","id":"e1","parentId":null,"timestamp":"2026-01-01T00:00:00.000Z","message":{{"role":"user","content":{content}}}}}"#
        )
    }

    #[test]
    fn a_text_is_found_however_it_is_escaped() {
        for content in [r#""a N\u0065edle b""#, r#""a N\u0065\u0065dle b""#, r#""a Needle b""#] {
            let [hit] = find(plain("needLE"), &[HEADER, &user(content)]).try_into().unwrap();
            assert_eq!((hit.snippet.as_str(), hit.matches.as_slice()), ("a Needle b", &[(2, 8)][..]));
            assert_eq!((hit.session_id.as_deref(), hit.entry_id.as_deref()), (Some("s"), Some("e1")));
        }
        for (query, content) in [
            ("a/b", r#""x a\/b""#),
            ("say \"hi\"", r#""x say \"hi\"""#),
            ("one\ntwo", r#""x one\ntwo""#),
            ("CAF\u{c9}", "\"x caf\u{e9}\""),
            ("\u{1F600}", r#""x \ud83d\ude00""#),
        ] {
            assert_eq!(find(plain(query), &[HEADER, &user(content)]).len(), 1, "{query}");
        }
    }

    #[test]
    fn names_and_ids_are_no_text() {
        let call = r#"[{"type":"toolCall","id":"needle","name":"needle","arguments":{"needle":1}},{"type":"image","data":"needle"}]"#;
        let result = r#"{"type":"message","id":"needle","message":{"role":"toolResult","toolCallId":"needle","content":[]}}"#;
        assert_eq!(find(plain("needle"), &[HEADER, &user(call), result]), []);
        let call = r#"[{"type":"toolCall","id":"x","name":"x","arguments":{"a":[{"path":"needle"}]}}]"#;
        assert_eq!(find(plain("needle"), &[HEADER, &user(call)]).len(), 1);
    }

    #[test]
    fn what_was_taken_out_is_not_found_and_what_stands_for_it_is() {
        let edit = |replacement: &str| {
            format!(
                r#"{{"type":"context_edit","id":"e2","parentId":"e1","targetId":"e1","replacement":{replacement}}}"#
            )
        };
        let said = user("\"a needle\"");
        assert_eq!(find(plain("needle"), &[HEADER, &said, &edit("null")]), []);
        let lines = [HEADER, &said, &edit("null"), &edit(r#"{"content":[{"type":"text","text":"a pin"}]}"#)];
        assert_eq!(find(plain("needle"), &lines), []);
        let [hit] = find(plain("pin"), &lines).try_into().unwrap();
        assert_eq!((hit.entry_id.as_deref(), hit.role.as_str()), (Some("e1"), "user"));
    }

    #[test]
    fn roles_case_and_expressions_are_minded() {
        let answer = r#"{"type":"message","id":"b","message":{"role":"assistant","content":[{"type":"text","text":"Needle 42"}]}}"#;
        let lines = [HEADER, &user("\"needle\""), answer];
        let of = |role: &str| Query { roles: vec![role.to_owned()], ..plain("needle") };
        assert_eq!(find(of("assistant"), &lines).len(), 1);
        assert_eq!(find(of("toolResult"), &lines).len(), 0);
        assert_eq!(find(Query { is_case_sensitive: true, ..plain("Needle") }, &lines).len(), 1);
        assert_eq!(find(Query { is_regex: true, ..plain(r"needle \d+") }, &lines).len(), 1);
        assert_eq!(find(plain(""), &lines), []);
        assert!(Search::new(Query { is_regex: true, ..plain("(") }, vec![]).is_err());
    }

    #[test]
    fn a_long_text_is_cut_round_the_match_and_offsets_count_code_units() {
        let text = format!("\"{}\u{1F600} needle and needle {}\"", "\u{e9}".repeat(500), "y".repeat(500));
        let [hit] = find(plain("needle"), &[HEADER, &user(&text)]).try_into().unwrap();
        let units: Vec<u16> = hit.snippet.encode_utf16().collect();
        let said = |&(start, end): &(usize, usize)| String::from_utf16(&units[start..end]).unwrap();
        assert_eq!(hit.matches.iter().map(said).collect::<Vec<_>>(), ["needle", "needle"]);
        assert!(units.len() < 300);
    }

    #[test]
    fn many_hits_come_in_pieces_and_none_is_lost() {
        let line = user("\"needle\"");
        let lines: Vec<&str> =
            std::iter::once(HEADER).chain(std::iter::repeat_n(line.as_str(), 1000)).collect();
        assert_eq!(find(plain("needle"), &lines).len(), 1000);
    }
}
