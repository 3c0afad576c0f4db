//! What the server costs, measured from outside: the release binary, its targets in a process of their own, loopback only.
//!
//! `cargo xtask bench` builds the server and runs this. [`scenario`] says what there is to measure, [`plan`] how; [`load`] measures
//! one load, [`latency`] how true what is recorded is, [`blackbox`] another program, [`page`] and [`start`] what a person waits for;
//! [`kernel`] reads what the kernel counts, [`stages`] sorts it, [`goals`] says what is to be reached.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::targets::Manner;

mod blackbox;
mod figures;
mod goals;
mod http;
mod kernel;
mod latency;
mod load;
mod machine;
mod page;
mod plan;
mod process;
mod report;
mod scenario;
mod scrape;
mod slots;
mod stages;
mod start;
mod targets;

/// Measures a server.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Measures and prints a table; the figures go to `--out` as JSON, and the table beside it.
    Run(Plan),
    /// The targets: as many local addresses that answer at once. Ends with its standard input.
    Targets(Manner),
}

/// What to measure.
#[derive(clap::Args)]
struct Plan {
    /// The server's binary.
    #[arg(long)]
    server: PathBuf,
    /// A folder for data, emptied first.
    #[arg(long)]
    scratch: PathBuf,
    /// Shorter windows and fewer loads: two minutes at most.
    #[arg(long)]
    quick: bool,
    /// Only what is called so, or whose name has this in it; may be given more than once.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Only this many trackers, with connections reused and fresh; with `--only`, so many in what that chooses.
    #[arg(long)]
    trackers: Option<usize>,
    /// A folder into which the packages of programs to compare with were unpacked; otherwise they are looked for on PATH.
    #[arg(long, value_name = "FOLDER")]
    peers: Option<PathBuf>,
    /// Where the figures go as JSON.
    #[arg(long)]
    out: PathBuf,
    /// A word on the circumstances, for the report.
    #[arg(long, default_value = "")]
    note: String,
}

/// Why the bench stopped.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{doing}: {source}")]
    Io { doing: String, source: std::io::Error },
    #[error("{0}")]
    Unexpected(String),
}

impl Failure {
    fn io(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    // Every target is a descriptor for its address and one for its connection; a refusal shows soon enough.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let outcome = match Cli::parse().task {
        Task::Run(plan) => plan::run(&plan).await,
        Task::Targets(manner) => targets::serve(&manner).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            report::say(format_args!("error: {failure}"));
            ExitCode::FAILURE
        }
    }
}
