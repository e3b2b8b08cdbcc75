use super::turn;
use crate::ai::codec::bedrock::decode::Decoder;
use crate::ai::codec::replay::{readings, replay};
use crate::ai::codec::{Decoder as _, End};

fn decoder() -> Decoder {
    Decoder::new(&turn(r#""id":"anthropic.claude-test""#, r#""messages":[]"#))
}

#[test]
fn fixtures_read_the_same_however_they_are_cut() {
    for (name, reading) in readings("bedrock-converse-stream", decoder) {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, reading);
        });
    }
}

#[test]
fn an_aborted_answer_fails_as_it_stands() {
    let text = include_bytes!("../../../../../fixtures/bedrock-converse-stream/text.bin");
    let (half, _) = text.split_at(200);
    for (bytes, message) in [(&[][..], "Request aborted"), (half, "aborted")] {
        let reading = replay(decoder(), [bytes], End::Aborted);
        assert!(reading.contains(&format!("\"message\":\"{message}\"")), "{reading}");
    }
}

#[test]
fn what_would_be_a_giant_message_is_refused_at_once() {
    let failure =
        decoder().push(b"<html><head>", &mut crate::ai::codec::replay::Lines::default()).unwrap_err();
    assert_eq!(failure.message, "Could not read the event stream: invalid message length");
}

#[test]
fn the_answer_is_complete_when_its_usage_has_come() {
    let read = |bytes: &[u8]| {
        let mut decoder = decoder();
        decoder.push(bytes, &mut crate::ai::codec::replay::Lines::default()).unwrap();
        decoder.is_complete()
    };
    assert!(!read(include_bytes!("../../../../../fixtures/bedrock-converse-stream/no-metadata.bin")));
    assert!(read(include_bytes!("../../../../../fixtures/bedrock-converse-stream/text.bin")));
}
