//! What a contributor types and what CI calls: `cargo xtask run`, `build`, `lint`, `test`, `bench`, `soak`,
//! `simulate`.
//!
//! Everything that it needs is compiled with it (wasm-bindgen is a library here), so a machine with rustup and a
//! C compiler is enough. One file per command; `client` and `server` are the two halves that they share.

mod bench;
mod binding;
mod client;
mod command;
mod compress;
mod failure;
mod lint;
mod optimise;
mod output;
mod packages;
mod peers;
mod release;
mod run;
mod server;
mod simulate;
mod soak;
mod stamp;
mod style;
mod test;
mod workspace;

use std::{error::Error, ffi::OsString, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::failure::Failure;

/// Builds, runs and checks Uptime Tracker.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds everything with the quick profile and serves it on <http://127.0.0.1:3000>.
    ///
    /// Words after `--` go to the program: `cargo xtask run -- --demo` starts targets of its own to look at,
    /// `cargo xtask run -- --track https://example.org` tracks a page, `cargo xtask run -- list` is another command
    /// of the program. The first build takes minutes, the next one seconds.
    Run {
        /// Runs what `cargo xtask build` makes instead: slow to build, small and fast.
        #[arg(long)]
        release: bool,
        /// Passed to the program; `serve` is put before them unless they start with another command.
        #[arg(last = true, value_name = "ARGS")]
        args: Vec<OsString>,
    },
    /// Builds `target/release/uptime-tracker`, one self-contained file with the web client inside.
    ///
    /// A `wasm-opt` of version 120 or newer on PATH makes the web client a little smaller. None is needed, and an
    /// older one is not used, because old ones break the client without saying so.
    Build {
        /// Builds for this target of rustc's, into `target/<TRIPLE>/release`: `x86_64-unknown-linux-musl` is static.
        #[arg(long, value_name = "TRIPLE")]
        target: Option<String>,
    },
    /// Checks the formatting and runs clippy, on the host and on WebAssembly apart.
    Lint,
    /// Installs what the tests need, then runs all of them: Rust first, then a real browser.
    ///
    /// The last line says `N passed, N failed`. Installing is done with apt-get (as root) and npm; where that cannot
    /// be, it says what is missing. The variable CHROMIUM names the browser to use.
    Test,
    /// Measures the release build: slots hit, lateness, CPU, memory, disk, pages, polls, starts. On loopback only.
    ///
    /// Each scenario has a name: `--only 10000-reused` measures that one, `--only https` all whose names have this in them.
    /// `blackbox-…` compares with `blackbox_exporter` and Prometheus, which are unpacked from Debian's packages, not installed.
    ///
    /// With `--history` it measures storage instead: bytes and CPU for a check, memory, and how long answers take over 100
    /// million checks; half an hour, or a minute or two with `--quick`.
    Bench(bench::Options),
    /// Kills the program's storage again and again while it records, and looks whether anything is lost or there twice.
    ///
    /// The same tests as in `cargo xtask test`, built for release and with more kills. The report is bench/soak.md.
    Soak(soak::Options),
    /// Runs seeds of the simulation: the real program over a world where everything fails, with virtual time.
    ///
    /// A seed that fails is shown with what happened before. The first 200 are part of `cargo xtask test`.
    Simulate(simulate::Options),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Run { release, args } => run::run(release, args),
        Task::Build { target } => release::build(target.as_deref()).map(|_| ExitCode::SUCCESS),
        Task::Lint => lint::lint().map(|()| ExitCode::SUCCESS),
        Task::Test => Ok(test::test()),
        Task::Bench(options) => bench::bench(options).map(|()| ExitCode::SUCCESS),
        Task::Soak(options) => soak::soak(&options).map(|()| ExitCode::SUCCESS),
        Task::Simulate(options) => simulate::simulate(&options).map(|()| ExitCode::SUCCESS),
    };
    outcome.unwrap_or_else(|failure| {
        explain(&failure);
        ExitCode::FAILURE
    })
}

/// The failure and, indented below it, what caused it.
fn explain(failure: &Failure) {
    output::line(format_args!("error: {failure}"));
    let mut cause = failure.source();
    while let Some(error) = cause {
        output::line(format_args!("  because {error}"));
        cause = error.source();
    }
    if let Some(help) = failure.help() {
        output::line(format_args!("  help: {help}"));
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Cli::command().debug_assert();
    }
}
