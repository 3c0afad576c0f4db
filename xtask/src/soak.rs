//! `cargo xtask soak`: the kill tests of the store with a release build and very many kills, and a report of them.

use std::{
    fmt::Write as _,
    fs,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    command,
    failure::Failure,
    output::{self, Steps},
    workspace,
};

/// How long to go on.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How often the recording process is killed.
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    kills: usize,
}

/// What the test says when nothing was lost: `soak: kills=1000 checks=…`.
const PREFIX: &str = "soak: ";

pub(crate) fn soak(options: &Options) -> Result<(), Failure> {
    let mut steps = Steps::new(2);
    let step = steps.begin("Tests, release build");
    command::run(&mut command::cargo([
        "test",
        "--release",
        "--package",
        "store",
        "--test",
        "it",
        "--no-run",
    ]))?;
    step.done();

    let step = steps.begin("Killing");
    let mut run = command::cargo(["test", "--release", "--package", "store", "--test", "it", "--"]);
    run.args(["kills::", "--nocapture"]).env("UPTIME_KILLS", options.kills.to_string());
    let mut told = String::new();
    command::stream(&mut run, |line| {
        output::result(line);
        // The test runner may have begun the line with the name of the test.
        if let Some((_, facts)) = line.split_once(PREFIX) {
            facts.clone_into(&mut told);
        }
    })?;
    step.done();

    let report = workspace::root().join("bench/soak.md");
    fs::write(&report, text(&told)).map_err(Failure::io("write", &report))?;
    output::line(format_args!("the report is {}", report.display()));
    Ok(())
}

/// The report, from words such as `kills=1000`.
fn text(told: &str) -> String {
    let mut text = String::from(
        "# Killed again and again\n\n\
         `cargo xtask soak` writes this. A process records checks of 50 trackers as fast as it can, with a clock that runs ahead, so that\n\
         sealing and the leaving of rows go on all the time; it says each batch that was acknowledged, and is killed by SIGKILL at a random\n\
         moment, one time in four while it starts. Then everything is read again: each acknowledged check must be there exactly once, in its\n\
         order, with its text; the answers must be those of a plain recount; `store::verify` must find nothing. A new database after every\n\
         20 kills. With it run up to 50 kills each of a migration and of a backup.\n\n\
         | | |\n|---|---|\n",
    );
    // Writing to a string cannot fail.
    let _ = writeln!(text, "| date | {} |", date());
    for (name, value) in told.split_whitespace().filter_map(|word| word.split_once('=')) {
        let _ = writeln!(text, "| {name} | {value} |");
    }
    text
}

/// Today, UTC, as `date` has it; otherwise seconds since 1970.
fn date() -> String {
    let asked = command::answer(command::program("date").args(["-u", "+%Y-%m-%d"]));
    #[expect(clippy::disallowed_methods, reason = "only a word in a report")]
    let seconds = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    asked.unwrap_or_else(|| seconds().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_has_a_line_for_each_fact() {
        let text = text("kills=3 checks=40 lost=0");
        assert!(text.contains("| kills | 3 |\n| checks | 40 |\n| lost | 0 |\n"), "{text}");
    }
}
