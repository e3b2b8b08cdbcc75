mod continuation;
mod decode;
mod encode;
mod reject;

use serde_json::{Value, json};

use crate::ai::Turn;

/// A token that names an account.
fn token() -> String {
    format!("e30.{}.s", base64(r#"{"https://api.openai.com/auth":{"chatgpt_account_id":"account-1"}}"#))
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = |chunk: &[u8]| {
        let bits = chunk.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte))
            << (8 * (3 - chunk.len()));
        (0..=chunk.len()).map(|place| char::from(DIGITS[bits >> (18 - 6 * place) & 63])).collect::<String>()
    };
    text.as_bytes().chunks(3).map(digits).collect()
}

/// A turn of one word with a model and options laid over it.
fn turn(model: &Value, options: &Value) -> Turn {
    let mut base = json!({
        "model": {
            "id": "m", "api": "openai-codex-responses", "provider": "openai-codex", "baseUrl": "",
            "reasoning": true, "input": ["text"], "cost": {"input": 1, "output": 10, "cacheRead": 0.1},
        },
        "messages": [{"role": "user", "text": "Hi"}],
        "options": {"apiKey": token()},
        "platform": {"user-agent": "pi (test)"},
    });
    for (place, over) in [("model", model), ("options", options)] {
        base[place].as_object_mut().unwrap().extend(over.as_object().unwrap().clone());
    }
    serde_json::from_str(&base.to_string()).unwrap()
}
