use serde_json::{Value, json};

use super::turn;
use crate::ai::codec::openai_codex::request::{encode, socket};
use crate::ai::codec::{HttpRequest, answer_items};

fn request(model: &Value, options: &Value) -> HttpRequest {
    encode(turn(model, options)).unwrap()
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[test]
fn fields_stand_in_order() {
    let options = json!({
        "sessionId": "s", "temperature": null, "reasoningEffort": "low", "own": {"serviceTier": "flex"},
    });
    let mut asked = turn(&json!({}), &options);
    let tools = json!([{"name": "read", "description": "Reads", "parameters": {"type": "object"}}]);
    asked.tools = serde_json::from_str(&tools.to_string()).unwrap();
    let expected = concat!(
        r#"{"model":"m","store":false,"stream":true,"instructions":"You are a helpful assistant.","#,
        r#""input":[{"role":"user","content":[{"type":"input_text","text":"Hi"}]}],"text":{"verbosity":"low"},"#,
        r#""include":["reasoning.encrypted_content"],"prompt_cache_key":"s","tool_choice":"auto","#,
        r#""parallel_tool_calls":true,"temperature":null,"service_tier":"flex","#,
        r#""tools":[{"type":"function","name":"read","description":"Reads","parameters":{"type":"object"},"strict":null}],"#,
        r#""reasoning":{"effort":"low","summary":"auto"}}"#
    );
    assert_eq!(encode(asked).unwrap().body, expected);
}

#[test]
fn thinking_is_what_the_host_asks_for_and_the_model_has() {
    let map = json!({"thinkingLevelMap": {"off": "minimal", "high": "max", "xhigh": null}});
    for (options, effort) in [
        (json!({}), None),
        (json!({"reasoningEffort": "none"}), Some("minimal")),
        (json!({"reasoningEffort": "high"}), Some("max")),
        (json!({"simple": true, "reasoning": "xhigh"}), Some("max")),
        (json!({"simple": true, "reasoning": "low"}), Some("low")),
        (json!({"simple": true, "reasoning": "off"}), None),
    ] {
        let body: Value = serde_json::from_str(&request(&map, &options).body).unwrap();
        assert_eq!(body["reasoning"]["effort"].as_str(), effort, "{options}");
    }
}

#[test]
fn the_path_is_added_where_it_lacks() {
    for (base, url) in [
        ("", "https://chatgpt.com/backend-api/codex/responses"),
        (" ", "https://chatgpt.com/backend-api/codex/responses"),
        ("http://h/v1//", "http://h/v1/codex/responses"),
        ("http://h/codex", "http://h/codex/responses"),
        ("http://h/codex/responses/", "http://h/codex/responses"),
    ] {
        assert_eq!(request(&json!({"baseUrl": base}), &json!({})).url, url);
    }
    let refused = request(&json!({"baseUrl": "nowhere"}), &json!({})).refused.unwrap();
    assert_eq!(refused.message, "Failed to parse URL from nowhere/codex/responses");
}

#[test]
fn headers_name_the_account_and_the_session() {
    let options = json!({"sessionId": "s", "headers": {"Originator": "me", "x-own": "1", "accept": "x"}});
    let request = request(&json!({"baseUrl": "https://h"}), &options);
    for (name, value) in [
        ("authorization", format!("Bearer {}", super::token()).as_str()),
        ("chatgpt-account-id", "account-1"),
        ("originator", "pi"),
        ("user-agent", "pi (test)"),
        ("openai-beta", "responses=experimental"),
        ("accept", "text/event-stream"),
        ("content-type", "application/json"),
        ("session_id", "s"),
        ("x-client-request-id", "s"),
        ("x-own", "1"),
    ] {
        assert_eq!(header(&request, name), Some(value), "{name}");
    }
    let socket = socket(&request, "id");
    assert_eq!(socket.url, "wss://h/codex/responses");
    for (name, value) in [
        ("chatgpt-account-id", Some("account-1")),
        ("openai-beta", Some("responses_websockets=2026-02-06")),
        ("accept", None),
        ("content-type", None),
        ("session_id", Some("id")),
        ("x-client-request-id", Some("id")),
        ("x-own", Some("1")),
    ] {
        assert_eq!(header(&socket, name), value, "{name}");
    }
}

#[test]
fn a_key_that_is_no_token_is_refused() {
    let failure = encode(turn(&json!({}), &json!({"apiKey": "sk-key"}))).unwrap_err();
    assert_eq!(failure.message, "Failed to extract accountId from token");
    let failure = encode(turn(&json!({}), &json!({"apiKey": ""}))).unwrap_err();
    assert_eq!(failure.message, "No API key for provider: openai-codex");
}

#[test]
fn an_answer_is_its_items_and_no_result_that_is_still_to_come() {
    let mut answered = turn(&json!({}), &json!({}));
    let messages = json!([{
        "role": "assistant", "api": "openai-codex-responses", "provider": "openai-codex", "model": "m",
        "stopReason": "toolUse",
        "content": [
            {"type": "text", "text": "Hm", "textSignature": r#"{"v":1,"id":"msg_1"}"#},
            {"type": "toolCall", "id": "call_1|fc_1", "name": "read", "arguments": {"path": "a"}},
        ],
    }]);
    answered.messages = serde_json::from_str(&messages.to_string()).unwrap();
    assert_eq!(
        answer_items(answered).unwrap(),
        [
            r#"{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hm","annotations":[]}],"status":"completed","id":"msg_1"}"#,
            r#"{"type":"function_call","id":"fc_1","call_id":"call_1","name":"read","arguments":"{\"path\":\"a\"}"}"#,
        ]
    );
}
