//! `cargo xtask bench`: builds what ships, then the bench, and lets it measure.

use std::{fs, path::PathBuf};

use crate::{
    command,
    failure::Failure,
    output::{self, Steps},
    peers, release, workspace,
};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Shorter, and without what is large: three minutes at most, instead of fifteen.
    #[arg(long)]
    quick: bool,
    /// Only this scenario, or those whose names have this in them; may be given more than once. A wrong name lists them.
    #[arg(long, value_name = "NAME", conflicts_with = "history")]
    only: Vec<String>,
    /// Only this many trackers, with connections reused and fresh; with `--only`, so many in what that chooses.
    #[arg(long, value_name = "N")]
    trackers: Option<usize>,
    /// Where the figures go as JSON; the table goes beside it, with the ending `.md`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Measures this program instead of building one.
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,
    /// Measures storage instead of the whole program.
    #[arg(long, conflicts_with_all = ["trackers", "server"])]
    history: bool,
    /// Keeps the large database of `--history`, and uses the one that an earlier run kept.
    #[arg(long, requires = "history")]
    keep: bool,
    /// Where `--history` makes its databases; some gigabytes must be free.
    #[arg(long, value_name = "FOLDER", requires = "history")]
    scratch: Option<PathBuf>,
    /// A word on the circumstances, for the report.
    #[arg(long, default_value = "")]
    note: String,
}

/// What the scenarios that compare with other programs are called, a number after it.
const COMPARISON: &str = "blackbox";

impl Options {
    /// Whether other programs are needed.
    fn compares(&self) -> bool {
        let named = |name: &String| name.contains(COMPARISON) || COMPARISON.contains(name.as_str());
        let all = self.only.is_empty() && self.trackers.is_none() && !self.quick;
        all || self.only.iter().any(named)
    }
}

pub(crate) fn bench(options: Options) -> Result<(), Failure> {
    if options.history {
        return history(options);
    }
    let compares = options.compares();
    let server = options.server.map_or_else(|| release::build(None), Ok)?;
    let scratch = workspace::scratch().join("bench");
    fs::create_dir_all(&scratch).map_err(Failure::io("make", &scratch))?;
    let out = options.out.unwrap_or_else(|| scratch.join("figures.json"));

    let mut steps = Steps::new(3);
    let step = steps.begin("Programs to compare with");
    let peers = compares.then(peers::ensure).flatten();
    step.done();

    let step = steps.begin("Bench");
    command::run(&mut command::cargo(["build", "--package", "bench", "--release"]))?;
    step.done();

    let step = steps.begin("Measuring; leave the machine alone");
    let mut run = command::cargo(["run", "--quiet", "--package", "bench", "--release", "--", "run"]);
    run.arg("--server")
        .arg(absolute(server)?)
        .arg("--scratch")
        .arg(&scratch)
        .arg("--out")
        .arg(absolute(&out)?);
    run.args(["--note", &options.note]).args(options.quick.then_some("--quick"));
    if let Some(trackers) = options.trackers {
        run.args(["--trackers", &trackers.to_string()]);
    }
    for name in &options.only {
        run.args(["--only", name]);
    }
    if let Some(peers) = peers {
        run.arg("--peers").arg(peers);
    }
    command::run(&mut run)?;
    step.done();
    output::line(format_args!(
        "the figures are in {} and {}",
        out.display(),
        out.with_extension("md").display()
    ));
    Ok(())
}

/// The figures of storage alone.
fn history(options: Options) -> Result<(), Failure> {
    let scratch = options.scratch.unwrap_or_else(|| workspace::scratch().join("history"));
    let scratch = absolute(scratch)?;
    let out = absolute(options.out.unwrap_or_else(|| scratch.join("history.json")))?;

    let mut steps = Steps::new(2);
    let step = steps.begin("Bench of history");
    command::run(&mut command::cargo(["build", "--package", "store", "--release", "--example", "history"]))?;
    step.done();

    let step = steps.begin("Measuring; leave the machine alone");
    let mut run =
        command::cargo(["run", "--quiet", "--package", "store", "--release", "--example", "history", "--"]);
    run.arg("--scratch").arg(&scratch).arg("--out").arg(&out).args(["--note", &options.note]);
    run.args(options.quick.then_some("--quick")).args(options.keep.then_some("--keep"));
    command::run(&mut run)?;
    step.done();
    output::line(format_args!(
        "the figures are in {} and {}",
        out.display(),
        out.with_extension("md").display()
    ));
    Ok(())
}

/// The commands run in the root of the workspace; what a person typed is meant from where he is.
fn absolute(path: impl Into<PathBuf>) -> Result<PathBuf, Failure> {
    let path = path.into();
    std::path::absolute(&path).map_err(Failure::io("find", path))
}
