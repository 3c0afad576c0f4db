//! `cargo xtask simulate`: more seeds of the simulation than the tests run.

use crate::{command, failure::Failure, test::TESTED};

/// Which seeds.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many.
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    seeds: u64,
    /// The first one.
    #[arg(long, default_value_t = 0, value_name = "SEED")]
    from: u64,
}

/// Runs the test of `simulate` that runs seeds: of the same packages as `cargo xtask test`, so that nothing is compiled for it again.
pub(crate) fn simulate(options: &Options) -> Result<(), Failure> {
    let mut run = command::cargo(["test", "--quiet"]);
    for package in TESTED {
        run.args(["--package", package]);
    }
    run.args(["--test", "seeds", "--", "--exact", "seeds_hold", "--nocapture"]);
    run.env("UPTIME_SEEDS", options.seeds.to_string()).env("UPTIME_FROM", options.from.to_string());
    command::run(&mut run)
}
