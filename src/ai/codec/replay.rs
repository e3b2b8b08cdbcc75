//! Replays fixtures through a decoder, whole and in pieces, for the tests of every protocol.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Decoder, End, of_api};
use crate::ai::{Event, Failure, Opening, Sink, StopReason, Turn};
use crate::json::WireStr;

/// Events as lines that a reviewer can read.
#[derive(Default)]
pub(in crate::ai) struct Lines(pub(in crate::ai) String);

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
                    Opening::Thinking { signature: Some(signature) } => {
                        format!("open {block}{wire} thinking {}", text(signature))
                    }
                    Opening::Thinking { signature: None } => format!("open {block}{wire} thinking"),
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
            Event::Whole { block, text: whole } => format!("  {block} = {}", text(whole)),
            Event::WholeSignature { block, text: signature } => {
                format!("  {block} signature={}", text(signature))
            }
            Event::TextSignature { block, text: signature } => {
                format!("  {block} text signature={}", text(signature))
            }
            Event::Close { block } => format!("close {block}"),
            Event::Piece => return,
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

impl Decoder for Box<dyn Decoder> {
    fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Failure> {
        (**self).push(bytes, sink)
    }

    fn finish(&mut self, end: End, sink: &mut dyn Sink) -> Result<StopReason, Failure> {
        (**self).finish(end, sink)
    }

    fn is_complete(&self) -> bool {
        (**self).is_complete()
    }
}

/// Replays a response in pieces and renders what came of it.
pub(in crate::ai) fn replay<'a>(
    mut decoder: impl Decoder,
    pieces: impl IntoIterator<Item = &'a [u8]>,
    end: End,
) -> String {
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

/// Replays every fixture of a folder whole, byte by byte, cut at every place and at random cuts; all must read alike. The readings, by name.
pub(in crate::ai) fn readings<D: Decoder>(folder: &str, decoder: impl Fn() -> D) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut random = fastrand::Rng::with_seed(7);
    let mut reading = |path: std::path::PathBuf| {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let whole = replay(decoder(), [&*bytes], End::Closed);
        assert_eq!(replay(decoder(), bytes.chunks(1), End::Closed), whole, "{name} byte by byte");
        for at in 0..bytes.len() {
            let (left, right) = bytes.split_at(at);
            assert_eq!(replay(decoder(), [left, right], End::Closed), whole, "{name} cut at {at}");
        }
        for _ in 0..50 {
            let mut rest = &*bytes;
            let pieces = std::iter::from_fn(|| {
                let (piece, tail) = rest.split_at(random.usize(0..=rest.len().min(120)));
                rest = tail;
                (!piece.is_empty() || !rest.is_empty()).then_some(piece)
            });
            assert_eq!(replay(decoder(), pieces, End::Closed), whole, "{name} at random cuts");
        }
        (name, whole)
    };
    files.into_iter().map(&mut reading).collect()
}

/// One line of `fixtures/usage/<api>.jsonl`.
#[derive(Deserialize)]
struct Bill {
    name: String,
    /// What the provider sends, in order.
    wire: Vec<Box<RawValue>>,
    /// The model's prices.
    cost: Box<RawValue>,
    /// The prompt's tokens as the provider bills them, from whatever cache.
    prompt: f64,
    /// What hosts see.
    usage: serde_json::Value,
}

#[derive(Default)]
struct Counted(Option<serde_json::Value>);

impl Sink for Counted {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Usage(usage) = event {
            self.0 = Some(serde_json::to_value(usage).unwrap());
        }
    }
}

/// Reads the usage of every line of a protocol's fixture; `frame` writes the event that carries one of its parts, counted
/// from 0.
pub(super) fn golden_usage(api: &str, frame: impl Fn(usize, &RawValue) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/usage").join(format!("{api}.jsonl"));
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let Bill { name, wire, cost, prompt, usage } = serde_json::from_str(line).unwrap();
        let turn: Turn = serde_json::from_str(&format!(r#"{{"model":{{"cost":{cost}}}}}"#)).unwrap();
        let mut counted = Counted::default();
        let mut decoder = of_api(api).unwrap().decoder(&turn);
        for (at, part) in wire.iter().enumerate() {
            decoder.push(frame(at, part).as_bytes(), &mut counted).unwrap();
        }
        let seen = counted.0.unwrap();
        assert_eq!(seen, usage, "{name}");
        let part = |name: &str| seen[name].as_f64().unwrap();
        assert!((part("input") + part("cacheRead") + part("cacheWrite") - prompt).abs() < 1e-9, "{name}");
    }
}
