use proptest::prelude::*;

use super::*;

fn replacement(old: &str, new: &str) -> Replacement {
    Replacement { old: Some(old.to_owned()), new: new.to_owned() }
}

fn edited(file: &[u8], edits: &[(&str, &str)]) -> Result<Edited, EditError> {
    let edits: Vec<Replacement> = edits.iter().map(|(old, new)| replacement(old, new)).collect();
    edit(file, &edits, "f", &|| false)
}

fn bytes(file: &[u8], edits: &[(&str, &str)]) -> Vec<u8> {
    edited(file, edits).unwrap().bytes
}

/// Lines that are a word and a number from 1.
fn numbered(word: &str, count: usize) -> String {
    (1..=count).fold(String::new(), |text, line| text + word + &line.to_string() + "\n")
}

fn text(file: &str, old: &str, new: &str) -> String {
    String::from_utf8(bytes(file.as_bytes(), &[(old, new)])).unwrap()
}

#[test]
fn d12_a_tolerant_match_leaves_other_lines_as_they_are() {
    let file = "“quoted”  \nsome – dash\t\nlet a = “x”;\n ﬁn…  ";
    assert_eq!(text(file, "let a = \"x\";", "let b = 1;"), "“quoted”  \nsome – dash\t\nlet b = 1;\n ﬁn…  ");
    // Lines that the edit names without changing them stay too.
    assert_eq!(
        text(file, "some - dash\nlet a = \"x\";", "some - dash\nlet b;"),
        "“quoted”  \nsome – dash\t\nlet b;\n ﬁn…  "
    );
}

#[test]
fn d13_only_the_edited_line_of_mixed_line_breaks_changes() {
    let file = "one\r\ntwo\nthree\r\nfour\rfive\n";
    assert_eq!(text(file, "two", "2"), "one\r\n2\nthree\r\nfour\rfive\n");
    assert_eq!(text(file, "two\nthree", "2\n3"), "one\r\n2\n3\r\nfour\rfive\n");
    assert_eq!(text(file, "one\ntwo", "1\n2"), "1\r\n2\nthree\r\nfour\rfive\n");
    assert_eq!(text("a\r\nb\r\n", "a\nb", "a\nx\nb"), "a\r\nx\r\nb\r\n");
    assert_eq!(text("a\rb\r", "b", "x\ny"), "a\rx\ry\r");
}

#[test]
fn a_byte_order_mark_and_what_is_no_utf8_stay() {
    let file = b"\xEF\xBB\xBFone\xFF\ntwo \xC3 two\nthree\xF0\x9F".as_slice();
    assert_eq!(bytes(file, &[("one", "1")]), b"\xEF\xBB\xBF1\xFF\ntwo \xC3 two\nthree\xF0\x9F");
    assert_eq!(bytes(file, &[("three", "3")]), b"\xEF\xBB\xBFone\xFF\ntwo \xC3 two\n3\xF0\x9F");
    // A model that was shown U+FFFD may name it.
    assert_eq!(bytes(file, &[("two \u{FFFD} two", "2")]), b"\xEF\xBB\xBFone\xFF\n2\nthree\xF0\x9F");
}

#[test]
fn a_match_inside_a_character_keeps_the_rest_of_it() {
    assert_eq!(text("a ﬁx b", "ix b", "yz"), "a fyz");
    assert_eq!(text("½ cup", "1⁄", "3⁄"), "3⁄2 cup");
    assert_eq!(text("한국 x", "\u{1112}\u{1161}\u{11AB}국", "k"), "k x");
}

#[test]
fn each_failure_names_its_edit() {
    let error = |file: &str, edits: &[(&str, &str)]| edited(file.as_bytes(), edits).unwrap_err();
    let path = || "f".to_owned();
    assert_eq!(error("a", &[("", "b")]), EditError::Empty { path: path(), edit: 0, of: 1 });
    assert_eq!(error("a", &[("a", "b"), ("c", "d")]), EditError::NotFound { path: path(), edit: 1, of: 2 });
    assert_eq!(error("a a", &[("a", "b")]), EditError::Ambiguous { path: path(), edit: 0, of: 1, count: 2 });
    assert_eq!(
        error("“a” \"a\"", &[("\"a\"", "b")]),
        EditError::Ambiguous { path: path(), edit: 0, of: 1, count: 2 }
    );
    assert_eq!(
        error("abc", &[("bc", "x"), ("ab", "y")]),
        EditError::Overlap { path: path(), first: 1, second: 0 }
    );
    assert_eq!(error("ab", &[("a", "a")]), EditError::Unchanged { path: path(), of: 1 });
}

