//! What is recorded but not sealed: columns in memory, shared by the writer, who fills and seals them, and readers.

use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use domain::{Holding, Timestamp, Timing, TrackerId};

use super::{seal::Sealed, timings::Timings};
use crate::{
    block::{Columns, Entry},
    ids::ById,
};

/// A stretch is sealed when it holds this many entries …
pub(crate) const SEAL_ENTRIES: usize = 600;
/// … or is this old.
pub(crate) const SEAL_AGE_MS: i64 = 3_600_000;
/// The longest time from the first to the last entry of a block.
pub(crate) const SPAN_MS: i64 = 31 * 86_400_000;
/// When the oldest row that is not sealed lies this many rows back, its stretch is sealed, however short it is: `checks` must not grow
/// because one slow tracker stands among many fast ones.
const ROWS_BACK: i64 = 1_750_000;

/// Entries that can become one block.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    pub(crate) columns: Columns,
    /// The longest that a result holds; `None`: to the next.
    pub(crate) limit_ms: Option<u32>,
    pub(crate) location: u16,
    /// The row of `checks` that holds its first entry.
    pub(crate) first_check: i64,
    /// The row of its last entry.
    pub(crate) last_check: i64,
}

impl Stretch {
    /// Whether an entry can follow.
    fn takes(&self, entry: &Entry, limit_ms: Option<u32>, location: u16) -> bool {
        let span = self.columns.first_due().map_or(0, |first| entry.due.0.saturating_sub(first.0));
        self.limit_ms == limit_ms
            && self.location == location
            && self.columns.last_due().is_none_or(|last| last <= entry.due)
            && span < SPAN_MS
    }
}

/// One tracker's entries that are not sealed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unsealed {
    /// How many entries were sealed; the number of the first one here.
    pub(crate) sealed: u64,
    /// The newest row of `checks` that is sealed.
    pub(crate) last_check: i64,
    /// The newest scheduled entry that was sealed.
    pub(crate) holding: Option<Holding>,
    /// In the order of recording; nearly always one.
    pub(crate) stretches: VecDeque<Stretch>,
    /// Where the time of the checks went; shared with who reads it at the moment.
    pub(crate) timings: Arc<Timings>,
}

/// An entry that is on disk, and what belongs to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrived {
    /// Its row of `checks`.
    pub(crate) check: i64,
    pub(crate) entry: Entry,
    pub(crate) timing: Option<Timing>,
    /// The longest that its result holds; `None`: to the next.
    pub(crate) limit_ms: Option<u32>,
    pub(crate) location: u16,
}

impl Unsealed {
    /// Entries that are not sealed.
    pub(crate) fn len(&self) -> usize {
        self.stretches.iter().map(|stretch| stretch.columns.len()).sum()
    }

    /// They, with what belongs to each of them.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (Entry, &Stretch)> {
        self.stretches.iter().flat_map(|stretch| stretch.columns.iter().map(move |entry| (entry, stretch)))
    }

    fn push(&mut self, arrived: &Arrived) {
        let Arrived { check, entry, timing, limit_ms, location } = *arrived;
        if check <= self.last_check {
            return;
        }
        if let Some(timing) = timing {
            Arc::make_mut(&mut self.timings).push(timing);
        }
        let fits = self.stretches.back().is_some_and(|stretch| stretch.takes(&entry, limit_ms, location));
        if !fits {
            let (columns, first_check, last_check) = (Columns::default(), check, check);
            // One that grows by itself has room for four.
            self.stretches.reserve_exact(1);
            self.stretches.push_back(Stretch { columns, limit_ms, location, first_check, last_check });
        }
        if let Some(stretch) = self.stretches.back_mut() {
            stretch.last_check = check;
            if let Err(error) = stretch.columns.push(entry) {
                tracing::error!(%error, check, "a recorded check cannot be sealed");
            }
        }
    }

    /// Whether it is time to seal. The time is the tracker's own (a hash of its id), so that the work is level: the wall clock
    /// has passed a multiple of the stretch's length since the first entry.
    fn is_ripe(&self, id: TrackerId, now: Timestamp) -> bool {
        let Some(stretch) = self.stretches.front() else { return false };
        let Some(first) = stretch.columns.first_due() else { return true };
        if self.len() >= 2 * SEAL_ENTRIES || self.stretches.len() > 1 {
            return true;
        }
        let entries = i64::try_from(SEAL_ENTRIES).unwrap_or(i64::MAX);
        let length =
            stretch.limit_ms.map_or(SEAL_AGE_MS, |limit| (i64::from(limit) * entries).min(SEAL_AGE_MS));
        let phase = id.0.wrapping_mul(0x9E37_79B9).rem_euclid(length);
        let turn = |at: i64| at.saturating_sub(phase).div_euclid(length);
        turn(now.0) > turn(first.0)
    }
}

