//! Notices that the wall clock went its own way.

use std::time::Duration;

use domain::{Clock, Reason, Timestamp};

/// A wait that began: both clocks, and for how long the machine had slept.
pub(super) struct Nap {
    wall: Timestamp,
    monotonic: Duration,
    asleep: Duration,
}

impl Nap {
    /// The longest sleep in one piece, so that a clock that was set is noticed.
    pub(super) const LONGEST: Duration = Duration::from_secs(30);
    /// Wall and monotonic time may drift apart by this much in one nap; more is a step of the clock or a suspend.
    pub(super) const STEP: Duration = Duration::from_secs(2);

    pub(super) fn begin(clock: &dyn Clock) -> Self {
        Self { wall: clock.now(), monotonic: clock.monotonic(), asleep: clock.asleep() }
    }

    /// Why the wall clock says something else than the time that passed, if it does.
    pub(super) fn end(&self, clock: &dyn Clock) -> Option<Reason> {
        let passed = clock.monotonic().saturating_sub(self.monotonic);
        let (now, expected) = (clock.now(), self.wall.plus(passed));
        if now.since(expected) <= Self::STEP && expected.since(now) <= Self::STEP {
            return None;
        }
        let has_slept = clock.asleep().saturating_sub(self.asleep) > Self::STEP;
        Some(if has_slept { Reason::Suspended } else { Reason::ClockStep })
    }
}
