//! What a policy is worth, for who chooses one.

use std::time::Duration;

/// A policy and what it means for one tracker.
#[derive(Clone, Debug, PartialEq)]
pub struct Worth {
    /// The preset's name; `now` for what is set.
    pub name: &'static str,
    /// Failures in a row that are tolerated.
    pub retries: u16,
    /// How long after a failure it is tried again.
    pub retry_after: Duration,
    /// Good checks in a row that make it up again.
    pub successes: u16,
    /// The longest from the first moment of an outage to the verdict.
    pub worst_detection: Duration,
    /// False alarms a year where this machine's network is good, and where it is poor.
    pub false_alarms: [f64; 2],
}
