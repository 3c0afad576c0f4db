//! One load: so many trackers of every second, for a while.

use std::{collections::BTreeMap, path::Path, time::Duration};

use tokio::time::{Instant, sleep, timeout};

use crate::{
    Failure,
    figures::Load,
    kernel::{self, Counted, Thread},
    machine::{busy, wall_ms},
    process::{self, Server},
    scenario::Setup,
    scrape::Scrape,
    slots, stages,
    targets::Targets,
};

/// Long enough for every tracker to be in its rhythm and for the rush of first checks to be over.
const WARM_UP: Duration = Duration::from_secs(6);
/// By then every tracker should have been checked once; if not, the figures will tell.
const FIRST_CHECKS: Duration = Duration::from_mins(1);
/// After the window: deadline of the last check and its commit.
const SETTLE: Duration = Duration::from_millis(1_500);

/// What is watched.
pub(crate) struct Subject<'a> {
    pub(crate) name: &'a str,
    pub(crate) server: &'a Server,
    /// Those of the first trackers, whose slots count.
    pub(crate) targets: &'a mut Targets,
    pub(crate) setup: Setup,
    /// Trackers after those, which are there to disturb.
    pub(crate) beside: usize,
    pub(crate) data: &'a Path,
}

/// What a window showed, before the database is whole.
pub(crate) struct Window {
    load: Load,
    total_checks: f64,
    disk_before: u64,
}

/// Everything that is read at each end of the window.
struct Moment {
    wall_ms: i64,
    at: Instant,
    scrape: Scrape,
    server: Counted,
    threads: BTreeMap<u32, Thread>,
    targets: Counted,
    served: u64,
    machine: Duration,
}

/// Waits until the load is level, then measures for `length`, at most 30 s: the server tells of 60 checks.
pub(crate) async fn watch(subject: &mut Subject<'_>, length: Duration) -> Result<Window, Failure> {
    let disk_before = process::on_disk(subject.data);
    level(subject.server, subject.setup.trackers + subject.beside).await?;
    let before = Moment::now(subject).await?;
    sleep(length).await;
    let after = Moment::now(subject).await?;
    sleep(SETTLE).await;
    let address = &subject.server.address;
    let slots = slots::sorted(address, subject.setup.trackers, before.wall_ms, after.wall_ms).await?;
    let load = Load {
        due: slots.due,
        hit: slots.hit,
        unknown: slots.unknown,
        wrong: slots.wrong,
        ..load(subject, &before, &after)
    };
    Ok(Window { load, total_checks: Scrape::of(address).await?.checks(), disk_before })
}

/// Until every tracker was checked and the load is level.
pub(crate) async fn level(server: &Server, trackers: usize) -> Result<(), Failure> {
    let all = as_float(trackers as u64);
    let checked = async {
        while Scrape::of(&server.address).await?.checks() < all {
            sleep(Duration::from_millis(500)).await;
        }
        Ok::<(), Failure>(())
    };
    if let Ok(failed @ Err(_)) = timeout(FIRST_CHECKS, checked).await {
        return failed;
    }
    sleep(WARM_UP).await;
    Ok(())
}

impl Moment {
    async fn now(subject: &mut Subject<'_>) -> Result<Self, Failure> {
        let server = subject.server;
        Ok(Self {
            scrape: Scrape::of(&server.address).await?,
            threads: kernel::threads(server.process.id())?,
            server: server.counted()?,
            targets: subject.targets.counted()?,
            served: subject.targets.served()?,
            machine: busy(),
            wall_ms: wall_ms(),
            at: Instant::now(),
        })
    }
}

fn load(subject: &Subject<'_>, before: &Moment, after: &Moment) -> Load {
    let checks = after.scrape.checks() - before.scrape.checks();
    // A server that is overloaded must not look cheap.
    let probes = after.scrape.probes() - before.scrape.probes();
    let elapsed = after.at.duration_since(before.at);
    let cores = |cpu: Duration| cpu.as_secs_f64() / elapsed.as_secs_f64();
    let per_1000 = |cpu: Duration| cpu.as_secs_f64() / probes * 1_000.0;
    let cpu = after.server.cpu.saturating_sub(before.server.cpu);
    let targets = after.targets.cpu.saturating_sub(before.targets.cpu);
    let machine = after.machine.saturating_sub(before.machine);
    let Setup { trackers, reused, spoken } = subject.setup;
    Load {
        name: subject.name.to_owned(),
        trackers,
        reused,
        spoken,
        beside: subject.beside,
        seconds: elapsed.as_secs(),
        probes,
        answers: after.served - before.served,
        late: after.scrape.lateness_since(&before.scrape),
        cpu_s_per_1000: per_1000(cpu),
        system_cpu_s_per_1000: per_1000(after.server.system.saturating_sub(before.server.system)),
        stages: stages::between(&before.threads, &after.threads, cpu, probes),
        cores: cores(cpu),
        targets_cores: cores(targets),
        others_cores: cores(machine.saturating_sub(cpu).saturating_sub(targets)),
        resident_bytes: after.server.resident,
        peak_bytes: after.server.peak,
        disk_bytes_per_check: f64::NAN,
        written_bytes_per_check: as_float(after.server.written.saturating_sub(before.server.written))
            / checks,
        ..Load::default()
    }
}

impl Window {
    /// Checks that the run has recorded in all.
    pub(crate) fn total_checks(&self) -> f64 {
        self.total_checks
    }

    /// The figures, once the server has stopped and its database is one file.
    pub(crate) fn close(self, data: &Path) -> Load {
        let grown = process::on_disk(data).saturating_sub(self.disk_before);
        Load { disk_bytes_per_check: as_float(grown) / self.total_checks, ..self.load }
    }
}

#[expect(clippy::cast_precision_loss, reason = "what a bench counts is far below 2^52")]
pub(crate) fn as_float(count: u64) -> f64 {
    count as f64
}
