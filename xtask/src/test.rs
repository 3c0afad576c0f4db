//! `cargo xtask test`: everything that can be tested, and one line that says what came of it.

mod tally;
mod tools;

use std::{
    path::Path,
    process::{Command, ExitCode},
};

use crate::{
    command,
    output::{self, Steps},
    server, workspace,
};
use tally::Tally;

/// The members that are tested together. `server` is among them, so `app` is tested with `ssr` and `domain` with `server`.
pub(crate) const TESTED: [&str; 7] = ["domain", "probe", "notify", "store", "app", "server", "simulate"];

/// Runs every suite even when one before it failed, so that one run tells everything. The last line, on the standard
/// output, is `N passed, N failed`; a suite that broke (did not compile, could not be started) counts as one failure.
pub(crate) fn test() -> ExitCode {
    let mut steps = Steps::new(server::DEV_STEPS + 3);
    let mut total = Tally::default();

    let step = steps.begin("Tools for the tests");
    let node = tools::ensure();
    step.done();

    let step = steps.begin("Rust tests");
    let rust = rust_tests();
    step.done_with(rust);
    total += rust;

    let program = server::build_dev(&mut steps);
    let step = steps.begin("Browser tests");
    let browser = program.and_then(|program| Ok(browser_tests(&node?, &program))).unwrap_or_else(|failure| {
        crate::explain(&failure);
        Tally::BROKEN
    });
    step.done_with(browser);
    total += browser;

    output::result(total);
    if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The bench and the task runner have runs of their own: together, features would unify and most of what `cargo xtask run` compiled would be compiled again.
fn rust_tests() -> Tally {
    let mut tally = cargo_test(&TESTED);
    tally += cargo_test(&["bench"]);
    tally += cargo_test(&["xtask"]);
    tally
}

fn cargo_test(packages: &[&str]) -> Tally {
    let mut run = command::cargo(["test", "--no-fail-fast"]);
    for package in packages {
        run.args(["--package", package]);
    }
    counted(&mut run, tally::of_cargo)
}

/// The runner of `e2e/` against the program and the site that `run` would serve.
fn browser_tests(node: &Path, program: &Path) -> Tally {
    let mut run = Command::new(node);
    run.arg("run.mjs").current_dir(workspace::root().join("e2e"));
    run.env("UPTIME_BIN", program).env("LEPTOS_SITE_ROOT", workspace::dev_site());
    counted(&mut run, tally::of_runner)
}

/// Shows what a suite prints while it runs, and adds up what its lines say.
fn counted(run: &mut Command, read: fn(&str) -> Option<Tally>) -> Tally {
    let mut tally = Tally::default();
    let outcome = command::stream(run, |line| {
        output::result(line);
        if let Some(more) = read(line) {
            tally += more;
        }
    });
    match outcome {
        Ok(()) if tally.passed + tally.failed > 0 => tally,
        Ok(()) => {
            output::line("error: the suite ran no test at all");
            Tally::BROKEN
        }
        // Its failed tests are counted already; without any, the suite itself is the failure.
        Err(_) if tally.failed > 0 => tally,
        Err(failure) => {
            crate::explain(&failure);
            tally += Tally::BROKEN;
            tally
        }
    }
}
