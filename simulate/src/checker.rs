//! The invariants, looked at while things happen. Names are those of the reference; I8, leases, has no place in one process.
//!
//! - I1 what was shown is on disk, also after a crash; nothing that is on disk was never found (`recording.rs`)
//! - I2 at most one result for a tracker, slot and attempt, as long as the clock is not set back
//! - I3 statuses, transitions and incidents follow from what is recorded (`model.rs`), also after a restart
//! - I4 each transition has one message for each channel that is to be told, in its transaction; while a tracker flaps, one says so;
//!   down and up follow each other
//! - I5 messages end as sent, dropped or dead, each for a reason; twice only where an answer was lost; no end before its beginning
//!   (`telling.rs`)
//! - I6 nobody goes down who rests, or while this location is blind; in maintenance nobody is checked by schedule, and nobody told of
//!   trouble (`maintenance.rs`); nobody goes down for the failure of a parent that was known before (`dependencies.rs`)
//! - I7 a real outage is noticed in the time that `domain` promises (`watching.rs`)
//! - I9 a hole is recorded as one, so is maintenance, and time up and down is counted to the millisecond
//! - I10 queues are bounded, and time goes on

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use domain::{AlertRule, ChannelId, Maintenance, NewTracker, Reason, Timestamp, TrackerId};

use crate::{model::Model, plan::Plan};

mod dependencies;
mod maintenance;
mod recording;
mod telling;
mod watching;

pub(crate) use self::watching::{recount, shown};

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which invariant.
    pub invariant: &'static str,
    /// When, in milliseconds since the world began.
    pub at_ms: i64,
    /// What was seen.
    pub what: String,
}

/// What is known of what happened so far.
pub(crate) struct Checker {
    pub(crate) violation: Option<Violation>,
    /// Checks that were recorded, gaps aside.
    pub(crate) checks: u64,
    pub(crate) messages: u64,
    pub(crate) transitions: u64,
    /// Messages that a service got twice, as is allowed when an answer was lost.
    pub(crate) doubles: u64,
    pub(crate) trackers: BTreeMap<TrackerId, Watched>,
    /// Who is told, as it is on disk.
    rules: Vec<AlertRule>,
    channels: BTreeSet<ChannelId>,
    /// Who is only told what others could not be.
    fallback: Option<ChannelId>,
    /// Messages that services took, by channel and key.
    taken: BTreeMap<(usize, String), telling::Taken>,
    /// What messages said, and under which key.
    said: BTreeMap<(usize, Option<TrackerId>, &'static str, i64), String>,
    /// How often a clock was set back. Slots that come again may be checked again.
    pub(crate) epoch: u32,
    /// Maintenance that is announced, as it is on disk.
    announced: Vec<Maintenance>,
    /// Since when the program has to know who is in maintenance.
    settled_since: i64,
}

/// A tracker.
#[derive(Default)]
pub(crate) struct Watched {
    /// As the program read it last; none when it is gone.
    pub(crate) settings: Option<NewTracker>,
    pub(crate) model: Model,
    names: HashSet<(Timestamp, u16)>,
    /// What its target answered, oldest first, as far as it is not recorded yet.
    found: VecDeque<Found>,
    /// The due time of the newest scheduled entry.
    reached: Option<Timestamp>,
    /// The newest scheduled entry of its schedule, and whether it is a gap.
    last: Option<(Timestamp, bool)>,
    /// The latest due time of a scheduled entry, and why nothing was learnt then, if that is so.
    latest: Option<(Timestamp, Option<Reason>)>,
    /// When it was known to be down, while it is.
    down_known: Option<Timestamp>,
    /// Since when nothing keeps its outage from being noticed.
    clear_since: i64,
    pub(crate) target: usize,
}

/// What a probe brought home.
#[derive(Clone, Copy, Debug)]
struct Found {
    is_up: Option<bool>,
    at_ms: i64,
    /// Since when our network was away then.
    away_since: Option<i64>,
    is_blind: bool,
}

impl Checker {
    pub(crate) fn new(plan: &Plan) -> Self {
        let tracker = |(tracker, target): (usize, &usize)| {
            let id = TrackerId(i64::try_from(tracker).unwrap_or(0) + 1);
            (id, Watched { target: *target, ..Watched::default() })
        };
        Self {
            violation: None,
            checks: 0,
            messages: 0,
            transitions: 0,
            doubles: 0,
            trackers: plan.target_of.iter().enumerate().map(tracker).collect(),
            rules: plan.rules.clone(),
            channels: (1..).map(ChannelId).take(plan.channels.len()).collect(),
            fallback: plan.fallback,
            taken: BTreeMap::new(),
            said: BTreeMap::new(),
            epoch: 0,
            announced: Vec::new(),
            settled_since: 0,
        }
    }

    /// Something must not be. The first one is kept: what follows may follow from it.
    pub(crate) fn fail(&mut self, invariant: &'static str, at_ms: i64, what: String) {
        self.violation.get_or_insert(Violation { invariant, at_ms, what });
    }
}
