mod decode;
mod encode;
mod headers;
mod history;

use serde_json::{Value, json};

use super::Wire;
use crate::ai::codec::{Codec as _, HttpRequest};
use crate::ai::{Failure, Turn};

fn encode(turn: &Value) -> Result<HttpRequest, Failure> {
    Wire.encode(serde_json::from_str::<Turn>(&turn.to_string()).unwrap())
}

/// A turn of one word with a model and options laid over it.
fn turn(model: &Value, options: &Value) -> Value {
    let mut base = json!({
        "model": {
            "id": "m", "api": "openai-responses", "provider": "openai",
            "baseUrl": "https://api.openai.com/v1", "input": ["text", "image"], "maxTokens": 64000,
        },
        "systemPrompt": "Be brief.",
        "messages": [{"role": "user", "content": "Hi"}],
        "options": {"apiKey": "k"},
    });
    for (place, over) in [("model", model), ("options", options)] {
        let base = base[place].as_object_mut().unwrap();
        base.extend(over.as_object().unwrap().clone());
    }
    base
}
