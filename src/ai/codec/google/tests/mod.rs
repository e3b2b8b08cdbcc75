//! Real wire bytes in, events out; turns in, literal payloads and bodies out.

mod decode;
mod payload;
mod reject;
mod schema;
mod seal;

use super::Service;
use crate::ai::codec::{Codec as _, HttpRequest};
use crate::ai::{Failure, Turn};

const HI: &str = r#""messages":[{"role":"user","content":"hi"}]"#;

/// A turn of a model with what `rest` (JSON members) says besides.
fn turn(model: &str, rest: &str) -> Turn {
    let base = r#""provider":"google","api":"google-generative-ai","maxTokens":64000,"reasoning":true,
        "input":["text","image"],"cost":{"input":3,"output":15,"cacheRead":0.3,"cacheWrite":3.75}"#;
    serde_json::from_str(&format!(r#"{{"model":{{{base},{model}}},{rest}}}"#)).unwrap()
}

/// The request that is sent for a turn, with another payload if one is given.
fn sealed(service: Service, turn: Turn, payload: Option<&str>) -> Result<HttpRequest, Failure> {
    let for_seal = Turn { messages: Vec::new(), ..turn.clone() };
    let mut request = service.encode(turn)?;
    if let Some(payload) = payload {
        payload.clone_into(&mut request.body);
    }
    service.seal(&for_seal, request)
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}
