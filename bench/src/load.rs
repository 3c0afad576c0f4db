//! One load: so many trackers of every second, for a while.

use std::{path::Path, time::Duration};

use serde_json::Value;
use tokio::time::{Instant, sleep};

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

/// What a window showed, before the database is whole.
pub(crate) struct Window {
    load: Load,
    total_checks: f64,
    disk_before: u64,
}

/// Waits until the load is level, then measures for `length`, at most 50 s: the server tells of 60 checks.
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

/// Asks each tracker for its checks. A window of whole seconds holds as many slots of each, wherever it begins; what is
/// missing from the answer was lost.
async fn slots(server: &Server, trackers: usize, from: i64, to: i64) -> Result<Slots, Failure> {
    // The window is a little longer than whole seconds; its surplus would make the number of slots uncertain.
    let seconds = (to - from) / 1_000;
    let to = from + seconds * 1_000;
    let mut slots = Slots { due: trackers * usize::try_from(seconds).unwrap_or(0), ..Slots::default() };
    for id in 1..=trackers {
        let answer = http::get(&server.address, &format!("/v1/trackers/{id}/checks"), "identity").await?;
        let checks: Vec<Value> = serde_json::from_slice(&answer.body)
            .map_err(|error| Failure::Unexpected(format!("checks of tracker {id}: {error}")))?;
        for check in &checks {
            let due = check.get("due_ms").and_then(Value::as_i64).unwrap_or(0);
            let is_retry = check.get("attempt").and_then(Value::as_i64) != Some(0);
            if is_retry || due < from || due >= to {
                continue;
            }
            match check.get("outcome").and_then(Value::as_str) {
                Some("up") => slots.hit += 1,
                Some("unknown") => slots.unknown += 1,
                _ => slots.wrong += 1,
            }
        }
    }
    Ok(slots)
}

#[expect(clippy::cast_precision_loss, reason = "bytes of a bench are far below 2^52")]
pub(crate) fn as_float(bytes: u64) -> f64 {
    bytes as f64
}
