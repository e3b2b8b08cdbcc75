//! Searches and lists files, for JavaScript: requests and answers are JSON.

use std::fmt::Display;

use napi::bindgen_prelude::PromiseRaw;
use napi::{Env, Error, Result};
use napi_derive::napi;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use super::Cancellation;
use crate::tools::ls::LsError;
use crate::tools::{find, grep, ls};

/// Searches the contents of files.
#[napi(catch_unwind, ts_return_type = "Promise<string>")]
pub fn grep_files<'env>(
    env: &'env Env,
    request: String,
    cancellation: &Cancellation,
) -> Result<PromiseRaw<'env, String>> {
    run(env, &request, cancellation, |request, cancel| grep::grep(&request, cancel))
}

/// Finds files by their names.
#[napi(catch_unwind, ts_return_type = "Promise<string>")]
pub fn find_files<'env>(
    env: &'env Env,
    request: String,
    cancellation: &Cancellation,
) -> Result<PromiseRaw<'env, String>> {
    run(env, &request, cancellation, |request, cancel| find::find(&request, cancel))
}

/// Lists a folder. Where it cannot be read, the answer is the number of the system's error.
#[napi(catch_unwind, ts_return_type = "Promise<string>")]
pub fn list_folder<'env>(
    env: &'env Env,
    request: String,
    cancellation: &Cancellation,
) -> Result<PromiseRaw<'env, String>> {
    run(env, &request, cancellation, |request, _| match ls::ls(&request) {
        Err(LsError::Unreadable(error)) if error.raw_os_error().is_some() => {
            Ok(serde_json::json!({ "errno": error.raw_os_error() }))
        }
        listed => listed.map(|listed| serde_json::json!(listed)),
    })
}

/// Does work on a thread for long work.
fn run<'env, Q, A, E>(
    env: &'env Env,
    request: &str,
    cancellation: &Cancellation,
    work: impl FnOnce(Q, &CancellationToken) -> std::result::Result<A, E> + Send + 'static,
) -> Result<PromiseRaw<'env, String>>
where
    Q: DeserializeOwned + Send + 'static,
    A: Serialize,
    E: Display,
{
    let request: Q = serde_json::from_str(request).map_err(reason)?;
    let cancel = cancellation.token();
    env.spawn_future(async move {
        let work = move || {
            let answer = work(request, &cancel).map_err(reason)?;
            serde_json::to_string(&answer).map_err(reason)
        };
        tokio::task::spawn_blocking(work).await.map_err(reason)?
    })
}

fn reason(error: impl Display) -> Error {
    Error::from_reason(error.to_string())
}
