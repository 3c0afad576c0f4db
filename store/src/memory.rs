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

    async fn remove(&mut self, id: TrackerId) -> Result<bool, Failure> {
        self.statuses.remove(&id);
        Ok(self.trackers.remove(&id).is_some())
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

    async fn recent(&mut self) -> Result<Recent, Failure> {
        let mut taken: HashMap<TrackerId, usize> = HashMap::new();
        let mut checks: Vec<Recorded> = Vec::new();
        for recorded in self.checks.iter().rev() {
            let tracker = recorded.check.name.tracker;
            let taken = taken.entry(tracker).or_default();
            if self.trackers.contains_key(&tracker) && *taken < SHOWN_CHECKS {
                *taken += 1;
                checks.push(recorded.clone());
            }
        }
        checks.reverse();
        let statuses = self.statuses.iter().filter(|(id, _)| self.trackers.contains_key(id));
        Ok(Recent { checks, statuses: statuses.map(|(id, status)| (*id, status.clone())).collect() })
    }
}
