//! Whether this program itself was late: a timer of its own says when the runtime had no time for timers.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// How often it beats.
const BEAT: Duration = Duration::from_millis(250);
/// A timer that fires this late is late.
pub(super) const LATE: Duration = Duration::from_millis(500);

/// Remembers when timers were late last.
#[derive(Debug)]
pub(super) struct Heartbeat {
    started: Instant,
    /// Milliseconds from the start to the end of the newest late beat; 0: there was none.
    late_until: AtomicU64,
}

impl Heartbeat {
    pub(super) fn new() -> Self {
        Self { started: Instant::now(), late_until: AtomicU64::new(0) }
    }

    /// Beats until `stop`.
    pub(super) async fn beat(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let due = Instant::now() + BEAT;
            sleep(BEAT).await;
            if due.elapsed() > LATE {
                self.late_until.store(self.age(Instant::now()), Ordering::Relaxed);
            }
        }
    }

    /// Whether timers were late at any time since then.
    pub(super) fn was_late_since(&self, then: Instant) -> bool {
        let late_until = self.late_until.load(Ordering::Relaxed);
        late_until > 0 && late_until >= self.age(then)
    }

    fn age(&self, at: Instant) -> u64 {
        let age = at.saturating_duration_since(self.started);
        u64::try_from(age.as_millis()).unwrap_or(u64::MAX)
    }
}
