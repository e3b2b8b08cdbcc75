use serde_json::{Value, json};

use crate::ai::codec::{HttpRequest, openai_chat};
use crate::ai::{Failure, Turn};

pub(super) fn encode(turn: &Value) -> Result<HttpRequest, Failure> {
    openai_chat::request::encode(serde_json::from_str::<Turn>(&turn.to_string()).unwrap())
}

/// A turn of one word with a model and options laid over it.
pub(super) fn turn(model: &Value, options: &Value) -> Value {
    let mut base = json!({
        "model": {
            "id": "m", "api": "openai-completions", "provider": "openai",
            "baseUrl": "https://api.openai.com/v1", "input": ["text", "image"], "maxTokens": 64000,
        },
        "systemPrompt": "Be brief.",
        "messages": [{"role": "user", "content": "Hi"}],
        "options": {"apiKey": "k"},
    });
    for (place, over) in [("model", model), ("options", options)] {
        let base = base[place].as_object_mut().unwrap();
        base.extend(over.as_object().unwrap().clone());
    }
    base
}

fn body(turn: &Value) -> String {
    encode(turn).unwrap().body
}

/// The body without what every request of one word begins with.
fn tail(model: &Value, options: &Value) -> String {
    let body = body(&turn(model, options));
    body.split_once(r#""stream":true"#).unwrap().1.to_owned()
}

#[test]
fn openai_gets_the_fields_in_order() {
    let mut turn = turn(
        &json!({"reasoning": true}),
        &json!({"sessionId": "s", "temperature": null,
        "maxTokens": 100, "toolChoice": "auto", "reasoningEffort": "low", "cacheRetention": "long"}),
    );
    turn["tools"] = json!([{"name": "read", "description": "Reads", "parameters": {"type": "object"}}]);
    let expected = concat!(
        r#"{"model":"m","messages":[{"role":"developer","content":"Be brief."},{"role":"user","content":"Hi"}],"#,
        r#""stream":true,"prompt_cache_key":"s","prompt_cache_retention":"24h","#,
        r#""stream_options":{"include_usage":true},"store":false,"max_completion_tokens":100,"#,
        r#""temperature":null,"tools":[{"type":"function","function":{"name":"read","#,
        r#""description":"Reads","parameters":{"type":"object"},"strict":false}}],"#,
        r#""tool_choice":"auto","reasoning_effort":"low"}"#
    );
    assert_eq!(body(&turn), expected);
}

#[test]
fn simple_limits_and_clamps() {
    let simple = |model: Value, level: &str| tail(&model, &json!({"simple": true, "reasoning": level}));
    let rest = r#","stream_options":{"include_usage":true},"store":false,"max_completion_tokens":32000"#;
    let thinker = json!({"reasoning": true});
    assert_eq!(simple(thinker.clone(), "xhigh"), format!(r#"{rest},"reasoning_effort":"high"}}"#));
    assert_eq!(simple(thinker, "off"), format!("{rest}}}"));
    assert_eq!(simple(json!({}), "high"), format!("{rest}}}"));
    let mapped = json!({"reasoning": true, "thinkingLevelMap": {"off": "none", "low": null, "medium": "m"}});
    assert_eq!(simple(mapped.clone(), "low"), format!(r#"{rest},"reasoning_effort":"m"}}"#));
    assert_eq!(simple(mapped, "off"), format!(r#"{rest},"reasoning_effort":"none"}}"#));
}

#[test]
fn every_thinking_format_says_on_and_off() {
    let cases = [
        ("zai", r#","enable_thinking":true}"#, r#","enable_thinking":false}"#),
        ("qwen", r#","enable_thinking":true}"#, r#","enable_thinking":false}"#),
        (
            "qwen-chat-template",
            r#","chat_template_kwargs":{"enable_thinking":true,"preserve_thinking":true}}"#,
            r#","chat_template_kwargs":{"enable_thinking":false,"preserve_thinking":true}}"#,
        ),
        (
            "deepseek",
            r#","thinking":{"type":"enabled"},"reasoning_effort":"max"}"#,
            r#","thinking":{"type":"disabled"}}"#,
        ),
        ("openrouter", r#","reasoning":{"effort":"max"}}"#, r#","reasoning":{"effort":"none"}}"#),
        ("openai", r#","reasoning_effort":"max"}"#, "}"),
    ];
    for (format, on, off) in cases {
        let model = json!({"reasoning": true, "thinkingLevelMap": {"high": "max"}, "compat":
            {"thinkingFormat": format, "supportsUsageInStreaming": false, "supportsStore": false}});
        assert_eq!(tail(&model, &json!({"reasoningEffort": "high"})), on, "{format}");
        assert_eq!(tail(&model, &json!({})), off, "{format}");
    }
}

#[test]
fn servers_are_known_by_provider_and_url() {
    let cases = [
        (
            "moonshotai",
            "https://api.moonshot.ai/v1",
            r#","stream_options":{"include_usage":true},"max_tokens":9}"#,
        ),
        (
            "custom",
            "https://llm.chutes.ai/v1",
            r#","stream_options":{"include_usage":true},"max_tokens":9,"reasoning_effort":"low"}"#,
        ),
        (
            "xai",
            "https://api.x.ai/v1",
            r#","stream_options":{"include_usage":true},"max_completion_tokens":9}"#,
        ),
        (
            "groq",
            "https://api.groq.com/openai/v1",
            r#","stream_options":{"include_usage":true},"store":false,"max_completion_tokens":9,"reasoning_effort":"low"}"#,
        ),
        (
            "deepseek",
            "https://api.deepseek.com",
            r#","stream_options":{"include_usage":true},"max_completion_tokens":9,"thinking":{"type":"enabled"},"reasoning_effort":"low"}"#,
        ),
    ];
    for (provider, url, expected) in cases {
        let model = json!({"provider": provider, "baseUrl": url, "reasoning": true});
        assert_eq!(tail(&model, &json!({"maxTokens": 9, "reasoningEffort": "low"})), expected, "{provider}");
    }
}

#[test]
fn gateways_get_their_routing() {
    let routed = |url: &str| {
        let compat = json!({"openRouterRouting": {"only": ["a"]}, "vercelGatewayRouting": {"order": ["b"]},
            "supportsUsageInStreaming": false, "supportsStore": false});
        tail(&json!({"provider": "custom", "baseUrl": url, "compat": compat}), &json!({}))
    };
    assert_eq!(routed("https://openrouter.ai/api/v1"), r#","provider":{"only":["a"]}}"#);
    assert_eq!(
        routed("https://ai-gateway.vercel.sh/v1"),
        r#","providerOptions":{"gateway":{"order":["b"]}}}"#
    );
    assert_eq!(routed("http://localhost/v1"), "}");
}

#[test]
fn claude_behind_openrouter_gets_cache_marks() {
    let model = json!({"id": "anthropic/claude-x", "provider": "openrouter", "baseUrl": "https://openrouter.ai/api/v1"});
    let mut turn = turn(&model, &json!({"cacheRetention": "long"}));
    turn["tools"] = json!([{"name": "a", "parameters": {}}, {"name": "b", "parameters": {}}]);
    turn["messages"] = json!([{"role": "user", "content": [{"type": "text", "text": "Look"},
        {"type": "image", "mimeType": "image/png", "data": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="}]}]);
    let mark = r#""cache_control":{"type":"ephemeral","ttl":"1h"}"#;
    let expected = [
        r#"{"model":"anthropic/claude-x","messages":[{"role":"system","content":[{"type":"text","text":"Be brief.","#,
        mark,
        r#"}]},{"role":"user","content":[{"type":"text","text":"Look","#,
        mark,
        r#"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="}}]}],"stream":true,"#,
        r#""prompt_cache_retention":"24h","stream_options":{"include_usage":true},"store":false,"#,
        r#""tools":[{"type":"function","function":{"name":"a","parameters":{},"strict":false}},"#,
        r#"{"type":"function","function":{"name":"b","parameters":{},"strict":false},"#,
        mark,
        "}]}",
    ];
    assert_eq!(body(&turn), expected.concat());
}

/// A conversation with thinking, a call and its result with an image.
fn with_history(compat: &Value) -> String {
    let mut turn = turn(&json!({"reasoning": true, "compat": compat}), &json!({}));
    turn["messages"] = json!([
        {"role": "assistant", "api": "openai-completions", "provider": "openai", "model": "m",
         "stopReason": "toolUse", "content": [
            {"type": "thinking", "thinking": "Hm", "thinkingSignature": "reasoning_content"},
            {"type": "text", "text": "I "}, {"type": "text", "text": "look."},
            {"type": "toolCall", "id": "c1", "name": "read", "arguments": {"path": "a\"b"},
             "thoughtSignature": "{\"type\":\"reasoning.encrypted\",\"id\":\"c1\",\"data\":\"x\"}"}]},
        {"role": "toolResult", "toolCallId": "c1", "toolName": "read", "isError": false,
         "content": [{"type": "image", "mimeType": "image/png", "data": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="}]},
        {"role": "user", "content": "And?"},
    ]);
    let body = body(&turn);
    let messages = body.split_once(r#""messages":["#).unwrap().1;
    messages
        .split_once(r#"],"stream""#)
        .unwrap()
        .0
        .replace(r#"{"role":"developer","content":"Be brief."},"#, "")
}

const CALL: &str = concat!(
    r#""tool_calls":[{"id":"c1","type":"function","function":{"name":"read","arguments":"{\"path\":\"a\\\"b\"}"}}],"#,
    r#""reasoning_details":[{"type":"reasoning.encrypted","id":"c1","data":"x"}]}"#
);

#[test]
fn history_goes_out_as_it_came() {
    let expected = [
        r#"{"role":"assistant","content":"I look.","reasoning_content":"Hm","#,
        CALL,
        r#",{"role":"tool","content":"(see attached image)","tool_call_id":"c1"},"#,
        r#"{"role":"user","content":[{"type":"text","text":"Attached image(s) from tool result:"},"#,
        r#"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="}}]},"#,
        r#"{"role":"user","content":"And?"}"#,
    ];
    assert_eq!(with_history(&json!({})), expected.concat());
}

#[test]
fn strict_servers_get_bridges_names_and_thinking_as_text() {
    let compat = json!({"requiresAssistantAfterToolResult": true, "requiresToolResultName": true,
        "requiresThinkingAsText": true});
    let expected = [
        r#"{"role":"assistant","content":[{"type":"text","text":"Hm"},{"type":"text","text":"I "},"#,
        r#"{"type":"text","text":"look."}],"#,
        CALL,
        r#",{"role":"tool","content":"(see attached image)","tool_call_id":"c1","name":"read"},"#,
        r#"{"role":"assistant","content":"I have processed the tool results."},"#,
        r#"{"role":"user","content":[{"type":"text","text":"Attached image(s) from tool result:"},"#,
        r#"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="}}]},"#,
        r#"{"role":"user","content":"And?"}"#,
    ];
    assert_eq!(with_history(&compat), expected.concat());
}

#[test]
fn a_history_of_calls_wants_tools_if_only_none() {
    let mut turn = turn(&json!({}), &json!({}));
    turn["messages"] = json!([{"role": "toolResult", "toolCallId": "c", "content": []}]);
    assert!(body(&turn).contains(r#""tools":[]"#));
}

#[test]
fn ids_of_other_models_are_made_to_fit() {
    let model = serde_json::from_str(r#"{"provider":"openai"}"#).unwrap();
    let id = |id: &str| openai_chat::conversation::call_id(id, &model);
    assert_eq!(id("call_\u{1F600}+|fc_1"), "call____");
    assert_eq!(id(&"x".repeat(60)), "x".repeat(40));
    assert_eq!(id("a b"), "a b");
}
