use super::super::Limits;
use super::body;
use crate::ai::Turn;

fn limits(level: &str, model: &str, options: &str) -> String {
    let turn = format!(
        r#"{{"model":{{"id":"m","reasoning":true,"maxTokens":64000{model}}},
            "options":{{"simple":true,"reasoning":"{level}"{options}}}}}"#
    );
    let turn: Turn = serde_json::from_str(&turn).unwrap();
    let limits = serde_json::to_value(Limits::of(&turn)).unwrap();
    let part =
        |name: &str| limits.get(name).map_or("-".to_owned(), |value| value.to_string().replace('"', ""));
    ["thinking", "maxTokens", "thinkingBudget", "effort"].map(part).join(" ")
}

#[test]
fn each_level_has_its_budget_and_its_word() {
    assert_eq!(limits("off", "", ""), "false 32000 - -");
    assert_eq!(limits("minimal", "", ""), "true 33024 1024 low");
    assert_eq!(limits("low", "", ""), "true 34048 2048 low");
    assert_eq!(limits("medium", "", ""), "true 40192 8192 medium");
    assert_eq!(limits("high", "", ""), "true 48384 16384 high");
    let top = r#","thinkingLevelMap":{"xhigh":"max"}"#;
    assert_eq!(limits("xhigh", "", ""), "true 48384 16384 high");
    assert_eq!(limits("xhigh", top, ""), "true 48384 16384 max");
}

#[test]
fn levels_follow_what_the_model_has() {
    assert_eq!(limits("minimal", r#","thinkingLevelMap":{"minimal":null}"#, ""), "true 34048 2048 low");
    let odd = r#"{"model":{"id":"m","maxTokens":8000},"options":{"simple":true,"reasoning":"high"}}"#;
    let turn: Turn = serde_json::from_str(odd).unwrap();
    assert!(!Limits::of(&turn).thinking);
    assert_eq!(limits("unheard of", "", ""), "false 32000 - -");
}

#[test]
fn a_budget_never_takes_the_whole_answer() {
    assert_eq!(
        limits("high", "", r#","maxTokens":512,"thinkingBudgets":{"high":2000}"#),
        "true 2512 2000 high"
    );
    let small = r#"{"model":{"id":"m","reasoning":true,"maxTokens":4000},"options":{"simple":true,"reasoning":"high"}}"#;
    let turn: Turn = serde_json::from_str(small).unwrap();
    let limits = Limits::of(&turn);
    assert_eq!((limits.max_tokens.unwrap().0, limits.thinking_budget.unwrap().0), (4000.0, 2976.0));
}

fn asked(provider: &str, model: &str, wishes: &str) -> String {
    format!(
        r#"{{"provider":"{provider}","config":{{"apiKey":"k"}},"model":{{"id":"{model}"}},"wishes":{wishes},
            "temperature":0.5,"request":{{"messages":[{{"role":"user","text":"hi"}}]}}}}"#
    )
}

#[test]
fn a_model_configuration_thinks_on_every_wire() {
    let claude = body(&asked("anthropic", "claude-sonnet-4-5", r#"{"maxTokens":512,"thinking":true}"#));
    assert_eq!(claude["max_tokens"], 8704);
    assert_eq!(claude["thinking"]["budget_tokens"], 8192);
    assert_eq!(claude.get("temperature"), None);

    let budget = r#"{"thinking":true,"thinkingBudget":3000,"effort":"low"}"#;
    let claude = body(&asked("anthropic", "claude-sonnet-4-5", budget));
    assert_eq!((&claude["max_tokens"], &claude["thinking"]["budget_tokens"]), (&11192.into(), &3000.into()));

    let opus = body(&asked("anthropic", "claude-opus-4-6", r#"{"thinking":true,"effort":"max"}"#));
    assert_eq!(
        (&opus["thinking"]["type"], &opus["output_config"]["effort"]),
        (&"adaptive".into(), &"max".into())
    );

    let gpt = body(&asked("openai", "gpt-5", r#"{"thinking":true,"effort":"low"}"#));
    assert_eq!((&gpt["reasoning_effort"], &gpt["max_completion_tokens"]), (&"low".into(), &8192.into()));

    let glm = body(&asked("zai", "glm-4.7", r#"{"thinking":true}"#));
    assert_eq!(glm["enable_thinking"], true);
    let glm = body(&asked("zai", "glm-4.7", "{}"));
    assert_eq!((&glm["enable_thinking"], &glm["temperature"]), (&false.into(), &0.5.into()));
}

#[test]
fn the_usual_limit_is_no_more_than_the_model_has() {
    assert_eq!(body(&asked("anthropic", "claude-3-opus-20240229", "{}"))["max_tokens"], 4096);
    assert_eq!(body(&asked("anthropic", "claude-new", "{}"))["max_tokens"], 8192);
}
