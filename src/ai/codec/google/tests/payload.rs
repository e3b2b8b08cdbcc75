use super::{HI, turn};
use crate::ai::codec::Codec as _;
use crate::ai::codec::google::Service;
use crate::ai::image::PIXEL;

fn payload(model: &str, rest: &str) -> String {
    Service::Gemini.encode(turn(model, rest)).unwrap().body
}

/// The contents of the payload for a conversation.
fn contents(model: &str, messages: &str) -> String {
    let payload = payload(model, &format!(r#""messages":[{messages}]"#));
    let rest = payload.split_once(r#""contents":"#).unwrap().1;
    rest.split_once(r#","config""#).unwrap().0.to_owned()
}

/// The config of the payload for options of `service`.
fn config(service: Service, model: &str, options: &str) -> String {
    let rest = format!(r#"{HI},"options":{{"apiKey":"k",{options}}}"#);
    let payload = service.encode(turn(model, &rest)).unwrap().body;
    payload.split_once(r#""config":"#).unwrap().1.strip_suffix('}').unwrap().to_owned()
}

#[test]
fn a_conversation_with_everything_in_it() {
    let rest = &r#""systemPrompt":"Be brief.","messages":[
        {"role":"user","content":[{"type":"text","text":"look"},{"type":"image","data":"PIXEL","mimeType":"image/png"}]},
        {"role":"assistant","provider":"google","api":"google-generative-ai","model":"gemini-3-pro","stopReason":"toolUse","content":[
            {"type":"thinking","thinking":"hm","thinkingSignature":"AVSoXO4="},{"type":"thinking","thinking":" "},
            {"type":"text","text":"so","textSignature":"AAAA"},
            {"type":"toolCall","id":"t1","name":"read","arguments":{"10":1,"path":"a b"},"thoughtSignature":"AVSo"},
            {"type":"toolCall","id":"t2","name":"list"}]},
        {"role":"toolResult","toolCallId":"t1","toolName":"read","isError":false,"content":[{"type":"text","text":"one"},
            {"type":"text","text":"two"}]},
        {"role":"toolResult","toolCallId":"t2","toolName":"list","isError":true,"content":[
            {"type":"image","data":"PIXEL","mimeType":"image/png"}]}],
        "tools":[{"name":"read","description":"Reads","parameters":{"type":"object","properties":{"path":{"type":"string"}},
            "required":["path"]}},{"name":"list"}],
        "options":{"temperature":0.5,"maxTokens":100,"toolChoice":"any"}"#
        .replace("PIXEL", PIXEL);
    let expected = [
        r#"{"model":"gemini-3-pro","contents":["#,
        r#"{"role":"user","parts":[{"text":"look"},{"inlineData":{"mimeType":"image/png","data":"PIXEL"}}]},"#,
        r#"{"role":"model","parts":[{"thought":true,"text":"hm","thoughtSignature":"AVSoXO4="},"#,
        r#"{"text":"so","thoughtSignature":"AAAA"},"#,
        r#"{"functionCall":{"name":"read","args":{"10":1,"path":"a b"}},"thoughtSignature":"AVSo"},"#,
        r#"{"functionCall":{"name":"list","args":{}}}]},"#,
        r#"{"role":"user","parts":[{"functionResponse":{"name":"read","response":{"output":"one\ntwo"}}},"#,
        r#"{"functionResponse":{"name":"list","response":{"error":"(see attached image)"},"#,
        r#""parts":[{"inlineData":{"mimeType":"image/png","data":"PIXEL"}}]}}]}],"#,
        r#""config":{"temperature":0.5,"maxOutputTokens":100,"systemInstruction":"Be brief.","#,
        r#""tools":[{"functionDeclarations":[{"name":"read","description":"Reads","parametersJsonSchema":"#,
        r#"{"type":"object","properties":{"path":{"type":"string"}},
            "required":["path"]}},{"name":"list"}]}],"#,
        r#""toolConfig":{"functionCallingConfig":{"mode":"ANY"}}}}"#,
    ];
    assert_eq!(payload(r#""id":"gemini-3-pro""#, rest), expected.concat().replace("PIXEL", PIXEL));
}

#[test]
fn a_foreign_history_loses_its_thinking_and_signatures_but_nothing_said() {
    let answer = |provider: &str, model: &str| {
        format!(
            r#"{{"role":"user","content":"hi"}},
            {{"role":"assistant","provider":"{provider}","api":"google-generative-ai","model":"{model}","content":[
            {{"type":"thinking","thinking":"hm","thinkingSignature":"AAAA"}},
            {{"type":"text","text":"so","textSignature":"AAAA"}}]}}"#
        )
    };
    let contents = contents(r#""id":"gemini-2.5-pro""#, &answer("google", "gemini-2.5-flash"));
    assert!(contents.ends_with(r#"{"role":"model","parts":[{"text":"hm"},{"text":"so"}]}]"#), "{contents}");
}

#[test]
fn only_signatures_in_base64_are_sent_back() {
    for (signature, sent) in [
        ("AVSoXO4=", true),
        ("AVSoXA==", true),
        ("msg_0123", false),
        (r#"{\"v\":1,\"id\":\"msg_1\"}"#, false),
        ("AVSoX", false),
        ("A===", false),
        ("====", false),
        ("", false),
    ] {
        let answer = format!(
            r#"{{"role":"user","content":"hi"}},{{"role":"assistant","provider":"google","api":"google-generative-ai","model":"m",
            "content":[{{"type":"text","text":"a","textSignature":"{signature}"}}]}}"#
        );
        let contents = contents(r#""id":"m""#, &answer);
        assert_eq!(contents.contains("thoughtSignature"), sent, "{signature}");
    }
}

#[test]
fn call_ids_are_sent_where_they_are_wanted_in_letters_that_are_taken() {
    let history = r#"{"role":"user","content":"hi"},
        {"role":"assistant","provider":"google","api":"google-generative-ai","model":"claude-x","content":[
            {"type":"toolCall","id":"functions.read:0","name":"read","arguments":{}}]},
        {"role":"toolResult","toolCallId":"functions.read:0","toolName":"read","content":[]},
        {"role":"assistant","provider":"openai","api":"openai-responses","model":"gpt","content":[
            {"type":"toolCall","id":"call_1|fc/2","name":"read","arguments":{}}]},
        {"role":"toolResult","toolCallId":"call_1|fc/2","toolName":"read","content":[]}"#;
    let sent = contents(r#""id":"claude-x""#, history);
    for (id, times) in [(r#""id":"functions_read_0""#, 2), (r#""id":"call_1_fc_2""#, 2)] {
        assert_eq!(sent.matches(id).count(), times, "{sent}");
    }
    assert!(!contents(r#""id":"gemini-2.5-pro""#, history).contains(r#""id""#));
}

#[test]
fn before_gemini_3_images_of_results_follow_all_results_in_a_turn_of_their_own() {
    let image = |id: &str| {
        format!(
            r#"{{"role":"toolResult","toolCallId":"{id}","toolName":"shot","content":[
            {{"type":"image","data":"{PIXEL}","mimeType":"image/png"}}]}}"#
        )
    };
    let call = |id: &str| format!(r#"{{"type":"toolCall","id":"{id}","name":"shot","arguments":{{}}}}"#);
    let history = format!(
        r#"{{"role":"user","content":"hi"}},{{"role":"assistant","content":[{},{}]}},{},{}"#,
        call("AAAA"),
        call("BBBB"),
        image("AAAA"),
        image("BBBB")
    );
    let result = r#"{"functionResponse":{"name":"shot","response":{"output":"(see attached image)"}}}"#;
    let shot = format!(r#"{{"inlineData":{{"mimeType":"image/png","data":"{PIXEL}"}}}}"#);
    let expected = format!(
        r#"{{"role":"user","parts":[{result},{result}]}},{{"role":"user","parts":[{{"text":"Tool result image:"}},{shot},{shot}]}}]"#
    );
    let sent = contents(r#""id":"gemini-2.5-flash""#, &history);
    assert!(sent.ends_with(&expected), "{sent}");
}

#[test]
fn turns_are_in_an_order_that_gemini_takes() {
    let say = |text: &str| format!(r#"{{"role":"assistant","content":[{{"type":"text","text":"{text}"}}]}}"#);
    let history = format!("{},{},{}", say("one"), say("two"), r#"{"role":"user","content":"three"}"#);
    assert_eq!(
        contents(r#""id":"m""#, &history),
        r#"[{"role":"user","parts":[{"text":"(continued)"}]},{"role":"model","parts":[{"text":"one"},{"text":"two"}]},{"role":"user","parts":[{"text":"three"}]}]"#
    );
}

#[test]
fn thinking_is_asked_for_as_the_family_wants_it() {
    use Service::{Gemini, Vertex};
    let full = |thinking: &str| format!(r#""thinking":{thinking}"#);
    for (service, id, options, expected) in [
        (Gemini, "gemini-2.5-pro", full(r#"{"enabled":true}"#), r#"{"includeThoughts":true}"#),
        (
            Gemini,
            "gemini-2.5-pro",
            full(r#"{"enabled":true,"budgetTokens":7}"#),
            r#"{"includeThoughts":true,"thinkingBudget":7}"#,
        ),
        (Gemini, "gemini-2.5-pro", full(r#"{"enabled":false}"#), r#"{"thinkingBudget":0}"#),
        (Gemini, "gemini-3-pro-preview", full(r#"{"enabled":false}"#), r#"{"thinkingLevel":"LOW"}"#),
        (Gemini, "gemini-3.1-flash", full(r#"{"enabled":false}"#), r#"{"thinkingLevel":"MINIMAL"}"#),
        (Gemini, "gemma-4-31b", full("{}"), r#"{"thinkingLevel":"MINIMAL"}"#),
        (Vertex, "gemma-4-31b", full("{}"), r#"{"thinkingBudget":0}"#),
        (
            Gemini,
            "m",
            full(r#"{"enabled":true,"level":"ODD","budgetTokens":7}"#),
            r#"{"includeThoughts":true,"thinkingLevel":"ODD"}"#,
        ),
        (Vertex, "m", full(r#"{"enabled":true,"level":"ODD"}"#), r#"{"includeThoughts":true}"#),
    ] {
        let config = config(service, &format!(r#""id":"{id}""#), &format!(r#""own":{{{options}}}"#));
        assert_eq!(config, format!(r#"{{"thinkingConfig":{expected}}}"#), "{id} {options}");
    }
}

#[test]
fn levels_become_budgets_or_googles_levels() {
    use Service::{Gemini, Vertex};
    for (service, id, options, expected) in [
        (Gemini, "gemini-2.5-pro", r#""reasoning":"high""#, r#""thinkingBudget":32768"#),
        (Gemini, "gemini-2.5-flash-lite", r#""reasoning":"minimal""#, r#""thinkingBudget":512"#),
        (Vertex, "gemini-2.5-flash-lite", r#""reasoning":"minimal""#, r#""thinkingBudget":128"#),
        (Gemini, "gemini-2.0", r#""reasoning":"low""#, r#""thinkingBudget":-1"#),
        (
            Gemini,
            "gemini-2.5-pro",
            r#""reasoning":"low","thinkingBudgets":{"low":99}"#,
            r#""thinkingBudget":99"#,
        ),
        (Gemini, "gemini-3-pro", r#""reasoning":"medium""#, r#""thinkingLevel":"HIGH""#),
        (Gemini, "gemini-3-flash", r#""reasoning":"medium""#, r#""thinkingLevel":"MEDIUM""#),
        (Gemini, "gemma-4", r#""reasoning":"low""#, r#""thinkingLevel":"MINIMAL""#),
        (Gemini, "gemini-3-flash", r#""reasoning":"xhigh""#, r#""thinkingLevel":"HIGH""#),
    ] {
        let config = config(service, &format!(r#""id":"{id}""#), &format!(r#""simple":true,{options}"#));
        let expected =
            format!(r#"{{"maxOutputTokens":32000,"thinkingConfig":{{"includeThoughts":true,{expected}}}}}"#);
        assert_eq!(config, expected, "{id} {options}");
    }
    let off = config(Gemini, r#""id":"gemini-2.5-pro""#, r#""simple":true,"toolChoice":"any""#);
    assert_eq!(off, r#"{"maxOutputTokens":32000,"thinkingConfig":{"thinkingBudget":0}}"#);
}
