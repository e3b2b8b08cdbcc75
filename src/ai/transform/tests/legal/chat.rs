//! `openai-completions`.

use serde_json::Value;

use super::{Pairing, Verdict, list, object_text, require, text};
use crate::ai::Model;

pub(super) fn check(body: &Value, model: &Model) -> Verdict {
    let mut pairing = Pairing::default();
    for message in list(&body["messages"])? {
        let content = &message["content"];
        let calls = message.get("tool_calls").map_or(Ok(&[][..]), list)?;
        match text(&message["role"])? {
            "assistant" => {
                pairing.other()?;
                let says = content.as_str().is_some_and(|text| !text.is_empty()) || content.is_array();
                require(says || !calls.is_empty(), || "an empty answer".to_owned())?;
                for call in calls {
                    let id = text(&call["id"])?;
                    let longest = if &*model.provider == "openai" { 40 } else { usize::MAX };
                    require((1..=longest).contains(&id.chars().count()), || format!("id {id:?}"))?;
                    object_text(&call["function"]["arguments"])?;
                    pairing.call(id)?;
                }
            }
            "tool" => {
                pairing.result(text(&message["tool_call_id"])?)?;
                require(!text(content)?.is_empty(), || "an empty result".to_owned())?;
            }
            "user" | "system" | "developer" => {
                pairing.other()?;
                require(content.as_array().is_none_or(|parts| !parts.is_empty()), || "empty".to_owned())?;
            }
            other => return Err(format!("role {other}")),
        }
    }
    pairing.other()
}
