//! One database with very many checks.

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::{Records, Timestamp, TrackerId, access::Actor};
use store::Store;
use tokio::time::Instant;

use crate::{
    Options, Outcome,
    cpu::{count, settings, tend},
    figures::{Report, say},
    synthetic::{EPOCH, Source},
};

const DAY_MS: i64 = 86_400_000;

/// What is in the large database: one tracker of every second, others of every minute and every hour for 90 days.
#[derive(PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) second_days: i64,
    pub(crate) minute_trackers: usize,
    pub(crate) hour_trackers: usize,
    pub(crate) day_trackers: usize,
}

/// The days of the trackers that are not of every second.
const DAYS: i64 = 90;

impl Shape {
    pub(crate) fn of(quick: bool) -> Self {
        if quick {
            Self { second_days: 30, minute_trackers: 19, hour_trackers: 80, day_trackers: 0 }
        } else {
            Self { second_days: 365, minute_trackers: 525, hour_trackers: 474, day_trackers: 0 }
        }
    }

    /// A thousand trackers with 90 days each, and otherwise as little as that takes.
    pub(crate) const STRIP: Self =
        Self { second_days: 1, minute_trackers: 0, hour_trackers: 0, day_trackers: 999 };

    pub(crate) fn trackers(&self) -> usize {
        1 + self.minute_trackers + self.hour_trackers + self.day_trackers
    }

    /// The tracker of every second.
    pub(crate) const SECOND: TrackerId = TrackerId(1);

    fn is_second(&self, now: i64) -> bool {
        now > EPOCH - self.second_days * DAY_MS
    }
}

/// Removes a database and what SQLite leaves beside it.
pub(crate) fn remove(path: &Path) {
    for ending in ["", "-wal", "-shm"] {
        // What is not there needs no removing.
        let _ = fs::remove_file(format!("{}{ending}", path.display()));
    }
}

/// Builds the database, unless there is one that was kept. Its time ends at [`EPOCH`].
pub(crate) async fn build(options: &Options, shape: &Shape, report: &mut Report) -> Outcome<PathBuf> {
    let kind = match (shape, options.quick) {
        (&Shape::STRIP, _) => "strip",
        (_, true) => "quick",
        (_, false) => "full",
    };
    let path = options.scratch.join(format!("large-{kind}.db"));
    if options.keep && path.exists() {
        say(format_args!("using {}", path.display()));
        return Ok(path);
    }
    remove(&path);
    say("building the large database …");
    let started = Instant::now();
    // In memory if possible: it commits some hundred thousand times, and waiting for the disk each time is not what is measured.
    let unfinished = Unfinished::beside(&options.scratch);
    let checks = fill(&unfinished.0, shape).await?;
    fs::copy(&unfinished.0, &path)?;
    let bytes = usize::try_from(fs::metadata(&path)?.len())?;
    report.add(
        format!("time to build a database of {checks} checks"),
        (started.elapsed().as_secs_f64(), "s"),
        None,
        format!(
            "in {}; {} trackers, {:.2} bytes a check in all",
            unfinished.0.display(),
            shape.trackers(),
            count(bytes) / count(checks)
        ),
    );
    Ok(path)
}

/// A database that is being built; gone when dropped.
struct Unfinished(PathBuf);

impl Unfinished {
    fn beside(scratch: &Path) -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { memory } else { scratch };
        let path = folder.join(format!("uptime-tracker-bench-{}.db", std::process::id()));
        remove(&path);
        Self(path)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        remove(&self.0);
    }
}

async fn fill(path: &Path, shape: &Shape) -> Outcome<usize> {
    let mut writer = Store::open(path).await?.into_writer().await?;
    let by = Actor::program("measuring");
    let mut source = Source::new(3);
    let begin = Timestamp(EPOCH - shape.second_days.max(DAYS) * DAY_MS);
    for id in writer.add(&settings("1s", 1)?, &by, begin).await? {
        source.track(id, 1_000, EPOCH - shape.second_days * DAY_MS);
    }
    for id in writer.add(&settings("60s", shape.minute_trackers)?, &by, begin).await? {
        source.track(id, 60_000, EPOCH - DAYS * DAY_MS);
    }
    for id in writer.add(&settings("3600s", shape.hour_trackers)?, &by, begin).await? {
        source.track(id, 3_600_000, EPOCH - DAYS * DAY_MS);
    }
    for id in writer.add(&settings("86400s", shape.day_trackers)?, &by, begin).await? {
        source.track(id, DAY_MS, EPOCH - DAYS * DAY_MS);
    }
    let (mut now, mut checks, mut told) = (begin.0, 0, 0);
    while now < EPOCH {
        // As long as a stretch grows in reality: blocks of some hundred entries.
        now += if shape.is_second(now + 1) { 600_000 } else { 3_600_000 };
        let batch = source.until(now);
        checks += batch.checks.len();
        writer.record(&batch).await?;
        tend(&mut writer, now).await?;
        if checks / 10_000_000 > told {
            told = checks / 10_000_000;
            say(format_args!("{checks} checks …"));
        }
    }
    writer.close().await?;
    Ok(checks)
}
