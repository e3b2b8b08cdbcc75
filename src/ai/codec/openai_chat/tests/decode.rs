use crate::ai::codec::openai_chat::decode::Decoder;
use crate::ai::codec::replay::{Lines, golden_usage, readings, replay};
use crate::ai::codec::{Decoder as _, End};
use crate::ai::{FailureKind, Turn};

fn decoder() -> Decoder {
    let model = r#"{"model":{"id":"test-model","api":"openai-completions",
        "cost":{"input":3,"output":15,"cacheRead":0.3,"cacheWrite":3.75}}}"#;
    Decoder::new(&serde_json::from_str::<Turn>(model).unwrap())
}

#[test]
fn fixtures_read_the_same_however_they_are_cut() {
    for (name, reading) in readings("openai-completions", decoder) {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, reading);
        });
    }
}

#[test]
fn an_aborted_answer_is_closed_and_then_fails() {
    let half = br#"data: {"choices":[{"delta":{"content":"Half","tool_calls":[{"index":0,"id":"a"}]}}]}

data: {"choices"#;
    insta::assert_snapshot!(replay(decoder(), [&half[..]], End::Aborted), @r#"
    open 0 Text
      0 + "Half"
    open 1 wire=0 call id="a" name=""
      1 + ""
    close 0
    close 1
    => {"kind":"aborted","message":"Request was aborted","retryable":false}
    "#);
}

#[test]
fn done_completes_the_answer_before_the_connection_closes() {
    let mut decoder = decoder();
    let mut lines = Lines::default();
    decoder.push(b"data: {}\n\n", &mut lines).unwrap();
    assert!(!decoder.is_complete());
    decoder.push(b"data: [DONE]\n\n", &mut lines).unwrap();
    assert!(decoder.is_complete());
}

/// P14 of the field notes: Pi takes a stream that just stops for a finished answer.
#[test]
fn p14_a_stream_that_just_stops_is_truncated() {
    for bytes in [&b""[..], b"data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n"] {
        let mut decoder = decoder();
        decoder.push(bytes, &mut Lines::default()).unwrap();
        let failure = decoder.finish(End::Closed, &mut Lines::default()).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Truncated);
        assert_eq!(failure.message, "Stream ended without finish_reason");
        assert!(failure.retryable);
    }
}

#[test]
fn usage_is_counted_and_priced_as_it_is_billed() {
    golden_usage("openai-completions", |_, usage| format!("data: {{\"choices\":[],\"usage\":{usage}}}\n\n"));
}
