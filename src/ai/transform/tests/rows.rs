use serde_json::{Value, json};

use super::histories::wire;
use crate::ai::image::PIXEL;
use crate::ai::message::{Assistant, Block, Content, Message};
use crate::ai::{Model, Turn, transform};

fn target() -> Value {
    json!({"api": "anthropic-messages", "provider": "anthropic", "id": "claude", "input": ["text", "image"]})
}

/// An answer of the target's own that calls `read` with each id.
fn calls(ids: &[&str]) -> Value {
    let content = ids.iter().map(|id| json!({"type": "toolCall", "id": id, "name": "read", "arguments": {}}));
    json!({"role": "assistant", "api": "anthropic-messages", "provider": "anthropic", "model": "claude",
        "stopReason": "toolUse", "content": content.collect::<Vec<_>>()})
}

fn foreign(ids: &[&str]) -> Value {
    let mut answer = calls(ids);
    answer["model"] = json!("another");
    answer
}

fn result(id: &str, text: &str) -> Value {
    json!({"role": "toolResult", "toolCallId": id, "toolName": "read", "isError": false,
        "content": [{"type": "text", "text": text}]})
}

fn user(text: &str) -> Value {
    json!({"role": "user", "content": text})
}

/// Letters, digits, `_` and `-`, up to 20.
fn short(id: &str, _: &Assistant) -> String {
    let known = |c| if char::is_ascii_alphanumeric(&c) || c == '-' { c } else { '_' };
    id.chars().map(known).take(20).collect()
}

fn legal(model: &Value, messages: &Value) -> Vec<Message> {
    let turn = json!({"model": model, "messages": messages});
    let turn = Turn::from_json(&wire(&turn)).unwrap();
    transform(turn.messages, &turn.model, short)
}

/// One line a message.
fn lines(messages: &Value) -> Vec<String> {
    legal(&target(), messages).iter().map(line).collect()
}

fn line(message: &Message) -> String {
    match message {
        Message::User(Content::Text(text)) => format!("user {}", &**text),
        Message::User(Content::Blocks(blocks)) => format!("user {}", blocks_line(blocks)),
        Message::Assistant(answer) => format!("answer {}", blocks_line(&answer.content)),
        Message::ToolResult(result) => {
            let failed = if result.is_error == Some(true) { "error" } else { "result" };
            format!("{failed} {} {}", &*result.call_id, blocks_line(&result.content))
        }
        Message::Other => "other".to_owned(),
    }
}

fn blocks_line(blocks: &[Block]) -> String {
    let block = |block: &Block| match block {
        Block::Text(text) => text.to_string(),
        Block::ToolCall(call) => call.id.to_string(),
        Block::Image { data, mime_type } => format!("[{} {}]", &**mime_type, data.len()),
        other => format!("{other:?}"),
    };
    blocks.iter().map(block).collect::<Vec<_>>().join(", ")
}

#[test]
fn d10a_results_of_an_aborted_answer_are_left_out_with_it() {
    for reason in ["aborted", "error"] {
        let mut aborted = calls(&["a", "b"]);
        aborted["stopReason"] = json!(reason);
        let messages = json!([user("go"), aborted, result("a", "one"), user("again")]);
        assert_eq!(lines(&messages), ["user go", "user again"]);
        // Nor do they pass for results of another call with that id.
        let messages = json!([calls(&["a"]), aborted, result("a", "one"), user("again")]);
        assert_eq!(lines(&messages), ["answer a", "error a No result provided", "user again"]);
    }
}

#[test]
fn d10b_a_message_between_call_and_result_comes_after_the_result() {
    let messages =
        json!([calls(&["a", "b"]), result("a", "one"), user("wait"), result("b", "two"), user("so?")]);
    assert_eq!(lines(&messages), ["answer a, b", "result a one", "result b two", "user wait", "user so?"]);
}

#[test]
fn d11_ids_that_become_equal_are_made_distinct() {
    let (one, two) = (format!("{}1", "p".repeat(30)), format!("{}2", "p".repeat(30)));
    let messages = json!([
        foreign(&[&one]),
        result(&one, "one"),
        foreign(&[&two, &one]),
        result(&one, "three"),
        result(&two, "two")
    ]);
    let plain = "p".repeat(20);
    let lines = lines(&messages);
    let sent: Vec<_> = lines[2].strip_prefix("answer ").unwrap().split(", ").collect();
    assert_eq!(lines[..2], [format!("answer {plain}"), format!("result {plain} one")]);
    assert!(sent.iter().all(|id| id.len() == 20 && id.starts_with("ppppppppppp") && **id != plain));
    assert_ne!(sent[0], sent[1]);
    assert_eq!(lines[3..], [format!("result {} two", sent[0]), format!("result {} three", sent[1])]);
}

