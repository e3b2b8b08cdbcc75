use super::turn;
use crate::ai::codec::google::decode::Decoder;
use crate::ai::codec::replay::{Lines, readings, replay};
use crate::ai::codec::{Decoder as _, End};

fn decoder() -> Decoder {
    Decoder::new(&turn(r#""id":"gemini-test""#, r#""messages":[]"#))
}

#[test]
fn fixtures_read_the_same_however_they_are_cut() {
    for (name, reading) in readings("google-generative-ai", decoder) {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, reading);
        });
    }
}

#[test]
fn an_aborted_answer_fails_as_it_stands() {
    let half = br#"data: {"candidates":[{"content":{"parts":[{"text":"half"}]}}]}"#;
    let reading = replay(decoder(), [&half[..], b"\n\n"], End::Aborted);
    assert_eq!(
        reading,
        "open 0 Text\n  0 + \"half\"\n\
         => {\"kind\":\"aborted\",\"message\":\"This operation was aborted\",\"retryable\":false}\n"
    );
}

#[test]
fn a_page_in_place_of_a_stream_is_no_answer() {
    let reading = replay(decoder(), [&b"<html>\n<body>Sign in</body>\n</html>\n"[..]], End::Closed);
    assert!(reading.contains("Incomplete JSON segment at the end"), "{reading}");
}

#[test]
fn usage_may_follow_the_end_so_only_the_connection_completes_the_answer() {
    let mut decoder = decoder();
    let end = b"data: {\"candidates\":[{\"finishReason\":\"STOP\"}]}\n\n";
    decoder.push(end, &mut Lines::default()).unwrap();
    assert!(!decoder.is_complete());
}
