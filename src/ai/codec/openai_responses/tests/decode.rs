use crate::ai::codec::openai_responses::{Decoder, tariff};
use crate::ai::codec::replay::{Lines, readings, replay};
use crate::ai::codec::{Decoder as _, End};
use crate::ai::{FailureKind, Turn};

/// A decoder for a model that was asked in a service tier.
fn asked_in(tier: &str, id: &str) -> Decoder {
    let turn = format!(
        r#"{{"model":{{"id":"{id}","api":"openai-responses",
        "cost":{{"input":3,"output":15,"cacheRead":0.3,"cacheWrite":3.75}}}},
        "options":{{"own":{{"serviceTier":{tier}}}}}}}"#
    );
    Decoder::new(tariff(&serde_json::from_str::<Turn>(&turn).unwrap()))
}

fn decoder() -> Decoder {
    asked_in("null", "test-model")
}

#[test]
fn fixtures_read_the_same_however_they_are_cut() {
    for (name, reading) in readings("openai-responses", decoder) {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, reading);
        });
    }
}

#[test]
fn an_aborted_answer_keeps_its_blocks_open() {
    let half = br#"data: {"type":"response.output_item.added","item":{"type":"message","content":[{"type":"output_text"}]}}

data: {"type":"response.output_text.delta","delta":"Half"}

data: {"type"#;
    insta::assert_snapshot!(replay(decoder(), [&half[..]], End::Aborted), @r#"
    open 0 Text
      0 + "Half"
    => {"kind":"aborted","message":"Request was aborted","retryable":false}
    "#);
}

#[test]
fn the_last_event_completes_the_answer_before_the_connection_closes() {
    let mut decoder = decoder();
    let mut lines = Lines::default();
    decoder.push(b"data: {\"type\":\"response.created\"}\n\n", &mut lines).unwrap();
    assert!(!decoder.is_complete());
    decoder.push(b"data: {\"type\":\"response.completed\"}\n\n", &mut lines).unwrap();
    assert!(decoder.is_complete());
}

/// P14 of the field notes: Pi takes a stream that just stops for a finished answer.
#[test]
fn p14_a_stream_that_just_stops_is_truncated() {
    for bytes in [&b""[..], b"data: {\"type\":\"response.created\"}\n\n", b"data: [DONE]\n\n"] {
        let mut decoder = decoder();
        decoder.push(bytes, &mut Lines::default()).unwrap();
        let failure = decoder.finish(End::Closed, &mut Lines::default()).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Truncated);
        assert_eq!(failure.message, "Stream ended without response.completed");
        assert!(failure.retryable);
    }
}

#[test]
fn the_tier_that_served_sets_the_price() {
    let cases = [
        ("null", "m", "", 3.0),
        ("\"flex\"", "m", "", 1.5),
        ("\"flex\"", "m", r#","service_tier":"default""#, 3.0),
        ("\"auto\"", "m", r#","service_tier":"priority""#, 6.0),
        ("null", "gpt-5.5", r#","service_tier":"priority""#, 7.5),
    ];
    for (asked, model, served, price) in cases {
        let mut lines = Lines::default();
        let event = format!(
            "data: {{\"type\":\"response.completed\",\"response\":{{\"usage\":{{\"input_tokens\":1000000}}{served}}}}}\n\n"
        );
        asked_in(asked, model).push(event.as_bytes(), &mut lines).unwrap();
        let expected = format!(r#""total":{price}}}}}"#).replace(".0}", "}");
        assert!(lines.0.contains(&expected), "{asked} {model} {served}: {}", lines.0);
    }
}
