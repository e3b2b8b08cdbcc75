use super::turn;
use crate::ai::codec::anthropic::decode::Decoder;
use crate::ai::codec::replay::{Lines, golden_usage, readings, replay};
use crate::ai::codec::{Decoder as _, End};

fn decoder() -> Decoder {
    Decoder::new(&turn(r#""id":"claude-test""#, r#""messages":[]"#))
}

#[test]
fn fixtures_read_the_same_however_they_are_cut() {
    for (name, reading) in readings("anthropic-messages", decoder) {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, reading);
        });
    }
}

#[test]
fn an_aborted_answer_fails_as_it_stands() {
    let half = b"event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\"}}\n\n";
    let reading = replay(decoder(), [&half[..]], End::Aborted);
    assert!(reading.ends_with(
        "=> {\"kind\":\"aborted\",\"message\":\"This operation was aborted\",\"retryable\":false}\n"
    ));
}

#[test]
fn data_that_cannot_be_read_is_shown_with_its_lines() {
    let bytes = b": note\nevent: message_start\ndata: {oops\n\n";
    let failure = decoder().push(bytes, &mut Lines::default()).unwrap_err();
    let (text, json) = (failure.message, failure.json);
    assert_eq!(
        text,
        "Could not parse Anthropic SSE event message_start: {json}; data={oops; \
         raw=: note\\nevent: message_start\\ndata: {oops"
    );
    assert_eq!(json.as_deref(), Some("{oops"));
}

#[test]
fn the_end_of_the_message_completes_the_answer_before_the_connection_closes() {
    let mut decoder = decoder();
    let mut lines = Lines::default();
    decoder.push(b"event: message_start\ndata: {\"type\":\"message_start\"}\n\n", &mut lines).unwrap();
    assert!(!decoder.is_complete());
    decoder.push(b"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", &mut lines).unwrap();
    assert!(decoder.is_complete());
}

#[test]
fn under_a_subscription_tools_come_back_by_the_hosts_names() {
    let rest = r#""tools":[{"name":"todowrite"},{"name":"mine"}],"options":{"apiKey":"sk-ant-oat01-x"}"#;
    let decoder = Decoder::new(&turn(r#""id":"claude-test""#, rest));
    let open = |name| {
        let block = format!(r#""content_block":{{"type":"tool_use","id":"t","name":"{name}"}}"#);
        format!(
            "event: content_block_start\ndata: {{\"type\":\"content_block_start\",\"index\":0,{block}}}\n\n"
        )
    };
    let bytes = open("TodoWrite") + &open("Mine") + &open("Other");
    let reading = replay(decoder, [bytes.as_bytes()], End::Closed);
    for name in ["name=\"todowrite\"", "name=\"mine\"", "name=\"Other\""] {
        assert!(reading.contains(name), "{reading}");
    }
}

#[test]
fn usage_is_counted_and_priced_as_it_is_billed() {
    golden_usage("anthropic-messages", |at, usage| match at {
        0 => format!(
            "event: message_start\ndata: {{\"type\":\"message_start\",\"message\":{{\"usage\":{usage}}}}}\n\n"
        ),
        _ => format!(
            "event: message_delta\ndata: {{\"type\":\"message_delta\",\"delta\":{{}},\"usage\":{usage}}}\n\n"
        ),
    });
}
