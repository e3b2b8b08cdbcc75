//! SIS-Bench: does the self-improving system learn? Run by `bench/sis/run.sh`, which fetches the data.
//!
//! `sis-bench RULES.json [--long] [--write=FOLDER] [PART...]` prints one table of all parts, or of those that are named;
//! or writes it into a folder, with plots.
#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints a table")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::missing_panics_doc,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::format_collect,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a measurement that goes wrong has to stop"
)]

mod bandit;
mod baselines;
mod context;
mod cost;
mod extraction;
mod plot;
mod retrieval;
mod rules;
mod safety;
mod speed;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use argent_runtime::sis::{Config, Sis};

/// One line of the table.
pub struct Row {
    part: &'static str,
    what: String,
    figures: String,
    target: &'static str,
}

pub fn row(
    part: &'static str,
    what: impl Into<String>,
    figures: impl Into<String>,
    target: &'static str,
) -> Row {
    Row { part, what: what.into(), figures: figures.into(), target }
}

/// A store that goes away with its folder; in memory where the system has such a folder.
pub fn fresh(config: Config) -> (tempfile::TempDir, Sis) {
    let shared = PathBuf::from("/dev/shm");
    let folder = if shared.is_dir() { tempfile::tempdir_in(shared) } else { tempfile::tempdir() }.unwrap();
    let sis = Sis::open(&folder.path().join("lessons.db"), config).unwrap();
    (folder, sis)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let long = arguments.iter().any(|argument| argument == "--long");
    let parts: Vec<&str> =
        arguments.iter().map(String::as_str).filter(|argument| argument.len() == 1).collect();
    let wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    let rules = rules::load(arguments.iter().find(|argument| argument.ends_with(".json")).unwrap());
    let mut rows = Vec::new();
    let mut plots = plot::Plots::default();
    if wanted("A") {
        rows.extend(retrieval::run(&rules));
        rows.extend(speed::run(&rules));
    }
    if wanted("B") {
        rows.extend(extraction::run());
    }
    if wanted("C") || wanted("D") {
        rows.extend(bandit::run(if long { 20 } else { 4 }, &mut plots));
    }
    if wanted("E") {
        rows.extend(context::run(&rules, if long { 5 } else { 1 }, &mut plots));
    }
    if wanted("F") {
        rows.extend(cost::run(&rules));
    }
    if wanted("G") {
        rows.extend(safety::run(&rules));
    }
    let mut table = String::from("| part | what | measured | target |\n| --- | --- | --- | --- |\n");
    for Row { part, what, figures, target } in rows {
        writeln!(table, "| {part} | {what} | {figures} | {target} |").unwrap();
    }
    match arguments.iter().find_map(|argument| argument.strip_prefix("--write=")) {
        Some(folder) => report(&PathBuf::from(folder), &table, &plots, long),
        None => print!("{table}"),
    }
}

/// The table as a document, with the plots.
fn report(folder: &Path, table: &str, plots: &plot::Plots, long: bool) {
    let seeds = if long { "twenty seeds" } else { "four seeds" };
    let pictures: String = plots.write(folder).iter().map(|file| format!("\n![{file}]({file})\n")).collect();
    let text = format!(
        "# SIS-Bench\n\nMade by `bench/sis/run.sh{}`: does the agent learn? Parts C and D with {seeds}. What the parts \
         are, and what speaks against them, is in `bench/README.md`.\n\n{table}{pictures}",
        if long { " --long" } else { "" }
    );
    std::fs::write(folder.join("sis-bench.md"), text).unwrap();
}
