use crate::ai::image::PIXEL;
use serde_json::{Value, json};

use crate::ai::codec::{Codec as _, HttpRequest, mistral};
use crate::ai::{Failure, Turn};

fn encode(turn: &Value) -> Result<HttpRequest, Failure> {
    mistral::Wire.encode(serde_json::from_str::<Turn>(&turn.to_string()).unwrap())
}

/// A turn of one word with a model and options laid over it.
fn turn(model: &Value, options: &Value) -> Value {
    let mut base = json!({
        "model": {
            "id": "m", "api": "mistral-conversations", "provider": "mistral",
            "baseUrl": "https://api.mistral.ai", "input": ["text", "image"], "maxTokens": 64000,
        },
        "messages": [{"role": "user", "content": "Hi"}],
        "options": {"apiKey": "k"},
    });
    for (place, over) in [("model", model), ("options", options)] {
        let base = base[place].as_object_mut().unwrap();
        base.extend(over.as_object().unwrap().clone());
    }
    base
}

/// The payload without what every request of one word begins with.
fn tail(model: &Value, options: &Value) -> String {
    let body = encode(&turn(model, options)).unwrap().body;
    body.split_once(r#"[{"role":"user","content":"Hi"}]"#).unwrap().1.to_owned()
}

#[test]
fn thinking_is_asked_for_in_the_way_of_the_model() {
    let simple = |id: &str, level: &str| {
        tail(&json!({"id": id, "reasoning": true}), &json!({"simple": true, "reasoning": level}))
    };
    let limit = r#","maxTokens":32000"#;
    assert_eq!(simple("magistral", "low"), format!(r#"{limit},"promptMode":"reasoning"}}"#));
    assert_eq!(simple("mistral-medium-3.5", "low"), format!(r#"{limit},"reasoningEffort":"high"}}"#));
    assert_eq!(simple("magistral", "off"), format!("{limit}}}"));
    let own = json!({"own": {"promptMode": "reasoning"}, "reasoningEffort": "none", "toolChoice":
        {"type": "function", "function": {"name": "f", "x": 1}, "x": 1}});
    assert_eq!(tail(&json!({}), &own), {
        r#","toolChoice":{"type":"function","function":{"name":"f"}},"promptMode":"reasoning","reasoningEffort":"none"}"#
    });
}

#[test]
fn an_unknown_tool_choice_is_refused() {
    let failure = encode(&turn(&json!({}), &json!({"toolChoice": "sometimes"}))).unwrap_err();
    assert_eq!(failure.message, r#"Mistral does not know the tool choice "sometimes""#);
}

#[test]
fn a_conversation_keeps_what_mistral_can_read() {
    let mut turn = turn(&json!({}), &json!({}));
    let own = json!({"api": "mistral-conversations", "provider": "mistral", "model": "m"});
    let mut thought = json!({"role": "assistant", "content": [
        {"type": "thinking", "thinking": "Hm"}, {"type": "text", "text": " "}, {"type": "text", "text": "Yes"}]});
    thought.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
    turn["messages"] = json!([
        {"role": "user", "content": [{"type": "text", "text": "See"},
            {"type": "image", "data": PIXEL, "mimeType": "image/png"}]},
        thought,
        {"role": "assistant", "provider": "other", "content":
            [{"type": "toolCall", "id": "call_1", "name": "ls", "arguments": {"a": 1}}]},
        {"role": "toolResult", "toolCallId": "call_1", "toolName": "ls", "isError": true,
            "content": [{"type": "text", "text": " no \n"}, {"type": "image", "data": PIXEL, "mimeType": "image/png"}]},
    ]);
    let body = encode(&turn).unwrap().body;
    let messages = body.split_once(r#""messages":"#).unwrap().1;
    let expected = concat!(
        r#"[{"role":"user","content":[{"type":"text","text":"See"},"#,
        r#"{"type":"image_url","imageUrl":"data:image/png;base64,PIXEL"}]},"#,
        r#"{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]},"#,
        r#"{"type":"text","text":"Yes"}]},"#,
        r#"{"role":"assistant","toolCalls":[{"id":"1j55k0s7o","type":"function","#,
        r#""function":{"name":"ls","arguments":"{\"a\":1}"}}]},"#,
        r#"{"role":"tool","toolCallId":"1j55k0s7o","name":"ls","content":["#,
        r#"{"type":"text","text":"[tool error] no"},"#,
        r#"{"type":"image_url","imageUrl":"data:image/png;base64,PIXEL"}]}]}"#,
    );
    assert_eq!(messages, expected.replace("PIXEL", PIXEL));
}

#[test]
fn the_address_and_the_session_go_where_mistral_expects_them() {
    let request = |model: Value, options: Value| encode(&turn(&model, &options)).unwrap();
    let url = |base: &str| request(json!({"baseUrl": base}), json!({})).url;
    assert_eq!(url(""), "https://api.mistral.ai/v1/chat/completions");
    assert_eq!(url("https://proxy.test/a/?b=c#d"), "https://proxy.test/a/v1/chat/completions");
    let header = |options: Value, name: &str| {
        let headers = request(json!({}), options).headers;
        headers.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    };
    assert_eq!(header(json!({"sessionId": "s"}), "x-affinity").as_deref(), Some("s"));
    assert_eq!(
        header(json!({"sessionId": "s", "headers": {"X-Affinity": "own"}}), "x-affinity").as_deref(),
        { Some("own") }
    );
    assert_eq!(header(json!({}), "x-affinity"), None);
    assert_eq!(header(json!({"apiKey": "bearer k"}), "authorization").as_deref(), Some("bearer k"));
    assert_eq!(header(json!({"headers": {"user-agent": "mine"}}), "user-agent").as_deref(), {
        Some("mistral-client-typescript/2.7.0")
    });
}
