//! What history costs: bytes on disk, CPU of recording and sealing, memory, and how long answers take over 100 million checks.
//!
//! `cargo xtask bench --history` builds and runs this. It knows the store by its public door only; the checks are made up
//! ([`synthetic`]), the same ones in every run. One file for each group of figures.

use std::{error::Error, path::PathBuf, process::ExitCode};

mod cpu;
mod disk;
mod figures;
mod kernel;
mod large;
mod questions;
mod synthetic;

use figures::{Report, say};

// The allocator that the server has.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whatever stops the bench ends it.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// What was asked for on the command line.
struct Options {
    /// Five million checks instead of a hundred; a minute at most.
    quick: bool,
    /// Keeps the large database, and uses the one that is there.
    keep: bool,
    /// Only these figures: `cpu`, `disk`, `strip` or `large`.
    only: Option<String>,
    /// A folder for databases.
    scratch: PathBuf,
    /// Where the figures go as JSON; the table goes beside it.
    out: PathBuf,
    /// A word on the circumstances.
    note: String,
}

impl Options {
    fn of(mut words: impl Iterator<Item = String>) -> Outcome<Self> {
        let (mut quick, mut keep, mut note) = (false, false, String::new());
        let (mut scratch, mut out, mut only) = (None, None, None);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--quick" => quick = true,
                "--keep" => keep = true,
                "--only" => only = Some(value()?),
                "--scratch" => scratch = Some(PathBuf::from(value()?)),
                "--out" => out = Some(PathBuf::from(value()?)),
                "--note" => note = value()?,
                _ => return Err(format!("{word} is not known").into()),
            }
        }
        let scratch = scratch.ok_or("--scratch FOLDER is needed")?;
        let out = out.unwrap_or_else(|| scratch.join("history.json"));
        Ok(Self { quick, keep, only, scratch, out, note })
    }

    /// Whether these figures are asked for.
    fn wants(&self, part: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == part)
    }
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let measured = async {
        let options = Options::of(std::env::args().skip(1))?;
        measure(&options).await
    };
    match measured.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(format_args!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Memory first, while the process is still small.
async fn measure(options: &Options) -> Outcome<()> {
    std::fs::create_dir_all(&options.scratch)?;
    let mut report = Report::new(options.quick, &options.note);
    if options.wants("cpu") {
        cpu::measure(options, &mut report).await?;
    }
    if options.wants("disk") {
        disk::measure(options, &mut report).await?;
    }
    if options.wants("strip") {
        let path = large::build(options, &large::Shape::STRIP, &mut report).await?;
        questions::measure_strip(&path, &mut report).await?;
        large::remove(&path);
    }
    if options.wants("large") {
        let shape = large::Shape::of(options.quick);
        let path = large::build(options, &shape, &mut report).await?;
        questions::measure(&path, &shape, &mut report).await?;
        if !options.keep {
            large::remove(&path);
        }
    }
    report.write(&options.out)?;
    say(report.table());
    Ok(())
}
