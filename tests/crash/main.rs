//! A campaign of crashes against session files: whatever happens to the file or its writer, no entry is lost whose append
//! had returned. `--long` runs a million faults, `--seed <number>` repeats a run.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test, which clippy does not see without the usual harness"
)]

mod children;
mod disks;
mod files;
mod full;
mod session;

use std::process::ExitCode;
use std::time::Instant;

use session::Tally;

/// Brings about so many faults.
type Run = fn(&mut Tally, usize);

/// What is done how often, in the quick and in the long run.
const KINDS: [(&str, Run, usize, usize); 8] = [
    ("an append cut off at every byte", files::cuts, 4_500, 200_000),
    ("two lines run together", files::glued, 1_000, 30_000),
    ("one bit flipped", files::flips, 6_500, 350_000),
    ("writes short, refused or failing", disks::refusals, 5_500, 250_000),
    ("power cut, what was not synced lost", disks::power, 3_000, 160_000),
    ("writer killed (SIGKILL)", children::kills, 100, 4_000),
    ("one of two writers killed (SIGKILL)", children::kills_of_one, 50, 1_000),
    ("disk full", full::run, 500, 5_000),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1);
    if let Some(path) = after("--write") {
        return children::write(path);
    }
    if let Some(folder) = after("--fill") {
        return full::fill(folder, after("--count").unwrap().parse().unwrap());
    }
    // `cargo test` hands its filter to every test program.
    let seed = after("--seed");
    let filter = arguments.iter().find(|argument| !argument.starts_with('-') && Some(*argument) != seed);
    if arguments.iter().any(|argument| argument == "--list")
        || filter.is_some_and(|filter| !"crash".contains(filter.as_str()))
    {
        return ExitCode::SUCCESS;
    }
    let long = arguments.iter().any(|argument| argument == "--long");
    let seed = seed.map_or_else(|| fastrand::u64(..u64::from(u32::MAX)), |seed| seed.parse().unwrap());
    println!("crash campaign, seed {seed}");
    println!("{:<50} {:>9} {:>13} {:>6} {:>7}", "fault", "times", "acknowledged", "lost", "seconds");
    let since = Instant::now();
    let mut all = Tally::new(seed);
    for (name, run, quick, many) in KINDS {
        let mut tally = Tally::new(seed);
        let begun = Instant::now();
        run(&mut tally, if long { many } else { quick });
        let name = format!("{name}{}", tally.note);
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "{name:<50} {:>9} {:>13} {:>6} {seconds:>7.1}",
            tally.faults, tally.acknowledged, tally.lost
        );
        all.add(&tally);
    }
    let seconds = since.elapsed().as_secs_f64();
    println!("{:<50} {:>9} {:>13} {:>6} {seconds:>7.1}", "all", all.faults, all.acknowledged, all.lost);
    let enough = all.faults >= if long { 1_000_000 } else { 20_000 };
    if enough && all.lost == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
