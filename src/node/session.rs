//! A session's file, for JavaScript: synchronous, because hosts call Pi's session manager synchronously.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::bindgen_prelude::{AsyncTask, Uint32Array};
use napi::{Env, Task};
use napi_derive::napi;

use crate::session::{Appended, Durability, Folder, Index, Listed, Log, NONE, SessionError};

/// A failure with the code that hosts tell it by.
type Result<T> = std::result::Result<T, napi::Error<&'static str>>;

fn thrown(error: SessionError) -> napi::Error<&'static str> {
    napi::Error::new(error.code(), error.to_string())
}

/// A session's file and its index. Entries go by their numbers, which count from 0 in the order of the file, the header
/// included; -1 stands for none.
#[napi]
pub struct SessionLog {
    log: Mutex<Log>,
}

#[napi]
impl SessionLog {
    /// Reads a file, or makes an empty one. `durability` is `none`, `batch` or `entry`; with `blobs` long contents are
    /// kept outside of it.
    #[napi(constructor, catch_unwind)]
    pub fn new(path: String, durability: String, blobs: bool) -> Result<Self> {
        let durability = match durability.as_str() {
            "none" => Durability::None,
            "entry" => Durability::Entry,
            _ => Durability::Batch,
        };
        let mut log = Log::open(Path::new(&path), durability).map_err(thrown)?;
        log.keep_blobs(blobs);
        Ok(Self { log: Mutex::new(log) })
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many entries there are.
    #[napi(catch_unwind)]
    pub fn count(&self) -> u32 {
        u32::try_from(self.log().index().len()).unwrap_or(NONE)
    }

    /// What is known of the whole session, JSON.
    #[napi(catch_unwind)]
    pub fn summary(&self) -> String {
        let log = self.log();
        let index = log.index();
        serde_json::json!({
            "count": index.len(),
            "header": index.header,
            "version": index.version,
            "irregular": index.irregular,
            "labels": index.label_entries(),
            "unknown": index.unknown_entries().iter().filter_map(|number| index.get(*number)).map(|entry| (entry.offset, entry.len)).collect::<Vec<_>>(),
            "torn": log.sealed(),
            "adopted": index.adopted().iter().filter_map(|number| index.get(*number)).map(|entry| (entry.offset, entry.len)).collect::<Vec<_>>(),
            "bad": index.bad_lines().iter().map(|bad| (bad.offset, bad.len)).collect::<Vec<_>>(),
        })
        .to_string()
    }

    /// The contents outside the log that are missing or damaged, JSON: where the entry that names each begins, how long
    /// it is, in bytes, and the file.
    #[napi(catch_unwind)]
    pub fn missing_blobs(&self) -> Result<String> {
        let missing = self.log().missing_blobs().map_err(thrown)?;
        Ok(serde_json::json!(missing).to_string())
    }

    /// The numbers of the entries that stand out, -1 for none: the last one, the first message of the user, the first
    /// answer, the last to name the session.
    #[napi(catch_unwind)]
    pub fn landmarks(&self) -> Vec<i64> {
        let log = self.log();
        let Index { last, first_user, first_assistant, name, .. } = log.index();
        [last, first_user, first_assistant, name].map(|number| number.map_or(-1, i64::from)).to_vec()
    }

    /// The number of the entry with an id.
    #[napi(catch_unwind)]
    pub fn find(&self, id: String) -> i64 {
        self.log().index().find(id.as_bytes()).map_or(-1, i64::from)
    }

    /// The lines of some entries, one under the other.
    #[napi(catch_unwind)]
    pub fn lines(&self, numbers: Vec<u32>) -> Result<String> {
        let text = self.log().lines(&numbers).map_err(thrown)?;
        Ok(String::from_utf8(text)
            .unwrap_or_else(|text| String::from_utf8_lossy(text.as_bytes()).into_owned()))
    }

    /// An entry and those that it continues, the first one first.
    #[napi(catch_unwind)]
    pub fn branch(&self, leaf: u32) -> Uint32Array {
        self.log().index().branch(leaf).into()
    }

    /// The entries that continue one, in the order of the file.
    #[napi(catch_unwind)]
    pub fn children(&self, number: u32) -> Uint32Array {
        self.log().index().children(number).into()
    }

    /// What the model is shown when `leaf` is the last entry: first the number of the entry that says which model
    /// answers and of the one that says how hard it thinks ([`NONE`] for none), then the entries that count.
    #[napi(catch_unwind)]
    pub fn context(&self, leaf: u32) -> Uint32Array {
        let log = self.log();
        let index = log.index();
        let settings = index.get(leaf).map_or([NONE, NONE], |entry| [entry.model, entry.thinking]);
        settings.into_iter().chain(index.context(leaf)).collect::<Vec<u32>>().into()
    }

    /// Whether any entry continues another one than it says, because that was lost.
    #[napi(catch_unwind)]
    pub fn has_adopted(&self) -> bool {
        !self.log().index().adopted().is_empty()
    }

    /// Those of some entries that do: JSON, pairs of where they stand in `numbers` and the id of the one that they
    /// continue.
    #[napi(catch_unwind)]
    pub fn adopted(&self, numbers: Vec<u32>) -> Result<String> {
        let adopted = self.log().adopted(&numbers).map_err(thrown)?;
        Ok(serde_json::json!(adopted).to_string())
    }

    /// Who wrote to the file last, if that is known and was not this one: its process, and since when it writes, in
    /// milliseconds since 1970.
    #[napi(catch_unwind)]
    pub fn other_writer(&self) -> Option<Vec<f64>> {
        #[allow(clippy::cast_precision_loss, reason = "JavaScript's times are such numbers")]
        self.log().other_writer().map(|writer| vec![f64::from(writer.pid), writer.since as f64])
    }

    /// Appends entries, each one line of JSON; the last line has no end. `expected` is how many entries the caller knows
    /// of: when others have appended meanwhile nothing is written, the index is brought up to date, and the result is
    /// `false`.
    #[napi(catch_unwind)]
    pub fn append(&self, lines: String, expected: u32) -> Result<bool> {
        let appended = self.log().append(lines.as_bytes(), expected as usize).map_err(thrown)?;
        Ok(matches!(appended, Appended::Written))
    }

    /// Puts a file with `text` in the place of this one, whole or not at all, and reads it; otherwise as `append`.
    #[napi(catch_unwind)]
    pub fn replace(&self, text: String, expected: u32) -> Result<bool> {
        let replaced = self.log().replace(text.as_bytes(), expected as usize).map_err(thrown)?;
        Ok(matches!(replaced, Appended::Written))
    }

    /// Puts `header` in front, in the place of any that there is. The file as it was is kept beside it; where.
    #[napi(catch_unwind)]
    pub fn mend(&self, header: String) -> Result<String> {
        let kept = self.log().mend(&header).map_err(thrown)?;
        Ok(kept.to_string_lossy().into_owned())
    }

    /// Brings what was appended to the disk.
    #[napi(catch_unwind)]
    pub fn flush(&self) -> Result<()> {
        self.log().flush().map_err(thrown)
    }
}

/// Puts a session's file with these lines in the place of another, whole or not at all; with `blobs` long contents are
/// kept outside of it.
#[napi(catch_unwind)]
pub fn rewrite_session(path: String, lines: String, blobs: bool) -> Result<()> {
    crate::session::rewrite(Path::new(&path), lines.as_bytes(), blobs).map_err(thrown)
}

/// Writes the lines of one session's file to another under `header`. Lines that are no entries go with them.
#[napi(catch_unwind)]
pub fn copy_session(from: String, to: String, header: String) -> Result<()> {
    crate::session::copy(Path::new(&from), Path::new(&to), &header).map_err(thrown)
}

/// Keeps a file as it is beside itself; the path of the copy.
#[napi(catch_unwind)]
pub fn keep_aside(path: String) -> Result<String> {
    let kept = crate::session::keep_aside(Path::new(&path)).map_err(thrown)?;
    Ok(kept.to_string_lossy().into_owned())
}

/// A folder of sessions that is being listed.
#[napi]
pub struct SessionFolder {
    folder: Arc<Mutex<Option<Folder>>>,
    path: String,
}

#[napi]
impl SessionFolder {
    /// A folder.
    #[napi(constructor, catch_unwind)]
    pub fn new(path: String) -> Self {
        Self { folder: Arc::default(), path }
    }

