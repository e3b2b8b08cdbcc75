//! `bedrock-converse-stream`, as AWS's JavaScript client takes it.

use serde_json::Value;

use super::{Pairing, Verdict, full, is_base64, list, object, portable, require, text};
use crate::ai::Model;

pub(super) fn check(body: &Value, _model: &Model) -> Verdict {
    let mut pairing = Pairing::default();
    let messages = list(&body["messages"])?;
    require(!messages.is_empty(), || "no messages".to_owned())?;
    let mut last = "assistant";
    for message in messages {
        let role = text(&message["role"])?;
        require(role != last, || format!("{role} out of turn"))?;
        last = role;
        let parts = list(&message["content"])?;
        require(!parts.is_empty(), || "an empty message".to_owned())?;
        let user = role == "user";
        for part in parts {
            if let Some(call) = part.get("toolUse") {
                let id = text(&call["toolUseId"])?;
                portable(id, 64)?;
                object(&call["input"])?;
                require(!user, || "a call by the user".to_owned())?;
                pairing.call(id)?;
            } else if let Some(result) = part.get("toolResult") {
                pairing.result(text(&result["toolUseId"])?)?;
                require(user, || "a result by the model".to_owned())?;
                list(&result["content"])?.iter().try_for_each(said)?;
            } else if part.get("cachePoint").is_none() {
                if user {
                    pairing.other()?;
                }
                said(part)?;
            }
        }
    }
    pairing.other()
}

fn said(part: &Value) -> Verdict {
    if let Some(bytes) = part.pointer("/image/source/bytes").and_then(Value::as_str) {
        return require(is_base64(bytes), || "an image".to_owned());
    }
    part.get("text").map_or(Ok(()), full)
}
