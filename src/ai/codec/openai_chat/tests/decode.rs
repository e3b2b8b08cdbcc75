use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::ai::codec::openai_chat::Decoder;
use crate::ai::codec::{Decoder as _, End};
use crate::ai::{Event, FailureKind, Opening, Sink, Turn};
use crate::json::WireStr;

/// Events as lines that a reviewer can read.
#[derive(Default)]
struct Lines(String);

impl Sink for Lines {
    fn event(&mut self, event: Event<'_>) {
        let line = match event {
            Event::ResponseId(id) => format!("id {}", text(id)),
            Event::ResponseModel(model) => format!("model {}", text(model)),
            Event::Usage(usage) => format!("usage {}", serde_json::to_string(usage).unwrap()),
            Event::Stopping(reason) => format!("stopping {}", reason.as_str()),
            Event::Open { block, wire, opening } => {
                let wire = wire.map_or_else(String::new, |wire| format!(" wire={wire}"));
                match opening {
                    Opening::Thinking { signature } => {
                        format!("open {block}{wire} thinking {}", text(signature))
                    }
                    Opening::ToolCall { id, name, .. } => {
                        format!("open {block}{wire} call id={} name={}", text(id), text(name))
                    }
                    other => format!("open {block}{wire} {other:?}"),
                }
            }
            Event::Delta { block, text: delta } => format!("  {block} + {}", text(delta)),
            Event::CallId { block, id } => format!("  {block} id={}", text(id)),
            Event::CallName { block, name } => format!("  {block} name={}", text(name)),
            Event::ThoughtSignature { block, json } => format!("  {block} thought {json}"),
            Event::Close { block } => format!("close {block}"),
            other => format!("  {other:?}"),
        };
        writeln!(self.0, "{line}").unwrap();
    }
}

fn text(wire: &WireStr<'_>) -> String {
    match std::str::from_utf8(wire.as_bytes()) {
        Ok(text) => format!("{text:?}"),
        Err(_) => format!("wtf8 \"{}\"", wire.as_bytes().escape_ascii()),
    }
}

fn decoder() -> Decoder {
    let model = r#"{"model":{"id":"test-model","api":"openai-completions",
        "cost":{"input":3,"output":15,"cacheRead":0.3,"cacheWrite":3.75}}}"#;
    Decoder::new(&serde_json::from_str::<Turn>(model).unwrap())
}

/// Replays a response in pieces and renders what came of it.
fn replay<'a>(pieces: impl IntoIterator<Item = &'a [u8]>, end: End) -> String {
    let mut decoder = decoder();
    let mut lines = Lines::default();
    let pushed = pieces.into_iter().try_for_each(|piece| decoder.push(piece, &mut lines));
    let ending = pushed.and_then(|()| decoder.finish(end, &mut lines));
    match ending {
        Ok(reason) => writeln!(lines.0, "=> {}", reason.as_str()),
        Err(failure) => writeln!(lines.0, "=> {}", serde_json::to_string(&failure).unwrap()),
    }
    .unwrap();
    lines.0
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/openai-completions");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn fixtures_read_the_same_however_they_are_cut() {
    for path in fixtures() {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let whole = replay([&*bytes], End::Closed);
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, whole);
        });
        assert_eq!(replay(bytes.chunks(1), End::Closed), whole, "{name} byte by byte");
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..50 {
            let mut rest = &*bytes;
            let pieces = std::iter::from_fn(|| {
                let (piece, tail) = rest.split_at(random.usize(0..=rest.len().min(120)));
                rest = tail;
                (!piece.is_empty() || !rest.is_empty()).then_some(piece)
            });
            assert_eq!(replay(pieces, End::Closed), whole, "{name} at random cuts");
        }
    }
}

#[test]
fn an_aborted_answer_is_closed_and_then_fails() {
    let half = br#"data: {"choices":[{"delta":{"content":"Half","tool_calls":[{"index":0,"id":"a"}]}}]}

data: {"choices"#;
    insta::assert_snapshot!(replay([&half[..]], End::Aborted), @r#"
    open 0 Text
      0 + "Half"
    open 1 wire=0 call id="a" name=""
      1 + ""
    close 0
    close 1
    => {"kind":"aborted","message":"Request was aborted","retryable":false}
    "#);
}

#[test]
fn done_completes_the_answer_before_the_connection_closes() {
    let mut decoder = decoder();
    let mut lines = Lines::default();
    decoder.push(b"data: {}\n\n", &mut lines).unwrap();
    assert!(!decoder.is_complete());
    decoder.push(b"data: [DONE]\n\n", &mut lines).unwrap();
    assert!(decoder.is_complete());
}

/// P14 of the field notes: Pi takes a stream that just stops for a finished answer.
#[test]
fn p14_a_stream_that_just_stops_is_truncated() {
    for bytes in [&b""[..], b"data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n"] {
        let mut decoder = decoder();
        decoder.push(bytes, &mut Lines::default()).unwrap();
        let failure = decoder.finish(End::Closed, &mut Lines::default()).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Truncated);
        assert_eq!(failure.message, "Stream ended without finish_reason");
        assert!(failure.retryable);
    }
}
