//! Entries in memory: thirteen bytes each, because ten thousand trackers hold hundreds of them.

use domain::{Micros, Timestamp};

use super::{DEGRADED, DOWN, MAX_ENTRIES, TOLERATED};

/// One check as history keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The slot.
    pub(crate) due: Timestamp,
    /// 0 for the scheduled check; retries count up.
    pub(crate) attempt: u16,
    /// How long after its due time the probe started, in milliseconds.
    pub(crate) late_ms: u32,
    /// From the start of the probe to its verdict; absent when nothing was asked. A microsecond below the largest is kept
    /// for the largest, which says "nothing was asked" here.
    pub(crate) latency: Option<Micros>,
    /// A code such as [`super::UP`]; those that are not known are kept as they are.
    pub(crate) verdict: u8,
    /// The number of the fault's text; there is one exactly when the verdict is [`DEGRADED`], [`DOWN`] or [`TOLERATED`]. 0 when
    /// it was not kept.
    pub(crate) fault: Option<u32>,
}

/// A stretch of one tracker's entries, oldest first, as columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    /// The first entry's due time, UTC milliseconds.
    pub(super) base: i64,
    /// Milliseconds after `base`, never decreasing.
    pub(super) due: Vec<u32>,
    /// Empty while all are 0, which they are until a check fails.
    pub(super) attempt: Vec<u16>,
    pub(super) late_ms: Vec<u32>,
    /// [`NOTHING_ASKED`] for absent.
    pub(super) latency_us: Vec<u32>,
    pub(super) verdict: Vec<u8>,
    /// One for each entry whose verdict has a fault, in order.
    pub(super) faults: Vec<u32>,
}

pub(super) const NOTHING_ASKED: u32 = u32::MAX;

/// Why an entry cannot follow those that are there. For the first two, a new stretch can begin with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    /// It is due before the newest, or 49 days after the first.
    #[error("the entry is due before the newest one or long after the first")]
    Due,
    /// There are [`MAX_ENTRIES`].
    #[error("there are {MAX_ENTRIES} entries")]
    Full,
    /// A verdict without its fault, or a fault without its verdict.
    #[error("a verdict and its fault do not belong together")]
    Fault,
}

impl Columns {
    pub(crate) fn len(&self) -> usize {
        self.due.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.due.is_empty()
    }

    /// When the oldest entry was due.
    pub(crate) fn first_due(&self) -> Option<Timestamp> {
        self.due.first().map(|due| self.timestamp(*due))
    }

    /// When the newest entry was due.
    pub(crate) fn last_due(&self) -> Option<Timestamp> {
        self.due.last().map(|due| self.timestamp(*due))
    }

    /// Appends an entry; leaves everything as it is when it does not fit.
    pub(crate) fn push(&mut self, entry: Entry) -> Result<(), Unfit> {
        if self.len() >= MAX_ENTRIES {
            return Err(Unfit::Full);
        }
        if entry.fault.is_some() != has_fault(entry.verdict) {
            return Err(Unfit::Fault);
        }
        let due = self.fit(entry.due).ok_or(Unfit::Due)?;
        if self.is_empty() {
            self.base = entry.due.0;
        }
        if entry.attempt > 0 && self.attempt.is_empty() {
            self.attempt.resize(self.len(), 0);
        }
        if entry.attempt > 0 || !self.attempt.is_empty() {
            append(&mut self.attempt, entry.attempt);
        }
        append(&mut self.due, due);
        append(&mut self.late_ms, entry.late_ms);
        append(&mut self.latency_us, entry.latency.map_or(NOTHING_ASKED, |us| us.0.min(NOTHING_ASKED - 1)));
        append(&mut self.verdict, entry.verdict);
        self.faults.extend(entry.fault);
        Ok(())
    }

    /// The entries, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Entry> {
        let mut faults = self.faults.iter().copied();
        let columns = self.due.iter().zip(&self.late_ms).zip(&self.latency_us).zip(&self.verdict);
        columns.enumerate().map(move |(n, (((due, late_ms), latency_us), verdict))| Entry {
            due: self.timestamp(*due),
            attempt: self.attempt.get(n).copied().unwrap_or(0),
            late_ms: *late_ms,
            latency: Some(Micros(*latency_us)).filter(|us| us.0 != NOTHING_ASKED),
            verdict: *verdict,
            fault: if has_fault(*verdict) { faults.next() } else { None },
        })
    }

    fn timestamp(&self, due: u32) -> Timestamp {
        Timestamp(self.base.saturating_add(due.into()))
    }

    /// The due time as the column has it.
    fn fit(&self, due: Timestamp) -> Option<u32> {
        let Some(newest) = self.due.last() else { return Some(0) };
        let due = u32::try_from(due.0.checked_sub(self.base)?).ok()?;
        (due >= *newest).then_some(due)
    }
}

/// Whether entries with this verdict have a fault.
pub(crate) fn has_fault(verdict: u8) -> bool {
    matches!(verdict, DEGRADED | DOWN | TOLERATED)
}

/// Like `push`, but grows by an eighth instead of doubling: half of all this memory would be for nothing.
fn append<T>(column: &mut Vec<T>, value: T) {
    if column.len() == column.capacity() {
        column.reserve_exact((column.len() / 8).max(64));
    }
    column.push(value);
}
