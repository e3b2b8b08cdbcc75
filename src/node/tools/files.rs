//! `read`, `write` and `edit`. What fails comes back as a text and a code, so that the error is made, and gets its
//! stack, in JavaScript.

use std::path::Path;

use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi_derive::napi;

use super::{Cancellation, Job};
use crate::tools::{self, Content, Picture, Replacement, ToolError, Wanted};

/// A text of a file and what is to stand in its place.
#[napi(object)]
pub struct FileEdit {
    /// What is there; left out for a text that is not well-formed, which no file holds.
    pub old_text: Option<String>,
    /// What is to be there.
    pub new_text: String,
}

/// What came of an edit.
#[napi(object)]
#[derive(Default)]
pub struct FileChange {
    /// Why it failed.
    pub error: Option<String>,
    /// The system's name for that.
    pub code: Option<String>,
    /// What changed, line by line.
    pub diff: String,
    /// The first line that changed, from 1.
    pub first_changed_line: Option<u32>,
    /// The whole text, where it is not in the file yet.
    pub content: Option<String>,
}

/// What to read of a file.
#[napi(object)]
pub struct FileRequest {
    /// The first line, from 0.
    pub from: f64,
    /// The line before which to stop.
    pub to: Option<f64>,
    /// How many bytes of text to keep at least, if there are as many.
    pub keep: u32,
    /// Whether to make images smaller.
    pub resize: bool,
}

/// What was read of a file: text unless it has a `mime_type`.
#[napi(object)]
#[derive(Default)]
pub struct FileContent {
    /// Why it failed.
    pub error: Option<String>,
    /// The system's name for that.
    pub code: Option<String>,
    /// The beginning of the text.
    pub text: String,
    /// How many lines were asked for.
    pub lines: f64,
    /// How many bytes these have.
    pub bytes: f64,
    /// How many bytes the first of them has.
    pub first_line: f64,
    /// How many lines the file has.
    pub total_lines: f64,
    /// Whether those are all: the end of a very large file is not looked for.
    pub complete: bool,
    /// What kind of image the file is.
    pub mime_type: Option<String>,
    /// The image in base64; none where it cannot be shown.
    pub data: Option<String>,
    /// What kind it became when it was made smaller.
    pub new_mime_type: Option<String>,
    /// Width and height of the file's image, then of what is shown.
    pub sizes: Vec<u32>,
}

/// Reads a part of a text file, or an image.
#[napi(catch_unwind, ts_return_type = "Promise<FileContent>")]
pub fn read_file(
    path: String,
    request: FileRequest,
    cancellation: &Cancellation,
) -> AsyncTask<Job<FileContent>> {
    let token = cancellation.token();
    Job::start(move || tools::read(Path::new(&path), &wanted(&request), &|| token.is_cancelled()).into())
}

/// Reads a part of a text, or, under a media type, an image, from the bytes of a file.
#[napi(catch_unwind, ts_return_type = "Promise<FileContent>")]
pub fn read_bytes(
    bytes: Buffer,
    mime_type: Option<String>,
    request: FileRequest,
    cancellation: &Cancellation,
) -> AsyncTask<Job<FileContent>> {
    let token = cancellation.token();
    Job::start(move || {
        let wanted = wanted(&request);
        match mime_type {
            Some(mime_type) => Ok(Content::Image(tools::picture(&bytes, &mime_type, wanted.resize))),
            None => tools::window(&bytes[..], &wanted, &|| token.is_cancelled()).map(Content::Text),
        }
        .into()
    })
}

/// Edits a file; `name` is what errors call it.
#[napi(catch_unwind, ts_return_type = "Promise<FileChange>")]
pub fn edit_file(
    path: String,
    name: String,
    edits: Vec<FileEdit>,
    cancellation: &Cancellation,
) -> AsyncTask<Job<FileChange>> {
    let token = cancellation.token();
    Job::start(move || {
        let edited =
            tools::edit_file(Path::new(&path), &replacements(edits), &name, &|| token.is_cancelled());
        change(edited, |_| None)
    })
}

/// Edits a file of which only the bytes are at hand.
#[napi(catch_unwind, ts_return_type = "Promise<FileChange>")]
pub fn edit_bytes(
    bytes: Buffer,
    name: String,
    edits: Vec<FileEdit>,
    cancellation: &Cancellation,
) -> AsyncTask<Job<FileChange>> {
    let token = cancellation.token();
    Job::start(move || {
        let edited = tools::edit(&bytes, &replacements(edits), &name, &|| token.is_cancelled());
        change(edited.map_err(ToolError::from), |bytes| {
            Some(
                String::from_utf8(bytes)
                    .unwrap_or_else(|wrong| String::from_utf8_lossy(wrong.as_bytes()).into()),
            )
        })
    })
}

/// Writes a file whose folder is there.
#[napi(catch_unwind, ts_return_type = "Promise<FileChange>")]
pub fn write_file(path: String, content: String, cancellation: &Cancellation) -> AsyncTask<Job<FileChange>> {
    let token = cancellation.token();
    Job::start(move || {
        let written = if token.is_cancelled() {
            Err(ToolError::Cancelled)
        } else {
            tools::write(Path::new(&path), content.as_bytes())
        };
        written.map_or_else(FileChange::failed, |()| FileChange::default())
    })
}

fn replacements(edits: Vec<FileEdit>) -> Vec<Replacement> {
    edits.into_iter().map(|edit| Replacement { old: edit.old_text, new: edit.new_text }).collect()
}

fn change(
    edited: Result<tools::Edited, ToolError>,
    content: impl FnOnce(Vec<u8>) -> Option<String>,
) -> FileChange {
    edited.map_or_else(FileChange::failed, |edited| FileChange {
        diff: edited.diff,
        first_changed_line: edited.first_changed_line.and_then(|line| u32::try_from(line).ok()),
        content: content(edited.bytes),
        ..FileChange::default()
    })
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "JavaScript's numbers, whole and clamped"
)]
fn wanted(request: &FileRequest) -> Wanted {
    let FileRequest { from, to, keep, resize } = *request;
    Wanted { from: from as usize, to: to.map(|to| to as usize), keep: keep as usize, resize }
}

#[allow(clippy::cast_precision_loss, reason = "lengths of files are below 2^53")]
fn number(count: usize) -> f64 {
    count as f64
}

impl FileChange {
    fn failed(error: ToolError) -> Self {
        Self { code: error.code().map(str::to_owned), error: Some(error.to_string()), ..Self::default() }
    }
}

impl From<Result<Content, ToolError>> for FileContent {
    fn from(content: Result<Content, ToolError>) -> Self {
        match content {
            Err(error) => Self {
                code: error.code().map(str::to_owned),
                error: Some(error.to_string()),
                ..Self::default()
            },
            Ok(Content::Text(window)) => Self {
                lines: number(window.lines),
                bytes: number(window.bytes),
                first_line: number(window.first_line),
                total_lines: number(window.total_lines),
                complete: window.complete,
                text: window.text,
                ..Self::default()
            },
            Ok(Content::Image(Picture { mime_type, image: None })) => {
                Self { mime_type: Some(mime_type), ..Self::default() }
            }
            Ok(Content::Image(Picture { mime_type, image: Some(image) })) => Self {
                mime_type: Some(mime_type),
                new_mime_type: image.mime_type.map(str::to_owned),
                sizes: vec![image.original.0, image.original.1, image.size.0, image.size.1],
                data: Some(image.data),
                ..Self::default()
            },
        }
    }
}
