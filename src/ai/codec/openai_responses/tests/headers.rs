use serde_json::{Value, json};

use super::{encode, turn};

fn header(turn: &Value, name: &str) -> Option<String> {
    let headers = encode(turn).unwrap().headers;
    headers.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

#[test]
fn the_session_is_named_while_caches_are_wanted() {
    let named = |model: Value, retention: &str| {
        let turn = turn(&model, &json!({"sessionId": "s", "cacheRetention": retention}));
        ["session_id", "x-client-request-id"].map(|name| header(&turn, name).is_some())
    };
    assert_eq!(named(json!({}), "short"), [true, true]);
    assert_eq!(named(json!({}), "none"), [false, false]);
    assert_eq!(named(json!({"compat": {"sendSessionIdHeader": false}}), "long"), [false, true]);
}

#[test]
fn copilot_and_cloudflare_get_their_own() {
    let copilot = turn(&json!({"provider": "github-copilot"}), &json!({}));
    assert_eq!(header(&copilot, "x-initiator").as_deref(), Some("user"));
    let mut gateway = turn(
        &json!({"provider": "cloudflare-ai-gateway", "baseUrl": "https://gateway/{CLOUDFLARE_ACCOUNT_ID}/openai"}),
        &json!({}),
    );
    gateway["env"] = json!({"CLOUDFLARE_ACCOUNT_ID": "acc"});
    assert_eq!(encode(&gateway).unwrap().url, "https://gateway/acc/openai/responses");
    assert_eq!(header(&gateway, "authorization"), None);
    assert_eq!(header(&gateway, "cf-aig-authorization").as_deref(), Some("Bearer k"));
}

#[test]
fn a_missing_key_fails_in_the_clients_words() {
    let missing = encode(&turn(&json!({}), &json!({"apiKey": ""}))).unwrap_err();
    assert!(missing.message.starts_with("OpenAI API key is required. Set OPENAI_API_KEY"));
}
