//! What can be asked of storage about the past.

use async_trait::async_trait;

use crate::{
    AlertRule, ChannelId, Delivery, DeliveryState, Exhibit, Failure, Incident, IncidentId, IncidentQuery,
    LoggedChange, Maintenance, Period, PhaseTime, Recorded, Remark, Signal, StoredChannel, Tally, Timestamp,
    Timing, ToldSoFar, TrackerId, Transition, Waiting, Window,
};

/// Reading what was recorded. It sees everything that is committed, whether it is still in the table of checks or sealed.
///
/// A tracker that is not known has no history; that is no error.
#[async_trait]
pub trait Archive: Send + Sync {
    /// What is known of a tracker between each of these moments and the next; n + 1 moments give n periods. The moments must
    /// not run backwards, and the last must not lie in the future: what was recorded last holds until then, within its limits.
    async fn periods(&self, id: TrackerId, edges: &[Timestamp]) -> Result<Vec<Period>, Failure>;

    /// How the time of many trackers was spent on `count` days (UTC) up to and with that of `last`: for each tracker, in the
    /// order asked for, one tally a day, oldest first. The day of `last` ends at `last`.
    async fn days(&self, ids: &[TrackerId], last: Timestamp, count: u16) -> Result<Vec<Vec<Tally>>, Failure>;

    /// A page of a tracker's entries: checks and gaps.
    async fn checks(&self, id: TrackerId, query: CheckQuery) -> Result<CheckPage, Failure>;

    /// The nearest scheduled or repeated check before (exclusive) or after (exclusive) a moment that was down.
    async fn failure(
        &self,
        id: TrackerId,
        at: Timestamp,
        direction: Direction,
    ) -> Result<Option<Timestamp>, Failure>;

    /// The tracker's transitions in the window, the newest first, at most `limit`.
    async fn transitions(
        &self,
        id: TrackerId,
        window: Window,
        limit: usize,
    ) -> Result<Vec<Transition>, Failure>;

    /// What was seen when the tracker went down within the window, the newest first, at most `limit`.
    async fn exhibits(&self, id: TrackerId, window: Window, limit: usize) -> Result<Vec<Exhibit>, Failure>;

    /// What the tracker's target told by itself, the newest first, at most `limit`. [`Signal::KEPT`] says how many there are at most.
    async fn signals(&self, id: TrackerId, limit: usize) -> Result<Vec<Signal>, Failure>;

    /// How long each phase of its good checks took, in the order of [`crate::Phase::ALL`]. Told by hours (UTC): those that the
    /// window touches count as a whole.
    async fn phases(&self, id: TrackerId, window: Window) -> Result<[PhaseTime; 5], Failure>;

    /// How much is kept of all trackers, one by one.
    async fn holdings(&self) -> Result<Holdings, Failure>;

    /// Phases in full of checks that were due within the window, the slowest first, at most `limit`: of all failures and of at least
    /// the slowest check of each minute.
    async fn slow(&self, id: TrackerId, window: Window, limit: usize) -> Result<Vec<Timing>, Failure>;

    /// Who changed what of the tracker, the newest first, at most `limit`; those before the number `before`, if one is given.
    async fn changes(
        &self,
        id: TrackerId,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<LoggedChange>, Failure>;
}

/// How many entries there are: checks and gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Their number.
    pub checks: u64,
    /// When the oldest was due.
    pub oldest: Option<Timestamp>,
}

/// Reading incidents, and who is told of them.
#[async_trait]
pub trait AlertArchive: Send + Sync {
    /// Incidents, the newest first.
    async fn incidents(&self, query: IncidentQuery) -> Result<Vec<Incident>, Failure>;

    /// One incident with what people said of it, oldest first.
    async fn incident(&self, id: IncidentId) -> Result<Option<(Incident, Vec<Remark>)>, Failure>;

    /// Messages: of an incident, oldest first; otherwise those in one state, or all, the newest first.
    async fn deliveries(
        &self,
        incident: Option<IncidentId>,
        state: Option<DeliveryState>,
        limit: usize,
    ) -> Result<Vec<Delivery>, Failure>;

    /// The newest `limit` messages about incidents that last, each with its tracker; oldest first.
    async fn deliveries_of_open(&self, limit: usize) -> Result<Vec<(TrackerId, Delivery)>, Failure>;

    /// What a channel was told of an incident.
    async fn told(&self, incident: IncidentId, channel: ChannelId) -> Result<ToldSoFar, Failure>;

    /// Messages that wait to be sent, oldest first, at most `limit`.
    async fn waiting(&self, limit: usize) -> Result<Vec<Waiting>, Failure>;

    /// All channels.
    async fn channels(&self) -> Result<Vec<StoredChannel>, Failure>;

    /// All rules of who is told.
    async fn rules(&self) -> Result<Vec<AlertRule>, Failure>;

    /// All maintenance that was announced.
    async fn maintenances(&self) -> Result<Vec<Maintenance>, Failure>;
}

/// Which way to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards the past.
    Earlier,
    /// Towards the future.
    Later,
}

/// Which entry comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As they were recorded.
    OldestFirst,
    /// The other way round.
    NewestFirst,
}

/// Which entries are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckQuery {
    /// Their due times.
    pub window: Window,
    /// Which of them comes first.
    pub order: Order,
    /// The number of the entry after which, in that order, to go on.
    pub after: Option<u64>,
    /// How many at most; at least 1.
    pub limit: usize,
}

/// An entry and its place in the tracker's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// Counts the tracker's entries from 0 in the order of recording; stable for good, also when older entries are deleted.
    pub number: u64,
    /// The entry.
    pub recorded: Recorded,
}

/// Entries in the order asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckPage {
    /// Them.
    pub checks: Vec<Numbered>,
    /// Whether there are more.
    pub more: bool,
}
