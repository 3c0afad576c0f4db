//! How long answers take over the large database: first after the kernel forgot the file, then twenty times; and again while
//! checks are recorded as fast as they can be.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::{Archive, CheckQuery, Direction, Order, Recent, Records, Timestamp, TrackerId, Window};
use store::{Store, Writer};
use tokio::{task::JoinHandle, time::Instant};

use crate::{
    Outcome,
    cpu::{count, record, tend},
    figures::{Report, say},
    kernel,
    large::Shape,
    synthetic::{EPOCH, Source},
};

const DAY_MS: i64 = 86_400_000;
/// How often each question is asked for its median.
const TIMES: usize = 20;

/// What is asked.
#[derive(Clone, Copy)]
enum Question {
    Strip,
    Year,
    Hour,
    Month,
    Newest,
    Failure,
}

impl Question {
    /// Each with the longest that it may take.
    const ALL: [(Self, &'static str, Option<f64>); 6] = [
        (Self::Strip, "90 days of every tracker", Some(50.0)),
        (Self::Year, "a year of the tracker of every second in 2-day buckets", Some(50.0)),
        (Self::Hour, "an hour in its middle in 15 s buckets", Some(10.0)),
        (Self::Month, "its last 30 days' uptime and percentiles", None),
        (Self::Newest, "its newest 100 checks", None),
        (Self::Failure, "its last failure before a month ago", None),
    ];

    async fn ask(self, archive: &dyn Archive, ids: &[TrackerId], now: Timestamp) -> Outcome<()> {
        let second = Shape::SECOND;
        match self {
            Self::Strip => drop(archive.days(ids, now, 90).await?),
            Self::Year => {
                drop(archive.periods(second, &edges(now.0 - 364 * DAY_MS, now.0, 2 * DAY_MS)).await?);
            }
            Self::Hour => {
                let from = now.0 - 15 * DAY_MS - 25 * 60_000;
                drop(archive.periods(second, &edges(from, from + 3_600_000, 15_000)).await?);
            }
            Self::Month => drop(archive.periods(second, &[Timestamp(now.0 - 30 * DAY_MS), now]).await?),
            Self::Newest => {
                let window = Window::new(Timestamp(0), now);
                let query = CheckQuery { window, order: Order::NewestFirst, after: None, limit: 100 };
                drop(archive.checks(second, query).await?);
            }
            Self::Failure => {
                let at = Timestamp(now.0 - 30 * DAY_MS);
                archive.failure(second, at, Direction::Earlier).await?;
            }
        }
        Ok(())
    }
}

/// Moments at equal distances, of which the inner ones are whole multiples, and the ends as they are.
fn edges(from: i64, to: i64, step: i64) -> Vec<Timestamp> {
    let mut edges = vec![Timestamp(from)];
    let mut at = (from.div_euclid(step) + 1) * step;
    while at < to {
        edges.push(Timestamp(at));
        at += step;
    }
    edges.push(Timestamp(to));
    edges
}

/// Opens the database as a start of the program does.
async fn start(path: &Path) -> Outcome<(Writer, Vec<TrackerId>, Recent, Duration)> {
    let started = Instant::now();
    let mut writer = Store::open(path).await?.into_writer().await?;
    let ids = writer.trackers().await?.into_iter().flatten().map(|tracker| tracker.id).collect();
    let recent = writer.recent(None).await?;
    Ok((writer, ids, recent, started.elapsed()))
}

pub(crate) async fn measure(path: &Path, shape: &Shape, report: &mut Report) -> Outcome<()> {
    kernel::forget_cached(path);
    let (writer, _, recent, cold) = start(path).await?;
    writer.close().await?;
    let remark = |recent: &Recent| format!("{} newest checks found", recent.checks.len());
    let name = "start over it: open, trackers, newest checks";
    report.add(format!("{name}; the file not in memory"), (ms(cold), "ms"), Some(1_000.0), remark(&recent));
    let (mut writer, ids, recent, warm) = start(path).await?;
    report.add(format!("{name}; the file in memory"), (ms(warm), "ms"), Some(1_000.0), remark(&recent));
    let newest = recent.checks.iter().map(|recorded| recorded.check.name.due).max();
    let now = newest.ok_or("the database is empty")?;
    let started = Instant::now();
    tend(&mut writer, now.0).await?;
    report.add(
        "reading what is not sealed",
        (ms(started.elapsed()), "ms"),
        None,
        "in steps, beside recording",
    );
    let archive = writer.archive();
    ask_all(path, &*archive, &ids, now, report).await?;
    beside_writing(writer, shape, &ids, now, report).await
}

/// The strips of a thousand trackers in a database that holds little else.
pub(crate) async fn measure_strip(path: &Path, report: &mut Report) -> Outcome<()> {
    let (mut writer, ids, ..) = start(path).await?;
    let now = Timestamp(EPOCH);
    tend(&mut writer, now.0).await?;
    let archive = writer.archive();
    let median = median(Question::Strip, &*archive, &ids, now).await?;
    report.add(
        format!("90 days of {} trackers of every day", ids.len()),
        (ms(median), "ms"),
        Some(50.0),
        "the file in memory",
    );
    drop(archive);
    Ok(writer.close().await?)
}

/// Every question, alone.
async fn ask_all(
    path: &Path,
    archive: &dyn Archive,
    ids: &[TrackerId],
    now: Timestamp,
    report: &mut Report,
) -> Outcome<()> {
    for (question, name, goal) in Question::ALL {
        kernel::forget_cached(path);
        let cold = time(question, archive, ids, now).await?;
        let median = median(question, archive, ids, now).await?;
        report.add(name, (ms(median), "ms"), goal, format!("the first time, cold: {:.1} ms", ms(cold)));
    }
    Ok(())
}

/// Every question, while another task records.
async fn beside_writing(
    writer: Writer,
    shape: &Shape,
    ids: &[TrackerId],
    now: Timestamp,
    report: &mut Report,
) -> Outcome<()> {
    say("and while recording …");
    let archive = writer.archive();
    let recording = Recording::start(writer, ids, now);
    let alone = recording.rate(Duration::from_secs(5)).await;
    let before = recording.checks();
    let started = Instant::now();
    for (question, name, goal) in Question::ALL {
        let median = median(question, &*archive, ids, now).await?;
        report.add(format!("{name}, while recording"), (ms(median), "ms"), goal, "");
    }
    // The questions above are over too soon to tell a rate.
    while started.elapsed() < Duration::from_secs(5) {
        for (question, ..) in Question::ALL {
            question.ask(&*archive, ids, now).await?;
        }
    }
    let beside = count(recording.checks() - before) / started.elapsed().as_secs_f64();
    recording.stop().await?;
    let remark = format!("{alone:.0} without questions; {} trackers", shape.trackers());
    report.add("checks recorded a second beside endless questions", (beside, "a second"), None, remark);
    Ok(())
}

/// A task that records as fast as it can.
struct Recording {
    task: JoinHandle<Outcome<()>>,
    checks: Arc<AtomicUsize>,
    goes_on: Arc<AtomicBool>,
}

impl Recording {
    fn start(mut writer: Writer, ids: &[TrackerId], now: Timestamp) -> Self {
        let mut source = Source::new(4);
        for id in ids {
            source.track(*id, 1_000, now.0 + 1_000);
        }
        let (checks, goes_on) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(true)));
        let (count, flag) = (checks.clone(), goes_on.clone());
        let task = tokio::spawn(async move {
            let mut at = now.0 + 1_000;
            while flag.load(Ordering::Relaxed) {
                at += 1_000;
                let batch = source.until(at);
                let len = batch.checks.len();
                record(&mut writer, batch).await?;
                tend(&mut writer, at).await?;
                count.fetch_add(len, Ordering::Relaxed);
            }
            writer.close().await?;
            Ok(())
        });
        Self { task, checks, goes_on }
    }

    fn checks(&self) -> usize {
        self.checks.load(Ordering::Relaxed)
    }

    /// Checks a second over a while.
    async fn rate(&self, over: Duration) -> f64 {
        let before = self.checks();
        tokio::time::sleep(over).await;
        count(self.checks() - before) / over.as_secs_f64()
    }

    async fn stop(self) -> Outcome<()> {
        self.goes_on.store(false, Ordering::Relaxed);
        self.task.await?
    }
}

async fn time(
    question: Question,
    archive: &dyn Archive,
    ids: &[TrackerId],
    now: Timestamp,
) -> Outcome<Duration> {
    let started = Instant::now();
    question.ask(archive, ids, now).await?;
    Ok(started.elapsed())
}

async fn median(
    question: Question,
    archive: &dyn Archive,
    ids: &[TrackerId],
    now: Timestamp,
) -> Outcome<Duration> {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        times.push(time(question, archive, ids, now).await?);
    }
    times.sort_unstable();
    Ok(times[TIMES / 2])
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
