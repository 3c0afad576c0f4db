//! Records without a disk, for tests and simulations. What it holds is gone when it is dropped.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use domain::{
    Alteration, Archive, Batch, CheckPage, CheckQuery, Direction, Exhibit, Failure, Holdings, Misfit,
    NewTracker, Period, PhaseTime, Recent, Recorded, Records, Retention, SHOWN_CHECKS, Status, Tally,
    Timestamp, Timing, Tracker, TrackerId, Transition, Window,
};

use crate::plain::Plain;

/// Behaves as the [`crate::Writer`], with unlimited space and time, and nobody else ever writes.
#[derive(Debug, Default)]
pub struct Memory {
    trackers: BTreeMap<TrackerId, Tracker>,
    removed: BTreeMap<TrackerId, (Timestamp, Tracker)>,
    last_id: i64,
    statuses: BTreeMap<TrackerId, Status>,
    settings: BTreeMap<String, String>,
    past: Arc<Mutex<Past>>,
}

/// What its archive shares with it.
#[derive(Debug, Default)]
struct Past {
    checks: Vec<Recorded>,
    transitions: Vec<(TrackerId, Transition)>,
    exhibits: Vec<Exhibit>,
    limits: HashMap<TrackerId, Option<u32>>,
}

impl Memory {
    /// Every entry that was recorded, in that order.
    pub fn checks(&self) -> Vec<Recorded> {
        self.past().checks.clone()
    }

    /// Every transition that was recorded, in that order.
    pub fn transitions(&self) -> Vec<(TrackerId, Transition)> {
        self.past().transitions.clone()
    }

    fn past(&self) -> MutexGuard<'_, Past> {
        locked(&self.past)
    }

    fn keep_limit(&self, tracker: &Tracker) {
        self.past().limits.insert(tracker.id, crate::limits::limit_ms(&tracker.settings.schedule));
    }
}

