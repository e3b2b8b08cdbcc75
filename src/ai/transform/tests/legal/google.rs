//! `google-generative-ai` and `google-vertex`, as Google's JavaScript client takes it.

use serde_json::Value;

use super::{Pairing, Verdict, list, object, portable, require, text};
use crate::ai::Model;

pub(super) fn check(body: &Value, _model: &Model) -> Verdict {
    let mut pairing = Pairing::default();
    let (mut calls, mut results) = (0, 0);
    // Gemini tells calls apart by their order, so a call without an id gets its number.
    let name = |id: Option<&Value>, number: &mut usize| {
        *number += 1;
        id.map_or_else(|| Ok(format!("#{number}")), |id| text(id).map(str::to_owned))
    };
    for content in list(&body["contents"])? {
        let parts = list(&content["parts"])?;
        require(!parts.is_empty(), || "an empty message".to_owned())?;
        for part in parts {
            if let Some(call) = part.get("functionCall") {
                require(content["role"] == "model", || "a call by the user".to_owned())?;
                object(&call["args"])?;
                if let Some(id) = call.get("id") {
                    portable(text(id)?, 64)?;
                }
                pairing.call(&name(call.get("id"), &mut calls)?)?;
            } else if let Some(result) = part.get("functionResponse") {
                require(content["role"] == "user", || "a result by the model".to_owned())?;
                object(&result["response"])?;
                pairing.result(&name(result.get("id"), &mut results)?)?;
            } else if content["role"] == "user" {
                pairing.other()?;
            }
        }
    }
    pairing.other()
}