#[test]
fn half_a_surrogate_pair_is_found_nowhere() {
    let half = Replacement { old: None, new: "x".to_owned() };
    let error = edit("a \u{FFFD}".as_bytes(), &[half], "f", &|| false).unwrap_err();
    assert_eq!(error, EditError::NotFound { path: "f".to_owned(), edit: 0, of: 1 });
}

#[test]
fn the_diff_shows_four_lines_of_context() {
    let file = numbered("", 20);
    let Edited { diff, first_changed_line, .. } =
        edited(file.as_bytes(), &[("6\n7\n", "6\nseven\n"), ("18", "x")]).unwrap();
    assert_eq!(first_changed_line, Some(7));
    let expected = [
        "    ...",
        "  3 3",
        "  4 4",
        "  5 5",
        "  6 6",
        "- 7 7",
        "+ 7 seven",
        "  8 8",
        "  9 9",
        " 10 10",
        " 11 11",
        "    ...",
        " 14 14",
        " 15 15",
        " 16 16",
        " 17 17",
        "-18 18",
        "+18 x",
        " 19 19",
        " 20 20",
    ];
    assert_eq!(diff.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_change_too_large_for_the_shortest_script_is_shown_edit_by_edit() {
    let lines = |word| numbered(word, 20_000);
    let file = format!("{}middle\n{}end\n", lines("a"), lines("b"));
    let edits = [(lines("a"), lines("x")), ("end".to_owned(), "END".to_owned())];
    let edits: Vec<Replacement> = edits.iter().map(|(old, new)| replacement(old, new)).collect();
    let Edited { diff, first_changed_line, .. } = edit(file.as_bytes(), &edits, "f", &|| false).unwrap();
    assert_eq!(first_changed_line, Some(1));
    let signs = |sign: char| diff.lines().filter(|line| line.starts_with(sign)).count();
    assert_eq!((signs('-'), signs('+')), (20_001, 20_001));
    assert!(diff.starts_with("-    1 a1\n"));
    assert!(diff.ends_with("-40002 end\n+40002 END"));
}

/// Files of words that are matched tolerantly or not, with every line break and with bytes that are no UTF-8.
fn files() -> impl Strategy<Value = Vec<u8>> {
    let parts = [
        "a",
        "b “c”",
        " – ",
        "ﬁ",
        "e\u{301}",
        "漢",
        "\t",
        "  ",
        "x\u{A0}y",
        "\n",
        "\n",
        "\r\n",
        "\r\n",
        "\r",
    ];
    let part = prop_oneof![
        12 => prop::sample::select(parts.to_vec()).prop_map(|part| part.as_bytes().to_vec()),
        1 => prop::sample::select(vec![b"\xFF".to_vec(), b"\xC3".to_vec(), b"\xF0\x9F".to_vec()]),
    ];
    prop::collection::vec(part, 0..30).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn d12_d13_bytes_outside_of_a_match_stay(
        before in files(),
        after in files(),
        (written, sought) in prop::sample::select(vec![
            ("KEY one", "KEY one"), ("KEY “one”", "KEY \"one\""), ("KEY \r\nTWO", "KEY\nTWO"), ("KEY\u{A0}–\t\nTWO", "KEY -\nTWO"),
        ]),
        new in prop::sample::select(vec!["", "new", "KEY", "n\nm", "\n"]),
    ) {
        // Spaces and what combines would else belong to the match or to its surroundings.
        let file = [&before[..], b"<", written.as_bytes(), b">", &after[..]].concat();
        let changed = bytes(&file, &[(sought, new)]);
        prop_assert!(changed.starts_with(&[&before[..], b"<"].concat()));
        prop_assert!(changed.ends_with(&[b">", &after[..]].concat()));
        let between = &changed[before.len() + 1..changed.len() - after.len() - 1];
        prop_assert_eq!(String::from_utf8_lossy(between).replace("\r\n", "\n").replace('\r', "\n"), new);
    }

    #[test]
    fn the_diff_turns_the_old_text_into_the_new_one(old in "([abc]\n){0,12}[ab]?", new in "([abc]\n){0,12}[ab]?") {
        let (old, new): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
        let mut built = Vec::new();
        let mut at = 0;
        for part in diff::parts(&old, &new, Vec::new, &|| false) {
            match part {
                diff::Part::Same(count) => {
                    built.extend_from_slice(&old[at..at + count]);
                    at += count;
                }
                diff::Part::Gone(count) => at += count,
                diff::Part::New(count) => {
                    let from = built.len();
                    built.extend_from_slice(&new[from..from + count]);
                }
            }
        }
        prop_assert_eq!(at, old.len());
        prop_assert_eq!(built, new);
    }
}
