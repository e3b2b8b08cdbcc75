//! `openai-responses` and its kin.

use std::collections::HashSet;

use serde_json::Value;

use super::{Pairing, Verdict, list, object_text, portable, require, text};
use crate::ai::Model;

pub(super) fn check(body: &Value, _model: &Model) -> Verdict {
    let mut pairing = Pairing::default();
    let mut items = HashSet::new();
    for item in list(&body["input"])? {
        if let Some(id) = item.get("id").and_then(Value::as_str) {
            require(items.insert(id), || format!("item {id} twice"))?;
        }
        match item.get("type").and_then(Value::as_str) {
            Some("function_call") => {
                let id = text(&item["call_id"])?;
                portable(id, 64)?;
                object_text(&item["arguments"])?;
                if let Some(id) = item.get("id").and_then(Value::as_str) {
                    require(id.starts_with("fc_"), || format!("item {id}"))?;
                }
                pairing.call(id)?;
            }
            Some("function_call_output") => {
                pairing.result(text(&item["call_id"])?)?;
                let empty = item["output"].as_array().is_some_and(Vec::is_empty) || item["output"].is_null();
                require(!empty, || "an empty output".to_owned())?;
            }
            // Items of one answer may stand between its calls.
            Some("message" | "reasoning") => {}
            _ => {
                pairing.other()?;
                let empty = item["content"].as_array().is_some_and(Vec::is_empty);
                require(!empty, || "an empty message".to_owned())?;
            }
        }
    }
    pairing.other()
}
