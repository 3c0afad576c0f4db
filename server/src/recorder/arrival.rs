//! A check on its way to the fold, with what is only needed there.

use domain::{Check, Evidence, Timestamp, Trust};

/// A check that arrives.
#[derive(Debug)]
pub struct Arrival {
    /// The check.
    pub check: Check,
    /// How its failure is to be taken.
    pub trust: Trust,
    /// What was seen; only with failures that could make their tracker down.
    pub seen: Option<Box<Seen>>,
}

/// What a failing check saw, and what the last good one had seen.
#[derive(Debug)]
pub struct Seen {
    /// What the failing check saw.
    pub failure: Evidence,
    /// When the last good check was due, and what it saw.
    pub last_good: Option<(Timestamp, Evidence)>,
}

impl From<Check> for Arrival {
    fn from(check: Check) -> Self {
        Self { check, trust: Trust::Full, seen: None }
    }
}
