//! Mutates session files and hands them to the fuzz targets, on any compiler: `campaign [seconds] [seed] [file...]`.
//! The first input that breaks something is left in `artifacts/`.

use std::fs;
use std::panic::catch_unwind;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use fastrand::Rng;

type Target = (&'static str, fn(&[u8]));

const TARGETS: [Target; 2] =
    [("reader", argent_runtime_fuzz::reader), ("salvage", argent_runtime_fuzz::salvage)];

/// Parts of lines that mean something, so that mutations hit on what they do together.
const WORDS: [&str; 24] = [
    "\n",
    "{",
    "}",
    "\"",
    "\\",
    "null",
    "1e999",
    "\\ud800",
    "\u{feff}",
    "\"type\":\"session\",",
    "\"type\":\"message\",",
    "\"type\":\"compaction\",",
    "\"type\":\"label\",",
    "\"type\":\"context_edit\",",
    "\"id\":\"a1\",",
    "\"id\":\"a2\",",
    "\"parentId\":\"a1\",",
    "\"parentId\":\"a2\",",
    "\"parentId\":\"a9\",",
    "\"firstKeptEntryId\":\"a1\",",
    "\"targetId\":\"a2\",",
    "\"version\":2,",
    ",\"blobs\":[\"/message/content\"]}\n",
    "\"argent-blob:sha256:0000000000000000000000000000000000000000000000000000000000000000\"",
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let seconds: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(10);
    let seed: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
    let mut corpus: Vec<Vec<u8>> = SESSIONS.iter().map(|text| text.as_bytes().to_vec()).collect();
    corpus.extend(arguments.map(|path| fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))));
    println!("seed {seed}, {seconds} s, {} sessions", corpus.len());
    let mut rng = Rng::with_seed(seed);
    let (start, mut inputs, mut told) = (Instant::now(), 0_u64, Instant::now());
    while start.elapsed() < Duration::from_secs(seconds) {
        let input = mutated(&corpus, &mut rng);
        for (name, target) in TARGETS {
            if catch_unwind(|| target(&input)).is_err() {
                let path = format!("artifacts/{name}-{seed}-{inputs}.jsonl");
                let kept = fs::create_dir_all("artifacts").and_then(|()| fs::write(&path, &input));
                println!("{name} broke on input {inputs}: {path} {kept:?}");
                return ExitCode::FAILURE;
            }
        }
        inputs += 1;
        if told.elapsed() > Duration::from_secs(60) {
            told = Instant::now();
            println!("{inputs} inputs in {} s, no finding", start.elapsed().as_secs());
        }
    }
    println!("{inputs} inputs in {} s, no finding", start.elapsed().as_secs());
    ExitCode::SUCCESS
}

fn mutated(corpus: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let mut data = rng.choice(corpus).cloned().unwrap_or_default();
    for _ in 0..rng.usize(1..8) {
        let at = rng.usize(..=data.len());
        let end = (at + rng.usize(..40)).min(data.len());
        match rng.u8(..9) {
            0 if at < data.len() => data[at] ^= 1 << rng.u8(..8),
            1 => data.insert(at, rng.u8(..)),
            2 => drop(data.drain(at..end)),
            3 => data.truncate(at),
            4 => drop(data.splice(at..at, rng.choice(WORDS).unwrap_or_default().bytes())),
            5 => {
                let copy = data[at..end].to_vec();
                let to = rng.usize(..=data.len());
                drop(data.splice(to..to, copy));
            }
            6 => {
                let mut lines: Vec<&[u8]> = data.split_inclusive(|byte| *byte == b'\n').collect();
                if !lines.is_empty() {
                    let (from, to) = (rng.usize(..lines.len()), rng.usize(..lines.len()));
                    if rng.bool() { lines.swap(from, to) } else { lines.insert(to, lines[from]) }
                }
                data = lines.concat();
            }
            7 => {
                let other = rng.choice(corpus).cloned().unwrap_or_default();
                let from = rng.usize(..=other.len());
                drop(data.splice(at..at, other[from..].iter().copied().take(400)));
            }
            // An id becomes another one.
            _ => {
                let ids: Vec<usize> = memchr(&data);
                if let (Some(one), Some(other)) = (rng.choice(&ids), rng.choice(&ids)) {
                    let digit = data[other + 2];
                    data[one + 2] = digit;
                }
            }
        }
    }
    data
}

/// Where ids begin: `"a1"` and the like.
fn memchr(data: &[u8]) -> Vec<usize> {
    data.windows(4).enumerate().filter(|(_, word)| word.starts_with(b"\"a") && word[3] == b'"').map(|(at, _)| at).collect()
}

const SESSIONS: [&str; 4] = [
    r#"{"type":"session","version":3,"id":"s1","timestamp":"2026-01-01T00:00:00.000Z","cwd":"/work"}
{"type":"model_change","id":"a0","parentId":null,"timestamp":"2026-01-01T00:00:00.000Z","provider":"p","modelId":"m"}
{"type":"message","id":"a1","parentId":"a0","timestamp":"2026-01-01T00:00:01.000Z","message":{"role":"user","content":"caf\u00e9 é \ud83d","timestamp":1}}
{"type":"message","id":"a2","parentId":"a1","timestamp":"2026-01-01T00:00:02.000Z","message":{"role":"assistant","content":[{"type":"text","text":"hello"},{"type":"toolCall","id":"c1","name":"t","arguments":{"a":[1,{"b":"c"}]}}],"timestamp":2}}
{"type":"message","id":"a3","parentId":"a2","timestamp":"2026-01-01T00:00:03.000Z","message":{"role":"toolResult","toolCallId":"c1","content":[{"type":"text","text":"x"}],"timestamp":3}}
{"type":"compaction","id":"a4","parentId":"a3","timestamp":"2026-01-01T00:00:04.000Z","summary":"short","firstKeptEntryId":"a2","tokensBefore":9}
{"type":"label","id":"a5","parentId":"a4","timestamp":"2026-01-01T00:00:05.000Z","targetId":"a2","label":"l"}
{"type":"message","id":"a6","parentId":"a1","timestamp":"2026-01-01T00:00:06.000Z","message":{"role":"user","content":"another way"}}
{"type":"branch_summary","id":"a7","parentId":"a6","timestamp":"2026-01-01T00:00:07.000Z","fromId":"a4","summary":"left"}
{"type":"session_info","id":"a8","parentId":"a7","timestamp":"2026-01-01T00:00:08.000Z","name":" n "}
"#,
    r#"{"type":"session","id":"s2","timestamp":"2025-01-01T00:00:00.000Z","cwd":"/work"}
{"type":"message","timestamp":"2025-01-01T00:00:00.000Z","message":{"role":"user","content":"u0"}}
{"type":"message","timestamp":"2025-01-01T00:00:01.000Z","message":{"role":"hookMessage","content":"h"}}
{"type":"compaction","timestamp":"2025-01-01T00:00:02.000Z","summary":"s","firstKeptEntryIndex":1,"tokensBefore":1}
"#,
    "{\"type\":\"custom\",\"id\":\"a1\",\"parentId\":null}\r\n\r\n{\"type\":\"message\",\"id\":\"a2\",\"parentId\":\"a1\",\"message\":{\"role\":\"user\",\"content\":\"argent-blob:sha256:0000000000000000000000000000000000000000000000000000000000000000\"},\"blobs\":[\"/message/content\"]}",
    "",
];
