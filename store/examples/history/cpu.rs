//! CPU of recording and sealing at full rate, the longest pause that sealing makes, and memory.

use std::time::Duration;

use domain::{
    About, Batch, Cell, Check, CheckName, LiveView, Location, Micros, NewTracker, Outcome, Phases, Recorded,
    Records, SHOWN_CHECKS, Timestamp, TrackerId, access::Actor,
};
use store::{Store, Writer};
use tokio::time::Instant;

use crate::{
    Options, Outcome as Done,
    figures::{Report, say},
    kernel,
    synthetic::{EPOCH, Source},
};

/// Checks of one commit.
pub(crate) const BATCH: usize = 1_000;

/// What a stretch of time cost.
#[derive(Clone, Copy, Default)]
struct Cost {
    checks: usize,
    /// Of everything but making up checks.
    cpu: Duration,
    /// Of that, sealing and taking sealed rows away.
    tending: Duration,
    wall: Duration,
    /// The longest single step of housekeeping.
    step: Duration,
    /// The longest commit of a group, which shows what the disk does.
    group: Duration,
}

impl Cost {
    fn us_per_check(&self, cpu: Duration) -> f64 {
        cpu.as_secs_f64() * 1e6 / count(self.checks)
    }
}

/// A count as a number that can be divided by.
pub(crate) fn count(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

/// Bytes as MiB.
fn mib(bytes: u64) -> f64 {
    count(usize::try_from(bytes / 1_024).unwrap_or(usize::MAX)) / 1_024.0
}

/// So many trackers, checked this often.
pub(crate) fn settings(every: &str, count: usize) -> Done<Vec<NewTracker>> {
    let draft = domain::Draft { every: Some(every.to_owned()), ..domain::Draft::of("http://a.example") };
    let settings = draft.parse().map_err(|refused| format!("{refused:?}"))?;
    Ok(vec![settings; count])
}

/// Records a batch as the recorder does: in groups of a thousand.
/// Gives the longest of them.
pub(crate) async fn record(writer: &mut Writer, batch: Batch) -> Done<Duration> {
    let mut longest = Duration::ZERO;
    let Batch { mut checks, mut transitions, mut statuses, exhibits: _, alerts: _, signals: _ } = batch;
    while !checks.is_empty() {
        let later = checks.split_off(checks.len().min(BATCH));
        let group = Batch {
            checks,
            transitions: std::mem::take(&mut transitions),
            statuses: std::mem::take(&mut statuses),
            exhibits: Vec::new(),
            alerts: Vec::new(),
            signals: Vec::new(),
        };
        let started = Instant::now();
        writer.record(&group).await?;
        longest = longest.max(started.elapsed());
        checks = later;
    }
    Ok(longest)
}

/// Housekeeping until there is nothing to do. Gives the longest step.
pub(crate) async fn tend(writer: &mut Writer, now: i64) -> Done<Duration> {
    let mut longest = Duration::ZERO;
    loop {
        let started = Instant::now();
        let more = writer.tend(Timestamp(now)).await?;
        longest = longest.max(started.elapsed());
        if !more {
            return Ok(longest);
        }
    }
}

pub(crate) async fn measure(options: &Options, report: &mut Report) -> Done<()> {
    let (trackers, minutes) = if options.quick { (1_000, 15) } else { (10_000, 15) };
    say(format_args!("recording and sealing {trackers} trackers of every second for {minutes} minutes …"));
    let path = options.scratch.join("cpu.db");
    crate::large::remove(&path);
    let mut writer = Store::open(&path).await?.into_writer().await?;
    let ids = writer.add(&settings("1s", trackers)?, &Actor::program("measuring"), Timestamp(EPOCH)).await?;
    let before = kernel::resident();
    let mut source = Source::new(1);
    for id in &ids {
        source.track(*id, 1_000, EPOCH);
    }
    let with_source = kernel::resident();
    let (mut all, mut steady) = (Cost::default(), Cost::default());
    for second in 1..=60 * minutes {
        let cost = one_second(&mut writer, &mut source, EPOCH + second * 1_000).await?;
        add(&mut all, cost);
        // Until every tracker was sealed once, stretches are short.
        if second > 660 {
            add(&mut steady, cost);
        }
    }
    let open = kernel::resident().saturating_sub(with_source);
    tell_cost(report, &all, &steady, trackers);
    let live = live_view(&ids);
    let both = kernel::resident().saturating_sub(with_source);
    report.add(
        format!("memory of the open stretches of {trackers} trackers, SQLite's included"),
        (mib(open), "MiB"),
        None,
        format!("the process had {:.0} MiB before", mib(before)),
    );
    let goal = (!options.quick).then_some(100.0);
    let shown = live.ids().count() * SHOWN_CHECKS;
    report.add("the same with the live view filled", (mib(both), "MiB"), goal, format!("{shown} cells"));
    drop(live);
    writer.close().await?;
    crate::large::remove(&path);
    Ok(())
}

async fn one_second(writer: &mut Writer, source: &mut Source, end: i64) -> Done<Cost> {
    let batch = source.until(end);
    let checks = batch.checks.len();
    let (cpu, started) = (kernel::process_cpu(), Instant::now());
    let group = record(writer, batch).await?;
    let recorded = kernel::process_cpu();
    let step = tend(writer, end).await?;
    let tended = kernel::process_cpu();
    Ok(Cost {
        checks,
        cpu: tended.saturating_sub(cpu),
        tending: tended.saturating_sub(recorded),
        wall: started.elapsed(),
        step,
        group,
    })
}

fn add(total: &mut Cost, cost: Cost) {
    total.checks += cost.checks;
    total.cpu += cost.cpu;
    total.tending += cost.tending;
    total.wall += cost.wall;
    total.step = total.step.max(cost.step);
    total.group = total.group.max(cost.group);
}

fn tell_cost(report: &mut Report, all: &Cost, steady: &Cost, trackers: usize) {
    report.add(
        format!("CPU of recording and sealing, a check, {trackers} trackers at 1 s"),
        (all.us_per_check(all.cpu), "µs"),
        Some(5.0),
        format!(
            "{:.2} of it for sealing; {} checks, {:.0} a second",
            all.us_per_check(all.tending),
            all.checks,
            count(all.checks) / all.wall.as_secs_f64()
        ),
    );
    report.add(
        "the same once every tracker was sealed",
        (steady.us_per_check(steady.cpu), "µs"),
        Some(5.0),
        format!("{:.2} of it for sealing; {} checks", steady.us_per_check(steady.tending), steady.checks),
    );
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let remark = format!("the longest commit of {BATCH} checks in the same run: {:.1} ms", ms(all.group));
    report.add("longest step of sealing", (ms(all.step), "ms"), Some(50.0), remark);
}

/// A view with all its cells.
fn live_view(ids: &[TrackerId]) -> LiveView {
    let mut live = LiveView::new(1);
    live.begin_commit();
    for id in ids {
        let about =
            About { name: format!("tracker {id}"), target: "http://a.example/".into(), ..About::default() };
        live.set_about(*id, about);
    }
    for n in 0..SHOWN_CHECKS {
        live.begin_commit();
        for id in ids {
            let due = Timestamp(EPOCH + i64::try_from(n).unwrap_or_default() * 1_000);
            let name = CheckName { tracker: *id, due, attempt: 0, location: Location::LOCAL };
            let check = Check {
                name,
                late_ms: 0,
                latency: Some(Micros(40_000)),
                phases: Phases::NONE,
                outcome: Outcome::Up,
            };
            live.push(*id, Cell::from(&Recorded { check, retrying: false }));
        }
    }
    live
}
