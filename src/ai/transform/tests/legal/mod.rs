//! What providers refuse in the body of a request, one checker for each protocol: pure functions over JSON.

mod anthropic;
mod bedrock;
mod chat;
mod google;
mod mistral;
mod responses;

use std::collections::{HashSet, VecDeque};

use base64::Engine as _;
use serde_json::Value;

use crate::ai::Model;
use crate::ai::image::{self, Limits};
use crate::json::{is_blank, well_formed};

/// What is wrong with a request.
pub(super) type Verdict = Result<(), String>;

/// A protocol's own rules.
pub(super) type Checker = fn(&Value, &Model) -> Verdict;

/// Every protocol with its checker. Those without a codec are skipped.
pub(super) const CHECKERS: &[(&str, Checker)] = &[
    ("anthropic-messages", anthropic::check),
    ("openai-completions", chat::check),
    ("mistral-conversations", mistral::check),
    ("openai-responses", responses::check),
    ("azure-openai-responses", responses::check),
    ("openai-codex-responses", responses::check),
    ("google-generative-ai", google::check),
    ("google-vertex", google::check),
    ("bedrock-converse-stream", bedrock::check),
];

/// Checks a body against the rules of its protocol and those of all protocols.
pub(super) fn check(body: &str, model: &Model) -> Verdict {
    let (_, own) = CHECKERS.iter().find(|(api, _)| *api == &*model.api).ok_or("no checker")?;
    require(well_formed(body) == body, || "a lone surrogate".to_owned())?;
    let json: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
    texts(&json)?;
    let mut images = Vec::new();
    collect_images(&json, &mut images);
    let limits = Limits::of(model, images.len());
    require(images.len() <= limits.count, || format!("{} images", images.len()))?;
    for (data, mime_type) in images {
        let same = image::fit(data.into(), mime_type.into(), &limits);
        require(same == Ok((data.into(), mime_type.into())), || format!("an image: {same:?}"))?;
    }
    own(&json, model)
}

pub(super) fn require(holds: bool, complaint: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(complaint()) }
}

/// Every string, and JSON inside strings, is well formed.
fn texts(json: &Value) -> Verdict {
    match json {
        Value::String(text) => {
            require(well_formed(text) == *text, || format!("a lone surrogate in JSON in {text}"))
        }
        Value::Array(items) => items.iter().try_for_each(texts),
        Value::Object(fields) => fields.values().try_for_each(texts),
        _ => Ok(()),
    }
}

/// The images of a body, as base64 and media type, however its protocol writes them.
fn collect_images<'a>(json: &'a Value, found: &mut Vec<(&'a str, &'a str)>) {
    match json {
        Value::String(text) => {
            let url = text.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,"));
            found.extend(url.map(|(mime_type, data)| (data, mime_type)));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_images(item, found)),
        Value::Object(fields) => {
            let data = fields.get("data").and_then(Value::as_str);
            let mime_type = ["media_type", "mimeType"].iter().find_map(|key| fields.get(*key)?.as_str());
            found.extend(data.zip(mime_type));
            fields.values().for_each(|field| collect_images(field, found));
        }
        _ => {}
    }
}

/// Whether base64 decodes; for protocols that carry bytes otherwise.
pub(super) fn is_base64(data: &str) -> bool {
    base64::engine::general_purpose::STANDARD.decode(data).is_ok()
}

/// Follows calls and results: each call has one result, in order, before anything else is said.
#[derive(Default)]
pub(super) struct Pairing {
    open: VecDeque<String>,
    answering: bool,
    seen: HashSet<String>,
}

impl Pairing {
    pub(super) fn call(&mut self, id: &str) -> Verdict {
        require(!self.answering, || format!("call {id} between results"))?;
        require(self.seen.insert(id.to_owned()), || format!("id {id} twice"))?;
        self.open.push_back(id.to_owned());
        Ok(())
    }

    pub(super) fn result(&mut self, id: &str) -> Verdict {
        let next = self.open.pop_front();
        require(next.as_deref() == Some(id), || format!("result {id} in the place of {next:?}"))?;
        self.answering = !self.open.is_empty();
        Ok(())
    }

    /// Something else is said, or nothing more.
    pub(super) fn other(&mut self) -> Verdict {
        require(self.open.is_empty(), || format!("no results for {:?}", self.open))
    }
}

pub(super) fn list(json: &Value) -> Result<&[Value], String> {
    json.as_array().map(Vec::as_slice).ok_or_else(|| format!("not a list: {json}"))
}

pub(super) fn text(json: &Value) -> Result<&str, String> {
    json.as_str().ok_or_else(|| format!("not a string: {json}"))
}

/// A text that says something.
pub(super) fn full(json: &Value) -> Verdict {
    let text = text(json)?;
    require(!is_blank(text), || format!("a blank text: {text:?}"))
}

pub(super) fn object(json: &Value) -> Verdict {
    require(json.is_object(), || format!("not an object: {json}"))
}

/// JSON text of an object.
pub(super) fn object_text(json: &Value) -> Verdict {
    let text = text(json)?;
    object(&serde_json::from_str(text).map_err(|error| format!("{error} in {text}"))?)
}

/// An id of letters, digits, `_` and `-`, up to `longest` of them.
pub(super) fn portable(id: &str, longest: usize) -> Verdict {
    let known = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    require(known && (1..=longest).contains(&id.len()), || format!("id {id:?}"))
}
