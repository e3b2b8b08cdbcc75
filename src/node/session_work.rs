//! Work on session files that is done off the main thread: searches and the doctor.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Task};
use napi_derive::napi;

use crate::session::{Query, Report, Search, SessionError};

/// A search through the sessions of some folders.
#[napi]
pub struct SessionSearch {
    search: Arc<Mutex<Search>>,
    stop: Arc<AtomicBool>,
}

#[napi]
impl SessionSearch {
    /// Looks for a text, or a regular expression; in what `roles` say, or in everything where there are none.
    #[napi(constructor, catch_unwind)]
    pub fn new(
        folders: Vec<String>,
        text: String,
        is_regex: bool,
        is_case_sensitive: bool,
        roles: Vec<String>,
    ) -> Result<Self, napi::Error<&'static str>> {
        let query = Query { text, is_regex, is_case_sensitive, roles };
        let search = Search::new(query, folders.into_iter().map(PathBuf::from).collect())
            .map_err(|error| napi::Error::new("SESSION_QUERY", error.to_string()))?;
        Ok(Self { search: Arc::new(Mutex::new(search)), stop: Arc::default() })
    }

    /// The next hits, JSON; `null` after the last ones.
    #[napi(catch_unwind, ts_return_type = "Promise<string>")]
    pub fn next(&self) -> AsyncTask<Searching> {
        AsyncTask::new(Searching { search: Arc::clone(&self.search), stop: Arc::clone(&self.stop) })
    }

    /// Stops at once.
    #[napi(catch_unwind)]
    pub fn abort(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// One step of a search.
pub struct Searching {
    search: Arc<Mutex<Search>>,
    stop: Arc<AtomicBool>,
}

impl Task for Searching {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        let hits = self.search.lock().unwrap_or_else(PoisonError::into_inner).next(&self.stop);
        serde_json::to_string(&hits).map_err(|error| napi::Error::from_reason(error.to_string()))
    }

    fn resolve(&mut self, _env: Env, output: Self::Output) -> napi::Result<Self::JsValue> {
        Ok(output)
    }
}

/// Examines a session's file and, if `salvage` names a file, writes what can be read of it there. JSON: the report as
/// `found`, or why it failed as `code` and `message`.
#[napi(catch_unwind, ts_return_type = "Promise<string>")]
pub fn examine_session(path: String, salvage: Option<String>) -> AsyncTask<Examination> {
    AsyncTask::new(Examination { path, salvage })
}

/// The doctor at work.
pub struct Examination {
    path: String,
    salvage: Option<String>,
}

impl Task for Examination {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        let path = Path::new(&self.path);
        let found: Result<Report, SessionError> = match &self.salvage {
            Some(target) => crate::session::salvage(path, Path::new(target)),
            None => crate::session::examine(path),
        };
        Ok(match found {
            Ok(report) => serde_json::json!({ "found": report }),
            Err(error) => serde_json::json!({ "code": error.code(), "message": error.to_string() }),
        }
        .to_string())
    }

    fn resolve(&mut self, _env: Env, output: Self::Output) -> napi::Result<Self::JsValue> {
        Ok(output)
    }
}
