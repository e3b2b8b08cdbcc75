use super::turn;
use crate::ai::codec::bedrock::seal::seal;
use crate::ai::codec::{Credential, HttpRequest};
use crate::ai::{Failure, Turn};

fn sealed(turn: &Turn, payload: &str) -> Result<(String, String), Failure> {
    let request = HttpRequest { body: payload.to_owned(), ..HttpRequest::default() };
    let request = seal(turn, request)?;
    let Credential::Aws(aws) = &request.credential else { panic!("no credential") };
    Ok((aws.url("us-east-1")?, request.body))
}

fn body(payload: &str) -> String {
    sealed(&turn(r#""id":"m""#, r#""messages":[]"#), payload).unwrap().1
}

#[test]
fn the_models_id_goes_into_the_path() {
    let turn = turn(r#""id":"m","baseUrl":"https://proxy.test/a?x=1""#, r#""messages":[]"#);
    let url = |payload| sealed(&turn, payload).map(|(url, _)| url).map_err(|failure| failure.message);
    let at = |id: &str| Ok(format!("https://proxy.test/a/model/{id}/converse-stream"));
    assert_eq!(
        url(r#"{"modelId":"anthropic.claude-v1:0/é(~)"}"#),
        at("anthropic.claude-v1%3A0%2F%C3%A9%28~%29")
    );
    assert_eq!(url(r#"{"modelId":5}"#), at("5"));
    let lacking = Err("No value provided for input HTTP label: modelId.".to_owned());
    assert_eq!(url("{}"), lacking);
    assert_eq!(url("null"), lacking);
}

#[test]
fn what_the_service_does_not_know_stays_behind_and_the_rest_is_in_its_order() {
    let payload = r#"{"stream":true,"requestMetadata":{"z":"1","a":"2"},"inferenceConfig":{"topP":1,"maxTokens":null,"x":0},
        "messages":[null,{"content":[{"image":{"source":{"bytes":"AAEC"},"format":"png"},"cache_control":{}},
        {"toolUse":{"input":{"deep":[null,{"b":1}]},"toolUseId":"t"}}],"role":"user","extra":1}],"modelId":"m",
        "additionalModelRequestFields":{"any":{"thing":null}}}"#;
    let expected = r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"AAEC"}}},
        {"toolUse":{"toolUseId":"t","input":{"deep":[null,{"b":1}]}}}]}],"inferenceConfig":{"topP":1},
        "additionalModelRequestFields":{"any":{"thing":null}},"requestMetadata":{"z":"1","a":"2"}}"#;
    let expected: String = expected.split("\n        ").collect();
    assert_eq!(body(payload), expected);
}

#[test]
fn lone_surrogates_are_dropped_and_text_out_of_place_is_passed_on() {
    let payload =
        r#"{"modelId":"m","messages":[{"role":"user","content":"added"}],"system":[{"text":"a\ud83d"}]}"#;
    let expected = r#"{"messages":[{"role":"user","content":"added"}],"system":[{"text":"a"}]}"#;
    assert_eq!(body(payload), expected);
}
