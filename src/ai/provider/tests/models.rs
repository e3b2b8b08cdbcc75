use serde_json::{Value, json};

use super::super::{Config, Fields, all, resolve};
use crate::ai::Model;

fn model(provider: &str, config: &Value, asked: &Value) -> Value {
    let config: Config = serde_json::from_value(config.clone()).unwrap();
    let asked: Fields = serde_json::from_value(asked.clone()).unwrap();
    Value::Object(resolve(provider).unwrap().model(&config, asked).unwrap())
}

fn place(provider: &str, config: &Value, id: &str) -> String {
    let model = model(provider, config, &json!({ "id": id }));
    ["provider", "api", "baseUrl"].map(|name| model[name].as_str().unwrap().to_owned()).join(" ")
}

#[test]
fn every_provider_has_its_door() {
    let doors: Vec<_> = [
        ("anthropic", "claude-sonnet-4-5"),
        ("openai", "gpt-4o"),
        ("openai-responses", "gpt-5.2"),
        ("openai-codex", "gpt-5.3-codex"),
        ("google", "gemini-2.5-flash"),
        ("xai", "grok-4"),
        ("minimax", "MiniMax-M2.7"),
        ("zai", "glm-4.7"),
        ("zai-coding", "glm-4.7"),
        ("inception", "mercury"),
    ]
    .map(|(provider, id)| place(provider, &json!({}), id))
    .into();
    assert_eq!(
        doors,
        [
            "anthropic anthropic-messages https://api.anthropic.com",
            "openai openai-completions https://api.openai.com/v1",
            "openai openai-responses https://api.openai.com/v1",
            "openai openai-responses https://api.openai.com/v1",
            "google google-generative-ai https://generativelanguage.googleapis.com/v1beta",
            "xai openai-completions https://api.x.ai/v1",
            "minimax anthropic-messages https://api.minimax.io/anthropic",
            "zai openai-completions https://api.z.ai/api/coding/paas/v4",
            "zai openai-completions https://api.z.ai/api/coding/paas/v4",
            "inception openai-completions https://api.inceptionlabs.ai/v1",
        ]
    );
    assert_eq!(all().len(), doors.len());
}

#[test]
fn a_plan_is_chosen_by_name_or_by_address() {
    let standard = "zai openai-completions https://api.z.ai/api/paas/v4";
    assert_eq!(place("zai", &json!({"plan": "standard"}), "glm-4.7"), standard);
    assert_eq!(place("zai", &json!({}), "glm-5"), standard);
    let whole_url = json!({"baseURL": "https://api.minimax.chat/v1/text/chatcompletion_v2"});
    let chat = "minimax openai-completions https://api.minimax.chat/v1";
    assert_eq!(place("minimax", &whole_url, "MiniMax-M2.7"), chat);
    let subscription = "openai-codex openai-codex-responses https://chatgpt.com/backend-api";
    assert_eq!(place("openai-codex", &json!({"plan": "chatgpt"}), "gpt-5.3-codex"), subscription);
    let config = serde_json::from_str(r#"{"plan":"gold"}"#).unwrap();
    let failure = resolve("zai").unwrap().model(&config, Fields::new()).unwrap_err();
    assert_eq!(failure.message, "Unknown plan of provider zai: gold (known: standard, coding)");
}

#[test]
fn base_urls_of_argents_catalogue_are_put_right() {
    for (provider, given, right) in [
        ("openai", "https://api.openai.com", "https://api.openai.com/v1"),
        ("openai", "https://proxy/v1/chat/completions", "https://proxy/v1"),
        ("openai-responses", "https://api.openai.com/v1/responses", "https://api.openai.com/v1"),
        (
            "google",
            "https://generativelanguage.googleapis.com",
            "https://generativelanguage.googleapis.com/v1beta",
        ),
        (
            "zai",
            "https://api.z.ai/api/coding/paas/v4/chat/completions",
            "https://api.z.ai/api/coding/paas/v4",
        ),
        ("zai", "https://api.z.ai/v1/chat/completions", "https://api.z.ai/api/coding/paas/v4"),
        ("minimax", "https://api.minimax.io/anthropic/", "https://api.minimax.io/anthropic"),
    ] {
        let whole = json!({"id": "m", "api": "openai-completions", "baseUrl": given});
        assert_eq!(model(provider, &json!({}), &whole)["baseUrl"], right, "{provider} {given}");
        assert_eq!(model(provider, &json!({"baseURL": given}), &json!({"id": "m"}))["baseUrl"], right);
    }
}

#[test]
fn a_whole_model_keeps_its_wire_and_all_that_is_not_the_providers() {
    let whole = json!({
        "id": "gpt-5.2", "api": "openai-responses", "provider": "mine", "baseUrl": "https://here/v1",
        "headers": {"X-Own": "1"}, "compat": {"sendSessionIdHeader": false}, "extra": {"kept": true},
    });
    assert_eq!(model("openai", &json!({}), &whole), whole);
    let asked = model("openai", &json!({"organization": "org", "headers": {"x-own": "2"}}), &whole);
    assert_eq!(asked["headers"], json!({"openai-organization": "org", "x-own": "2"}));
}

#[test]
fn a_server_that_imitates_openai_has_a_name_and_a_door_of_its_own() {
    let config = json!({"name": "ollama", "baseURL": "http://localhost:11434/v1"});
    let found = place("openai", &config, "qwen3");
    assert_eq!(found, "ollama openai-completions http://localhost:11434/v1");
    let guessed = model("openai", &config, &json!({"id": "qwen3", "thinking": true}));
    assert_eq!((&guessed["reasoning"], &guessed["cost"]["cacheWrite"]), (&json!(true), &json!(0)));
}

#[test]
fn switches_of_another_wire_are_not_carried_over() {
    let chat = model("minimax", &json!({"plan": "chat"}), &json!({"id": "MiniMax-M2.7"}));
    assert_eq!((chat.get("compat"), &chat["contextWindow"]), (None, &json!(204_800)));
    let zai = model("zai", &json!({"baseURL": "http://localhost/v4"}), &json!({"id": "glm-next"}));
    assert_eq!(zai["compat"]["thinkingFormat"], "zai");
}

#[test]
fn a_bearer_token_takes_the_keys_place() {
    let asked = model("anthropic", &json!({"oauthToken": "t"}), &json!({"id": "claude-sonnet-4-5"}));
    assert_eq!(asked["headers"], json!({"authorization": "Bearer t", "x-api-key": null}));
}

#[test]
fn every_model_of_the_catalogues_reads_as_a_model() {
    for provider in all() {
        for name in provider.catalogue {
            let models = crate::ai::catalog::models(name).unwrap();
            let models: std::collections::BTreeMap<String, Model> = serde_json::from_str(models).unwrap();
            for id in models.keys() {
                let found = model(provider.id, &json!({}), &json!({ "id": id }));
                assert!(found["contextWindow"].as_f64().unwrap() > 0.0, "{name}/{id}");
            }
        }
    }
}
