//! One place of the bar of 60: a check as it is shown, or a gap.

use serde::{Deserialize, Serialize};

use crate::{Fault, Micros, Outcome, Reason, Timestamp};

/// A check as it is shown, or a stretch that was not observed. The field names are short because a browser gets one for
/// every tracker every second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Due time; of a gap, its first missed slot.
    #[serde(rename = "t")]
    pub due: Timestamp,
    /// 0 for the scheduled check; retries count up.
    #[serde(rename = "a", default, skip_serializing_if = "is_zero")]
    pub attempt: u16,
    /// The verdict; unknown, with a reason that [is a gap](Reason::is_gap), for a stretch that was not observed.
    #[serde(rename = "o")]
    pub outcome: Outcome,
    /// From the start of the probe to its verdict.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Micros>,
    /// Whether this failure was still tolerated when it was recorded.
    #[serde(rename = "r", default, skip_serializing_if = "is_false")]
    pub retrying: bool,
}

impl Cell {
    /// A stretch that was not observed, from its first missed slot to the next cell.
    pub fn gap(first_missed: Timestamp) -> Self {
        Self {
            due: first_missed,
            attempt: 0,
            outcome: Outcome::Unknown(Reason::NotObserved),
            latency: None,
            retrying: false,
        }
    }

    /// Whether no check stands behind this cell.
    pub fn is_gap(&self) -> bool {
        matches!(&self.outcome, Outcome::Unknown(reason) if reason.is_gap())
    }

    /// How the cell is drawn and named.
    pub fn mark(&self) -> Mark {
        match &self.outcome {
            Outcome::Up => Mark::Up,
            Outcome::Degraded(_) => Mark::Slow,
            Outcome::Down(_) if self.retrying => Mark::Retrying,
            Outcome::Down(_) => Mark::Down,
            Outcome::Unknown(_) => Mark::Unknown,
        }
    }

    /// What the check missed, if it missed something.
    pub fn fault(&self) -> Option<&Fault> {
        match &self.outcome {
            Outcome::Down(fault) | Outcome::Degraded(fault) => Some(fault),
            _ => None,
        }
    }
}

/// How a place of the bar is drawn: each mark has a shape and a colour of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// Up.
    Up,
    /// Up, but degraded.
    Slow,
    /// Failed, not yet believed.
    Retrying,
    /// Down.
    Down,
    /// Nothing is known: a gap, a trouble of our own, or no check yet.
    Unknown,
}

impl Mark {
    /// Every mark, in the order of a legend.
    pub const ALL: [Self; 5] = [Self::Up, Self::Slow, Self::Retrying, Self::Down, Self::Unknown];

    /// The word that stands beside the shape.
    pub fn word(self) -> &'static str {
        match self {
            Self::Up => words::MARK_UP,
            Self::Slow => words::MARK_SLOW,
            Self::Retrying => words::MARK_RETRYING,
            Self::Down => words::MARK_DOWN,
            Self::Unknown => words::MARK_UNKNOWN,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's `skip_serializing_if` passes references")]
fn is_zero(attempt: &u16) -> bool {
    *attempt == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's `skip_serializing_if` passes references")]
fn is_false(flag: &bool) -> bool {
    !flag
}
