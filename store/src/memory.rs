//! Records without a disk, for tests and simulations. What it holds is gone when it is dropped.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use domain::{
    Batch, Failure, Misfit, NewTracker, Recent, Recorded, Records, SHOWN_CHECKS, Status, Timestamp, Tracker,
    TrackerId, Transition,
};

/// Behaves as the [`crate::Writer`], with unlimited space and time, and nobody else ever writes.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    trackers: BTreeMap<TrackerId, Tracker>,
    removed: BTreeMap<TrackerId, (Timestamp, Tracker)>,
    last_id: i64,
    checks: Vec<Recorded>,
    transitions: Vec<(TrackerId, Transition)>,
    statuses: BTreeMap<TrackerId, Status>,
}

impl Memory {
    /// Every check that was recorded, in that order.
    pub fn checks(&self) -> &[Recorded] {
        &self.checks
    }

    /// Every transition that was recorded, in that order.
    pub fn transitions(&self) -> &[(TrackerId, Transition)] {
        &self.transitions
    }
}

#[async_trait]
impl Records for Memory {
    async fn trackers(&mut self) -> Result<Vec<Result<Tracker, Misfit>>, Failure> {
        Ok(self.trackers.values().cloned().map(Ok).collect())
    }

    async fn add(&mut self, trackers: &[NewTracker], at: Timestamp) -> Result<Vec<TrackerId>, Failure> {
        let add = |settings: &NewTracker| {
            self.last_id += 1;
            let tracker = Tracker { id: TrackerId(self.last_id), settings: settings.clone(), added_at: at };
            self.trackers.insert(tracker.id, tracker);
            TrackerId(self.last_id)
        };
        Ok(trackers.iter().map(add).collect())
    }

    async fn update(&mut self, tracker: &Tracker) -> Result<bool, Failure> {
        let known = self.trackers.get_mut(&tracker.id);
        Ok(known.map(|known| known.settings.clone_from(&tracker.settings)).is_some())
    }

    async fn set_paused(&mut self, id: TrackerId, paused: bool) -> Result<bool, Failure> {
        let known = self.trackers.get_mut(&id);
        Ok(known.map(|known| known.settings.paused = paused).is_some())
    }

    async fn remove(&mut self, id: TrackerId, at: Timestamp) -> Result<bool, Failure> {
        let removed = self.trackers.remove(&id);
        Ok(removed.map(|tracker| self.removed.insert(id, (at, tracker))).is_some())
    }

    async fn restore(&mut self, id: TrackerId, since: Timestamp) -> Result<bool, Failure> {
        let is_in_time = self.removed.get(&id).is_some_and(|(at, _)| *at > since);
        let restored = self.removed.remove(&id).filter(|_| is_in_time);
        Ok(restored.map(|(_, tracker)| self.trackers.insert(id, tracker)).is_some())
    }

    async fn purge(&mut self, until: Timestamp) -> Result<Vec<TrackerId>, Failure> {
        let late = self.removed.iter().filter(|(_, (at, _))| *at <= until).map(|(id, _)| *id);
        let purged: Vec<TrackerId> = late.collect();
        for id in &purged {
            self.removed.remove(id);
            self.statuses.remove(id);
        }
        Ok(purged)
    }

    async fn record(&mut self, batch: &Batch) -> Result<(), Failure> {
        self.checks.extend_from_slice(&batch.checks);
        self.transitions.extend_from_slice(&batch.transitions);
        self.statuses.extend(batch.statuses.iter().cloned());
        Ok(())
    }

    async fn changed_outside(&mut self) -> Result<bool, Failure> {
        Ok(false)
    }

    async fn recent(&mut self, of: Option<TrackerId>) -> Result<Recent, Failure> {
        let is_wanted =
            |id: &TrackerId| self.trackers.contains_key(id) && of.is_none_or(|wanted| wanted == *id);
        let mut taken: HashMap<TrackerId, usize> = HashMap::new();
        let mut checks: Vec<Recorded> = Vec::new();
        for recorded in self.checks.iter().rev() {
            let tracker = recorded.check.name.tracker;
            let taken = taken.entry(tracker).or_default();
            if is_wanted(&tracker) && *taken < SHOWN_CHECKS {
                *taken += 1;
                checks.push(recorded.clone());
            }
        }
        checks.reverse();
        let statuses = self.statuses.iter().filter(|(id, _)| is_wanted(id));
        Ok(Recent { checks, statuses: statuses.map(|(id, status)| (*id, status.clone())).collect() })
    }
}
