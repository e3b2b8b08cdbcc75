use serde_json::json;

use super::turn;
use crate::ai::codec::openai_codex::decode::{Decoder, SocketDecoder};
use crate::ai::codec::replay::{readings, replay};
use crate::ai::codec::{Decoder as _, End};

fn of_tier(tier: &str) -> crate::ai::Turn {
    turn(&json!({}), &json!({"own": {"serviceTier": tier}}))
}

#[test]
fn fixtures_read_the_same_however_they_are_cut() {
    for (name, reading) in readings("openai-codex-responses", || Decoder::new(&of_tier("priority"))) {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, reading);
        });
    }
}

#[test]
fn a_message_is_an_event_over_a_socket() {
    let messages = [
        r#"{"no":"type"}"#,
        r#"{"type":"codex.rate_limits"}"#,
        "",
        r#"{"type":"response.created","response":{"id":"resp_1"}}"#,
        r#"{"type":"response.done","response":{"id":"resp_1","status":"completed"}}"#,
        r#"{"type":"error"}"#,
    ];
    let decoder = SocketDecoder::new(&of_tier("auto"));
    let reading = replay(decoder, messages.map(str::as_bytes), End::Closed);
    assert_eq!(reading, "  Start\nid \"resp_1\"\nid \"resp_1\"\n=> stop\n");
}

#[test]
fn an_error_before_the_answer_does_not_begin_it() {
    let decoder = SocketDecoder::new(&of_tier("auto"));
    let reading = replay(decoder, [&br#"{"type":"error","message":"No","code":7}"#[..]], End::Closed);
    assert!(reading.starts_with("=> {\"kind\":\"server\",\"message\":\"Codex error: No\""), "{reading}");
}

#[test]
fn giving_up_is_told_in_each_transports_words() {
    let turn = of_tier("auto");
    for (reading, words) in [
        (replay(Decoder::new(&turn), [], End::Aborted), "This operation was aborted"),
        (replay(SocketDecoder::new(&turn), [], End::Aborted), "Request was aborted"),
    ] {
        assert!(reading.contains(words), "{reading}");
    }
}

#[test]
fn a_finished_answer_needs_no_end_of_the_connection() {
    let mut decoder = SocketDecoder::new(&of_tier("auto"));
    let mut lines = crate::ai::codec::replay::Lines::default();
    decoder.push(br#"{"type":"response.incomplete","response":{}}"#, &mut lines).unwrap();
    assert!(decoder.is_complete());
}
