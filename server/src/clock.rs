//! The real clock. The only place that reads the machine's time.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use domain::{Clock, Timestamp};

/// The machine's wall clock and its monotonic clock.
#[derive(Clone, Debug)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock whose monotonic time starts now.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else takes")]
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else takes")]
    fn now(&self) -> Timestamp {
        let ms = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
        };
        Timestamp(ms)
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    /// The two clocks of Linux differ by the time asleep: `CLOCK_MONOTONIC` stands still meanwhile, `CLOCK_BOOTTIME` does not.
    #[cfg(target_os = "linux")]
    fn asleep(&self) -> Duration {
        use rustix::time::{ClockId, Timespec, clock_gettime};
        let read = |time: Timespec| {
            Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
        };
        read(clock_gettime(ClockId::Boottime)).saturating_sub(read(clock_gettime(ClockId::Monotonic)))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
