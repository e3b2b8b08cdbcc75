use serde_json::json;

use crate::ai::Model;
use crate::ai::mend::families::leaks;

fn model(api: &str, provider: &str, id: &str, compat: &serde_json::Value) -> Model {
    let model = json!({"api": api, "provider": provider, "id": id, "compat": compat});
    serde_json::from_str(&model.to_string()).unwrap()
}

#[test]
fn only_models_that_are_known_to_leak_are_mended() {
    for (provider, id, expected) in [
        ("minimax", "MiniMax-M2", true),
        ("zai", "glm-4.7", true),
        ("openrouter", "qwen/qwen3-coder", true),
        ("openrouter", "deepseek/deepseek-r1", true),
        ("groq", "moonshotai/kimi-k2", true),
        ("ollama", "llama3", true),
        ("ollama", "gpt-oss:20b", true),
        ("my-proxy", "claude-opus-4-7", false),
        ("my-proxy", "gpt-5.2", false),
        ("openrouter", "anthropic/claude-sonnet-4.6", false),
        ("groq", "llama-3.3-70b-versatile", false),
        ("openai", "gpt-5.2", false),
        ("openai", "anything", false),
    ] {
        let model = model("openai-completions", provider, id, &json!({}));
        assert_eq!(leaks(&model), expected, "{provider} {id}");
    }
    assert!(leaks(&model("anthropic-messages", "minimax", "MiniMax-M2", &json!(null))));
    assert!(!leaks(&model("anthropic-messages", "anthropic", "claude-opus-4-7", &json!(null))));
    assert!(!leaks(&model("anthropic-messages", "local", "served", &json!(null))));
}

#[test]
fn a_model_may_say_so_itself() {
    assert!(leaks(&model("openai-completions", "openai", "gpt-5", &json!({"mendText": true}))));
    assert!(!leaks(&model("openai-completions", "zai", "glm-4.7", &json!({"mendText": false}))));
    assert!(leaks(&model("openai-completions", "zai", "glm-4.7", &json!({"mendText": "no"}))));
}
