use crate::ai::FailureKind;
use crate::ai::codec::mistral::seal::seal;

/// A payload with something of everything that the JavaScript client knows, keys that it does not know, and defaults
/// left out.
const PAYLOAD: &str = concat!(
    r#"{"extra":1,"safePrompt":true,"promptCacheKey":"k","serviceTier":"auto","topP":0.5,"#,
    r#""stop":["a","b"],"randomSeed":7,"metadata":{"b":1,"aB":{"cD":2}},"model":"m","n":1,"#,
    r#""presencePenalty":null,"frequencyPenalty":0.1,"parallelToolCalls":false,"#,
    r#""responseFormat":{"jsonSchema":{"name":"n","schemaDefinition":{"someKey":1},"strict":true},"#,
    r#""type":"json_schema"},"prediction":{},"#,
    r#""guardrails":[{"moderationLlmV2":{"customCategoryThresholds":{"hateAndDiscrimination":0.5,"#,
    r#""other":1}}}],"toolChoice":{"function":{"name":"f","x":1}},"tools":[{"type":"function","#,
    r#""function":{"parameters":{"camelCase":1},"name":"f","strict":false,"description":"d"}},"#,
    r#"{"type":"web_search","toolConfiguration":{"requiresConfirmation":["a"]}},"#,
    r#"{"type":"document_library","libraryIds":["l"]},{"type":"connector","connectorId":"c","#,
    r#""authorization":{"type":"api-key","value":"v"}}],"messages":[{"content":"s","#,
    r#""role":"system"},{"role":"user","content":[{"type":"text","text":"t","extra":1},"#,
    r#"{"type":"image_url","imageUrl":{"url":"u","detail":null}},{"type":"document_url","#,
    r#""documentUrl":"d","documentName":"n"},{"type":"input_audio","inputAudio":"a"},"#,
    r#"{"type":"file","fileId":"f"},{"type":"reference","referenceIds":[1,"2"]}]},"#,
    r#"{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"h"},"#,
    r#"{"text":"i"},{"tool":"web_search","title":"x"}],"closed":true}],"#,
    r#""toolCalls":[{"function":{"arguments":{"a":1},"name":"f"}}]},{"role":"assistant","#,
    r#""prefix":true,"content":null},{"role":"tool","name":"f","toolCallId":"id","content":"r"}]}"#,
);

/// What the JavaScript client makes of it.
const BODY: &str = concat!(
    r#"{"model":"m","top_p":0.5,"stream":true,"stop":["a","b"],"random_seed":7,"metadata":{"b":1,"#,
    r#""aB":{"cD":2}},"messages":[{"role":"system","content":"s"},{"role":"user","#,
    r#""content":[{"type":"text","text":"t"},{"type":"image_url","image_url":{"url":"u","#,
    r#""detail":null}},{"type":"document_url","document_url":"d","document_name":"n"},"#,
    r#"{"type":"input_audio","input_audio":"a"},{"type":"file","file_id":"f"},{"type":"reference","#,
    r#""reference_ids":[1,"2"]}]},{"role":"assistant","content":[{"type":"thinking","#,
    r#""thinking":[{"type":"text","text":"h"},{"type":"text","text":"i"},{"type":"tool_reference","#,
    r#""tool":"web_search","title":"x"}],"closed":true}],"tool_calls":[{"id":"null","#,
    r#""type":"function","function":{"name":"f","arguments":{"a":1}},"index":0}],"prefix":false},"#,
    r#"{"role":"assistant","content":null,"prefix":true},{"role":"tool","content":"r","#,
    r#""tool_call_id":"id","name":"f"}],"response_format":{"type":"json_schema","#,
    r#""json_schema":{"name":"n","schema":{"someKey":1},"strict":true}},"#,
    r#""tools":[{"type":"function","function":{"name":"f","description":"d","strict":false,"#,
    r#""parameters":{"camelCase":1}}},{"tool_configuration":{"requires_confirmation":["a"]},"#,
    r#""type":"web_search"},{"type":"document_library","library_ids":["l"]},{"type":"connector","#,
    r#""connector_id":"c","authorization":{"type":"api-key","value":"v"}}],"#,
    r#""tool_choice":{"type":"function","function":{"name":"f"}},"presence_penalty":null,"#,
    r#""frequency_penalty":0.1,"n":1,"prediction":{"type":"content","content":""},"#,
    r#""parallel_tool_calls":false,"guardrails":[{"block_on_error":false,"#,
    r#""moderation_llm_v2":{"model_name":"mistral-moderation-2603","#,
    r#""custom_category_thresholds":{"hate_and_discrimination":0.5},"#,
    r#""ignore_other_categories":false}}],"prompt_cache_key":"k","service_tier":"auto","#,
    r#""safe_prompt":true}"#,
);

#[test]
fn a_payload_is_written_as_the_javascript_client_writes_it() {
    assert_eq!(seal(PAYLOAD).unwrap(), BODY);
    assert_eq!(
        seal(r#"{"messages":[],"model":"m"}"#).unwrap(),
        r#"{"model":"m","stream":true,"messages":[]}"#
    );
}

#[test]
fn a_payload_that_does_not_fit_is_refused_with_the_place() {
    for (payload, place) in [
        ("null", ""),
        ("{}", " at model"),
        (r#"{"model":"m","messages":[{"role":"user"}]}"#, " at messages.0.content"),
        (
            r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text"}]}]}"#,
            " at messages.0.content.0.text",
        ),
        (r#"{"model":"m","messages":[],"maxTokens":1.5}"#, " at maxTokens"),
        (
            r#"{"model":"m","messages":[],"tools":[{"type":"function","function":{"name":"f"}}]}"#,
            " at tools.0.function.parameters",
        ),
    ] {
        let failure = seal(payload).unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidRequest);
        assert_eq!(failure.message, format!("Input validation failed: the payload is invalid{place}"));
    }
}
