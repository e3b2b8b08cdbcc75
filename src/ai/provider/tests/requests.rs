use crate::ai::image::PIXEL;
use serde_json::json;

use super::{body, sent, turn};
use crate::ai::codec;

/// A request of short messages, as hosts write them.
fn asked(provider: &str, model: &str, messages: &str) -> String {
    format!(
        r#"{{"provider":"{provider}","config":{{"apiKey":"k"}},"model":{{"id":"{model}"}},
            "request":{{"systemPrompt":"Be brief.","messages":{messages},
            "tools":[{{"name":"read","description":"Reads","parameters":{{"type":"object"}}}}]}}}}"#
    )
}

const WITH_TOOLS: &str = r#"[{"role":"user","text":"go"},
    {"role":"assistant","text":"Reading.","toolCalls":[{"id":"t1","name":"read","arguments":{"path":"a"}}]},
    {"role":"tool","toolCallId":"t1","text":"no such file","isError":true},
    {"role":"assistant"},
    {"role":"assistant","text":"It is not there."},
    {"role":"user","text":"thanks"}]"#;

#[test]
fn short_messages_reach_the_messages_api_whole() {
    let body = body(&asked("anthropic", "claude-sonnet-4-5", WITH_TOOLS));
    let mut messages = body["messages"].clone();
    messages[4]["content"] = json!("thanks");
    assert_eq!(
        messages,
        json!([
            {"role": "user", "content": "go"},
            {"role": "assistant", "content": [
                {"type": "text", "text": "Reading."},
                {"type": "tool_use", "id": "t1", "name": "read", "input": {"path": "a"}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "t1", "content": "no such file", "is_error": true}]},
            {"role": "assistant", "content": [{"type": "text", "text": "It is not there."}]},
            {"role": "user", "content": "thanks"},
        ])
    );
    assert_eq!(body["max_tokens"], 8192);
}

#[test]
fn short_messages_reach_chat_completions_whole() {
    let request = sent(&asked("xai", "grok-4", WITH_TOOLS)).unwrap();
    assert_eq!(request.url, "https://api.x.ai/v1/chat/completions");
    assert!(request.headers.contains(&("authorization".to_owned(), "Bearer k".to_owned())));
    let body = body(&asked("xai", "grok-4", WITH_TOOLS));
    let roles: Vec<_> = body["messages"].as_array().unwrap().iter().map(|message| &message["role"]).collect();
    assert_eq!(roles, ["system", "user", "assistant", "tool", "assistant", "user"]);
    assert_eq!(body["messages"][2]["tool_calls"][0]["function"]["arguments"], r#"{"path":"a"}"#);
}

#[test]
fn the_tools_name_of_a_result_is_found_by_the_calls_id() {
    let turn = turn(&asked("google", "gemini-2.5-flash", WITH_TOOLS));
    let named = turn.messages.iter().find_map(|message| match message {
        crate::ai::Message::ToolResult(result) => Some(result.name.to_string()),
        _ => None,
    });
    assert_eq!(named.as_deref(), Some("read"));
}

#[test]
fn whole_messages_keep_images_thinking_and_signatures() {
    let messages = &r#"[
        {"role":"user","content":[{"type":"image","data":"AAAA","mimeType":"image/png"}]},
        {"role":"assistant","api":"anthropic-messages","provider":"anthropic","model":"claude-sonnet-4-5","content":[
            {"type":"thinking","thinking":"hm","thinkingSignature":"sig"},
            {"type":"toolCall","id":"t1","name":"read","arguments":{}}]},
        {"role":"toolResult","toolCallId":"t1","toolName":"read","isError":false,"content":[
            {"type":"image","data":"AAAA","mimeType":"image/png"}]}]"#
        .replace("AAAA", PIXEL);
    let body = body(&asked("anthropic", "claude-sonnet-4-5", messages));
    assert_eq!(body["messages"][0]["content"][0]["source"]["data"], PIXEL);
    assert_eq!(
        body["messages"][1]["content"][0],
        json!({"type":"thinking","thinking":"hm","signature":"sig"})
    );
    let result = &body["messages"][2]["content"][0];
    assert_eq!(
        (&result["is_error"], &result["content"][1]["source"]["data"]),
        (&json!(false), &json!(PIXEL))
    );
}

#[test]
fn signed_blocks_of_a_short_answer_are_the_asked_models_own() {
    let messages = r#"[{"role":"user","text":"go"},
        {"role":"assistant","content":[{"type":"thinking","thinking":"hm","thinkingSignature":"sig"}],
            "toolCalls":[{"id":"t1","name":"read","arguments":{}}]},
        {"role":"tool","toolCallId":"t1","text":"done"}]"#;
    let body = body(&asked("anthropic", "claude-sonnet-4-5", messages));
    assert_eq!(body["messages"][1]["content"][0]["signature"], "sig");
}

#[test]
fn the_hosts_options_go_before_the_model_configuration() {
    let text = r#"{"provider":"anthropic","config":{"apiKey":"k","cacheRetention":"none"},
        "model":{"id":"claude-sonnet-4-5"},"wishes":{"maxTokens":100,"thinking":true},"temperature":0.1,
        "request":{"messages":[{"role":"user","text":"hi"}]},
        "options":{"apiKey":"run-time","maxTokens":200,"temperature":0.9,"reasoning":"low","headers":{"x-run":"1"}}}"#;
    let body = body(text);
    assert_eq!((&body["max_tokens"], &body["thinking"]["budget_tokens"]), (&json!(2248), &json!(2048)));
    assert!(!body.to_string().contains("cache_control"));
    let request = sent(text).unwrap();
    let header =
        |name: &str| request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!((header("x-api-key"), header("x-run")), (Some("run-time"), Some("1")));
}

#[test]
fn an_unknown_provider_is_named_with_those_that_are_known() {
    let failure = sent(r#"{"provider":"nobody"}"#).unwrap_err();
    assert!(failure.message.starts_with("Unknown provider: nobody (known: anthropic, openai"));
}

#[test]
fn requests_go_where_the_provider_is() {
    for (provider, model, path) in [
        ("openai-responses", "gpt-5.2", "/v1/responses"),
        ("google", "gemini-2.5-flash", "/v1beta/models/gemini-2.5-flash:streamGenerateContent"),
    ] {
        let asked = asked(provider, model, WITH_TOOLS);
        let api = turn(&asked).model.api;
        let request = codec::of_api(&api).unwrap().seal(&turn(&asked), sent(&asked).unwrap()).unwrap();
        assert!(request.url.contains(path), "{}", request.url);
        assert!(!request.body.contains("call_0"), "{}", request.body);
    }
}
