//! One load: so many trackers of every second, for a while.

use std::{ops::Range, path::Path, time::Duration};

use serde_json::Value;
use tokio::{
    task::{JoinError, JoinSet},
    time::{Instant, sleep},
};

use crate::{
    Failure,
    figures::Load,
    http,
    machine::wall_ms,
    process::{Counted, Server},
    scrape::Scrape,
};

/// Long enough for every tracker to be in its rhythm and for the rush of first checks to be over.
const WARM_UP: Duration = Duration::from_secs(6);
/// After the window: deadline of the last check and its commit.
const SETTLE: Duration = Duration::from_millis(1_500);

/// Questions at a time.
const AT_ONCE: usize = 8;

/// What a window showed, before the database is whole.
pub(crate) struct Window {
    load: Load,
    total_checks: f64,
    disk_before: u64,
}

/// Waits until the load is level, then measures for `length`, at most 30 s: the server tells of 60 checks.
pub(crate) async fn watch(
    server: &Server,
    data: &Path,
    trackers: usize,
    reused: bool,
    length: Duration,
) -> Result<Window, Failure> {
    let disk_before = Server::on_disk(data);
    sleep(WARM_UP).await;
    let (scrape, counted, from, started) =
        (Scrape::of(&server.address).await?, server.counted()?, wall_ms(), Instant::now());
    sleep(length).await;
    let (elapsed, to, after) = (started.elapsed(), wall_ms(), server.counted()?);
    let scrape_after = Scrape::of(&server.address).await?;
    sleep(SETTLE).await;
    let checks = scrape_after.checks() - scrape.checks();
    let slots = slots(server, trackers, from, to).await?;
    let Counted { cpu, written, .. } = counted;
    let cpu = after.cpu.saturating_sub(cpu);
    let load = Load {
        trackers,
        reused,
        seconds: length.as_secs(),
        due: slots.due,
        hit: slots.hit,
        unknown: slots.unknown,
        wrong: slots.wrong,
        late: scrape_after.lateness_since(&scrape),
        cpu_s_per_1000: cpu.as_secs_f64() / checks * 1_000.0,
        cores: cpu.as_secs_f64() / elapsed.as_secs_f64(),
        resident_bytes: after.resident,
        disk_bytes_per_check: f64::NAN,
        written_bytes_per_check: as_float(after.written.saturating_sub(written)) / checks,
    };
    Ok(Window { load, total_checks: Scrape::of(&server.address).await?.checks(), disk_before })
}

impl Window {
    /// Checks that the run has recorded in all.
    pub(crate) fn total_checks(&self) -> f64 {
        self.total_checks
    }

    /// The figures, once the server has stopped and its database is one file.
    pub(crate) fn close(self, data: &Path) -> Load {
        let grown = Server::on_disk(data).saturating_sub(self.disk_before);
        Load { disk_bytes_per_check: as_float(grown) / self.total_checks, ..self.load }
    }
}

#[derive(Default)]
struct Slots {
    due: usize,
    hit: usize,
    unknown: usize,
    wrong: usize,
}

/// Asks each tracker for its checks, several at a time: an answer reaches 60 checks back, and time passes. A window of whole
/// seconds holds as many slots of each, wherever it begins; what is missing from the answer was lost.
async fn slots(server: &Server, trackers: usize, from: i64, to: i64) -> Result<Slots, Failure> {
    // The window is a little longer than whole seconds; its surplus would make the number of slots uncertain.
    let seconds = (to - from) / 1_000;
    let window = from..from + seconds * 1_000;
    let mut slots = Slots { due: trackers * usize::try_from(seconds).unwrap_or(0), ..Slots::default() };
    let mut asking = JoinSet::new();
    for id in 1..=trackers {
        if asking.len() >= AT_ONCE {
            slots.add(asking.join_next().await, &window)?;
        }
        let address = server.address.clone();
        asking.spawn(async move { checks(&address, id).await });
    }
    while let Some(answered) = asking.join_next().await {
        slots.add(Some(answered), &window)?;
    }
    Ok(slots)
}

/// A tracker's newest checks, as `/v1` tells them.
pub(crate) async fn checks(address: &str, id: usize) -> Result<Vec<Value>, Failure> {
    let answer = http::get(address, &format!("/v1/trackers/{id}/checks"), "identity").await?;
    serde_json::from_slice(&answer.body)
        .map_err(|error| Failure::Unexpected(format!("checks of tracker {id}: {error}")))
}

/// When a check was due, in milliseconds.
pub(crate) fn due_ms(check: &Value) -> Option<i64> {
    check.get("due_ms")?.as_i64()
}

impl Slots {
    fn add(
        &mut self,
        answered: Option<Result<Result<Vec<Value>, Failure>, JoinError>>,
        window: &Range<i64>,
    ) -> Result<(), Failure> {
        let Some(answered) = answered else { return Ok(()) };
        let checks = answered.map_err(|error| Failure::Unexpected(error.to_string()))??;
        if checks.first().and_then(due_ms).is_none_or(|oldest| oldest > window.start + 1_000) {
            return Err(Failure::Unexpected("asking took so long that the window was forgotten".into()));
        }
        let scheduled = checks.iter().filter(|check| check.get("attempt").and_then(Value::as_i64) == Some(0));
        for check in scheduled.filter(|check| due_ms(check).is_some_and(|due| window.contains(&due))) {
            match check.get("outcome").and_then(Value::as_str) {
                Some("up") => self.hit += 1,
                Some("unknown") => self.unknown += 1,
                _ => self.wrong += 1,
            }
        }
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "bytes of a bench are far below 2^52")]
pub(crate) fn as_float(bytes: u64) -> f64 {
    bytes as f64
}
