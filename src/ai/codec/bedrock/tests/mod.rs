//! Real wire bytes in, events out; turns in, literal payloads and bodies out.

mod decode;
mod encode;
mod place;
mod reject;
mod seal;

use crate::ai::Turn;

/// A turn of a model with what `rest` (JSON members) says besides.
fn turn(model: &str, rest: &str) -> Turn {
    let base = r#""provider":"amazon-bedrock","api":"bedrock-converse-stream","maxTokens":64000,"reasoning":true,
        "input":["text","image"],"cost":{"input":3,"output":15,"cacheRead":0.3,"cacheWrite":3.75}"#;
    serde_json::from_str(&format!(r#"{{"model":{{{base},{model}}},{rest}}}"#)).unwrap()
}