#[test]
fn d11_hashes_never_change() {
    let long = "p".repeat(30);
    let messages = json!([calls(&["a", "a", ""]), foreign(&[&format!("{long}1"), &format!("{long}2")])]);
    let lines = lines(&messages);
    assert_eq!(lines[0], "answer a, grzttxpee, hl7y1q3tx");
    assert_eq!(lines[4], "answer pppppppppppppppppppp, ppppppppppplm089ocyo");
}

#[test]
fn p8_every_call_has_one_result_in_the_order_of_the_calls() {
    let cases = [
        // The real result wins, however late; the first of two.
        (
            json!([
                calls(&["a"]),
                user("x"),
                calls(&["b"]),
                result("a", "one"),
                result("b", "two"),
                result("a", "no")
            ]),
            vec!["answer a", "result a one", "user x", "answer b", "result b two"],
        ),
        (
            json!([calls(&["a", "b", "c"]), result("c", "three"), result("a", "one")]),
            vec!["answer a, b, c", "result a one", "error b No result provided", "result c three"],
        ),
        // Results before their call, or of no call.
        (
            json!([result("a", "early"), calls(&["a"]), result("x", "no"), user("so?")]),
            vec!["answer a", "error a No result provided", "user so?"],
        ),
        // Providers that number the calls of each answer.
        (
            json!([calls(&["0"]), result("0", "one"), user("x"), calls(&["0"]), result("0", "two")]),
            vec!["answer 0", "result 0 one", "user x", "answer fontqze2y", "result fontqze2y two"],
        ),
        (
            json!([calls(&["0", "0"]), result("0", "one"), result("0", "two")]),
            vec!["answer 0, fontqze2y", "result 0 one", "result fontqze2y two"],
        ),
    ];
    for (messages, expected) in cases {
        assert_eq!(lines(&messages), expected, "{messages}");
    }
}

#[test]
fn p9_foreign_thinking_becomes_text_and_foreign_signatures_go() {
    let mut answer = calls(&["a"]);
    answer["content"][0]["thoughtSignature"] = json!("sig");
    let thoughts = json!([{"type": "thinking", "thinking": "hm", "thinkingSignature": "sig"},
        {"type": "thinking", "thinking": "hidden", "thinkingSignature": "blob", "redacted": true},
        {"type": "thinking", "thinking": " "}]);
    let content = answer["content"].as_array_mut().unwrap();
    content.extend(thoughts.as_array().unwrap().clone());
    let thinking = |message: &Message| format!("{message:?}").matches("Thinking {").count();
    let signed = |message: &Message| format!("{message:?}").contains("thought_signature: Some");
    let own = legal(&target(), &json!([answer.clone()]));
    assert_eq!((thinking(&own[0]), signed(&own[0])), (2, true));
    answer["model"] = json!("another");
    let other = legal(&target(), &json!([answer]));
    assert_eq!((line(&other[0]).as_str(), signed(&other[0])), ("answer a, hm", false));
}

#[test]
fn p10_own_ids_are_only_touched_when_they_are_illegal() {
    let long = "x".repeat(25);
    let messages = json!([calls(&["toolu_1", "a.b", &long]), result("a.b", "two"), result("toolu_1", "one")]);
    let cut = "x".repeat(20);
    let expected = [
        format!("answer toolu_1, a_b, {cut}"),
        "result toolu_1 one".to_owned(),
        "result a_b two".to_owned(),
        format!("error {cut} No result provided"),
    ];
    assert_eq!(lines(&messages), expected);
}

