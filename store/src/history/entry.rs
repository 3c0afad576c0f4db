//! Entries as blocks hold them, and back to what the domain knows.

use std::collections::HashMap;

use domain::{
    Beat, Check, CheckName, Fault, FaultKind, Held, Location, Outcome, Phases, Reason, Recorded, TrackerId,
};

use crate::block::{DEGRADED, DOWN, Entry, TOLERATED, UNKNOWN, UP, has_fault};

/// A recorded entry as a block holds it; `fault` is the number of its fault.
pub(crate) fn of(recorded: &Recorded, fault: Option<i64>) -> Entry {
    let check = &recorded.check;
    let verdict = match &check.outcome {
        Outcome::Up => UP,
        Outcome::Degraded(_) => DEGRADED,
        Outcome::Down(_) if recorded.retrying => TOLERATED,
        Outcome::Down(_) => DOWN,
        Outcome::Unknown(reason) => UNKNOWN.saturating_add(reason.number()),
    };
    let fault = fault.and_then(|id| u32::try_from(id).ok()).unwrap_or(0);
    Entry {
        due: check.name.due,
        attempt: check.name.attempt,
        late_ms: check.late_ms,
        latency: check.latency,
        verdict,
        fault: has_fault(verdict).then_some(fault),
    }
}

/// What an entry means for time.
pub(crate) fn beat(entry: &Entry) -> Beat {
    let reason = reason(entry.verdict);
    let held = match (entry.verdict, reason) {
        (UP, _) => Held::Up,
        (DEGRADED, _) => Held::Degraded,
        (DOWN | TOLERATED, _) => Held::Down,
        (_, Reason::Paused) => Held::Paused,
        (_, Reason::Maintenance) => Held::Maintenance,
        _ => Held::Unknown,
    };
    let is_gap = entry.verdict > TOLERATED && reason.is_gap();
    Beat { due: entry.due, held, is_gap, is_retry: entry.attempt > 0 }
}

/// An entry as it was recorded. A fault whose text is gone keeps no detail.
pub(crate) fn recorded(
    entry: &Entry,
    tracker: TrackerId,
    location: u16,
    faults: &HashMap<u32, Fault>,
) -> Recorded {
    let fault = || {
        let fault = entry.fault.and_then(|id| faults.get(&id)).cloned();
        fault.unwrap_or_else(|| Fault::new(FaultKind::Forgotten, ""))
    };
    let outcome = match entry.verdict {
        UP => Outcome::Up,
        DEGRADED => Outcome::Degraded(fault()),
        DOWN | TOLERATED => Outcome::Down(fault()),
        other => Outcome::Unknown(reason(other)),
    };
    let name = CheckName { tracker, due: entry.due, attempt: entry.attempt, location: Location(location) };
    let check = Check { name, late_ms: entry.late_ms, latency: entry.latency, phases: Phases::NONE, outcome };
    Recorded { check, retrying: entry.verdict == TOLERATED }
}

/// Whether this entry stands for others that cannot be read.
pub(crate) fn is_damaged(entry: &Entry) -> bool {
    reason(entry.verdict) == Reason::Damaged && entry.verdict >= UNKNOWN
}

/// Whether an entry with this verdict was down.
pub(crate) fn is_down(verdict: u8) -> bool {
    matches!(verdict, DOWN | TOLERATED)
}

/// The reason of an unknown verdict. One that a newer program wrote is as good as damaged.
fn reason(verdict: u8) -> Reason {
    verdict.checked_sub(UNKNOWN).and_then(Reason::of_number).unwrap_or(Reason::Damaged)
}
