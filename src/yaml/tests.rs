use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{FrontMatter, parse};

fn read(text: &str) -> Value {
    serde_json::to_value(parse(text).unwrap()).unwrap()
}

#[test]
fn plain_scalars_are_what_the_core_schema_makes_of_them() {
    let cases = [
        ("", json!(null)),
        ("~", json!(null)),
        ("nULL", json!("nULL")),
        ("TRUE", json!(true)),
        ("yes", json!("yes")),
        ("0123", json!(123)),
        ("'0123'", json!("0123")),
        ("0o17", json!(15)),
        ("0x1f", json!(31)),
        ("-0x1", json!("-0x1")),
        ("1_000", json!("1_000")),
        ("1.", json!(1)),
        (".5", json!(0.5)),
        (".", json!(".")),
        ("1e3", json!(1000)),
        ("-.INF", json!("\0-Infinity")),
        (".nan", json!("\0NaN")),
        ("2024-01-02", json!("2024-01-02")),
        ("!!str 12", json!("12")),
        ("!!int '12'", json!(12)),
        ("\"\\0a\"", json!("\0\0a")),
        ("12345678901234567890", json!(12_345_678_901_234_567_000_f64)),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn lists_and_blocks_are_read_whole() {
    let text = "name: a\ntools: [web_search, read] # two\nmetadata:\n  when: >-\n    one\n    two\n  k: |\n    x: y\n";
    let expected =
        json!({"name": "a", "tools": ["web_search", "read"], "metadata": {"when": "one two", "k": "x: y\n"}});
    assert_eq!(read(text), expected);
}

#[test]
fn keys_are_spelt_as_javascript_spells_them() {
    assert_eq!(read("1.0: a\n~: b\ntrue: c\n1e21: d\n[x, 2]: e\n"), {
        json!({"1": "a", "": "b", "true": "c", "1e+21": "d", "[ x, 2 ]": "e"})
    });
    assert_eq!(read("1: a\n'1': b\n"), json!({"1": "b"}));
    assert!(
        parse("1: a\n1.0: b\n")
            .unwrap_err()
            .message
            .starts_with("Map keys must be unique at line 2, column 1:")
    );
}

#[test]
fn tabs_behind_keys_and_byte_order_marks_in_texts_are_taken() {
    assert_eq!(read("a:\tb\nc:\t\td\ne: 'f:\tg'\n"), json!({"a": "b", "c": "d", "e": "f:\tg"}));
    assert_eq!(read("\u{FEFF}a: x\u{FEFF}y\n"), json!({"a": "x\u{FEFF}y"}));
}

#[test]
fn a_complaint_shows_the_place() {
    let error = parse("name: a\ndescription: Use when: asked\n").unwrap_err();
    assert_eq!(error.place, Some((2, 22)));
    assert!(
        error.message.ends_with(":\n\ndescription: Use when: asked\n                     ^\n"),
        "{error}"
    );
    let error = parse(&format!("{}: [a: b: c\n", "long ".repeat(40))).unwrap_err();
    assert!(error.message.lines().all(|line| line.chars().count() < 90), "{error}");
}

#[test]
fn hostile_documents_are_refused() {
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in b'b'..=b'i' {
        let (name, below) = (char::from(level), char::from(level - 1));
        writeln!(bomb, "{name}: &{name} [{}]", vec![format!("*{below}"); 9].join(", ")).unwrap();
    }
    for text in [bomb, "[".repeat(100_000), "&a [*a]".to_owned(), "- ".repeat(50_000)] {
        assert!(parse(&text).is_err());
    }
}

#[test]
fn aliases_stand_for_what_they_name() {
    assert_eq!(read("a: &x {b: 1}\nc: *x\nd: [*x, *x]\n"), {
        json!({"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}, {"b": 1}]})
    });
    assert!(parse("a: *x\n").is_err());
}

#[test]
fn front_matter_is_taken_off() {
    let split = |content: &str| {
        let FrontMatter { matter, body } = FrontMatter::read(content).unwrap();
        (serde_json::to_value(matter).unwrap(), body)
    };
    assert_eq!(split("---\r\na: 1\r\n---\r\n\r\n Body\r\n"), (json!({"a": 1}), "Body".to_owned()));
    assert_eq!(split("---\na: 1\n--- \nrest\n---\n"), (json!({"a": 1}), "rest\n---".to_owned()));
    assert_eq!(split("---\n---\nBody"), (json!({}), "Body".to_owned()));
    assert_eq!(split("---\n# nothing\n---\nBody"), (json!({}), "Body".to_owned()));
    assert_eq!(split("---\na: 1\n"), (json!({}), "---\na: 1\n".to_owned()));
    assert_eq!(split(" Body\r\n"), (json!({}), " Body\n".to_owned()));
    assert_eq!(split("---\njust words\n---\n"), (json!("just words"), String::new()));
}
