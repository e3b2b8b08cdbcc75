//! What becomes of earlier answers: the raw message and the items that are sent for it.

use crate::ai::image::PIXEL;
use serde_json::{Value, json};

use super::{encode, turn};

const REASONING: &str = r#"{"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"gAAA+/=="}"#;

/// The items for messages, without the system prompt.
fn items(messages: Value) -> Value {
    let mut turn = turn(&json!({}), &json!({}));
    turn["messages"] = messages;
    let body: Value = serde_json::from_str(&encode(&turn).unwrap().body).unwrap();
    body["input"].as_array().unwrap()[1..].to_vec().into()
}

fn answer(origin: [&str; 3], content: Value) -> Value {
    let [api, provider, model] = origin;
    let mut answer = json!({"role": "assistant", "api": api, "provider": provider, "model": model,
        "stopReason": "stop"});
    answer["content"] = content;
    answer
}

const OWN: [&str; 3] = ["openai-responses", "openai", "m"];
const SIBLING: [&str; 3] = ["openai-responses", "openai", "other"];
const FOREIGN: [&str; 3] = ["anthropic-messages", "anthropic", "claude"];

fn thought() -> Value {
    json!({"type": "thinking", "thinking": "Hm", "thinkingSignature": REASONING})
}

fn call(id: &str) -> Value {
    json!({"type": "toolCall", "id": id, "name": "read", "arguments": {"path": "a"}})
}

fn result(id: &str) -> Value {
    json!({"role": "toolResult", "toolCallId": id, "toolName": "read", "isError": false,
        "content": [{"type": "text", "text": "x"}]})
}

/// P9 of the field notes: reasoning goes back with the call that it led to, also when the answer says nothing.
#[test]
fn p9_reasoning_is_replayed_for_turns_of_calls_alone() {
    let sent = items(json!([answer(OWN, json!([thought(), call("call_1|fc_1")])), result("call_1|fc_1")]));
    assert_eq!(
        sent,
        json!([
            serde_json::from_str::<Value>(REASONING).unwrap(),
            {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "read", "arguments": "{\"path\":\"a\"}"},
            {"type": "function_call_output", "call_id": "call_1", "output": "x"},
        ])
    );
}

/// P9 of the field notes: the provider refuses reasoning without its following item, for good.
#[test]
fn p9_reasoning_that_nothing_follows_is_left_out() {
    let sent = items(json!([answer(OWN, json!([thought()])), {"role": "user", "content": "Go on"}]));
    assert_eq!(sent, json!([{"role": "user", "content": [{"type": "input_text", "text": "Go on"}]}]));
    let sent = items(json!([answer(OWN, json!([{"type": "text", "text": "So"}, thought()]))]));
    assert_eq!(sent.as_array().unwrap().len(), 1);
    assert_eq!(sent[0]["type"], "message");
}

/// P9 of the field notes: reasoning means something only to the model that made it.
#[test]
fn p9_reasoning_of_another_model_is_text_and_its_call_names_no_item() {
    let sent =
        items(json!([answer(SIBLING, json!([thought(), call("call_1|fc_1")])), result("call_1|fc_1")]));
    assert_eq!(sent[0]["content"][0], json!({"type": "output_text", "text": "Hm", "annotations": []}));
    assert_eq!(
        sent[1],
        json!({"type": "function_call", "call_id": "call_1", "name": "read",
        "arguments": "{\"path\":\"a\"}"})
    );
}

/// P9 of the field notes: one bad signature must not end a conversation.
#[test]
fn p9_signatures_that_are_no_reasoning_item_are_left_out() {
    for signature in ["EqQB", "{cut", "", " ", "5"] {
        let odd = json!({"type": "thinking", "thinking": "Hm", "thinkingSignature": signature});
        let sent = items(json!([answer(OWN, json!([odd, {"type": "text", "text": "So"}]))]));
        assert_eq!(sent.as_array().unwrap().len(), 1, "{signature}");
    }
}

/// P10 of the field notes: ids of other providers, in the alphabet, length and prefix that this one takes.
#[test]
fn p10_ids_of_calls_are_brought_into_shape() {
    let long = format!("call_{}|fc_{}", "x".repeat(70), "+/=".repeat(150));
    let cases = [
        (OWN, "call_1|fc_1", Some("fc_1"), "call_1"),
        (SIBLING, "call+1|msg/1", None, "call_1"),
        (FOREIGN, "toolu_1", None, "toolu_1"),
        (FOREIGN, "functions.bash:1", None, "functions_bash_1"),
        (["openai-codex-responses", "openai-codex", "m"], "call_1|fc_1", Some("fc_lxmq3j1alksqn"), "call_1"),
        (
            ["openai-codex-responses", "openai-codex", "m"],
            &long,
            Some("fc_"),
            &format!("call_{}", "x".repeat(59)),
        ),
    ];
    for (origin, id, item, call_id) in cases {
        let sent = items(json!([answer(origin, json!([call(id)])), result(id)]));
        assert_eq!(sent[0]["call_id"], call_id, "{id}");
        assert_eq!(sent[1]["call_id"], call_id, "{id}");
        let told = sent[0]["id"].as_str();
        assert!(told.is_none_or(|told| told.len() <= 64), "{told:?}");
        if let Some(item) = item {
            assert!(told.unwrap().starts_with(item), "{id} {told:?}");
        }
    }
}

/// D11 of the field notes: ids that collide.
#[test]
fn d11_texts_of_one_answer_have_ids_of_their_own() {
    let text =
        |text: &str, signature: Value| json!({"type": "text", "text": text, "textSignature": signature});
    let content = json!([
        text("a", json!(r#"{"v":1,"id":"msg_a","phase":"commentary"}"#)),
        text("b", json!("msg_old")),
        text("c", json!(format!("msg_{}", "x".repeat(80)))),
        text("d", Value::Null),
        text("e", json!("")),
    ]);
    let sent = items(json!([{"role": "user", "content": "Hi"}, answer(OWN, content)]));
    let ids: Vec<_> = (1..=5).map(|at| sent[at]["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids[..2], ["msg_a", "msg_old"]);
    assert!(ids[2].starts_with("msg_") && ids[2].len() < 64, "{}", ids[2]);
    assert_eq!(ids[3..], ["msg_1", "msg_1_1"]);
    assert_eq!(sent[1]["phase"], "commentary");
    assert_eq!(sent[2].get("phase"), None);
}

#[test]
fn results_carry_images_when_the_model_sees_them() {
    let image = json!({"type": "image", "data": PIXEL, "mimeType": "image/png"});
    let mut result = result("call_1|fc_1");
    let call = answer(OWN, json!([call("call_1|fc_1")]));
    result["content"] = json!([image, {"type": "text", "text": "a"}, {"type": "text", "text": "b"}]);
    let sent = items(json!([call, result]));
    assert_eq!(
        sent[1]["output"],
        json!([
            {"type": "input_text", "text": "a\nb"},
            {"type": "input_image", "detail": "auto", "image_url": format!("data:image/png;base64,{PIXEL}")},
        ])
    );
    result["content"] = json!([]);
    assert_eq!(items(json!([call, result]))[1]["output"], "(see attached image)");
}
