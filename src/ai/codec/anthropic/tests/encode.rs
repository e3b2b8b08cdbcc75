use super::turn;
use crate::ai::codec::HttpRequest;
use crate::ai::codec::anthropic::reject as rejection;
use crate::ai::codec::anthropic::request::encode;
use crate::ai::{FailureKind, Turn};

const HI: &str = r#""messages":[{"role":"user","content":"hi"}]"#;

fn request(turn: Turn) -> HttpRequest {
    encode(turn).unwrap()
}

fn body(model: &str, rest: &str) -> String {
    request(turn(model, rest)).body
}

/// The body after its messages, which most tests are not about.
fn settings(model: &str, options: &str) -> String {
    let body = body(model, &format!(r#"{HI},"options":{options}"#));
    body.split_once("}],\"max_tokens\":").unwrap().1.trim_end_matches('}').to_owned()
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[test]
fn a_conversation_with_everything_in_it() {
    let rest = r#""systemPrompt":"Be brief.","messages":[
        {"role":"user","content":[{"type":"text","text":"look"},{"type":"image","data":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==","mimeType":"image/png"},
            {"type":"text","text":"  "}]},
        {"role":"assistant","provider":"anthropic","api":"anthropic-messages","model":"m","stopReason":"toolUse","content":[
            {"type":"thinking","thinking":"hm","thinkingSignature":"sig"},
            {"type":"thinking","thinking":"unsigned","thinkingSignature":""},
            {"type":"thinking","thinking":"[Reasoning redacted]","thinkingSignature":"blob","redacted":true},
            {"type":"text","text":""},
            {"type":"toolCall","id":"t1","name":"read","arguments":{"10":1,"path":"a b"}},
            {"type":"toolCall","id":"t2","name":"list"}]},
        {"role":"toolResult","toolCallId":"t1","toolName":"read","isError":false,"content":[{"type":"text","text":"one"},
            {"type":"text","text":"two"}]},
        {"role":"toolResult","toolCallId":"t2","toolName":"list","isError":true,"content":[
            {"type":"image","data":"R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7","mimeType":"image/gif"}]}],
        "tools":[{"name":"read","description":"Reads","parameters":{"type":"object","properties":{"path":{"type":"string"}},
            "required":["path"],"additionalProperties":false}},{"name":"list"}]"#;
    let mark = r#""cache_control":{"type":"ephemeral"}"#;
    let expected = [
        r#"{"model":"m","messages":["#,
        r#"{"role":"user","content":[{"type":"text","text":"look"},"#,
        r#"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="}}]},"#,
        r#"{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"sig"},"#,
        r#"{"type":"text","text":"unsigned"},{"type":"redacted_thinking","data":"blob"},"#,
        r#"{"type":"tool_use","id":"t1","name":"read","input":{"10":1,"path":"a b"}},"#,
        r#"{"type":"tool_use","id":"t2","name":"list","input":{}}]},"#,
        r#"{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"one\ntwo","is_error":false},"#,
        r#"{"type":"tool_result","tool_use_id":"t2","content":[{"type":"text","text":"(see attached image)"},"#,
        r#"{"type":"image","source":{"type":"base64","media_type":"image/gif","data":"R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"}}],"is_error":true,"#,
        mark,
        r#"}]}],"max_tokens":21333,"stream":true,"system":[{"type":"text","text":"Be brief.","#,
        mark,
        r#"}],"tools":[{"name":"read","description":"Reads","eager_input_streaming":true,"input_schema":{"type":"object","#,
        r#""properties":{"path":{"type":"string"}},"required":["path"]}},"#,
        r#"{"name":"list","eager_input_streaming":true,"input_schema":{"type":"object","properties":{},"required":[]},"#,
        mark,
        "}]}",
    ];
    assert_eq!(body(r#""id":"m""#, rest), expected.concat());
}

#[test]
fn a_foreign_history_is_made_legal() {
    let rest = r#""messages":[{"role":"user","content":"go"},
        {"role":"assistant","provider":"openai","api":"openai-responses","model":"gpt","stopReason":"toolUse","content":[
            {"type":"thinking","thinking":"plan","thinkingSignature":"{}"},
            {"type":"toolCall","id":"call|fc_\ud83d\ude00","name":"read","arguments":{},"thoughtSignature":"x"}]},
        {"role":"assistant","provider":"openai","api":"openai-responses","model":"gpt","stopReason":"aborted","content":[
            {"type":"text","text":"never sent"}]},
        {"role":"user","content":"again"}],"options":{"cacheRetention":"none"}"#;
    let expected = [
        r#"{"model":"m","messages":[{"role":"user","content":"go"},{"role":"assistant","content":["#,
        r#"{"type":"text","text":"plan"},{"type":"tool_use","id":"call_fc___","name":"read","input":{}}]},"#,
        r#"{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_fc___","content":"No result provided","#,
        r#""is_error":true}]},{"role":"user","content":"again"}],"max_tokens":21333,"stream":true}"#,
    ];
    assert_eq!(body(r#""id":"m""#, rest), expected.concat());
}

#[test]
fn images_are_left_out_for_a_model_that_cannot_see() {
    let rest = r#""messages":[{"role":"user","content":[{"type":"image","data":"A","mimeType":"image/png"},
        {"type":"image","data":"B","mimeType":"image/png"},{"type":"text","text":"what?"}]}],"options":{"cacheRetention":"none"}"#;
    let mut turn = turn(r#""id":"m""#, rest);
    turn.model.input = vec!["text".into()];
    let placeholder = r#"{"type":"text","text":"(image omitted: model does not support images)"},"#;
    assert!(request(turn).body.contains(&format!(r#"[{placeholder}{{"type":"text","text":"what?"}}]"#)));
}

#[test]
fn options_of_the_protocol() {
    let rows = [
        ("{}", "21333,\"stream\":true"),
        (r#"{"maxTokens":7,"temperature":null}"#, r#"7,"stream":true,"temperature":null"#),
        (r#"{"toolChoice":"any"}"#, r#"21333,"stream":true,"tool_choice":{"type":"any""#),
        (
            r#"{"toolChoice":{"type":"tool","name":"x"}}"#,
            r#"21333,"stream":true,"tool_choice":{"type":"tool","name":"x""#,
        ),
        (r#"{"metadata":{"user_id":"u","other":1}}"#, r#"21333,"stream":true,"metadata":{"user_id":"u""#),
        (
            r#"{"thinkingEnabled":true,"temperature":1}"#,
            r#"21333,"stream":true,"thinking":{"type":"enabled","budget_tokens":1024,"display":"summarized""#,
        ),
        (r#"{"thinkingEnabled":false}"#, r#"21333,"stream":true,"thinking":{"type":"disabled""#),
        (
            r#"{"thinkingEnabled":true,"thinkingBudgetTokens":99,"thinkingDisplay":"omitted"}"#,
            r#"21333,"stream":true,"thinking":{"type":"enabled","budget_tokens":99,"display":"omitted""#,
        ),
    ];
    for (options, expected) in rows {
        assert_eq!(settings(r#""id":"m","reasoning":true"#, options), expected, "{options}");
    }
    let adaptive =
        settings(r#""id":"claude-opus-4-6","reasoning":true"#, r#"{"thinkingEnabled":true,"effort":"max"}"#);
    let expected = r#"21333,"stream":true,"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"max""#;
    assert_eq!(adaptive, expected);
}

#[test]
fn simple_options_work_out_thinking_and_limits() {
    let model = r#""id":"m","reasoning":true"#;
    let rows = [
        (model, r#"{"simple":true}"#, r#"32000,"stream":true,"thinking":{"type":"disabled""#),
        (
            model,
            r#"{"simple":true,"reasoning":"high"}"#,
            r#"48384,"stream":true,"thinking":{"type":"enabled","budget_tokens":16384,"display":"summarized""#,
        ),
        (
            model,
            r#"{"simple":true,"reasoning":"low","maxTokens":500,"thinkingBudgets":{"low":64000}}"#,
            r#"64000,"stream":true,"thinking":{"type":"enabled","budget_tokens":62976,"display":"summarized""#,
        ),
        (
            r#""id":"claude-opus-4-7","reasoning":true,"thinkingLevelMap":{"xhigh":"xhigh"}"#,
            r#"{"simple":true,"reasoning":"xhigh","toolChoice":"any"}"#,
            r#"32000,"stream":true,"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"xhigh""#,
        ),
        (
            r#""id":"claude-sonnet-4.6","reasoning":true"#,
            r#"{"simple":true,"reasoning":"minimal"}"#,
            r#"32000,"stream":true,"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"low""#,
        ),
    ];
    for (model, options, expected) in rows {
        assert_eq!(settings(model, options), expected, "{options}");
    }
}

#[test]
fn the_cache_lives_an_hour_where_that_is_wanted_and_possible() {
    let long = |model: &str| body(model, &format!(r#"{HI},"options":{{"cacheRetention":"long"}}"#));
    assert!(long(r#""id":"m""#).contains(r#""cache_control":{"type":"ephemeral","ttl":"1h"}"#));
    let without = long(r#""id":"m","compat":{"supportsLongCacheRetention":false}"#);
    assert!(without.contains(r#""cache_control":{"type":"ephemeral"}"#));
    let by_env = body(r#""id":"m""#, &format!(r#"{HI},"env":{{"PI_CACHE_RETENTION":"long"}}"#));
    assert!(by_env.contains(r#""ttl":"1h""#));
}

#[test]
fn each_way_to_sign_in_has_its_headers() {
    let with = |provider: &str, key: &str, rest: &str| {
        let mut turn = turn(r#""id":"m""#, &format!(r#"{HI},"options":{{"apiKey":"{key}"}}{rest}"#));
        turn.model.provider = provider.into();
        request(turn)
    };
    let key = with("anthropic", "k", "");
    assert_eq!((header(&key, "x-api-key"), header(&key, "authorization")), (Some("k"), None));
    assert_eq!(header(&key, "anthropic-beta"), Some("interleaved-thinking-2025-05-14"));

    let oauth = with("anthropic", "sk-ant-oat-1", r#","systemPrompt":"mine","tools":[{"name":"bash"}]"#);
    assert_eq!(
        (header(&oauth, "x-api-key"), header(&oauth, "authorization")),
        (None, Some("Bearer sk-ant-oat-1"))
    );
    assert_eq!(
        header(&oauth, "anthropic-beta"),
        Some("claude-code-20250219,oauth-2025-04-20,interleaved-thinking-2025-05-14")
    );
    let identity =
        r#""system":[{"type":"text","text":"You are Claude Code, Anthropic's official CLI for Claude.","#;
    assert!(oauth.body.contains(identity) && oauth.body.contains(r#""name":"Bash""#));

    let copilot = with("github-copilot", "k", "");
    assert_eq!(header(&copilot, "authorization"), Some("Bearer k"));
    assert_eq!((header(&copilot, "x-initiator"), header(&copilot, "x-api-key")), (Some("user"), None));

    let gateway = with("cloudflare-ai-gateway", "k", "");
    assert_eq!(header(&gateway, "cf-aig-authorization"), Some("Bearer k"));
    assert_eq!((header(&gateway, "x-api-key"), header(&gateway, "authorization")), (None, None));

    let token = with("anthropic", "k", r#","env":{"ANTHROPIC_AUTH_TOKEN":"t"}"#);
    assert_eq!(header(&token, "authorization"), Some("Bearer t"));
}

#[test]
fn without_a_credential_nothing_is_sent() {
    let refused = request(turn(r#""id":"m""#, HI)).refused.unwrap();
    assert_eq!(refused.kind, FailureKind::InvalidRequest);
    assert!(refused.message.starts_with("Could not resolve authentication method."));
    let own =
        request(turn(r#""id":"m""#, &format!(r#"{HI},"options":{{"headers":{{"Authorization":"mine"}}}}"#)));
    assert_eq!(own.refused, None);
    let removed =
        request(turn(r#""id":"m""#, &format!(r#"{HI},"options":{{"headers":{{"X-Api-Key":null}}}}"#)));
    assert_eq!((removed.refused.is_none(), header(&removed, "x-api-key")), (true, None));
}

#[test]
fn placeholders_of_the_base_url_come_from_the_environment() {
    let gateway = |env: &str| {
        let mut turn = turn(r#""id":"m""#, &format!(r#"{HI},"env":{env},"options":{{"apiKey":"k"}}"#));
        turn.model.provider = "cloudflare-ai-gateway".into();
        turn.model.base_url = "https://gateway.test/{CLOUDFLARE_ACCOUNT_ID}/{x}/anthropic/".into();
        encode(turn)
    };
    let url = gateway(r#"{"CLOUDFLARE_ACCOUNT_ID":"acc"}"#).unwrap().url;
    assert_eq!(url, "https://gateway.test/acc/{x}/anthropic/v1/messages");
    let failure = gateway("{}").unwrap_err();
    assert_eq!(
        failure.message,
        "CLOUDFLARE_ACCOUNT_ID is required for provider cloudflare-ai-gateway but is not set."
    );
}

#[test]
fn rejections_show_the_body_as_javascript_would_write_it() {
    for (status, body, message) in [
        (400, r#"{ "error": {"type":"x", "n": 1.0} }"#, r#"400 {"error":{"type":"x","n":1}}"#),
        (400, r#"{"message":"top level"}"#, "400 top level"),
        (500, "[]", "500 []"),
        (500, "null", "500 null"),
        (500, "0", "500 0"),
        (403, "plain", "403 plain"),
        (413, "", "413 status code (no body)"),
    ] {
        assert_eq!(rejection(status, body).message, message, "{body}");
    }
}
