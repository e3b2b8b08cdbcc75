use serde_json::{Value, json};

use super::{encode, turn};

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
        &json!({"sessionId": "s", "temperature": null, "maxTokens": 100, "reasoningEffort": "low",
            "cacheRetention": "long", "own": {"reasoningSummary": "concise", "serviceTier": "flex"}}),
    );
    turn["tools"] = json!([{"name": "read", "description": "Reads", "parameters": {"type": "object"}}]);
    let expected = concat!(
        r#"{"model":"m","input":[{"role":"developer","content":"Be brief."},"#,
        r#"{"role":"user","content":[{"type":"input_text","text":"Hi"}]}],"#,
        r#""stream":true,"prompt_cache_key":"s","prompt_cache_retention":"24h","store":false,"#,
        r#""max_output_tokens":100,"temperature":null,"service_tier":"flex","#,
        r#""tools":[{"type":"function","name":"read","description":"Reads","#,
        r#""parameters":{"type":"object"},"strict":false}],"#,
        r#""reasoning":{"effort":"low","summary":"concise"},"include":["reasoning.encrypted_content"]}"#
    );
    assert_eq!(body(&turn), expected);
}

#[test]
fn thinking_follows_the_models_levels() {
    let said = |model: Value, options: Value| tail(&model, &options).replace(r#","store":false"#, "");
    let effort = |effort: &str| {
        format!(
            r#","reasoning":{{"effort":"{effort}","summary":"auto"}},"include":["reasoning.encrypted_content"]}}"#
        )
    };
    let thinker = json!({"reasoning": true});
    assert_eq!(said(json!({}), json!({"reasoningEffort": "high"})), "}");
    assert_eq!(said(thinker.clone(), json!({})), r#","reasoning":{"effort":"none"}}"#);
    assert_eq!(said(thinker.clone(), json!({"own": {"reasoningSummary": "auto"}})), effort("medium"));
    let mapped = json!({"reasoning": true, "thinkingLevelMap": {"off": null, "high": "max"}});
    assert_eq!(said(mapped.clone(), json!({})), "}");
    assert_eq!(said(mapped, json!({"reasoningEffort": "high"})), effort("max"));
    let quiet = json!({"reasoning": true, "thinkingLevelMap": {"off": "low"}});
    assert_eq!(said(quiet, json!({})), r#","reasoning":{"effort":"low"}}"#);
    let copilot = json!({"reasoning": true, "provider": "github-copilot"});
    assert_eq!(said(copilot, json!({})), "}");
}

#[test]
fn simple_limits_and_clamps_and_leaves_the_protocols_own_options() {
    let options = json!({"simple": true, "reasoning": "xhigh", "own": {"serviceTier": "flex", "reasoningSummary": "detailed"}});
    assert_eq!(
        tail(&json!({"reasoning": true}), &options),
        r#","store":false,"max_output_tokens":32000,"reasoning":{"effort":"high","summary":"auto"},"include":["reasoning.encrypted_content"]}"#
    );
}

#[test]
fn caches_are_the_sessions_unless_the_host_wants_none() {
    let cached =
        |model: Value, retention: &str| tail(&model, &json!({"sessionId": "s", "cacheRetention": retention}));
    let bare = json!({"compat": {"supportsLongCacheRetention": false}});
    assert_eq!(cached(json!({}), "none"), r#","store":false}"#);
    assert_eq!(cached(json!({}), "short"), r#","prompt_cache_key":"s","store":false}"#);
    assert_eq!(cached(bare, "long"), r#","prompt_cache_key":"s","store":false}"#);
}
