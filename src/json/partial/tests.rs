//! Expected values are what Pi's `parseStreamingJson` gives for the same text.

use proptest::prelude::*;
use serde_json::Value;

use super::{NAN, PartialJson, Reading, Whole, complete};

fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let whole = complete(&units(text));
        assert!(!whole.nan, "{text:?}");
        assert_eq!(value(&whole.text), value(expected), "{text:?}");
    }
}

/// Applies readings as the JavaScript side does.
#[derive(Default)]
struct Caller {
    value: Value,
    open: Option<Vec<Value>>,
    wholes: usize,
    tail_bytes: usize,
}

impl Caller {
    fn apply(&mut self, reading: Reading) {
        match reading {
            Reading::Same => {}
            Reading::Whole(Whole { text, open, .. }) => {
                self.value = value(&text);
                self.open = open.map(|path| serde_json::from_str(&path).unwrap());
                self.wholes += 1;
            }
            Reading::Tail(literal) => {
                self.tail_bytes += literal.len() - 2;
                let mut leaf = &mut self.value;
                for step in self.open.as_ref().expect("a tail belongs to an open string") {
                    leaf = match step {
                        Value::String(key) => &mut leaf[key],
                        step => &mut leaf[usize::try_from(step.as_u64().unwrap()).unwrap()],
                    };
                }
                let Value::String(text) = leaf else { panic!("the open leaf is a string") };
                text.push_str(value(&literal).as_str().unwrap());
            }
        }
    }
}

