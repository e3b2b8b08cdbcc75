use crate::ai::Turn;
use crate::ai::codec::{self, Decoder, replay::readings};

/// A turn with a model of a local server's and tools on offer.
pub(super) fn turn(api: &str) -> Turn {
    let tool = |name: &str, properties: &str| {
        format!(r#"{{"name":"{name}","parameters":{{"type":"object","properties":{{{properties}}}}}}}"#)
    };
    let text = r#"{"type":"string"}"#;
    let tools = [
        tool("read", &format!(r#""path":{text},"limit":{{"type":["integer","null"]}}"#)),
        tool("write", &format!(r#""path":{text},"content":{text}"#)),
        tool("bash", &format!(r#""command":{text}"#)),
    ];
    let model = format!(r#"{{"id":"served","api":"{api}","provider":"local","compat":{{"mendText":true}}}}"#);
    serde_json::from_str(&format!(r#"{{"model":{model},"tools":[{}]}}"#, tools.join(","))).unwrap()
}

fn reader(api: &str) -> Box<dyn Decoder> {
    codec::reader(codec::of_api(api).unwrap(), &turn(api))
}

#[test]
fn leaks_are_put_right_however_the_response_is_cut() {
    for api in ["openai-completions", "anthropic-messages"] {
        for (name, reading) in readings(&format!("{api}-quirks"), || reader(api)) {
            insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
                insta::assert_snapshot!(format!("{api}-{name}"), reading);
            });
        }
    }
}

#[test]
fn what_does_not_leak_reads_the_same_with_and_without() {
    for api in ["openai-completions", "anthropic-messages"] {
        let protocol = codec::of_api(api).unwrap();
        let plain = readings(api, || protocol.decoder(&turn(api)));
        assert_eq!(readings(api, || reader(api)), plain);
    }
}
