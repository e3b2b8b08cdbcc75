use serde_json::value::RawValue;

use crate::ai::codec::google::schema::accepted;

fn scrubbed(schema: &str) -> String {
    let raw: Box<RawValue> = serde_json::from_str(schema).unwrap();
    accepted(&raw).get().to_owned()
}

#[test]
fn what_gemini_takes_goes_out_byte_for_byte() {
    for schema in [
        r#"{"type":"object","properties":{"path":{"type":"string","description":"p"},"n":{"type":["integer","null"]}},"required":["path"],"additionalProperties":false}"#,
        r##"{ "type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"enum": ["x", 1.0]}} }"##,
        r#"{"type":"object","properties":{"pattern":{"anyOf":[{"type":"string"},{"type":"null"}]},"const":{"type":"number","minimum":1}}}"#,
        r#"{"type":"object","additionalProperties":{"type":"array","items":{"type":"string"},"maxItems":3}}"#,
    ] {
        assert_eq!(scrubbed(schema), schema);
    }
}

#[test]
fn what_gemini_refuses_is_left_out_at_every_depth() {
    for (schema, expected) in [
        (
            r#"{"$schema":"x","type":"object","properties":{"a":{"type":"string","minLength":1,"pattern":"^a","default":"b"}},"$comment":"c"}"#,
            r#"{"type":"object","properties":{"a":{"type":"string"}}}"#,
        ),
        (
            r#"{"type":"object","properties":{"a":{"type":"array","uniqueItems":true,"items":{"type":"object","patternProperties":{},"minProperties":1}}}}"#,
            r#"{"type":"object","properties":{"a":{"type":"array","items":{"type":"object"}}}}"#,
        ),
        (
            r#"{"type":"object","properties":{"a":{"oneOf":[{"exclusiveMinimum":0,"type":"integer"},{"not":{}}]}}}"#,
            r#"{"type":"object","properties":{"a":{"oneOf":[{"type":"integer"},{}]}}}"#,
        ),
        ("{}", r#"{"type":"object"}"#),
        (
            r#"{"type":["object","null"],"properties":{"x":{"enum":[1,null,"e",true]}},"required":null}"#,
            r#"{"type":"object","properties":{"x":{"enum":[1,"e"]}}}"#,
        ),
        (
            r#"{"type":"object","properties":{"x":{"type":"boolean","const":true}},"required":["x","y"]}"#,
            r#"{"type":"object","properties":{"x":{"type":"boolean"}},"required":["x"]}"#,
        ),
    ] {
        assert_eq!(scrubbed(schema), expected);
    }
}

#[test]
fn what_gemini_says_otherwise_is_said_its_way() {
    for (schema, expected) in [
        (
            r#"{"type":"object","properties":{"k":{"anyOf":[{"type":"string","const":"a"},{"type":"number","const":7}]}}}"#,
            r#"{"type":"object","properties":{"k":{"anyOf":[{"type":"string","enum":["a"]},{"type":"number","enum":[7]}]}}}"#,
        ),
        (
            r##"{"type":"object","properties":{"a":{"$ref":"#/definitions/A","description":"d"}},"definitions":{"A":{"type":"string","format":"uri"}}}"##,
            r##"{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"string","format":"uri"}}}"##,
        ),
        (
            r#"{"type":"object","allOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{"const":1}},"required":["b"]}]}"#,
            r#"{"type":"object","properties":{"a":{"type":"string"},"b":{"enum":[1]}},"required":["a","b"]}"#,
        ),
        (
            r#"{"type":"object","properties":{"t":{"type":"array","items":[{"type":"string"},{"type":"number"}],"additionalItems":false}}}"#,
            r#"{"type":"object","properties":{"t":{"type":"array","prefixItems":[{"type":"string"},{"type":"number"}]}}}"#,
        ),
    ] {
        assert_eq!(scrubbed(schema), expected);
    }
}
