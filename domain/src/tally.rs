//! How time was spent, and what a percentage means.
//!
//! A *tally* splits wall-clock time by what was known of a tracker. Everything that is said about a stretch of time (a day of
//! the strip, a point of the chart, the uptime of a month) is a [`Period`]. Tallies add up: that of a day is the sum of its
//! hours', whatever length the day has.

use serde::{Deserialize, Serialize};

use crate::{Micros, Outcome, Reason, Timestamp, Uptime};

/// What was known of a tracker at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Held {
    /// The target answered as expected.
    Up,
    /// It answered as expected, but not well.
    Degraded,
    /// It failed.
    Down,
    /// Nothing was known.
    Unknown,
    /// A person had paused the tracker.
    Paused,
    /// A maintenance was announced.
    Maintenance,
}

impl From<&Outcome> for Held {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Up => Self::Up,
            Outcome::Degraded(_) => Self::Degraded,
            Outcome::Down(_) => Self::Down,
            Outcome::Unknown(Reason::Paused) => Self::Paused,
            Outcome::Unknown(Reason::Maintenance) => Self::Maintenance,
            Outcome::Unknown(_) => Self::Unknown,
        }
    }
}

/// Wall-clock time, split by what was known. Units: milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Time up.
    pub up_ms: u64,
    /// Time up, but degraded.
    pub degraded_ms: u64,
    /// Time down.
    pub down_ms: u64,
    /// Time of which nothing is known.
    pub unknown_ms: u64,
    /// Time paused.
    pub paused_ms: u64,
    /// Time in maintenance.
    pub maintenance_ms: u64,
}

impl Tally {
    /// All of the time.
    pub fn total_ms(&self) -> u64 {
        [self.up_ms, self.degraded_ms, self.down_ms, self.unknown_ms, self.paused_ms, self.maintenance_ms]
            .into_iter()
            .fold(0, u64::saturating_add)
    }

    /// Adds time; saturates.
    pub fn add(&mut self, held: Held, ms: u64) {
        let sum = match held {
            Held::Up => &mut self.up_ms,
            Held::Degraded => &mut self.degraded_ms,
            Held::Down => &mut self.down_ms,
            Held::Unknown => &mut self.unknown_ms,
            Held::Paused => &mut self.paused_ms,
            Held::Maintenance => &mut self.maintenance_ms,
        };
        *sum = sum.saturating_add(ms);
    }

    /// Adds another tally.
    pub fn merge(&mut self, other: &Self) {
        for (held, ms) in other.parts() {
            self.add(held, ms);
        }
    }

    /// The same time, with what is missing to `length_ms` added as unknown.
    #[must_use]
    pub fn filled(mut self, length_ms: u64) -> Self {
        self.unknown_ms = self.unknown_ms.saturating_add(length_ms.saturating_sub(self.total_ms()));
        self
    }

    /// Each kind of time and how much there was of it.
    pub fn parts(&self) -> [(Held, u64); 6] {
        [
            (Held::Up, self.up_ms),
            (Held::Degraded, self.degraded_ms),
            (Held::Down, self.down_ms),
            (Held::Unknown, self.unknown_ms),
            (Held::Paused, self.paused_ms),
            (Held::Maintenance, self.maintenance_ms),
        ]
    }
}

/// Checks, counted. Gaps are none; retries do not count beside their scheduled check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Scheduled checks that were up.
    pub up: u64,
    /// Scheduled checks that were degraded.
    pub degraded: u64,
    /// Scheduled checks that were down.
    pub down: u64,
    /// Scheduled checks that learnt nothing.
    pub unknown: u64,
    /// Checks beside the scheduled ones.
    pub retries: u64,
}

impl Counts {
    /// All scheduled checks.
    pub fn scheduled(&self) -> u64 {
        self.up.saturating_add(self.degraded).saturating_add(self.down).saturating_add(self.unknown)
    }

    /// Adds other counts; saturates.
    pub fn merge(&mut self, other: &Self) {
        self.up = self.up.saturating_add(other.up);
        self.degraded = self.degraded.saturating_add(other.degraded);
        self.down = self.down.saturating_add(other.down);
        self.unknown = self.unknown.saturating_add(other.unknown);
        self.retries = self.retries.saturating_add(other.retries);
    }
}

