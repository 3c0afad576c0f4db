//! What we believe about a tracker, folded from its checks.
//!
//! One bad check is not an outage: the policy says how many are. Nothing here knows the time of day, storage or alerts;
//! the caller persists the result. Folding the same checks again gives the same status.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Fault, FaultKind, Micros, Outcome, Timestamp};

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

    fn slowness(&self, latency: Option<Micros>) -> Option<Fault> {
        let limit = self.slow_after?;
        let took = latency.filter(|took| Duration::from_micros(took.0.into()) >= limit)?;
        let detail = format!("took {:.0} ms, slow from {} ms", took.as_ms(), limit.as_millis());
        Some(Fault::new(FaultKind::Slow, detail))
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

/// The result of folding one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The status after the check.
    pub status: Status,
    /// The transition that the check caused, if any.
    pub transition: Option<Transition>,
}

impl Status {
    /// The status after a check that was due at `due`. Total: every outcome has an answer in every status.
    #[must_use]
    pub fn after(&self, due: Timestamp, outcome: &Outcome, policy: Policy) -> Step {
        match outcome {
            Outcome::Unknown(_) => Step { status: self.clone(), transition: None },
            Outcome::Up | Outcome::Degraded(_) => self.after_success(due),
            Outcome::Down(fault) => self.after_failure(due, fault, policy),
        }
    }

    /// Whether the newest failure is not yet believed.
    pub fn is_retrying(&self) -> bool {
        matches!(self, Self::Retrying { .. })
    }

    fn after_success(&self, due: Timestamp) -> Step {
        let (since, transition) = match self {
            Self::Up { since } => (*since, None),
            Self::Retrying { up_since, .. } => (up_since.unwrap_or(due), None),
            Self::Pending => (due, None),
            Self::Down { since, .. } => (due, Some(Transition::Recovered { at: due, down_since: *since })),
        };
        Step { status: Self::Up { since }, transition }
    }

    fn after_failure(&self, due: Timestamp, fault: &Fault, policy: Policy) -> Step {
        let (since, failures, up_since) = match self {
            Self::Down { since, .. } => {
                return Step { status: Self::Down { since: *since, fault: fault.clone() }, transition: None };
            }
            Self::Retrying { since, failures, up_since } => (*since, failures.saturating_add(1), *up_since),
            Self::Up { since } => (due, 1, Some(*since)),
            Self::Pending => (due, 1, None),
        };
        if failures <= policy.retries {
            return Step { status: Self::Retrying { since, failures, up_since }, transition: None };
        }
        Step {
            status: Self::Down { since, fault: fault.clone() },
            transition: Some(Transition::WentDown { at: due, since, fault: fault.clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Reason;

    fn outcome(word: &str) -> Outcome {
        match word {
            "ok" => Outcome::Up,
            "slow" => Outcome::Degraded(Fault::new(FaultKind::Slow, "")),
            "bad" => Outcome::Down(Fault::new(FaultKind::Refused, "")),
            _ => Outcome::Unknown(Reason::Overload),
        }
    }

    /// Folds words into words: a status in lower case, `DOWN` and `RECOVERED` where a transition happened.
    fn fold(checks: &str, retries: u16) -> String {
        let mut status = Status::default();
        let words = checks.split_whitespace().enumerate().map(|(n, word)| {
            let due = Timestamp(i64::try_from(n).unwrap());
            let step = status.after(due, &outcome(word), Policy { retries, ..Policy::default() });
            status = step.status;
            match (step.transition, &status) {
                (Some(Transition::WentDown { .. }), _) => "DOWN",
                (Some(Transition::Recovered { .. }), _) => "RECOVERED",
                (None, Status::Pending) => "pending",
                (None, Status::Up { .. }) => "up",
                (None, Status::Retrying { .. }) => "retrying",
                (None, Status::Down { .. }) => "down",
            }
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn one_failure_within_tolerance_is_only_doubt() {
        assert_eq!(fold("ok bad ok bad ok", 1), "up retrying up retrying up");
    }

    #[test]
    fn the_failure_after_the_last_retry_is_an_outage() {
        assert_eq!(fold("ok bad bad bad bad ok", 2), "up retrying retrying DOWN down RECOVERED");
    }

    #[test]
    fn without_retries_the_first_failure_is_an_outage() {
        assert_eq!(fold("bad ok bad", 0), "DOWN RECOVERED DOWN");
    }

    #[test]
    fn degraded_counts_as_up() {
        assert_eq!(fold("bad slow slow", 0), "DOWN RECOVERED up");
    }

    #[test]
    fn what_was_not_learnt_changes_nothing() {
        assert_eq!(fold("none ok none bad none bad none", 1), "pending up up retrying retrying DOWN down");
    }

    #[test]
    fn doubt_that_passes_leaves_the_time_of_being_up() {
        let up = Status::Up { since: Timestamp(1) };
        let doubt =
            up.after(Timestamp(9), &outcome("bad"), Policy { retries: 1, ..Policy::default() }).status;
        assert_eq!(
            doubt.after(Timestamp(10), &outcome("ok"), Policy { retries: 1, ..Policy::default() }).status,
            up
        );
    }

    #[test]
    fn an_outage_starts_at_its_first_failure() {
        let policy = Policy { retries: 1, ..Policy::default() };
        let doubt = Status::default().after(Timestamp(3), &outcome("bad"), policy).status;
        let step = doubt.after(Timestamp(4), &outcome("bad"), policy);
        let Some(Transition::WentDown { at, since, .. }) = step.transition else { panic!("{step:?}") };
        assert_eq!((at, since), (Timestamp(4), Timestamp(3)));
    }

    proptest! {
        #[test]
        fn transitions_alternate_and_folding_is_deterministic(
            words in proptest::collection::vec(prop::sample::select(vec!["ok", "slow", "bad", "none"]), 0..200),
            retries in 0..4_u16,
        ) {
            let checks = words.join(" ");
            let folded = fold(&checks, retries);
            prop_assert_eq!(&folded, &fold(&checks, retries));
            let transitions: Vec<&str> =
                folded.split_whitespace().filter(|word| ["DOWN", "RECOVERED"].contains(word)).collect();
            for (n, word) in transitions.iter().enumerate() {
                prop_assert_eq!(*word, if n % 2 == 0 { "DOWN" } else { "RECOVERED" });
            }
        }
    }
}
