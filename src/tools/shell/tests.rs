//! What becomes of commands, their output and their processes, with real shells.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use tokio_util::sync::CancellationToken;

use super::decode::Decoder;
use super::{Command, End, Exit, Output, Receive, run};

fn bash(script: &str, timeout: Option<f64>) -> Command {
    Command {
        program: "/bin/bash".into(),
        args: vec!["-c".into(), script.into()],
        cwd: std::env::temp_dir(),
        env: vec![("PATH".into(), std::env::var("PATH").unwrap())],
        timeout,
    }
}

/// Cancels once the output holds a word.
struct Until<'a> {
    text: Vec<u8>,
    word: &'a str,
    cancel: CancellationToken,
}

impl Receive for Until<'_> {
    fn data(&mut self, bytes: &[u8]) {
        self.text.extend_from_slice(bytes);
        if !self.word.is_empty() && self.said().contains(self.word) {
            self.cancel.cancel();
        }
    }
}

impl Until<'_> {
    fn said(&self) -> String {
        String::from_utf8_lossy(&self.text).into_owned()
    }
}

fn play(script: &str, timeout: Option<f64>, word: &str) -> (Exit, String) {
    let cancel = CancellationToken::new();
    let mut sink = Until { text: Vec::new(), word, cancel: cancel.clone() };
    let exit = run(&bash(script, timeout), &cancel, &mut sink).unwrap();
    (exit, sink.said())
}

/// The ids that a script has written, one a line.
fn pids(said: &str) -> Vec<PathBuf> {
    said.lines()
        .filter_map(|line| line.parse::<u32>().ok())
        .map(|pid| format!("/proc/{pid}").into())
        .collect()
}

fn dead(process: &Path) -> bool {
    let stat = std::fs::read_to_string(process.join("stat")).unwrap_or_default();
    stat.rsplit_once(')').is_none_or(|(_, rest)| rest.trim_start().starts_with('Z'))
}

#[test]
fn tells_code_and_signal() {
    let itself = |code, signal| Exit { code, signal, end: End::Itself };
    assert_eq!(
        play("echo out; echo err >&2; exit 3", None, ""),
        (itself(Some(3), None), "out\nerr\n".into())
    );
    assert_eq!(play("kill -9 $$", None, "").0, itself(None, Some(9)));
}

#[test]
fn keeps_the_order_of_stdout_and_stderr() {
    let (_, said) = play("for i in 1 2 3 4 5 6 7 8; do echo o$i; echo e$i >&2; done", None, "");
    let expected = (1..=8).flat_map(|i| [format!("o{i}\n"), format!("e{i}\n")]).collect::<String>();
    assert_eq!(said, expected);
}

#[test]
fn stdin_is_at_its_end() {
    assert_eq!(play("cat; echo done", None, "").1, "done\n");
}

#[cfg(target_os = "linux")]
#[test]
fn leaves_nobody_when_aborted() {
    let script = "sleep 1000 & echo $!
        (trap '' TERM; echo $BASHPID; while :; do sleep 1000; done) &
        setsid bash -c 'trap \"\" TERM; echo $$; sleep 1000 & echo $!; wait; wait' &
        sleep 0.2; echo ready; wait";
    let (exit, said) = play(script, None, "ready");
    assert_eq!(exit.end, End::Aborted);
    let processes = pids(&said);
    assert_eq!(processes.len(), 4, "{said}");
    assert!(processes.iter().all(|process| dead(process)), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn leaves_nobody_when_the_time_is_over() {
    let (exit, said) = play("echo $$; sleep 1000 & echo $!; wait", Some(0.2), "");
    assert_eq!((exit.end, exit.signal), (End::TimedOut, Some(15)));
    assert!(!pids(&said).is_empty() && pids(&said).iter().all(|process| dead(process)), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn asks_before_it_kills() {
    let (exit, said) =
        play("trap 'echo tidied; exit 7' TERM; echo ready; while :; do :; done", None, "ready");
    assert_eq!((exit.end, exit.code), (End::Aborted, Some(7)));
    assert_eq!(said, "ready\ntidied\n");
}

#[cfg(target_os = "linux")]
#[test]
fn does_not_wait_for_what_runs_on_in_the_background() {
    let started = Instant::now();
    let (exit, said) = play("sleep 30 & echo $!", None, "");
    assert_eq!(exit, Exit { code: Some(0), signal: None, end: End::Itself });
    assert!(started.elapsed() < Duration::from_secs(20));
    let process = pids(&said).pop().unwrap();
    assert!(!dead(&process));
    let pid = process.file_name().unwrap().to_str().unwrap().to_owned();
    std::process::Command::new("kill").arg(pid).status().unwrap();
}

#[test]
fn a_shell_that_is_not_there_is_an_error() {
    let command = Command { program: "/nowhere/sh".into(), ..bash("", None) };
    let mut sink = Until { text: Vec::new(), word: "", cancel: CancellationToken::new() };
    let error = run(&command, &CancellationToken::new(), &mut sink).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn memory_does_not_grow_with_the_output_and_the_file_has_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut output = Output::new(folder.path().into());
    let line = format!("{}\n", "x".repeat(99));
    for _ in 0..100_000 {
        output.append(line.as_bytes());
    }
    output.finish();
    let shown = output.shown();
    assert_eq!((shown.total_lines, shown.total_bytes, shown.last_line_bytes), (100_001, 10_000_000, 0));
    assert!(shown.text.len() <= 200 << 10 && shown.text.starts_with('x') && shown.text.ends_with(&line));
    assert_eq!(std::fs::metadata(shown.path.unwrap()).unwrap().len(), 10_000_000);
}

#[test]
fn a_file_that_nobody_was_told_of_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let files = || std::fs::read_dir(folder.path()).unwrap().count();
    let mut output = Output::new(folder.path().into());
    output.append(&vec![b'x'; 60 << 10]);
    assert_eq!(files(), 1);
    drop(output);
    assert_eq!(files(), 0);
    let mut output = Output::new(folder.path().into());
    output.append(&vec![b'x'; 60 << 10]);
    output.shown();
    drop(output);
    assert_eq!(files(), 1);
}

#[test]
fn a_full_disk_loses_the_file_and_not_the_output() {
    let mut output = Output::new("/nowhere".into());
    output.append(&vec![b'x'; 60 << 10]);
    let shown = output.shown();
    assert_eq!((shown.path, shown.total_bytes), (None, 60 << 10));
    assert!(shown.unsaved.is_some_and(|why| why.contains("No such file")));
}

proptest! {
    #[test]
    fn text_is_the_same_however_the_bytes_are_cut(
        parts in prop::collection::vec(prop_oneof![
            Just(&b"plain"[..]), Just("\u{feff}".as_bytes()), Just("\u{1f600}\u{e9}".as_bytes()),
            Just(&b"\xff"[..]), Just(&b"\xf0\x9f"[..]), Just(&b"\xed\xa0\x80"[..]), Just(&b"\n"[..]),
        ], 0..12),
        size in 1usize..5,
    ) {
        let bytes = parts.concat();
        let mut text = String::new();
        let mut decoder = Decoder::default();
        for piece in bytes.chunks(size) {
            decoder.push(piece, &mut text);
        }
        decoder.finish(&mut text);
        let whole = String::from_utf8_lossy(&bytes);
        prop_assert_eq!(text.as_str(), whole.strip_prefix('\u{feff}').unwrap_or(&whole));
    }
}
