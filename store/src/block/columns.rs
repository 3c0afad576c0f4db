//! Entries in memory: thirteen bytes each, because ten thousand trackers hold hundreds of them. One after the other, because each check
//! comes to another tracker: memory that was last touched a second ago is slow, and so it is touched in one place.

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

/// A stretch of one tracker's entries, oldest first, from which columns are made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    /// The first entry's due time, UTC milliseconds.
    pub(super) base: i64,
    pub(super) packed: Vec<Packed>,
    /// Empty while all are 0, which they are until a check fails.
    pub(super) attempt: Vec<u16>,
    /// One for each entry whose verdict has a fault, in order.
    pub(super) faults: Vec<u32>,
}

/// What every entry has; bytes, so that nothing is spent on alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packed {
    due: [u8; 4],
    late_ms: [u8; 4],
    latency_us: [u8; 4],
    pub(super) verdict: u8,
}

impl Packed {
    pub(super) fn new(due: u32, late_ms: u32, latency_us: u32, verdict: u8) -> Self {
        let [due, late_ms, latency_us] = [due, late_ms, latency_us].map(u32::to_le_bytes);
        Self { due, late_ms, latency_us, verdict }
    }

    /// Milliseconds after the first entry, never decreasing.
    pub(super) fn due(self) -> u32 {
        u32::from_le_bytes(self.due)
    }

    pub(super) fn late_ms(self) -> u32 {
        u32::from_le_bytes(self.late_ms)
    }

    /// [`NOTHING_ASKED`] for absent.
    pub(super) fn latency_us(self) -> u32 {
        u32::from_le_bytes(self.latency_us)
    }
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
        self.packed.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    /// When the oldest entry was due.
    pub(crate) fn first_due(&self) -> Option<Timestamp> {
        self.packed.first().map(|first| self.timestamp(first.due()))
    }

    /// When the newest entry was due.
    pub(crate) fn last_due(&self) -> Option<Timestamp> {
        self.packed.last().map(|last| self.timestamp(last.due()))
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
        let latency_us = entry.latency.map_or(NOTHING_ASKED, |us| us.0.min(NOTHING_ASKED - 1));
        append(&mut self.packed, Packed::new(due, entry.late_ms, latency_us, entry.verdict));
        self.faults.extend(entry.fault);
        Ok(())
    }

    /// The entries, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Entry> {
        let mut faults = self.faults.iter().copied();
        self.packed.iter().enumerate().map(move |(n, packed)| Entry {
            due: self.timestamp(packed.due()),
            attempt: self.attempt.get(n).copied().unwrap_or(0),
            late_ms: packed.late_ms(),
            latency: Some(Micros(packed.latency_us())).filter(|us| us.0 != NOTHING_ASKED),
            verdict: packed.verdict,
            fault: if has_fault(packed.verdict) { faults.next() } else { None },
        })
    }

    fn timestamp(&self, due: u32) -> Timestamp {
        Timestamp(self.base.saturating_add(due.into()))
    }

    /// The due time as the column has it.
    fn fit(&self, due: Timestamp) -> Option<u32> {
        let Some(newest) = self.packed.last() else { return Some(0) };
        let due = u32::try_from(due.0.checked_sub(self.base)?).ok()?;
        (due >= newest.due()).then_some(due)
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
