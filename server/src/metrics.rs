//! What this program counts about its own work, for `/metrics`.
//!
//! Counted once a group of checks and once a poll, never once a check: the way of a check has no lock for it. What the
//! live view knows anyway is not counted but read from there when somebody asks.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{Batch, Outcome, Reason};

mod histogram;
mod polls;
mod text;

pub use self::text::{CONTENT_TYPE, Scene};
use self::{histogram::Histogram, polls::Polls};

/// Counters and histograms since the start.
#[derive(Debug, Default)]
pub struct Metrics(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Recorded checks by [`OUTCOMES`].
    checks: [u64; OUTCOMES.len()],
    /// Recorded checks that learnt nothing, by [`REASONS`].
    unknown: [u64; REASONS.len()],
    lateness: Lateness,
    group: GroupSize,
    commit: CommitTime,
    commit_failures: u64,
    /// Checks that wait behind a group that the database refused.
    backlog: usize,
    polls: Polls,
}

/// How late scheduled checks started, in milliseconds.
type Lateness = Histogram<LatenessScale, 19>;
/// Checks in a commit.
type GroupSize = Histogram<GroupScale, 11>;
/// How long commits took, in microseconds.
type CommitTime = Histogram<CommitScale, 13>;

/// Upper bounds of lateness, in milliseconds.
#[derive(Debug)]
struct LatenessScale;
/// Upper bounds of a group, in checks.
#[derive(Debug)]
struct GroupScale;
/// Upper bounds of a commit, in microseconds.
#[derive(Debug)]
struct CommitScale;

impl histogram::Scale<19> for LatenessScale {
    const BOUNDS: [u64; 19] =
        [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1_000, 2_000, 5_000];
    const PER_UNIT: u64 = 1_000;
}

impl histogram::Scale<11> for GroupScale {
    const BOUNDS: [u64; 11] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000];
    const PER_UNIT: u64 = 1;
}

impl histogram::Scale<13> for CommitScale {
    const BOUNDS: [u64; 13] = [
        500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000,
        10_000_000,
    ];
    const PER_UNIT: u64 = 1_000_000;
}

/// The outcomes, as labels.
const OUTCOMES: [&str; 4] = ["up", "degraded", "down", "unknown"];
/// Why a recorded check can be unknown. A stretch that was not observed is no check; one that could not be recorded has an
/// entry of its own, so that it can be counted.
const REASONS: [Reason; 10] = [
    Reason::Overload,
    Reason::FileDescriptors,
    Reason::Network,
    Reason::Resolver,
    Reason::NotRecorded,
    Reason::Ports,
    Reason::Policy,
    Reason::Blind,
    Reason::Blocked,
    Reason::Ping,
];

impl Metrics {
    /// A group is on disk; committing it took `took`.
    pub(crate) fn recorded(&self, batch: &Batch, took: Duration) {
        let mut state = self.lock();
        for recorded in batch.checks.iter().filter(|recorded| !recorded.is_gap()) {
            let check = &recorded.check;
            state.checks[outcome_row(&check.outcome)] += 1;
            if let Outcome::Unknown(reason) = check.outcome
                && let Some(row) = REASONS.iter().position(|known| *known == reason)
            {
                state.unknown[row] += 1;
            }
            if check.name.attempt == 0 {
                state.lateness.observe(u64::from(check.late_ms));
            }
        }
        state.group.observe(batch.checks.len() as u64);
        state.commit.observe(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// The database refused a group, which will be tried again.
    pub(crate) fn commit_failed(&self) {
        self.lock().commit_failures += 1;
    }

    /// So many checks wait behind a group that the database refused.
    pub(crate) fn waiting(&self, backlog: usize) {
        self.lock().backlog = backlog;
    }

    /// A page asked for news, `now` in monotonic time.
    pub(crate) fn polled(&self, now: Duration) {
        self.lock().polls.count(now);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn outcome_row(outcome: &Outcome) -> usize {
    match outcome {
        Outcome::Up => 0,
        Outcome::Degraded(_) => 1,
        Outcome::Down(_) => 2,
        Outcome::Unknown(_) => 3,
    }
}
