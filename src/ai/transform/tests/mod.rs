//! Random histories through every codec, and the rows of the field notes one by one.

mod histories;
mod legal;
mod rows;

use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use serde_json::{Value, json};

use super::transform;
use crate::ai::codec;
use crate::ai::message::{Block, Message};
use crate::ai::{Model, Turn};

/// How many histories a target: 20,000 and more when asked for in `ARGENT_LEGALITY_CASES`.
fn cases() -> u32 {
    std::env::var("ARGENT_LEGALITY_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(300)
}

/// The models that are asked: every protocol once or more, for the sake of its rules for ids and of compatible servers.
fn targets() -> impl Iterator<Item = Value> {
    let rows = [
        json!({"api": "anthropic-messages", "provider": "anthropic", "id": "claude-opus-4-5"}),
        json!({"api": "openai-completions", "provider": "openai", "id": "gpt-5"}),
        json!({"api": "openai-completions", "provider": "groq", "id": "llama", "compat":
            {"requiresAssistantAfterToolResult": true, "requiresToolResultName": true, "requiresThinkingAsText": true}}),
        json!({"api": "mistral-conversations", "provider": "mistral", "id": "devstral"}),
        json!({"api": "openai-responses", "provider": "openai", "id": "gpt-5"}),
        json!({"api": "openai-responses", "provider": "github-copilot", "id": "gpt-5"}),
        json!({"api": "azure-openai-responses", "provider": "azure-openai-responses", "id": "gpt-5"}),
        json!({"api": "openai-codex-responses", "provider": "openai-codex", "id": "gpt-5-codex"}),
        json!({"api": "google-generative-ai", "provider": "google", "id": "gemini-2.5-pro"}),
        json!({"api": "google-generative-ai", "provider": "google", "id": "gemini-3-pro"}),
        json!({"api": "google-vertex", "provider": "google-vertex", "id": "claude-sonnet-4-5"}),
        json!({"api": "bedrock-converse-stream", "provider": "amazon-bedrock", "id": "anthropic.claude-sonnet-4-5"}),
    ];
    let known = |model: &Value| codec::of_api(model["api"].as_str().unwrap()).is_some();
    rows.into_iter().filter(known).map(|mut model| {
        let base =
            json!({"baseUrl": "https://example.test/v1", "input": ["text", "image"], "maxTokens": 4096});
        model.as_object_mut().unwrap().extend(base.as_object().unwrap().clone());
        model
    })
}

/// A key that is also a token of an account, as Codex wants one.
const TOKEN: &str =
    "e30.eyJodHRwczovL2FwaS5vcGVuYWkuY29tL2F1dGgiOnsiY2hhdGdwdF9hY2NvdW50X2lkIjoiYWNjb3VudC0xIn19.s";

fn turn(model: &Value, messages: &[Value]) -> Turn {
    let turn = json!({"model": model, "systemPrompt": "\u{E000}Be brief.", "messages": messages,
        "tools": [{"name": "read\u{E000}", "description": "\u{E001}Reads", "parameters":
            {"type": "object", "properties": {"path\u{E000}": {"type": "string", "default": "\u{E001}"}}}}],
        "options": {"apiKey": TOKEN, "metadata": {"user_id": "u\u{E000}"}}});
    Turn::from_json(&histories::wire(&turn)).unwrap()
}

fn body(model: &Value, messages: &[Value]) -> String {
    let api = model["api"].as_str().unwrap();
    codec::of_api(api).unwrap().encode(turn(model, messages)).unwrap().body
}

fn run<S: Strategy>(strategy: S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) };
    if let Err(failure) = TestRunner::new(config).run(&strategy, test) {
        panic!("{failure}");
    }
}

#[test]
fn no_history_makes_an_illegal_request() {
    for model in targets() {
        let parsed: Model = serde_json::from_value(model.clone()).unwrap();
        run(histories::illegal(&model), |messages| {
            let body = body(&model, &messages);
            legal::check(&body, &parsed).map_err(|wrong| TestCaseError::fail(format!("{wrong}\n{body}")))
        });
    }
}

/// Ids that every target accepts.
fn portable(number: usize) -> String {
    format!("call{number:05}")
}

#[test]
fn a_history_in_order_is_left_alone() {
    for model in targets() {
        run(histories::legal(&model, portable), |messages| {
            let turn = turn(&model, &messages);
            let before = format!("{:?}", turn.messages);
            let after = transform(turn.messages, &turn.model, |id, _| {
                id.chars().filter(char::is_ascii_alphanumeric).take(9).collect()
            });
            prop_assert_eq!(format!("{after:?}"), before);
            Ok(())
        });
    }
}

/// Results that come late, twice or for nothing make no difference to the request.
#[test]
fn p8_a_history_is_put_back_in_order() {
    for model in targets() {
        let shuffled = (histories::legal(&model, portable), any::<u64>());
        run(shuffled, |(messages, seed)| {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut late: Vec<Value> = Vec::new();
            let mut out = vec![orphan(&json!("nobody"))];
            for message in &messages {
                match message["role"].as_str().unwrap() {
                    "toolResult" => late.push(message.clone()),
                    _ => out.push(message.clone()),
                }
                random.shuffle(&mut late);
                while random.bool() {
                    let Some(result) = late.pop() else { break };
                    out.extend([result.clone(), orphan(&result["toolCallId"])]);
                }
            }
            out.append(&mut late);
            prop_assert_eq!(body(&model, &out), body(&model, &messages));
            Ok(())
        });
    }
}

fn orphan(id: &Value) -> Value {
    json!({"role": "toolResult", "toolCallId": id, "toolName": "x", "isError": false,
        "content": [{"type": "text", "text": "second or for nothing"}]})
}

/// What was sent once is sent again: whatever is said later, the ids before it do not change.
#[test]
fn d11_ids_stay_the_same_as_a_history_grows() {
    for model in targets() {
        run((histories::illegal(&model), 0_usize..16), |(messages, length)| {
            let before = ids(&model, &messages[..length.min(messages.len())]);
            let after = ids(&model, &messages);
            prop_assert_eq!(&after[..before.len()], before);
            Ok(())
        });
    }
}

fn ids(model: &Value, messages: &[Value]) -> Vec<String> {
    let turn = turn(model, messages);
    let short = |id: &str, _: &_| id.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    let calls = transform(turn.messages, &turn.model, short).into_iter().flat_map(|message| match message {
        Message::Assistant(answer) => answer.content,
        _ => Vec::new(),
    });
    let id = |block| match block {
        Block::ToolCall(call) => Some(call.id.into_string()),
        _ => None,
    };
    calls.filter_map(id).collect()
}