#[test]
fn well_formed_prefixes_show_what_is_complete() {
    check(&[
        ("", "{}"),
        (" \n\u{feff}\u{a0}", "{}"),
        ("{", "{}"),
        (r#"{"a"#, "{}"),
        (r#"{"a":"#, "{}"),
        (r#"{"a":""#, r#"{"a":""}"#),
        (r#"{"a":"x","#, r#"{"a":"x"}"#),
        (r#"{"a":"x","b"#, r#"{"a":"x"}"#),
        (r#"{"a":[1,{"b":"c"#, r#"{"a":[1,{"b":"c"}]}"#),
        (r#"{"a":{ },"b":[],"c":2"#, r#"{"a":{},"b":[],"c":2}"#),
        (r#"{"a":1,"b":2,"a":3"#, r#"{"a":3,"b":2}"#),
        (r#""abc"#, r#""abc""#),
        ("12", "12"),
        (" [1, 2", "[1,2]"),
    ]);
}

#[test]
fn white_space_at_the_end_of_an_open_string_waits_for_what_follows() {
    check(&[
        ("{\"a\":\"b ", r#"{"a":"b"}"#),
        ("{\"a\":\"b \u{a0}\u{3000}\u{2028}\u{feff}", r#"{"a":"b"}"#),
        ("{\"a\":\"b c", r#"{"a":"b c"}"#),
        ("{\"a\":\"b \"", r#"{"a":"b "}"#),
        (r#"{"a":"b \"#, r#"{"a":"b "}"#),
        (r#"{"a":"b\n"#, r#"{"a":"b\n"}"#),
        ("{\"a\":\"b\u{85}", "{\"a\":\"b\u{85}\"}"),
    ]);
}

#[test]
fn unfinished_escapes_are_left_out() {
    check(&[
        (r#"{"a":"b\"#, r#"{"a":"b"}"#),
        (r#"{"a":"b\u"#, r#"{"a":"b"}"#),
        (r#"{"a":"b\u00e"#, r#"{"a":"b"}"#),
        (r#"{"a":"b\u00e9"#, r#"{"a":"bé"}"#),
        (r#"{"a":"b\\"#, r#"{"a":"b\\"}"#),
        (r#"{"a":"\\\"#, r#"{"a":"\\"}"#),
    ]);
}

#[test]
fn unfinished_numbers_and_words() {
    check(&[
        (r#"{"a":-"#, "{}"),
        (r#"{"a":1."#, "{}"),
        (r#"{"a":1.5"#, r#"{"a":1.5}"#),
        (r#"{"a":1e"#, r#"{"a":1}"#),
        (r#"{"a":1.5e-"#, r#"{"a":1.5}"#),
        // Pi looks for the exponent's `e` in lower case only.
        (r#"{"a":1E"#, "{}"),
        (r#"{"a":1,"a":-"#, r#"{"a":1}"#),
        ("[1,2.", "[1]"),
        ("-", "{}"),
        ("1.", "{}"),
        ("7e+", "7"),
        (r#"{"a":t"#, r#"{"a":true}"#),
        (r#"{"a":[fa"#, r#"{"a":[false]}"#),
        ("[nu", "[null]"),
        ("tru", "true"),
        ("nul", "{}"),
        ("null", "null"),
    ]);
}

#[test]
fn faulty_strings_are_repaired_once_the_text_is_complete() {
    check(&[
        ("{\"a\":\"x\ny\"}", r#"{"a":"x\ny"}"#),
        (r#"{"a":"C:\dir"}"#, r#"{"a":"C:\\dir"}"#),
        ("{\"a\":\"x\ny\"", "{}"),
        ("{\"a\":1,\"b\":\"x\ny", r#"{"a":1}"#),
        ("{\"a\":\"x\\ty\nz", r#"{"a":"x"}"#),
        ("\"x\ny", r#""x\ny""#),
        (r#""\q"#, r#""""#),
    ]);
}

#[test]
fn garbage_is_read_as_pi_reads_it() {
    check(&[
        ("}", "{}"),
        ("abc", "{}"),
        (r#"{"a":1} x"#, r#"{"a":1}"#),
        ("\u{feff}{\"a\":1}", r#"{"a":1}"#),
        (r#"{"a" "b"}"#, "{}"),
        (r#"{"a";1}"#, r#"{"a":1}"#),
        ("{\"a\"\u{1f600}1}", "{}"),
        (r#"{"a":1 "b":2}"#, "{}"),
        (r#"{"a":"1" "b":2}"#, r#"{"a":"1","b":2}"#),
        ("[1,]", "[1]"),
        ("[1,,2]", "[1]"),
        (r#"{"a":1,}"#, r#"{"a":1}"#),
        (r#"{"a":1, }"#, r#"{"a":1}"#),
        // The bracket that the inner array did not reach closes the outer one.
        ("[[1,x],2]", "[[1]]"),
        (r#"{"a":[1,x],"b":2}"#, r#"{"a":[1]}"#),
        (r#"{"a":[[-],2],"b":3}"#, r#"{"a":[[]]}"#),
        (r#"{"a":[ ],"b":1"#, r#"{"a":[]}"#),
        (r#"{"a":[ ],"b":1}"#, r#"{"a":[],"b":1}"#),
        ("[1e,2]", "[1,2]"),
        (r#"[1e,"e"]"#, "[]"),
        ("[1E,2]", "[]"),
        ("truex", "true"),
        ("12 e5", "12"),
    ]);
}

#[test]
fn numbers_that_json_does_not_know() {
    let read = |text: &str| complete(&units(text));
    assert_eq!(read(r#"{"a":Inf"#).text, r#"{"a":1e999}"#);
    assert_eq!(read("[-I").text, "[-1e999]");
    assert_eq!(read("[-").text, "[]");
    let nan = read(r#"{"a":N"#);
    assert_eq!((nan.text.as_str(), nan.nan), (format!(r#"{{"a":{NAN}}}"#).as_str(), true));
}

#[test]
fn a_prototype_is_no_member_until_the_text_is_complete() {
    check(&[
        (r#"{"__proto__":{"x":1},"y":2"#, r#"{"y":2}"#),
        (r#"{"\u005f_proto__":1,"y":2"#, r#"{"y":2}"#),
        (r#"{"__proto__":{"x":1},"y":2}"#, r#"{"__proto__":{"x":1},"y":2}"#),
        // Without `Object.prototype` behind it, the object has an ordinary member of that name.
        (r#"{"__proto__":null,"__proto__":1,"y":2"#, r#"{"__proto__":1,"y":2}"#),
        (r#"{"__proto__":{"__proto__":null},"__proto__":1"#, r#"{"__proto__":1}"#),
    ]);
}

#[test]
fn nesting_of_any_depth() {
    let depth = 200_000;
    for (text, end) in [("[", "]"), (r#"{"a":"#, "}")] {
        let shown = complete(&units(&text.repeat(depth))).text;
        assert_eq!(shown.len(), if end == "]" { 2 * depth } else { 6 * depth - 4 });
        let garbled = complete(&units(&format!("{}x", text.repeat(depth)))).text;
        assert_eq!(garbled.len(), shown.len());
    }
}

#[test]
fn readings_tell_only_what_is_new() {
    let mut reader = PartialJson::new();
    let mut read = |piece: &str| {
        reader.push_utf16(&units(piece));
        reader.read()
    };
    let whole = |text: &str, open: Option<&str>| {
        Reading::Whole(Whole { text: text.into(), open: open.map(str::to_owned), nan: false })
    };
    let tail = |literal: &str| Reading::Tail(literal.into());
    assert_eq!(read(""), whole("{}", None));
    assert_eq!(read(" "), Reading::Same);
    assert_eq!(read(r#"{"1":0,"pa"#), whole(r#" {"1":0}"#, None));
    assert_eq!(read(r#"th": "#), Reading::Same);
    assert_eq!(read(r#"["x","a"#), whole(r#" {"1":0,"path": ["x","a"]}"#, Some(r#"["path",1]"#)));
    assert_eq!(read("b "), tail(r#""b""#));
    assert_eq!(read(" "), Reading::Same);
    assert_eq!(read(r"\"), tail(r#""  ""#));
    assert_eq!(read("n\\u00"), tail(r#""\n""#));
    assert_eq!(read("e9z"), tail(r#""\u00e9z""#));
    assert_eq!(read("end\"]"), tail(r#""end""#));
    assert_eq!(read(" , "), Reading::Same);
    assert_eq!(read(r#""b":"#), Reading::Same);
    assert!(matches!(read("1"), Reading::Whole(_)));
    assert_eq!(read("}"), Reading::Same);
    assert!(matches!(read("}"), Reading::Whole(_)));
    assert_eq!(read(""), Reading::Same);
}

#[test]
fn surrogates_survive_and_split_pairs_join() {
    let mut reader = PartialJson::new();
    reader.push_utf16(&units("[\""));
    reader.push_utf16(&[0xD83D]);
    assert!(matches!(reader.read(), Reading::Whole(whole) if whole.text == r#"["\ud83d"]"#));
    reader.push_utf16(&[0xDE00]);
    assert_eq!(reader.read(), Reading::Tail(r#""\ude00""#.into()));
    assert_eq!(value(&reader.whole().text)[0], "\u{1f600}");
    assert_eq!(complete(&[0x22, 0xDE00, 0x22]).text, r#""\ude00""#);
    assert_eq!(complete(&[0x22, 0xD83D, 0xDE00, 0xD7FF, 0x22]).text, "\"\u{1f600}\u{d7ff}\"");
    // A lone surrogate in a text that must be read as a whole.
    assert_eq!(complete(&[0x5B, 0x22, 0xDE00, 0x22, 0x78]).text, r#"["\ude00"]"#);
}

#[test]
fn one_long_string_is_told_once() {
    let mut reader = PartialJson::new();
    let mut caller = Caller::default();
    reader.push_wtf8(br#"{"content":""#);
    caller.apply(reader.read());
    for _ in 0..4096 {
        reader.push_wtf8(b"32 characters of a file's text..");
        caller.apply(reader.read());
    }
    reader.push_wtf8(b"\"}");
    caller.apply(reader.read());
    assert_eq!((caller.wholes, caller.tail_bytes), (1, 4096 * 32));
    assert_eq!(caller.value["content"].as_str().unwrap().len(), 4096 * 32);
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<i32>().prop_map(|eighths| Value::from(f64::from(eighths) / 8.0)),
        "[ a-c\\\\\"\n\u{e9}\u{3000}\u{1f600}]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-c1\n\u{e9}]{0,3}", inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The text in pieces of these lengths, over and over; whole characters, because [`Caller`] holds Rust strings.
fn pieces<'a>(text: &'a str, lengths: &'a [usize]) -> impl Iterator<Item = Vec<u16>> + 'a {
    let mut rest = text.chars();
    lengths.iter().cycle().map_while(move |&length| {
        let piece: String = rest.by_ref().take(length).collect();
        (!piece.is_empty()).then(|| units(&piece))
    })
}

/// Reads after every piece and compares with reading the text at once.
fn compare(text: &str, lengths: &[usize]) -> Result<Value, TestCaseError> {
    let mut reader = PartialJson::new();
    let mut caller = Caller::default();
    let mut so_far = Vec::new();
    for piece in pieces(text, lengths) {
        so_far.extend_from_slice(&piece);
        reader.push_utf16(&piece);
        caller.apply(reader.read());
        prop_assert_eq!(&caller.value, &value(&complete(&so_far).text));
    }
    Ok(caller.value)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_complete_text_reads_as_itself(expected in json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&expected) } else { serde_json::to_string(&expected) };
        prop_assert_eq!(value(&complete(&units(&text.unwrap())).text), expected);
    }

    #[test]
    fn readings_add_up_to_the_whole(expected in json(), lengths in prop::collection::vec(1_usize..9, 1..6)) {
        prop_assert_eq!(compare(&expected.to_string(), &lengths)?, expected);
    }

    // Without `I`: the value type of this test knows no infinity.
    #[test]
    fn readings_of_garbage_add_up_too(
        text in "[\\[{]?([\\[\\]{}\",:\\\\u019eE+. tfna\n-]|\"a\":|\\[ \\]|true|NaN|\u{e9}|\u{1f600}){1,24}",
        lengths in prop::collection::vec(1_usize..9, 1..6),
    ) {
        compare(&text, &lengths)?;
    }
}