    /// Reads some of its files, by their names, off the main thread: JSON, an array of sessions. Files that are none are
    /// left out. With `last` what was seen is remembered for the next list.
    #[napi(catch_unwind, ts_return_type = "Promise<string>")]
    pub fn sessions(&self, names: Vec<String>, last: bool) -> AsyncTask<Listing> {
        AsyncTask::new(Listing { folder: Arc::clone(&self.folder), path: self.path.clone(), names, last })
    }
}

/// Reads files of a folder on a thread of libuv's.
pub struct Listing {
    folder: Arc<Mutex<Option<Folder>>>,
    path: String,
    names: Vec<String>,
    last: bool,
}

impl Task for Listing {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        let mut held = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        let mut folder = held.take().unwrap_or_else(|| Folder::open(Path::new(&self.path)));
        let sessions: Vec<Listed> = self.names.iter().filter_map(|name| folder.session(name)).collect();
        if self.last {
            folder.remember();
        } else {
            *held = Some(folder);
        }
        serde_json::to_string(&sessions).map_err(|error| napi::Error::from_reason(error.to_string()))
    }

    fn resolve(&mut self, _env: Env, output: Self::Output) -> napi::Result<Self::JsValue> {
        Ok(output)
    }
}

/// What the user and the model said in a session, one after the other.
#[napi(catch_unwind)]
pub fn session_text(path: String) -> Result<String> {
    crate::session::said(Path::new(&path)).map_err(thrown)
}
