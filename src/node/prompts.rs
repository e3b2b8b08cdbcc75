//! The files of prompts, for JavaScript: synchronous, because hosts call Pi's functions synchronously.

use napi_derive::napi;

use crate::prompts::{context_file, templates};

/// The prompt templates that a path leads to, JSON, an array of `path`, `description`, `hint` and `body`. Values that
/// JSON does not have are as in `FrontMatterParts`.
#[napi(catch_unwind)]
pub fn find_prompt_templates(path: String, normal: String, file: bool) -> napi::Result<String> {
    serde_json::to_string(&templates(&path, &normal, file))
        .map_err(|error| napi::Error::from_reason(error.to_string()))
}

/// What the folders of a project tell agents.
#[napi(object)]
pub struct ContextFiles {
    /// The files, in the order of the folders; JSON.
    pub files: String,
    /// Files that could not be read: the path and what Node says, one after the other.
    pub refused: Vec<String>,
}

/// The instructions for agents in some folders, each a normal path.
#[napi(catch_unwind)]
pub fn find_context_files(dirs: Vec<String>) -> napi::Result<ContextFiles> {
    let mut refused = Vec::new();
    let files: Vec<_> = dirs
        .iter()
        .filter_map(|dir| context_file(dir, |path, words| refused.extend([path, words])))
        .collect();
    let files = serde_json::to_string(&files).map_err(|error| napi::Error::from_reason(error.to_string()))?;
    Ok(ContextFiles { files, refused })
}