fn locked(past: &Mutex<Past>) -> MutexGuard<'_, Past> {
    past.lock().unwrap_or_else(PoisonError::into_inner)
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
            self.keep_limit(&tracker);
            self.trackers.insert(tracker.id, tracker);
            TrackerId(self.last_id)
        };
        Ok(trackers.iter().map(add).collect())
    }

    async fn update(&mut self, tracker: &Tracker) -> Result<bool, Failure> {
        self.keep_limit(tracker);
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
        let restored = is_in_time.then(|| self.removed.remove(&id)).flatten();
        Ok(restored.map(|(_, tracker)| self.trackers.insert(id, tracker)).is_some())
    }

    async fn alter(&mut self, all: &[Alteration], at: Timestamp) -> Result<Vec<TrackerId>, Failure> {
        let since = domain::undo_limit(at);
        let mut done = Vec::new();
        for alteration in all {
            let is_known = match alteration {
                Alteration::Settings(tracker) => self.update(tracker).await?,
                Alteration::Paused(id, paused) => self.set_paused(*id, *paused).await?,
                Alteration::Removed(id) => self.remove(*id, at).await?,
                Alteration::Restored(id) => self.restore(*id, since).await?,
            };
            done.extend(is_known.then_some(alteration.id()));
        }
        Ok(done)
    }

    async fn settings(&mut self) -> Result<Vec<(String, String)>, Failure> {
        Ok(self.settings.clone().into_iter().collect())
    }

    async fn set(
        &mut self,
        settings: &[(String, Option<String>)],
        all: &[Alteration],
        at: Timestamp,
    ) -> Result<(), Failure> {
        for (name, value) in settings.iter().cloned() {
            match value {
                Some(value) => self.settings.insert(name, value),
                None => self.settings.remove(&name),
            };
        }
        self.alter(all, at).await.map(drop)
    }

    fn keep(&mut self, _: Retention) {}

    async fn purge(&mut self, until: Timestamp) -> Result<Vec<TrackerId>, Failure> {
        let late = self.removed.iter().filter(|(_, (at, _))| *at <= until).map(|(id, _)| *id);
        let purged: Vec<TrackerId> = late.collect();
        for id in &purged {
            self.removed.remove(id);
            self.statuses.remove(id);
            self.past().exhibits.retain(|exhibit| exhibit.tracker != *id);
        }
        Ok(purged)
    }

    async fn record(&mut self, batch: &Batch) -> Result<(), Failure> {
        {
            let mut past = self.past();
            past.checks.extend_from_slice(&batch.checks);
            past.transitions.extend_from_slice(&batch.transitions);
            past.exhibits.extend_from_slice(&batch.exhibits);
        }
        self.statuses.extend(batch.statuses.iter().cloned());
        Ok(())
    }

    async fn tend(&mut self, _: Timestamp) -> Result<bool, Failure> {
        Ok(false)
    }

    fn archive(&self) -> Arc<dyn Archive> {
        Arc::new(MemoryArchive(self.past.clone()))
    }

    async fn changed_outside(&mut self) -> Result<bool, Failure> {
        Ok(false)
    }

    async fn recent(&mut self, of: Option<TrackerId>) -> Result<Recent, Failure> {
        let is_wanted =
            |id: &TrackerId| self.trackers.contains_key(id) && of.is_none_or(|wanted| wanted == *id);
        let mut taken: HashMap<TrackerId, usize> = HashMap::new();
        let mut checks: Vec<Recorded> = Vec::new();
        for recorded in self.past().checks.iter().rev() {
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

struct MemoryArchive(Arc<Mutex<Past>>);

impl MemoryArchive {
    fn of<T>(&self, id: TrackerId, ask: impl FnOnce(&Plain<'_>) -> T) -> T {
        let past = locked(&self.0);
        let entries: Vec<Recorded> =
            past.checks.iter().filter(|recorded| recorded.check.name.tracker == id).cloned().collect();
        let limit_ms = past.limits.get(&id).copied().flatten();
        ask(&Plain { first: 0, entries: &entries, limit_ms })
    }
}

#[async_trait]
impl Archive for MemoryArchive {
    async fn periods(&self, id: TrackerId, edges: &[Timestamp]) -> Result<Vec<Period>, Failure> {
        Ok(self.of(id, |plain| plain.periods(edges)))
    }

    async fn days(&self, ids: &[TrackerId], last: Timestamp, count: u16) -> Result<Vec<Vec<Tally>>, Failure> {
        Ok(ids.iter().map(|id| self.of(*id, |plain| plain.days(last, count))).collect())
    }

    async fn checks(&self, id: TrackerId, query: CheckQuery) -> Result<CheckPage, Failure> {
        Ok(self.of(id, |plain| plain.checks(&query)))
    }

    async fn failure(
        &self,
        id: TrackerId,
        at: Timestamp,
        direction: Direction,
    ) -> Result<Option<Timestamp>, Failure> {
        Ok(self.of(id, |plain| plain.failure(at, direction)))
    }

    async fn transitions(
        &self,
        id: TrackerId,
        window: Window,
        limit: usize,
    ) -> Result<Vec<Transition>, Failure> {
        let past = locked(&self.0);
        let of_tracker = past.transitions.iter().rev().filter(|(tracker, _)| *tracker == id);
        let wanted = of_tracker.filter(|(_, transition)| window.contains(transition.at()));
        Ok(wanted.take(limit).map(|(_, transition)| transition.clone()).collect())
    }

    async fn exhibits(&self, id: TrackerId, window: Window, limit: usize) -> Result<Vec<Exhibit>, Failure> {
        const KEPT: usize = 100;
        let past = locked(&self.0);
        let mut of_tracker: Vec<&Exhibit> =
            past.exhibits.iter().rev().filter(|exhibit| exhibit.tracker == id).collect();
        of_tracker.sort_by_key(|exhibit| std::cmp::Reverse(exhibit.at));
        let wanted = of_tracker.into_iter().take(KEPT).filter(|exhibit| window.contains(exhibit.at));
        Ok(wanted.take(limit).cloned().collect())
    }

    async fn phases(&self, id: TrackerId, window: Window) -> Result<[PhaseTime; 5], Failure> {
        Ok(self.of(id, |plain| plain.phases(window)))
    }

    async fn holdings(&self) -> Result<Holdings, Failure> {
        let past = locked(&self.0);
        let oldest = past.checks.iter().map(|recorded| recorded.check.name.due).min();
        Ok(Holdings { checks: u64::try_from(past.checks.len()).unwrap_or(u64::MAX), oldest })
    }

    async fn slow(&self, id: TrackerId, window: Window, limit: usize) -> Result<Vec<Timing>, Failure> {
        Ok(self.of(id, |plain| plain.slow(window, limit)))
    }
}
