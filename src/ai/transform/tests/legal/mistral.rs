//! `mistral-conversations`, as Mistral's JavaScript client takes it.

use serde_json::Value;

use super::{Pairing, Verdict, list, object_text, require, text};
use crate::ai::Model;

pub(super) fn check(body: &Value, _model: &Model) -> Verdict {
    let mut pairing = Pairing::default();
    for message in list(&body["messages"])? {
        let calls = message.get("toolCalls").map_or(Ok(&[][..]), list)?;
        let empty =
            message["content"].as_array().is_none_or(Vec::is_empty) && !message["content"].is_string();
        match text(&message["role"])? {
            "assistant" => {
                pairing.other()?;
                require(!empty || !calls.is_empty(), || "an empty answer".to_owned())?;
                for call in calls {
                    let id = text(&call["id"])?;
                    let known = id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
                    require(known, || format!("id {id:?}"))?;
                    object_text(&call["function"]["arguments"])?;
                    pairing.call(id)?;
                }
            }
            "tool" => pairing.result(text(&message["toolCallId"])?)?,
            _ => {
                pairing.other()?;
                require(!empty, || "an empty message".to_owned())?;
            }
        }
    }
    pairing.other()
}