#[test]
fn p10_a_provider_may_put_what_it_likes_behind_the_bar() {
    let mut model = target();
    model["api"] = json!("openai-responses");
    let encrypted = format!("call_1|{}+/=", "x".repeat(400));
    let mut answer = calls(&[&encrypted, "call_1|fc_1", "call_2|fc_1"]);
    answer["api"] = json!("openai-responses");
    let turn = json!({"model": model, "messages": [answer]});
    let turn = Turn::from_json(&turn.to_string()).unwrap();
    let messages = transform(turn.messages, &turn.model, short);
    let ids = line(&messages[0]);
    let ids: Vec<_> = ids.strip_prefix("answer ").unwrap().split(", ").collect();
    assert_eq!(ids[0], encrypted);
    let (call, item) = ids[1].split_once('|').unwrap();
    assert!(call != "call_1" && item == "fc_1", "{ids:?}");
    let (call, item) = ids[2].split_once('|').unwrap();
    assert!(call == "call_2" && item.starts_with("fc_") && item != "fc_1", "{ids:?}");
}

#[test]
fn p20_no_lone_surrogate_gets_through() {
    let mut answer = calls(&["a\u{E000}"]);
    answer["content"][0]["arguments"] = json!({"k\u{E000}": ["\u{E001}v", {"\u{E000}": "\u{1F600}"}]});
    let messages = json!([user("\u{E000}hi"), answer, result("a\u{E000}", "\u{E001}")]);
    let legal = legal(&target(), &messages);
    assert_eq!(legal.iter().map(line).collect::<Vec<_>>(), ["user hi", "answer a", "result a "]);
    let Message::Assistant(answer) = &legal[1] else { panic!() };
    let Block::ToolCall(call) = &answer.content[0] else { panic!() };
    assert_eq!(call.arguments.as_ref().unwrap().get(), "{\"k\":[\"v\",{\"\":\"\u{1F600}\"}]}");
}

#[test]
fn arguments_are_objects() {
    let cases = [
        (json!({"a": 1}), r#"{"a":1}"#),
        (json!("{\"a\": 1}"), r#"{"a": 1}"#),
        (json!(null), "{}"),
        (json!([1]), r#"{"value":[1]}"#),
        (json!("text"), r#"{"value":"text"}"#),
    ];
    for (given, expected) in cases {
        let mut answer = calls(&["a"]);
        answer["content"][0]["arguments"] = given;
        let legal = legal(&target(), &json!([answer]));
        let Message::Assistant(answer) = &legal[0] else { panic!() };
        let Block::ToolCall(call) = &answer.content[0] else { panic!() };
        assert_eq!(call.arguments.as_ref().unwrap().get(), expected);
    }
}

fn image(mime_type: &str, data: &str) -> Value {
    json!({"type": "image", "mimeType": mime_type, "data": data})
}

#[test]
fn p5_images_that_no_model_reads_become_notes() {
    let bad = [image("image/png", "AAAA"), image("image/svg+xml", "PHN2Zy8+"), image("image/png", "?")];
    let blocks = json!([image("image/jpeg", PIXEL), bad[0], bad[1], bad[2], {"type": "text", "text": "x"}]);
    let messages = json!([{"role": "user", "content": blocks}]);
    let note = "(image omitted: not an image that the model can read)";
    assert_eq!(lines(&messages), [format!("user [image/png {}], {note}, x", PIXEL.len())]);
}

#[test]
fn p5_the_oldest_images_make_way_many_at_a_time() {
    let shown = |count: usize| {
        let message = json!({"role": "user", "content": [image("image/png", PIXEL)]});
        let model: Model = serde_json::from_value(target()).unwrap();
        let turn = json!({"model": target(), "messages": vec![message; count]}).to_string();
        let messages = transform(Turn::from_json(&turn).unwrap().messages, &model, short);
        messages.iter().position(|message| line(message).starts_with("user [image")).unwrap()
    };
    assert_eq!([shown(100), shown(101), shown(120), shown(121)], [0, 20, 20, 40]);
}

#[test]
fn images_are_left_out_for_a_model_that_cannot_see() {
    let mut model = target();
    model["input"] = json!(["text"]);
    let mut tool = result("a", "x");
    tool["content"] = json!([image("image/png", "A"), image("image/png", "B"), image("video/mp4", "C")]);
    let messages = legal(&model, &json!([calls(&["a"]), tool, {"role": "user", "content": [image("", "")]}]));
    let lines: Vec<_> = messages[1..].iter().map(line).collect();
    let notes = [
        "result a (tool image omitted: model does not support images)",
        "user (image omitted: model does not support images)",
    ];
    assert_eq!(lines, notes);
}
