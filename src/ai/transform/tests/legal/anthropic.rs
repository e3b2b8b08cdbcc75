//! `anthropic-messages`.

use serde_json::Value;

use super::{Pairing, Verdict, full, list, object, portable, require, text};
use crate::ai::Model;

pub(super) fn check(body: &Value, _model: &Model) -> Verdict {
    let mut pairing = Pairing::default();
    for part in body.get("system").map_or(Ok(&[][..]), list)? {
        full(&part["text"])?;
    }
    let messages = list(&body["messages"])?;
    require(!messages.is_empty(), || "no messages".to_owned())?;
    for message in messages {
        if message["content"].is_string() {
            pairing.other()?;
            full(&message["content"])?;
            continue;
        }
        let parts = list(&message["content"])?;
        require(!parts.is_empty(), || "an empty message".to_owned())?;
        for part in parts {
            match (text(&message["role"])?, text(&part["type"])?) {
                ("assistant", "tool_use") => {
                    let id = text(&part["id"])?;
                    portable(id, 64)?;
                    object(&part["input"])?;
                    pairing.call(id)?;
                }
                ("user", "tool_result") => {
                    pairing.result(text(&part["tool_use_id"])?)?;
                    result(&part["content"])?;
                }
                ("assistant", "text") => full(&part["text"])?,
                ("user", "text") => {
                    pairing.other()?;
                    full(&part["text"])?;
                }
                ("user", "image") => pairing.other()?,
                ("assistant", "thinking") => full(&part["signature"]).and(full(&part["thinking"]))?,
                ("assistant", "redacted_thinking") => full(&part["data"])?,
                other => return Err(format!("{other:?}")),
            }
        }
    }
    pairing.other()
}

fn result(content: &Value) -> Verdict {
    if content.is_string() {
        return Ok(());
    }
    list(content)?.iter().filter(|part| part["type"] == "text").try_for_each(|part| full(&part["text"]))
}
