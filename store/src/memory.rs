//! Records without a disk, for tests and simulations. What it holds is gone when it is dropped.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use domain::{
    Act, AlertArchive, AlertChange, AlertRule, Alteration, Archive, Batch, ChannelId, CheckPage, CheckQuery,
    Delivery, DeliveryState, Direction, Exhibit, Failure, Holdings, Incident, IncidentId, IncidentQuery,
    LoggedChange, Maintenance, Misfit, NewTracker, Period, PhaseTime, Recent, Recorded, Records, Remark,
    Retention, SHOWN_CHECKS, Signal, SignalWord, Status, StoredChannel, Tally, Timestamp, Timing, ToldSoFar,
    Tracker, TrackerId, Transition, Waiting, Window, access::Actor,
};

use crate::plain::Plain;

mod alerts;

use alerts::Alerts;

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
    signals: Vec<(TrackerId, Signal)>,
    changes: Vec<(TrackerId, LoggedChange)>,
    alerts: Alerts,
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

    /// Makes a change; `false` when there is no such tracker.
    fn change(&mut self, alteration: &Alteration, at: Timestamp) -> bool {
        let id = alteration.id();
        match alteration {
            Alteration::Settings(tracker, _) => {
                self.keep_limit(tracker);
                let known = self.trackers.get_mut(&id);
                known.map(|known| known.settings.clone_from(&tracker.settings)).is_some()
            }
            Alteration::Rests(_, rest) => {
                let known = self.trackers.get_mut(&id);
                known.map(|known| known.settings.paused.clone_from(rest)).is_some()
            }
            Alteration::Removed(_) => {
                let removed = self.trackers.remove(&id);
                removed.map(|tracker| self.removed.insert(id, (at, tracker))).is_some()
            }
            Alteration::Restored(_) => {
                let since = domain::undo_limit(at);
                let is_in_time = self.removed.get(&id).is_some_and(|(at, _)| *at > since);
                let restored = is_in_time.then(|| self.removed.remove(&id)).flatten();
                restored.map(|(_, tracker)| self.trackers.insert(id, tracker)).is_some()
            }
        }
    }

    fn log(&self, id: TrackerId, act: &Act, by: &Actor, at: Timestamp) {
        let mut past = self.past();
        let number = i64::try_from(past.changes.len()).unwrap_or(i64::MAX) + 1;
        let change = LoggedChange { number, at, who: by.name.clone(), what: act.clone() };
        past.changes.push((id, change));
    }

    fn keep_limit(&self, tracker: &Tracker) {
        self.past().limits.insert(tracker.id, crate::limits::limit_ms(&tracker.settings));
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

    async fn add(
        &mut self,
        trackers: &[NewTracker],
        by: &Actor,
        at: Timestamp,
    ) -> Result<Vec<TrackerId>, Failure> {
        let add = |settings: &NewTracker| {
            self.last_id += 1;
            let tracker = Tracker::new(TrackerId(self.last_id), settings.clone(), at);
            self.keep_limit(&tracker);
            self.log(tracker.id, &Act::Added, by, at);
            self.trackers.insert(tracker.id, tracker);
            TrackerId(self.last_id)
        };
        Ok(trackers.iter().map(add).collect())
    }

    async fn alter(
        &mut self,
        all: &[Alteration],
        by: &Actor,
        at: Timestamp,
    ) -> Result<Vec<TrackerId>, Failure> {
        let mut done = Vec::new();
        for alteration in all {
            if self.change(alteration, at) {
                alteration.act().into_iter().for_each(|act| self.log(alteration.id(), &act, by, at));
                done.push(alteration.id());
            }
        }
        Ok(done)
    }

    async fn note(&mut self, all: &[(TrackerId, Act)], by: &Actor, at: Timestamp) -> Result<(), Failure> {
        for (id, act) in all {
            self.log(*id, act, by, at);
        }
        Ok(())
    }

    async fn alert(
        &mut self,
        change: &AlertChange,
        by: &Actor,
        at: Timestamp,
    ) -> Result<Option<i64>, Failure> {
        Ok(self.past().alerts.apply(change, by, at))
    }

    async fn settings(&mut self) -> Result<Vec<(String, String)>, Failure> {
        Ok(self.settings.clone().into_iter().collect())
    }

    async fn set(
        &mut self,
        settings: &[(String, Option<String>)],
        all: &[Alteration],
        by: &Actor,
        at: Timestamp,
    ) -> Result<(), Failure> {
        for (name, value) in settings.iter().cloned() {
            match value {
                Some(value) => self.settings.insert(name, value),
                None => self.settings.remove(&name),
            };
        }
        self.alter(all, by, at).await.map(drop)
    }

    fn keep(&mut self, _: Retention) {}

    async fn purge(&mut self, until: Timestamp) -> Result<Vec<TrackerId>, Failure> {
        let late = self.removed.iter().filter(|(_, (at, _))| *at <= until).map(|(id, _)| *id);
        let purged: Vec<TrackerId> = late.collect();
        for id in &purged {
            self.removed.remove(id);
            self.statuses.remove(id);
            let mut past = self.past();
            past.exhibits.retain(|exhibit| exhibit.tracker != *id);
            past.signals.retain(|(tracker, _)| tracker != id);
        }
        Ok(purged)
    }

    async fn record(&mut self, batch: &Batch) -> Result<(), Failure> {
        {
            let mut past = self.past();
            past.checks.extend_from_slice(&batch.checks);
            past.transitions.extend_from_slice(&batch.transitions);
            for (id, transition) in &batch.transitions {
                let name = self.trackers.get(id).map(|tracker| tracker.settings.shown_name().to_string());
                past.alerts.transition(*id, name.unwrap_or_default(), transition);
            }
            past.alerts.enqueue(&batch.alerts);
            past.exhibits.extend_from_slice(&batch.exhibits);
            past.signals.extend_from_slice(&batch.signals);
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

    fn alerts(&self) -> Arc<dyn AlertArchive> {
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

    async fn signals(&self, id: TrackerId, limit: usize) -> Result<Vec<Signal>, Failure> {
        let past = locked(&self.0);
        let of_tracker = past.signals.iter().rev().filter(|(tracker, _)| *tracker == id);
        let (mut logs, mut others) = (0, 0);
        let is_kept = |signal: &&Signal| {
            let count = if signal.word == SignalWord::Log { &mut logs } else { &mut others };
            *count += 1;
            *count <= Signal::KEPT
        };
        Ok(of_tracker.map(|(_, signal)| signal).filter(is_kept).take(limit).cloned().collect())
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
    async fn changes(
        &self,
        id: TrackerId,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<LoggedChange>, Failure> {
        let past = locked(&self.0);
        let of_tracker = past.changes.iter().rev().filter(|(tracker, _)| *tracker == id);
        let wanted = of_tracker.filter(|(_, change)| before.is_none_or(|before| change.number < before));
        Ok(wanted.take(limit).map(|(_, change)| change.clone()).collect())
    }
}

#[async_trait]
impl AlertArchive for MemoryArchive {
    async fn incidents(&self, query: IncidentQuery) -> Result<Vec<Incident>, Failure> {
        Ok(locked(&self.0).alerts.incidents(query))
    }

    async fn incident(&self, id: IncidentId) -> Result<Option<(Incident, Vec<Remark>)>, Failure> {
        Ok(locked(&self.0).alerts.incident(id))
    }

    async fn deliveries(
        &self,
        incident: Option<IncidentId>,
        state: Option<DeliveryState>,
        limit: usize,
    ) -> Result<Vec<Delivery>, Failure> {
        Ok(locked(&self.0).alerts.deliveries(incident, state, limit))
    }

    async fn deliveries_of_open(&self, limit: usize) -> Result<Vec<(TrackerId, Delivery)>, Failure> {
        Ok(locked(&self.0).alerts.deliveries_of_open(limit))
    }

    async fn told(&self, incident: IncidentId, channel: ChannelId) -> Result<ToldSoFar, Failure> {
        Ok(locked(&self.0).alerts.told(incident, channel))
    }

    async fn waiting(&self, limit: usize) -> Result<Vec<Waiting>, Failure> {
        Ok(locked(&self.0).alerts.waiting(limit))
    }

    async fn channels(&self) -> Result<Vec<StoredChannel>, Failure> {
        Ok(locked(&self.0).alerts.channels())
    }

    async fn maintenances(&self) -> Result<Vec<Maintenance>, Failure> {
        Ok(locked(&self.0).alerts.maintenances())
    }

    async fn rules(&self) -> Result<Vec<AlertRule>, Failure> {
        Ok(locked(&self.0).alerts.rules())
    }
}
