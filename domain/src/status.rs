//! What we believe about a tracker, and the policy by which it is folded from checks.
//!
//! One bad check is not an outage: the policy says how many are. Nothing here knows the time of day, storage or alerts;
//! the caller persists the result.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Facet, Fault, FaultKind, Kind, Micros, Outcome, Timestamp};

/// What we believe about a tracker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing is known yet.
    #[default]
    Pending,
    /// It works.
    Up {
        /// Due time of the first good check of this stretch.
        since: Timestamp,
    },
    /// It failed, but not often enough to be believed.
    Retrying {
        /// Due time of the first failure.
        since: Timestamp,
        /// Failures in a row; at least 1.
        failures: u16,
        /// Since when it was up before; absent when it never was.
        up_since: Option<Timestamp>,
    },
    /// It fails.
    Down {
        /// Due time of the first failure.
        since: Timestamp,
        /// What the newest failure showed.
        fault: Fault,
    },
}

/// How many failures make an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Failures in a row that are tolerated; the next one makes the tracker down. At most 10.
    pub retries: u16,
    /// How long after a failed attempt the next one starts, if it still fits before the next slot; 1 s to 5 min.
    pub retry_after: Duration,
    /// Good checks in a row that make it up again, 1 to 10.
    pub successes: u16,
    /// From when on an answer counts as slow: degraded, not down.
    pub slow_after: Option<Duration>,
    /// Whether it is up when its target fails, and down when that answers.
    pub upside_down: bool,
}

impl Policy {
    /// The most retries that can be asked for.
    pub const MOST_RETRIES: u16 = 10;
    /// The most successes that can be asked for.
    pub const MOST_SUCCESSES: u16 = 10;

    /// What is usual of a kind of target: what is not asked cannot be asked again.
    pub fn of(kind: Kind) -> Self {
        let usual = Self::default();
        if kind.has(Facet::Asked) { usual } else { Self { retries: 0, ..usual } }
    }

    /// What a finding means for a tracker with this policy.
    #[must_use]
    pub fn judge(&self, outcome: Outcome, latency: Option<Micros>) -> Outcome {
        match outcome {
            Outcome::Up | Outcome::Degraded(_) if self.upside_down => {
                Outcome::Down(Fault::new(FaultKind::Answers, ""))
            }
            Outcome::Down(_) if self.upside_down => Outcome::Up,
            Outcome::Up => self.slowness(latency).map_or(Outcome::Up, Outcome::Degraded),
            other => other,
        }
    }

    /// Without the time that it took, which the check has: the texts of faults are stored once each.
    fn slowness(&self, latency: Option<Micros>) -> Option<Fault> {
        let limit = self.slow_after?;
        let is_slow = latency.is_some_and(|took| Duration::from_micros(took.0.into()) >= limit);
        is_slow.then(|| Fault::new(FaultKind::Slow, words::fault_slow_limit(limit.as_millis())))
    }
}

impl Default for Policy {
    /// Three tries, which forgives a lost packet but reports an outage within seconds.
    fn default() -> Self {
        Self {
            retries: 2,
            retry_after: Duration::from_secs(5),
            successes: 1,
            slow_after: None,
            upside_down: false,
        }
    }
}

/// A change of status; the only thing that opens or closes an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transition {
    /// The tracker went down.
    WentDown {
        /// Due time of the check that confirmed it.
        at: Timestamp,
        /// Due time of the first failure.
        since: Timestamp,
        /// What the confirming check showed.
        fault: Fault,
    },
    /// The tracker recovered.
    Recovered {
        /// Due time of the good check.
        at: Timestamp,
        /// Due time of the first failure.
        down_since: Timestamp,
    },
}

impl Transition {
    /// Due time of the check that caused it.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::WentDown { at, .. } | Self::Recovered { at, .. } => *at,
        }
    }
}

impl Status {
    /// Whether the newest failure is not yet believed.
    pub fn is_retrying(&self) -> bool {
        matches!(self, Self::Retrying { .. })
    }

    /// Whether it is believed to fail.
    pub fn is_down(&self) -> bool {
        matches!(self, Self::Down { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reason;

    fn down() -> Outcome {
        Outcome::Down(Fault::new(FaultKind::Refused, ""))
    }

    #[test]
    fn who_stands_on_its_head_is_up_when_its_target_fails() {
        let policy = Policy { upside_down: true, ..Policy::default() };
        assert_eq!(policy.judge(down(), None), Outcome::Up);
        assert_eq!(policy.judge(Outcome::Up, None).is_up(), Some(false));
        let unknown = Outcome::Unknown(Reason::Overload);
        assert_eq!(policy.judge(unknown.clone(), None), unknown, "what was not learnt stays so");
    }

    #[test]
    fn an_answer_that_takes_as_long_as_the_limit_is_degraded() {
        let policy = Policy { slow_after: Some(Duration::from_millis(500)), ..Policy::default() };
        let judged = |us| policy.judge(Outcome::Up, Some(Micros(us)));
        assert_eq!(judged(499_999), Outcome::Up);
        assert_eq!(judged(500_000), Outcome::Degraded(Fault::new(FaultKind::Slow, "500 ms or more")));
        assert_eq!(policy.judge(down(), Some(Micros(900_000))), down());
    }
}
