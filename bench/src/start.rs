//! How soon after a start everything is there.

use std::{path::Path, time::Duration};

use tokio::time::sleep;

use crate::{Failure, figures::Start, machine::wall_ms, process::Server, slots};

/// Starts again over the data of a run that was stopped.
pub(crate) async fn again(
    program: &Path,
    data: &Path,
    trackers: usize,
    checks: f64,
    cold: Duration,
) -> Result<Start, Failure> {
    let server = Server::start(program, data, &[]).await?;
    let ready = wall_ms();
    let begun = ready - i64::try_from(server.first_page.as_millis()).unwrap_or(0);
    sleep(Duration::from_secs(4)).await;
    let mut last_first = Some(ready);
    for id in 1..=trackers {
        let checks = slots::checks(&server.address, id, slots::NEWEST).await?;
        let dues = checks.iter().filter_map(slots::due_ms);
        let first = dues.filter(|due| *due >= begun).min();
        last_first = last_first.zip(first).map(|(last, first)| last.max(first));
    }
    server.stop()?;
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    Ok(Start {
        trackers,
        checks,
        cold_first_page_ms: ms(cold),
        warm_first_page_ms: ms(Duration::from_millis(u64::try_from(ready - begun).unwrap_or(0))),
        all_checked_ms: last_first.and_then(|last| i32::try_from(last - ready).ok()).map(f64::from),
    })
}
