use serde_json::{Value, json};

use super::encode::{encode, turn};

fn headers(turn: &Value) -> Vec<(String, String)> {
    let mut headers = encode(turn).unwrap().headers;
    headers.retain(|(name, _)| !name.starts_with("x-stainless"));
    headers.sort();
    headers
}

fn header(turn: &Value, name: &str) -> Option<String> {
    headers(turn).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

#[test]
fn headers_are_the_clients_and_the_hosts() {
    let mut turn = turn(
        &json!({"headers": {"X-A": "model", "X-B": "model"}, "compat": {"sendSessionAffinityHeaders": true}}),
        &json!({"sessionId": "s", "headers": {"x-a": "host", "Accept": null, "Content-Type": "text/plain"}}),
    );
    turn["env"] = json!({"OPENAI_ORG_ID": " org ", "OPENAI_API_KEY": "unused"});
    let expected = [
        ("authorization", "Bearer k"),
        ("content-type", "application/json"),
        ("openai-organization", "org"),
        ("session_id", "s"),
        ("user-agent", "OpenAI/JS 6.26.0"),
        ("x-a", "host"),
        ("x-b", "model"),
        ("x-client-request-id", "s"),
        ("x-session-affinity", "s"),
    ];
    let actual = headers(&turn);
    let actual: Vec<_> = actual.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(actual, expected);
}

#[test]
fn cloudflares_gateway_takes_the_key_for_itself() {
    let model = json!({"provider": "cloudflare-ai-gateway",
        "baseUrl": "https://gateway.ai.cloudflare.com/v1/{CLOUDFLARE_ACCOUNT_ID}/{lower}/compat"});
    let mut turn = turn(&model, &json!({}));
    let failure = encode(&turn).unwrap_err();
    assert_eq!(
        failure.message,
        "CLOUDFLARE_ACCOUNT_ID is required for provider cloudflare-ai-gateway but is not set."
    );
    turn["env"] = json!({"CLOUDFLARE_ACCOUNT_ID": "acc"});
    let url = encode(&turn).unwrap().url;
    assert_eq!(url, "https://gateway.ai.cloudflare.com/v1/acc/{lower}/compat/chat/completions");
    assert_eq!(header(&turn, "authorization"), None);
    assert_eq!(header(&turn, "cf-aig-authorization").as_deref(), Some("Bearer k"));
    turn["options"]["headers"] = json!({"Authorization": "Bearer upstream"});
    assert_eq!(header(&turn, "authorization").as_deref(), Some("Bearer upstream"));
}

#[test]
fn what_cannot_be_sent_fails_in_the_clients_words() {
    let missing = encode(&turn(&json!({}), &json!({"apiKey": ""}))).unwrap_err();
    assert_eq!(
        missing.message,
        "OpenAI API key is required. Set OPENAI_API_KEY environment variable or pass it as an argument."
    );
    let timeout =
        |ms: f64| encode(&turn(&json!({}), &json!({"timeoutMs": ms}))).map_err(|failure| failure.message);
    assert_eq!(timeout(1.5), Err("timeout must be an integer".to_owned()));
    assert_eq!(timeout(-1.0), Err("timeout must be a positive integer".to_owned()));
    assert!(timeout(0.0).is_ok());
}
