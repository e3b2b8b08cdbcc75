use crate::ai::codec::mistral::decode::Decoder;
use crate::ai::codec::replay::{readings, replay};
use crate::ai::codec::{Decoder as _, End};
use crate::ai::{FailureKind, Turn};

fn decoder() -> Decoder {
    let model = r#"{"model":{"id":"test-model","api":"mistral-conversations",
        "cost":{"input":3,"output":15,"cacheRead":0.3,"cacheWrite":3.75}}}"#;
    Decoder::new(&serde_json::from_str::<Turn>(model).unwrap())
}

#[test]
fn fixtures_read_the_same_however_they_are_cut() {
    for (name, reading) in readings("mistral-conversations", decoder) {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, reading);
        });
    }
}

/// P14 of the field notes: Pi takes a stream that just stops for a finished answer.
#[test]
fn p14_a_stream_that_just_stops_is_truncated() {
    for bytes in [&b""[..], b"data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n", b"data: {\"cho"] {
        let mut decoder = decoder();
        decoder.push(bytes, &mut crate::ai::codec::replay::Lines::default()).unwrap();
        let failure =
            decoder.finish(End::Closed, &mut crate::ai::codec::replay::Lines::default()).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Truncated);
        assert_eq!(failure.message, "Stream ended without finish_reason");
        assert!(failure.retryable);
    }
}

#[test]
fn an_aborted_answer_leaves_its_blocks_open_as_pi_does() {
    let half = b"data: {\"choices\":[{\"delta\":{\"content\":\"Half\"}}]}\n\n";
    insta::assert_snapshot!(replay(decoder(), [&half[..]], End::Aborted), @r#"
    open 0 Text
      0 + "Half"
    => {"kind":"aborted","message":"This operation was aborted","retryable":false}
    "#);
}
