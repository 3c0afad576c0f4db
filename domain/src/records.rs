//! What the recorder asks of storage.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{
    Act, AlertArchive, AlertChange, Archive, Cell, Check, CheckName, Evidence, Failure, FieldChange,
    Location, NewTracker, Outcome, Outgoing, Phases, Reason, Rest, Retention, Signal, Status, Timestamp,
    Tracker, TrackerId, Transition, access::Actor,
};

/// The one writer's view of storage. `&mut self`: whoever holds it is the only writer of this process.
#[async_trait]
pub trait Records: Send {
    /// All trackers in the order of their ids. A row that breaks a rule comes as a [`Misfit`].
    async fn trackers(&mut self) -> Result<Vec<Result<Tracker, Misfit>>, Failure>;

    /// Adds trackers, all or none, and gives their ids. The log of changes says who did.
    async fn add(
        &mut self,
        trackers: &[NewTracker],
        by: &Actor,
        at: Timestamp,
    ) -> Result<Vec<TrackerId>, Failure>;

    /// Makes all of these changes in one transaction, and gives the ids of the trackers that there were; the others are left
    /// out. What was removed more than [`UNDO_FOR`] before `at` cannot be restored. The log of changes says who did what.
    async fn alter(
        &mut self,
        all: &[Alteration],
        by: &Actor,
        at: Timestamp,
    ) -> Result<Vec<TrackerId>, Failure>;

    /// Has the log of changes say what somebody else did, who wrote to the database.
    async fn note(&mut self, all: &[(TrackerId, Act)], by: &Actor, at: Timestamp) -> Result<(), Failure>;

    /// Changes who is told, or what became of it. Gives the number of what was kept; `None` when there is no such thing.
    async fn alert(
        &mut self,
        change: &AlertChange,
        by: &Actor,
        at: Timestamp,
    ) -> Result<Option<i64>, Failure>;

    /// What was said of the installation, as names and values; what is absent is as it is built in.
    async fn settings(&mut self) -> Result<Vec<(String, String)>, Failure>;

    /// Sets these settings, `None` unsays one, and makes the changes of trackers with them; all in one transaction.
    async fn set(
        &mut self,
        settings: &[(String, Option<String>)],
        all: &[Alteration],
        by: &Actor,
        at: Timestamp,
    ) -> Result<(), Failure>;

    /// From now on keeps what is recorded for so long.
    fn keep(&mut self, retention: Retention);

    /// Forgets for good, with their statuses, the trackers that were removed at `until` or before.
    async fn purge(&mut self, until: Timestamp) -> Result<Vec<TrackerId>, Failure>;

    /// Records a batch in one transaction: when this returns, all of it is on disk or none.
    async fn record(&mut self, batch: &Batch) -> Result<(), Failure>;

    /// One small step of housekeeping (sealing, forgetting what is too old), at most about 50 ms long. `true`: there is more to
    /// do. Nothing that is recorded changes its meaning by it; a crash at any point loses nothing.
    async fn tend(&mut self, now: Timestamp) -> Result<bool, Failure>;

    /// A way to read what is recorded, for as long as it is kept. It sees every batch as soon as [`Self::record`] has returned.
    fn archive(&self) -> Arc<dyn Archive>;

    /// The same for incidents, and for who is told of them.
    fn alerts(&self) -> Arc<dyn AlertArchive>;

    /// Whether another process or connection has written since the last call.
    async fn changed_outside(&mut self) -> Result<bool, Failure>;

    /// The newest checks and the status of each tracker, or of one, for the live view after a start or a restoration.
    async fn recent(&mut self, of: Option<TrackerId>) -> Result<Recent, Failure>;
}

/// One change among several that are made together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alteration {
    /// Replace its settings.
    Settings(Box<Tracker>, Vec<FieldChange>),
    /// Let it rest or wake it, whatever its other settings.
    Rests(TrackerId, Option<Rest>),
    /// Remove it.
    Removed(TrackerId),
    /// Take its removal back.
    Restored(TrackerId),
}

