use super::turn;
use crate::ai::codec::bedrock::request::encode;
use crate::ai::image::PIXEL;

const HI: &str = r#""messages":[{"role":"user","content":"hi"}]"#;
const CLAUDE: &str = r#""id":"us.anthropic.claude-sonnet-4-5-20250929-v1:0""#;
const ADAPTIVE: &str =
    r#""id":"arn:aws:bedrock:eu-west-1:1:application-inference-profile/x","name":"Claude Opus 4.7""#;

fn payload(model: &str, rest: &str) -> String {
    encode(turn(model, rest)).unwrap().body
}

/// The payload after its messages, which most tests are not about.
fn settings(model: &str, options: &str) -> String {
    let payload = payload(model, &format!(r#"{HI},"options":{options}"#));
    payload.split_once("\"inferenceConfig\":").unwrap().1.strip_suffix('}').unwrap().to_owned()
}

#[test]
fn a_conversation_with_everything_in_it() {
    let rest = r#""systemPrompt":"Be brief.","messages":[
        {"role":"user","content":[{"type":"text","text":"look"},{"type":"image","data":"SPACED","mimeType":"image/png"}]},
        {"role":"assistant","provider":"amazon-bedrock","api":"bedrock-converse-stream","model":"anthropic.claude-4-x","content":[
            {"type":"thinking","thinking":"hm","thinkingSignature":"sig"},
            {"type":"thinking","thinking":"unsigned","thinkingSignature":""},
            {"type":"text","text":" "},
            {"type":"toolCall","id":"t1","name":"read","arguments":{"10":1,"path":"a b"}},
            {"type":"toolCall","id":"t2","name":"list","arguments":{}}]},
        {"role":"toolResult","toolCallId":"t1","toolName":"read","isError":false,"content":[{"type":"text","text":"one"}]},
        {"role":"toolResult","toolCallId":"t2","toolName":"list","isError":true,"content":[
            {"type":"image","data":"PIXEL","mimeType":"image/jpg"}]},
        {"role":"assistant","provider":"x","api":"y","model":"z","content":[{"type":"text","text":""}]}],
        "tools":[{"name":"read","description":"Reads","parameters":{"type":"object"}}],
        "options":{"toolChoice":{"type":"tool","name":"read"},"maxTokens":5,"temperature":0.5,"cacheRetention":"long",
            "own":{"requestMetadata":{"team":"a"}}}"#;
    let mark = r#"{"cachePoint":{"type":"default","ttl":"1h"}}"#;
    let expected = [
        r#"{"modelId":"anthropic.claude-4-x","messages":[{"role":"user","content":[{"text":"look"},"#,
        r#"{"image":{"source":{"bytes":"PIXEL"},"format":"png"}}]},{"role":"assistant","content":["#,
        r#"{"reasoningContent":{"reasoningText":{"text":"hm","signature":"sig"}}},{"text":"unsigned"},"#,
        r#"{"toolUse":{"toolUseId":"t1","name":"read","input":{"10":1,"path":"a b"}}},"#,
        r#"{"toolUse":{"toolUseId":"t2","name":"list","input":{}}}]},{"role":"user","content":["#,
        r#"{"toolResult":{"toolUseId":"t1","content":[{"text":"one"}],"status":"success"}},"#,
        r#"{"toolResult":{"toolUseId":"t2","content":[{"image":{"source":{"bytes":"PIXEL"},"format":"png"}}],"#,
        r#""status":"error"}},"#,
        mark,
        r#"]}],"system":[{"text":"Be brief."},"#,
        mark,
        r#"],"inferenceConfig":{"maxTokens":5,"temperature":0.5},"toolConfig":{"tools":[{"toolSpec":{"name":"read","#,
        r#""description":"Reads","inputSchema":{"json":{"type":"object"}}}}],"toolChoice":{"tool":{"name":"read"}}},"#,
        r#""requestMetadata":{"team":"a"}}"#,
    ];
    let (head, tail) = PIXEL.split_at(2);
    let rest = rest.replace("SPACED", &format!("{head} {tail}\\n")).replace("PIXEL", PIXEL);
    assert_eq!(payload(r#""id":"anthropic.claude-4-x""#, &rest), expected.concat().replace("PIXEL", PIXEL));
}

#[test]
fn only_claude_signs_its_thinking() {
    let rest = r#""messages":[{"role":"assistant","provider":"amazon-bedrock","api":"bedrock-converse-stream","model":"openai.gpt-oss",
        "content":[{"type":"thinking","thinking":"hm","thinkingSignature":"sig"}]}]"#;
    let payload = payload(r#""id":"openai.gpt-oss""#, rest);
    assert!(payload.contains(r#"{"reasoningContent":{"reasoningText":{"text":"hm"}}}"#), "{payload}");
}

#[test]
fn claude_thinks_within_a_budget_or_as_hard_as_it_is_told() {
    let beta = r#""anthropic_beta":["interleaved-thinking-2025-05-14"]"#;
    let enabled = |budget: u32| {
        let thinking = format!(r#"{{"type":"enabled","budget_tokens":{budget},"display":"summarized"}}"#);
        format!(r#","additionalModelRequestFields":{{"thinking":{thinking},{beta}}}"#)
    };
    let adaptive = |effort: &str| {
        let thinking = r#"{"type":"adaptive","display":"summarized"}"#;
        let effort = format!(r#"{{"effort":"{effort}"}}"#);
        format!(r#","additionalModelRequestFields":{{"thinking":{thinking},"output_config":{effort}}}"#)
    };
    for (model, options, expected) in [
        (CLAUDE, r#"{"simple":true}"#, r#"{"maxTokens":32000}"#.to_owned()),
        (CLAUDE, r#"{"simple":true,"reasoning":"off"}"#, r#"{"maxTokens":32000}"#.to_owned()),
        (
            CLAUDE,
            r#"{"simple":true,"reasoning":"high"}"#,
            format!(r#"{{"maxTokens":48384}}{}"#, enabled(16384)),
        ),
        (CLAUDE, r#"{"own":{"reasoning":"xhigh"}}"#, format!("{{}}{}", enabled(16384))),
        (CLAUDE, r#"{"own":{"reasoning":"low","thinkingBudgets":{"low":7}}}"#, format!("{{}}{}", enabled(7))),
        (ADAPTIVE, r#"{"simple":true,"reasoning":"xhigh"}"#, {
            format!(r#"{{"maxTokens":32000}}{}"#, adaptive("xhigh"))
        }),
        (ADAPTIVE, r#"{"own":{"reasoning":"minimal"}}"#, format!("{{}}{}", adaptive("low"))),
        (r#""id":"amazon.nova""#, r#"{"own":{"reasoning":"high"}}"#, "{}".to_owned()),
    ] {
        assert_eq!(settings(model, options), expected, "{options}");
    }
    let in_govcloud = settings(CLAUDE, r#"{"own":{"reasoning":"low","region":"us-gov-west-1"}}"#);
    assert!(!in_govcloud.contains("display"), "{in_govcloud}");
}

#[test]
fn the_prompt_is_marked_where_marks_are_known() {
    let marks =
        |model: &str, rest: &str| payload(model, &format!("{HI},{rest}")).matches("cachePoint").count();
    assert_eq!(marks(CLAUDE, r#""systemPrompt":"s""#), 2);
    assert_eq!(marks(CLAUDE, r#""options":{"cacheRetention":"none"}"#), 0);
    assert_eq!(marks(r#""id":"anthropic.claude-3-5-sonnet""#, r#""systemPrompt":"s""#), 0);
    assert_eq!(marks(r#""id":"arn:x","name":"Claude Haiku 4.5""#, r#""systemPrompt":"s""#), 2);
    assert_eq!(marks(r#""id":"arn:x""#, r#""env":{"AWS_BEDROCK_FORCE_CACHE":"1"}"#), 1);
}

#[test]
fn what_cannot_be_sent_is_refused_in_words_that_hosts_know() {
    let refused = |block: &str| {
        let rest = format!(r#""messages":[{{"role":"user","content":[{block}]}}]"#);
        encode(turn(CLAUDE, &rest)).unwrap_err().message
    };
    assert_eq!(refused(r#"{"type":"audio"}"#), "Unknown user content type");
}

#[test]
fn what_says_nothing_is_left_out() {
    let rest = r#""messages":[{"role":"user","content":" "},{"role":"user","content":[{"type":"text","text":""}]},
        {"role":"unheard-of"},{"role":"user","content":[{"type":"text","text":"\n"},{"type":"text","text":"hi"}]}]"#;
    let payload = payload(r#""id":"amazon.nova""#, rest);
    assert!(payload.contains(r#""messages":[{"role":"user","content":[{"text":"hi"}]}]"#), "{payload}");
}

#[test]
fn the_user_begins_and_the_roles_alternate() {
    let rest = r#""messages":[
        {"role":"assistant","provider":"x","api":"y","model":"z","content":[{"type":"toolCall","id":"t1","name":"ls","arguments":{}}]},
        {"role":"toolResult","toolCallId":"t1","toolName":"ls","isError":false,"content":[{"type":"text","text":"one"}]},
        {"role":"user","content":"go on"},{"role":"user","content":"please"}]"#;
    let payload = payload(r#""id":"amazon.nova""#, rest);
    let expected = concat!(
        r#""messages":[{"role":"user","content":[{"text":"(continued)"}]},"#,
        r#"{"role":"assistant","content":[{"toolUse":{"toolUseId":"t1","name":"ls","input":{}}}]},"#,
        r#"{"role":"user","content":[{"toolResult":{"toolUseId":"t1","content":[{"text":"one"}],"status":"success"}},"#,
        r#"{"text":"go on"},{"text":"please"}]}]"#,
    );
    assert!(payload.contains(expected), "{payload}");
}