/// Every tracker's entries that are not sealed.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) trackers: ById<Unsealed>,
    /// Whether every row of `checks` is here or sealed.
    pub(crate) is_loaded: bool,
    /// The newest row of `checks` that was looked at.
    pub(crate) newest_check: i64,
}

impl Pending {
    /// Adds an entry that is on disk as this row of `checks`. One that is sealed already is left out.
    pub(crate) fn push(&mut self, id: TrackerId, arrived: &Arrived) {
        self.newest_check = arrived.check;
        self.trackers.entry(id).or_default().push(arrived);
    }

    /// Looks at all trackers. With ten thousand of them that takes about a millisecond.
    pub(crate) fn look(&self, now: Timestamp) -> Ripe {
        let too_old = self.newest_check.saturating_sub(ROWS_BACK);
        let mut ripe = Ripe { queue: Vec::new(), others: self.newest_check.saturating_add(1), at: now };
        for (id, unsealed) in &self.trackers {
            let Some(stretch) = unsealed.stretches.front() else { continue };
            if stretch.first_check < too_old || unsealed.is_ripe(*id, now) {
                ripe.queue.push((stretch.first_check, *id));
            } else {
                ripe.others = ripe.others.min(stretch.first_check);
            }
        }
        ripe.queue.sort_unstable_by(|a, b| b.cmp(a));
        ripe
    }

    /// Adopts what was sealed, and forgets the entries.
    pub(crate) fn adopt(&mut self, id: TrackerId, sealed: &Sealed) {
        let Sealed { entries, last_check, holding } = *sealed;
        let unsealed = Unsealed { sealed: entries, last_check, holding, ..Unsealed::default() };
        self.trackers.insert(id, unsealed);
    }
}

/// What a look at all trackers found.
#[derive(Debug)]
pub(crate) struct Ripe {
    /// Those that it is time to seal, with their oldest rows; the oldest of these last.
    queue: Vec<(i64, TrackerId)>,
    /// The oldest row that any other one needs.
    others: i64,
    at: Timestamp,
}

impl Ripe {
    /// How long a look is good for. The longer, the more trackers are sealed with the same statements.
    const GOOD_FOR_MS: u64 = 5_000;

    /// Whether it is time to look again.
    pub(crate) fn is_stale(&self, now: Timestamp) -> bool {
        self.queue.is_empty() && now.0.abs_diff(self.at.0) >= Self::GOOD_FOR_MS
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Those that it is time to seal, the one with the oldest rows first.
    pub(crate) fn ids(&self) -> impl Iterator<Item = TrackerId> {
        self.queue.iter().rev().map(|(_, id)| *id)
    }

    /// The first so many are sealed.
    pub(crate) fn done(&mut self, count: usize) {
        self.queue.truncate(self.queue.len().saturating_sub(count));
    }

    /// The oldest row of `checks` that is still needed; rows before it can go.
    pub(crate) fn oldest_check(&self) -> i64 {
        self.queue.last().map_or(self.others, |(first, _)| self.others.min(*first))
    }
}

/// [`Pending`], shared. Locked for memory work only.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedPending(Arc<RwLock<Pending>>);

impl SharedPending {
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Pending> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, Pending> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
