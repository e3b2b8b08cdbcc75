//! Random histories: such as hosts should not send but do, and such as are in order.

use std::sync::LazyLock;

use image::{DynamicImage, ImageFormat};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::ai::image::PIXEL;

/// Stand for lone surrogates, which Rust's strings cannot hold.
const HIGH: char = '\u{E000}';
const LOW: char = '\u{E001}';

/// JSON text with the lone surrogates that a JavaScript host's JSON would have.
pub(super) fn wire(json: &Value) -> String {
    json.to_string().replace(HIGH, "\\ud83d").replace(LOW, "\\udc00")
}

fn texts() -> impl Strategy<Value = String> {
    select(vec![
        String::new(),
        " ".to_owned(),
        "\u{FEFF}\n".to_owned(),
        "Hello.".to_owned(),
        "caf\u{e9} \u{1F600}".to_owned(),
        format!("a{HIGH}b"),
        format!("{LOW}"),
        format!("{LOW}{HIGH} "),
    ])
}

fn ids() -> impl Strategy<Value = String> {
    let long = "p".repeat(70);
    select(vec![
        String::new(),
        "_".to_owned(),
        "call_1".to_owned(),
        "call_2".to_owned(),
        "toolu_01AbC".to_owned(),
        "abcDEF123".to_owned(),
        "abcDEF-123".to_owned(),
        format!("call_{long}a"),
        format!("call_{long}b"),
        format!("call_{long}a|fc_{long}"),
        format!("call_{long}b|fc_{long}"),
        "call_1|fc_1".to_owned(),
        "call_1|fc_2".to_owned(),
        "call_2|fc_1".to_owned(),
        "functions.bash:0".to_owned(),
        "functions_bash_0".to_owned(),
        "\u{fc}ber \u{1F600}".to_owned(),
        format!("{HIGH}call_1"),
        "|".to_owned(),
    ])
}

fn names() -> impl Strategy<Value = String> {
    select(vec!["read".to_owned(), "bash".to_owned(), format!("re{LOW}ad")])
}

fn arguments() -> impl Strategy<Value = Option<Value>> {
    let lone = format!("{HIGH}k");
    select(vec![
        Some(json!({})),
        Some(json!({"path": "a b", "n": [1, 2.5, null]})),
        Some(json!({lone: {"deep": [format!("{LOW}v"), "\u{1F600}"]}})),
        Some(json!(r#"{"twice":"encoded"}"#)),
        Some(json!("text")),
        Some(json!([1])),
        Some(Value::Null),
        None,
    ])
}

/// A legal image for targets with an 8,000-pixel limit, an illegal one by its size.
static WIDE: LazyLock<String> = LazyLock::new(|| {
    let mut png = std::io::Cursor::new(Vec::new());
    DynamicImage::new_rgb8(8100, 2).write_to(&mut png, ImageFormat::Png).unwrap();
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, png.into_inner())
});

fn images() -> impl Strategy<Value = Value> {
    let unpadded = PIXEL.trim_end_matches('=').to_owned();
    let rows = [
        ("image/png", PIXEL.to_owned()),
        ("image/png", PIXEL.to_owned()),
        ("image/jpeg", PIXEL.to_owned()),
        ("", PIXEL.to_owned()),
        ("image/png", unpadded),
        ("image/png", format!("data:image/png;base64,{PIXEL}")),
        ("image/gif", "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7".to_owned()),
        ("image/png", "AAAA".to_owned()),
        ("image/png", String::new()),
        ("image/svg+xml", "PHN2Zy8+".to_owned()),
        ("image/png", "not base64!".to_owned()),
        ("image/png", WIDE.clone()),
    ];
    select(rows.to_vec()).prop_map(|(mime, data)| json!({"type": "image", "mimeType": mime, "data": data}))
}

fn said() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => texts().prop_map(|text| json!({"type": "text", "text": text})),
        1 => images(),
    ]
}