impl Alteration {
    /// Gives a tracker other settings.
    pub fn settings(before: &Tracker, settings: NewTracker) -> Self {
        let changes = settings.changes(&before.settings);
        Self::Settings(Box::new(Tracker { settings, ..before.clone() }), changes)
    }

    /// What the log says of it; nothing for what is not worth remembering.
    pub fn act(&self) -> Option<Act> {
        match self {
            Self::Settings(_, changes) if changes.is_empty() => None,
            Self::Settings(_, changes) => Some(Act::Edited(changes.clone())),
            Self::Rests(_, Some(rest)) => Some(Act::Paused(rest.clone())),
            Self::Rests(_, None) => Some(Act::Resumed),
            Self::Removed(_) => Some(Act::Removed),
            Self::Restored(_) => Some(Act::Restored),
        }
    }

    /// Which tracker it changes.
    pub fn id(&self) -> TrackerId {
        match self {
            Self::Settings(tracker, _) => tracker.id,
            Self::Rests(id, _) | Self::Removed(id) | Self::Restored(id) => *id,
        }
    }
}

/// How long a removed tracker can be restored, and an edit of many taken back.
pub const UNDO_FOR: Duration = Duration::from_mins(10);

/// What was removed then or before cannot be restored `at` this time.
pub fn undo_limit(at: Timestamp) -> Timestamp {
    Timestamp(at.as_ms().saturating_sub(i64::try_from(UNDO_FOR.as_millis()).unwrap_or(i64::MAX)))
}

/// What is recorded together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Checks in the order in which they are folded.
    pub checks: Vec<Recorded>,
    /// The transitions they caused, in the same order.
    pub transitions: Vec<(TrackerId, Transition)>,
    /// The status of each tracker whose status changed.
    pub statuses: Vec<(TrackerId, Status)>,
    /// What was seen by the checks that made trackers down.
    pub exhibits: Vec<Exhibit>,
    /// Who is told of the transitions.
    pub alerts: Vec<Outgoing>,
    /// What targets told by themselves, in that order.
    pub signals: Vec<(TrackerId, Signal)>,
}

/// The evidence for a transition to down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exhibit {
    /// Whose.
    pub tracker: TrackerId,
    /// Due time of the check that confirmed the failure.
    pub at: Timestamp,
    /// What that check saw.
    pub failure: Evidence,
    /// What the last good check saw, and when it was due.
    pub last_good: Option<(Timestamp, Evidence)>,
}

/// A check with the verdict of the fold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The check.
    pub check: Check,
    /// Whether it is a failure that was still tolerated.
    pub retrying: bool,
}

impl Recorded {
    /// A stretch in which a tracker was not observed, from its first missed slot to the next entry. It stands among the
    /// checks, so that everybody who reads them sees it.
    pub fn gap(tracker: TrackerId, first_missed: Timestamp, reason: Reason) -> Self {
        let name = CheckName { tracker, due: first_missed, attempt: 0, location: Location::LOCAL };
        let outcome = Outcome::Unknown(reason);
        let check = Check { name, late_ms: 0, latency: None, phases: Phases::NONE, outcome };
        Self { check, retrying: false }
    }

    /// Whether no check stands behind this entry.
    pub fn is_gap(&self) -> bool {
        matches!(&self.check.outcome, Outcome::Unknown(reason) if reason.is_gap())
    }
}

impl From<&Recorded> for Cell {
    fn from(recorded: &Recorded) -> Self {
        let check = &recorded.check;
        Self {
            due: check.name.due,
            attempt: check.name.attempt,
            outcome: check.outcome.clone(),
            latency: check.latency,
            retrying: recorded.retrying,
        }
    }
}

/// What the live view starts with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recent {
    /// At least the newest checks of every tracker that has any, as far as a bounded walk found them; oldest first.
    pub checks: Vec<Recorded>,
    /// The last recorded status of each tracker that has one.
    pub statuses: Vec<(TrackerId, Status)>,
}

/// A tracker's row that cannot be checked as it stands, for example one that was inserted by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Which one.
    pub id: TrackerId,
    /// Its name or URL, cut to what fits.
    pub label: String,
    /// What is wrong and with which field.
    pub problem: String,
}