/// How long good checks took. All absent when there was none. The percentiles come from a histogram and are at most one
/// sixteenth off; the ends are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Percentiles {
    /// The shortest.
    pub min: Option<Micros>,
    /// Half of the checks took at most this long.
    pub p50: Option<Micros>,
    /// Nine tenths did.
    pub p90: Option<Micros>,
    /// Nineteen twentieths did.
    pub p95: Option<Micros>,
    /// All but a hundredth did.
    pub p99: Option<Micros>,
    /// The longest.
    pub max: Option<Micros>,
}

/// From one moment up to, but not including, another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its first millisecond.
    pub from: Timestamp,
    /// The first millisecond after it; never before `from`.
    pub to: Timestamp,
}

impl Window {
    /// The window between two moments; empty when `to` is not after `from`.
    pub fn new(from: Timestamp, to: Timestamp) -> Self {
        Self { from, to: to.max(from) }
    }

    /// Its length in milliseconds.
    pub fn length_ms(&self) -> u64 {
        u64::try_from(self.to.0.saturating_sub(self.from.0)).unwrap_or(0)
    }

    /// Whether it holds a moment.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

/// What is known of one tracker in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Which stretch.
    pub window: Window,
    /// How its time was spent; adds up to its length.
    pub tally: Tally,
    /// The checks that were due in it.
    pub counts: Counts,
    /// How long the good ones took, retries included.
    pub latency: Percentiles,
}

/// What a percentage of uptime means. Unknown, paused and maintenance time is in neither part of any of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rule {
    /// Time up or degraded, of the time observed.
    #[default]
    ObservedTime,
    /// Time up, of the time observed: degraded time counts as down.
    FullServiceTime,
    /// Scheduled checks that were up or degraded, of those that learnt something.
    Checks,
}

impl Rule {
    /// Every rule, the usual one first.
    pub const ALL: [Self; 3] = [Self::ObservedTime, Self::FullServiceTime, Self::Checks];

    /// The stable word of interfaces.
    pub fn word(self) -> &'static str {
        match self {
            Self::ObservedTime => "observed_time",
            Self::FullServiceTime => "full_service_time",
            Self::Checks => "checks",
        }
    }

    /// The rule in one sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::ObservedTime => words::UPTIME_RULE_OBSERVED_TIME,
            Self::FullServiceTime => words::UPTIME_RULE_FULL_SERVICE_TIME,
            Self::Checks => words::UPTIME_RULE_CHECKS,
        }
    }

    /// The rule that an interface names.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.word() == word)
    }

    /// Both parts of the ratio, in milliseconds or, for [`Self::Checks`], in checks.
    pub fn apply(self, tally: &Tally, counts: &Counts) -> Uptime {
        let (up_ms, down_ms) = match self {
            Self::ObservedTime => (tally.up_ms.saturating_add(tally.degraded_ms), tally.down_ms),
            Self::FullServiceTime => (tally.up_ms, tally.down_ms.saturating_add(tally.degraded_ms)),
            Self::Checks => (counts.up.saturating_add(counts.degraded), counts.down),
        };
        Uptime { up_ms, down_ms }
    }
}

impl Period {
    /// The uptime by the usual rule.
    pub fn uptime(&self) -> Uptime {
        Rule::ObservedTime.apply(&self.tally, &self.counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_differ_in_what_they_count() {
        let tally = Tally { up_ms: 80, degraded_ms: 10, down_ms: 10, unknown_ms: 900, ..Tally::default() };
        let counts = Counts { up: 1, degraded: 1, down: 2, unknown: 5, retries: 3 };
        let told: Vec<String> = Rule::ALL.map(|rule| rule.apply(&tally, &counts).to_string()).into();
        assert_eq!(told, ["90.00", "80.00", "50.00"]);
        assert!(Rule::ALL.into_iter().all(|rule| Rule::of(rule.word()) == Some(rule)));
        assert_eq!(Rule::of("guess"), None);
    }

    #[test]
    fn what_is_missing_is_unknown() {
        let tally = Tally { up_ms: 5, paused_ms: 2, ..Tally::default() }.filled(10);
        assert_eq!((tally.unknown_ms, tally.total_ms()), (3, 10));
        assert_eq!(tally.filled(4), tally, "never less than was counted");
    }
}