fn answered() -> impl Strategy<Value = Value> {
    let signatures = select(vec![
        None,
        Some(""),
        Some(" "),
        Some("EqQBCkYIBxgC"),
        Some("reasoning_content"),
        Some(r#"{"type":"reasoning","id":"rs_1","summary":[]}"#),
    ]);
    let thoughts = select(vec![
        None,
        Some("AVSoXO4=".to_owned()),
        Some(r#"{"type":"reasoning.encrypted","data":"\ud83d x"}"#.to_owned()),
    ]);
    let thinking = (texts(), signatures, any::<bool>()).prop_map(|(thinking, signature, redacted)| {
        let redacted = redacted && !thinking.is_empty();
        json!({"type": "thinking", "thinking": thinking, "thinkingSignature": signature, "redacted": redacted})
    });
    let call = (ids(), names(), arguments(), thoughts).prop_map(|(id, name, arguments, thought)| {
        let mut call = json!({"type": "toolCall", "id": id, "name": name, "thoughtSignature": thought});
        if let Some(arguments) = arguments {
            call["arguments"] = arguments;
        }
        call
    });
    prop_oneof![
        2 => texts().prop_map(|text| json!({"type": "text", "text": text})),
        1 => thinking,
        4 => call,
        1 => Just(json!({"type": "unheard-of"})),
    ]
}

fn origins(own: &Value) -> impl Strategy<Value = [String; 3]> {
    let own = ["api", "provider", "id"].map(|key| own[key].as_str().unwrap().to_owned());
    let other_model = [own[0].clone(), own[1].clone(), "another".to_owned()];
    let foreign = [
        ["openai-responses", "openai", "gpt-5"],
        ["google-generative-ai", "google", "gemini-2.5-pro"],
        ["anthropic-messages", "anthropic", "claude-x"],
    ];
    let foreign = foreign.map(|origin| origin.map(str::to_owned));
    prop_oneof![4 => Just(own), 1 => Just(other_model), 3 => select(foreign.to_vec())]
}

fn messages(own: &Value) -> impl Strategy<Value = Value> {
    let reasons = select(vec!["toolUse", "toolUse", "toolUse", "stop", "length", "error", "aborted", "odd"]);
    let answer = (prop::collection::vec(answered(), 0..5), origins(own), reasons).prop_map(
        |(content, origin, reason)| {
            let [api, provider, model] = origin;
            json!({"role": "assistant", "content": content, "api": api, "provider": provider, "model": model,
                "stopReason": reason})
        },
    );
    let id = prop_oneof![1 => ids().prop_map(Value::from), 3 => any::<u8>().prop_map(Value::from)];
    let result = (id, names(), prop::collection::vec(said(), 0..3), any::<bool>()).prop_map(
        |(id, name, content, failed)| {
            json!({"role": "toolResult", "toolCallId": id, "toolName": name, "content": content, "isError": failed})
        },
    );
    prop_oneof![
        1 => texts().prop_map(|text| json!({"role": "user", "text": text})),
        1 => prop::collection::vec(said(), 0..3).prop_map(|content| json!({"role": "user", "content": content})),
        4 => answer,
        5 => result,
        1 => Just(json!({"role": "unheard-of", "content": []})),
    ]
}

/// A history with anything in it, up to the words that the turn is about.
pub(super) fn illegal(model: &Value) -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(messages(model), 2..16).prop_map(|mut messages| {
        let blocks = messages.iter().filter_map(|message| message["content"].as_array()).flatten();
        let calls: Vec<_> = blocks.filter_map(|block| block.get("id").cloned()).collect();
        // A number stands for one of the calls, wherever it is.
        for id in messages.iter_mut().filter_map(|message| message.get_mut("toolCallId")) {
            if let Some(number) = id.as_u64() {
                let call = calls.get(usize::try_from(number).unwrap() % calls.len().max(1));
                *id = call.cloned().unwrap_or_else(|| json!("nobody"));
            }
        }
        messages.push(json!({"role": "user", "text": "Go on."}));
        messages
    })
}

/// A history in order, of the model's own and of others' answers. `id` makes an id that the target accepts.
pub(super) fn legal(model: &Value, id: fn(usize) -> String) -> impl Strategy<Value = Vec<Value>> {
    let text = select(vec!["Hello.", "caf\u{e9} \u{1F600}", "{}", "\\ud83d"]);
    let user = prop_oneof![
        text.clone().prop_map(|text| json!([{"role": "user", "text": text}])),
        Just(json!([{"role": "user", "content": [{"type": "text", "text": "See."},
            {"type": "image", "mimeType": "image/png", "data": PIXEL}]}])),
    ];
    let turn = (0_usize..4, text, origins(model), any::<bool>()).prop_map(|(calls, text, origin, failed)| {
        let [api, provider, model] = origin;
        let mut content = vec![json!({"type": "text", "text": text})];
        let call =
            |n| json!({"type": "toolCall", "id": n, "name": "read", "arguments": {"path": text, "1": [1.5]}});
        content.extend((0..calls).map(call));
        let mut turn =
            vec![json!({"role": "assistant", "content": content, "api": api, "provider": provider,
            "model": model, "stopReason": if calls > 0 { "toolUse" } else { "stop" }})];
        turn.extend((0..calls).map(|n| {
            json!({"role": "toolResult", "toolCallId": n, "toolName": "read", "isError": failed,
                "content": [{"type": "text", "text": text}]})
        }));
        Value::Array(turn)
    });
    prop::collection::vec(prop_oneof![1 => user, 2 => turn], 0..10).prop_map(move |turns| {
        let mut messages = Vec::new();
        for (number, turn) in turns.into_iter().enumerate() {
            let Value::Array(turn) = turn else { continue };
            messages.extend(turn.into_iter().map(|message| numbered(message, number * 10, id)));
        }
        messages
    })
}

/// The message with ids in the place of numbers.
fn numbered(mut message: Value, first: usize, id: fn(usize) -> String) -> Value {
    let name = |number: &Value| Value::from(id(first + usize::try_from(number.as_u64().unwrap()).unwrap()));
    if let Some(number) = message.get_mut("toolCallId") {
        *number = name(number);
    }
    for block in message.get_mut("content").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(number) = block.get_mut("id") {
            *number = name(number);
        }
    }
    message
}
