//! What waits while the database refuses: checks in their order, up to a limit, and where the rest would have been.
//!
//! A check that finds no room is dropped and leaves a mark: one entry for each tracker, at the first slot that was lost, before
//! the next check of that tracker that is kept. So what is recorded later says itself what is missing.

use std::collections::{BTreeMap, VecDeque};

use domain::{Check, CheckName, Location, Outcome, Phases, Reason, Timestamp, TrackerId};

use super::Arrival;

/// A bounded queue of checks that remembers its gaps.
#[derive(Debug)]
pub(super) struct Backlog {
    waiting: VecDeque<Arrival>,
    /// Evidence among what waits.
    seen: usize,
    limit: usize,
    /// The first slot that each tracker lost since its last check that is kept.
    lost: BTreeMap<TrackerId, Timestamp>,
    tally: Tally,
}

/// What went through a backlog since it was last empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Checks that waited.
    pub(super) kept: u64,
    /// Checks for which there was no room.
    pub(super) dropped: u64,
}

impl Backlog {
    /// An empty backlog for `limit` checks.
    pub(super) fn new(limit: usize) -> Self {
        Self { waiting: VecDeque::new(), seen: 0, limit, lost: BTreeMap::new(), tally: Tally::default() }
    }

    /// Appends a check, or its gap when there is no room.
    pub(super) fn push(&mut self, mut arrival: Arrival) {
        let tracker = arrival.check.name.tracker;
        if self.waiting.len() < self.limit {
            self.tally.kept += 1;
            self.waiting.extend(self.lost.remove(&tracker).map(|since| not_recorded(tracker, since)));
            // A hundred thousand checks are little; what each of them saw would not be.
            arrival.seen = arrival.seen.filter(|_| self.seen < MOST_SEEN);
            self.seen += usize::from(arrival.seen.is_some());
            self.waiting.push_back(arrival);
            return;
        }
        let check = arrival.check;
        self.tally.dropped += 1;
        // A lost retry leaves no hole: its slot has the scheduled check.
        if check.name.attempt == 0 {
            self.lost.entry(tracker).or_insert(check.name.due);
        }
    }

    /// Takes the oldest check; when all are taken, the gaps that no check has ended yet.
    pub(super) fn pop(&mut self) -> Option<Arrival> {
        let oldest = self.waiting.pop_front();
        let has_seen = oldest.as_ref().is_some_and(|arrival| arrival.seen.is_some());
        self.seen -= usize::from(has_seen);
        oldest.or_else(|| self.lost.pop_first().map(|(tracker, since)| not_recorded(tracker, since)))
    }

    /// Checks that wait.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// What went through since the last call. Gives the memory of the queue back.
    pub(super) fn settle(&mut self) -> Tally {
        self.waiting.shrink_to_fit();
        std::mem::take(&mut self.tally)
    }
}

/// The entry that stands for a stretch of which nothing could be kept.
fn not_recorded(tracker: TrackerId, since: Timestamp) -> Arrival {
    let name = CheckName { tracker, due: since, attempt: 0, location: Location::LOCAL };
    let outcome = Outcome::Unknown(Reason::NotRecorded);
    Check { name, late_ms: 0, latency: None, phases: Phases::NONE, outcome }.into()
}

/// Evidence that is kept while the database refuses; about 20 KiB each.
const MOST_SEEN: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tracker: i64, due: i64, attempt: u16) -> Arrival {
        let name = CheckName {
            tracker: TrackerId(tracker),
            due: Timestamp(due),
            attempt,
            location: Location::LOCAL,
        };
        Check { name, late_ms: 0, latency: None, phases: Phases::NONE, outcome: Outcome::Up }.into()
    }

    fn filled(limit: usize, checks: &[(i64, i64, u16)]) -> Backlog {
        let mut backlog = Backlog::new(limit);
        for (tracker, due, attempt) in checks {
            backlog.push(check(*tracker, *due, *attempt));
        }
        backlog
    }

    /// Everything that comes out, as `tracker@due`, gaps with a question mark.
    fn drained(backlog: &mut Backlog) -> String {
        let mut words = Vec::new();
        while let Some(Arrival { check, .. }) = backlog.pop() {
            let mark = if check.outcome == Outcome::Up { "" } else { "?" };
            words.push(format!("{}@{}{mark}", check.name.tracker, check.name.due.0));
        }
        words.join(" ")
    }

    #[test]
    fn within_the_limit_everything_comes_out_in_its_order() {
        let mut backlog = filled(3, &[(1, 10, 0), (2, 11, 0), (1, 20, 0)]);
        assert_eq!(backlog.len(), 3);
        assert_eq!(drained(&mut backlog), "1@10 2@11 1@20");
        assert_eq!(backlog.settle(), Tally { kept: 3, dropped: 0 });
    }

    #[test]
    fn what_finds_no_room_is_one_gap_for_each_tracker_from_its_first_slot() {
        let mut backlog = filled(2, &[(1, 10, 0), (2, 11, 0), (2, 21, 0), (1, 20, 0), (2, 31, 0)]);
        assert_eq!(drained(&mut backlog), "1@10 2@11 1@20? 2@21?");
        assert_eq!(backlog.settle(), Tally { kept: 2, dropped: 3 });
        assert_eq!(backlog.settle(), Tally::default());
    }

    #[test]
    fn a_gap_stands_before_the_check_that_ends_it() {
        let mut backlog = filled(2, &[(1, 10, 0), (2, 11, 0), (1, 20, 0), (2, 21, 0)]);
        assert_eq!(backlog.pop().map(|arrival| arrival.check.name.due), Some(Timestamp(10)));
        backlog.push(check(1, 30, 0));
        backlog.push(check(1, 40, 0));
        assert_eq!(drained(&mut backlog), "2@11 1@20? 1@30 1@40? 2@21?");
    }

    #[test]
    fn a_lost_retry_is_no_gap() {
        let mut backlog = filled(1, &[(1, 10, 0), (1, 10, 1), (1, 10, 2)]);
        assert_eq!(drained(&mut backlog), "1@10");
        assert_eq!(backlog.settle(), Tally { kept: 1, dropped: 2 });
    }
}
