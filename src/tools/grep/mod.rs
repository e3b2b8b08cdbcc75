//! Searches files for a pattern, as `rg --hidden` does, on all processors; the matches are in the order of the paths.
//! Answers to Pi's `core/tools/grep`.

mod file;
mod matches;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use grep_searcher::{BinaryDetection, Searcher, SearcherBuilder};
use ignore::overrides::OverrideBuilder;
use ignore::{DirEntry, Walk};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use self::file::{Hits, Lines};
use self::matches::{Batch, Matches};
use super::head::Head;
use super::walk::{shown, walk};

/// Files that a thread takes at once.
const BATCH: usize = 32;
/// More threads than this wait for the disk.
const THREADS: usize = 12;

/// What to search for, and where.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// A regular expression, or a text.
    pub pattern: String,
    /// The file or folder, from the root.
    pub path: PathBuf,
    /// Where globs begin.
    pub cwd: PathBuf,
    /// Which files.
    #[serde(default)]
    pub glob: Option<String>,
    /// Whether capitals are like small letters.
    #[serde(default)]
    pub ignore_case: bool,
    /// Whether the pattern is a text.
    #[serde(default)]
    pub literal: bool,
    /// Lines to show round each match.
    #[serde(default)]
    pub context: usize,
    /// How many matches to show at most.
    pub limit: usize,
    /// Whether to say where the matches are: the caller reads the files itself.
    #[serde(default)]
    pub places: bool,
}

/// What was found.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The lines to show.
    #[serde(flatten)]
    pub head: Head,
    /// How many matches they are of.
    pub count: usize,
    /// Whether a line was too long to show whole.
    pub lines_truncated: bool,
    /// File and line of each match, if asked for.
    pub places: Vec<(PathBuf, u64)>,
    /// What could not be read, in the words of ripgrep.
    pub errors: Vec<String>,
}

/// Why nothing could be searched.
#[derive(Debug, thiserror::Error)]
pub enum GrepError {
    /// There is no such file or folder.
    #[error("Path not found: {}", .0.display())]
    NotFound(PathBuf),
    /// The pattern is no regular expression.
    #[error("rg: {0}")]
    Pattern(String),
    /// The glob is none.
    #[error("rg: {0}")]
    Glob(#[from] ignore::Error),
}

/// Searches; stops early, with what it has, when it is cancelled.
pub fn grep(request: &Request, cancel: &CancellationToken) -> Result<Found, GrepError> {
    let root = &request.path;
    let meta = root.metadata().map_err(|_| GrepError::NotFound(root.clone()))?;
    let mut globs = OverrideBuilder::new(&request.cwd);
    if let Some(glob) = request.glob.as_deref().filter(|glob| !glob.is_empty()) {
        globs.add(glob)?;
    }
    let matcher = matcher(request)?;
    let searching = Searching { request, matcher: &matcher, cancel };
    let batches = if meta.is_dir() {
        let mut builder = walk(root);
        builder.overrides(globs.build()?).add_custom_ignore_filename(".rgignore").current_dir(&request.cwd);
        searching.folder(builder.build())
    } else {
        let mut batch = Batch::default();
        // As ripgrep maps a file that is named: a NUL ends no line of it.
        searching.one(root, &mut searching.searcher(BinaryDetection::none()), &mut batch);
        vec![batch]
    };
    Ok(found(request, meta.is_dir(), batches))
}

fn matcher(request: &Request) -> Result<RegexMatcher, GrepError> {
    let mut builder = RegexMatcherBuilder::new();
    builder
        .multi_line(true)
        .fixed_strings(request.literal)
        .case_insensitive(request.ignore_case)
        .line_terminator(Some(b'\n'))
        .ban_byte(Some(0));
    builder.build_many(&[&request.pattern]).map_err(|error| GrepError::Pattern(error.to_string()))
}

struct Searching<'a> {
    request: &'a Request,
    matcher: &'a RegexMatcher,
    cancel: &'a CancellationToken,
}

impl Searching<'_> {
    fn searcher(&self, binary: BinaryDetection) -> Searcher {
        let context = if self.request.places { 0 } else { self.request.context };
        SearcherBuilder::new()
            .max_matches(Some(self.request.limit as u64))
            .before_context(context)
            .after_context(context)
            .binary_detection(binary)
            .build()
    }

    /// All threads take files off one walk; it is the order of the walk that counts, not who is done first.
    fn folder(&self, walk: Walk) -> Vec<Batch> {
        let walk = Mutex::new(walk.enumerate());
        let matches = Mutex::new(Matches::new(self.request.limit));
        let enough = AtomicBool::new(false);
        let work = || {
            let mut searcher = self.searcher(BinaryDetection::quit(0));
            while !enough.load(Ordering::Relaxed) && !self.cancel.is_cancelled() {
                let entries: Vec<_> =
                    walk.lock().unwrap_or_else(PoisonError::into_inner).by_ref().take(BATCH).collect();
                let Some((at, _)) = entries.first() else { break };
                let at = *at;
                let mut batch = Batch::default();
                for (_, entry) in entries {
                    if batch.count >= self.request.limit || self.cancel.is_cancelled() {
                        break;
                    }
                    match entry {
                        Ok(entry) if is_file(&entry) => self.one(entry.path(), &mut searcher, &mut batch),
                        Ok(_) => {}
                        Err(error) => batch.errors.push(format!("rg: {error}")),
                    }
                }
                if matches.lock().unwrap_or_else(PoisonError::into_inner).put(at, batch) {
                    enough.store(true, Ordering::Relaxed);
                }
            }
        };
        let threads = thread::available_parallelism().map_or(1, usize::from).min(THREADS);
        thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(work);
            }
            work();
        });
        matches.into_inner().unwrap_or_else(PoisonError::into_inner).into_batches()
    }

    fn one(&self, path: &Path, searcher: &mut Searcher, batch: &mut Batch) {
        match file::search(path, searcher, self.matcher, self.cancel) {
            Ok(lines) if lines.count > 0 => {
                batch.count += lines.count;
                batch.hits.push(Hits { path: path.to_owned(), lines });
            }
            Ok(_) => {}
            Err(error) => batch.errors.push(format!("rg: {}: {error}", path.display())),
        }
    }
}

fn is_file(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file())
}

fn found(request: &Request, in_folder: bool, batches: Vec<Batch>) -> Found {
    let mut found = Found::default();
    for Batch { hits, errors, .. } in batches {
        found.errors.extend(errors);
        for Hits { path, lines } in hits {
            let lines = lines.first(request.limit - found.count.min(request.limit));
            found.count += lines.count;
            let root = if in_folder { Some(request.path.as_path()) } else { path.parent() };
            let name = shown(root.unwrap_or(&path), &path);
            show(&name, &lines, request.context, &mut found);
            if request.places {
                found.places.extend(lines.matches().map(|line| (path.clone(), line)));
            }
        }
    }
    found
}

/// Writes each match with the lines round it; lines round two matches stand there twice.
fn show(name: &str, lines: &Lines, context: usize, found: &mut Found) {
    for number in lines.matches() {
        for line in lines.around(number, context as u64) {
            let mark = if line.number == number { ':' } else { '-' };
            found.head.push(&format!("{name}{mark}{}{mark} {}", line.number, line.text));
            found.lines_truncated |= line.truncated;
        }
    }
}
