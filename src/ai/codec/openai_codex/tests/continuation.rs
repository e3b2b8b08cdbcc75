use crate::ai::codec::Continuation;

fn body(settings: &str, input: &str) -> String {
    format!(r#"{{"model":"m",{settings}"input":[{input}],"store":false}}"#)
}

/// A connection whose server has answered one request for `{"a":1}` with `{"b":2}`.
fn answered() -> Continuation {
    let mut known = Continuation::default();
    let first = known.frame(&body("", r#"{"a":1}"#));
    assert_eq!(first.text, r#"{"type":"response.create","model":"m","input":[{"a":1}],"store":false}"#);
    known.answered("resp_1", [r#"{"b":2}"#]);
    known
}

#[test]
fn what_the_server_knows_is_not_said_again() {
    let frame = answered().frame(&body("", r#"{"a":1},{"b":2},{"c":3}"#));
    let expected = r#"{"type":"response.create","model":"m","input":[{"c":3}],"store":false,"previous_response_id":"resp_1"}"#;
    assert_eq!(frame.text, expected);
    assert_eq!((frame.input_items, frame.previous_response_id.as_deref()), (1, Some("resp_1")));
}

#[test]
fn it_goes_on_from_answer_to_answer() {
    let mut known = answered();
    known.frame(&body("", r#"{"a":1},{"b":2},{"c":3}"#));
    known.answered("resp_2", [r#"{"d":4}"#]);
    let frame = known.frame(&body("", r#"{"a":1},{"b":2},{"c":3},{"d":4}"#));
    assert!(frame.text.contains(r#""input":[]"#), "{}", frame.text);
    assert_eq!((frame.input_items, frame.previous_response_id.as_deref()), (0, Some("resp_2")));
}

#[test]
fn another_conversation_or_other_settings_are_said_whole() {
    let same = r#"{"a":1},{"b":2},{"c":3}"#;
    for (settings, input) in [
        ("", r#"{"a":1}"#),
        ("", r#"{"a":1},{"b":3},{"c":3}"#),
        ("", r#"{"a":1,"b":2},{},{"c":3}"#),
        (r#""temperature":1,"#, same),
    ] {
        let mut known = answered();
        let frame = known.frame(&body(settings, input));
        assert_eq!(frame.previous_response_id, None, "{settings}{input}");
        // What did not fit is forgotten.
        assert_eq!(known.frame(&body("", same)).previous_response_id, None);
    }
}

#[test]
fn after_a_failure_everything_is_said_again() {
    let mut known = answered();
    known.reset();
    assert_eq!(known.frame(&body("", r#"{"a":1},{"b":2}"#)).previous_response_id, None);
}

#[test]
fn a_payload_of_the_hosts_is_sent_as_it_is() {
    let frame = Continuation::default().frame(r#"{"store":true,"input":"hi","previous_response_id":"mine"}"#);
    assert_eq!(
        frame.text,
        r#"{"type":"response.create","store":true,"input":"hi","previous_response_id":"mine"}"#
    );
    assert_eq!((frame.stored, frame.previous_response_id.as_deref()), (true, Some("mine")));
}
