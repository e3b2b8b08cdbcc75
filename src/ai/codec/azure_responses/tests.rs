use serde_json::{Value, json};

use super::Wire;
use crate::ai::codec::{Codec as _, HttpRequest};
use crate::ai::{Failure, Turn};

fn encode(base_url: &str, own: &Value, env: &Value) -> Result<HttpRequest, Failure> {
    let turn = json!({
        "model": {"id": "gpt-5", "api": "azure-openai-responses", "provider": "azure-openai-responses",
            "baseUrl": base_url, "reasoning": true, "input": ["text"], "maxTokens": 64000},
        "messages": [{"role": "user", "content": "Hi"}],
        "options": {"apiKey": "k", "sessionId": "s", "cacheRetention": "none", "own": own},
        "env": env,
    });
    Wire.encode(serde_json::from_str::<Turn>(&turn.to_string()).unwrap())
}

fn url(base_url: &str, own: &Value, env: &Value) -> String {
    encode(base_url, own, env).map_or_else(|failure| failure.message, |request| request.url)
}

#[test]
fn the_address_is_the_hosts_then_the_environments_then_the_models() {
    let place = |own: Value, env: Value| url("https://model.example/v1/", &own, &env);
    let env = json!({"AZURE_OPENAI_BASE_URL": "https://env.example/x", "AZURE_OPENAI_RESOURCE_NAME": "res",
        "AZURE_OPENAI_API_VERSION": "2025-01-01"});
    let cases = [
        (json!({}), json!({}), "https://model.example/v1/responses?api-version=v1"),
        (json!({}), env.clone(), "https://env.example/x/responses?api-version=2025-01-01"),
        (
            json!({"azureResourceName": "mine"}),
            json!({}),
            "https://mine.openai.azure.com/openai/v1/responses?api-version=v1",
        ),
        (
            json!({"azureBaseUrl": " https://own.openai.azure.com/openai/?x=1 ", "azureApiVersion": "preview"}),
            env,
            "https://own.openai.azure.com/openai/v1/responses?api-version=preview",
        ),
        (
            json!({"azureBaseUrl": "https://own.cognitiveservices.azure.com"}),
            json!({}),
            "https://own.cognitiveservices.azure.com/openai/v1/responses?api-version=v1",
        ),
        (json!({"azureBaseUrl": "nowhere"}), json!({}), "Invalid Azure OpenAI base URL: nowhere"),
    ];
    for (own, env, expected) in cases {
        assert_eq!(place(own, env), expected);
    }
    assert!(url("", &json!({}), &json!({})).starts_with("Azure OpenAI base URL is required."));
}

#[test]
fn deployments_have_names_of_their_own() {
    let model = |own: Value, map: &str| {
        let env = json!({"AZURE_OPENAI_DEPLOYMENT_NAME_MAP": map});
        let body = encode("https://model.example/v1", &own, &env).unwrap().body;
        serde_json::from_str::<Value>(&body).unwrap()["model"].as_str().unwrap().to_owned()
    };
    assert_eq!(model(json!({}), ""), "gpt-5");
    assert_eq!(model(json!({}), "other=x, gpt-5 = fast=not ,"), "fast");
    assert_eq!(model(json!({}), "gpt-5="), "gpt-5");
    assert_eq!(model(json!({"azureDeploymentName": "own"}), "gpt-5=fast"), "own");
}

#[test]
fn the_body_leaves_storage_and_caches_to_azure() {
    let request = encode("https://model.example/v1", &json!({"serviceTier": "flex"}), &json!({})).unwrap();
    assert_eq!(
        request.body,
        r#"{"model":"gpt-5","input":[{"role":"user","content":[{"type":"input_text","text":"Hi"}]}],"stream":true,"prompt_cache_key":"s","reasoning":{"effort":"none"}}"#
    );
    let header =
        |name: &str| request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| &**value);
    assert_eq!(header("api-key"), Some("k"));
    assert_eq!(header("authorization"), None);
    assert_eq!(header("session_id"), None);
    assert_eq!(header("user-agent"), Some("AzureOpenAI/JS 6.26.0"));
}
