//! Planted bugs: doubles of ports that do wrong what a wrong program would. They prove that the simulator would see it.

use std::{collections::VecDeque, sync::Arc};

use async_trait::async_trait;
use domain::{
    Act, AlertArchive, AlertChange, AlertKind, AlertRule, Alteration, Archive, Batch, ChannelId, Delivery,
    DeliveryState, Failure, Fault, FaultKind, Incident, IncidentId, IncidentQuery, Maintenance, Misfit,
    NewTracker, Outcome, Recent, Recorded, Records, Remark, Retention, Settled, StoredChannel, Timestamp,
    ToldSoFar, Tracker, TrackerId, Waiting, access::Actor,
};

use server::recorder::Roster;
use tokio::sync::watch;

use crate::disk::WorldDisk;

/// A bug that can be planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// A batch is said to be on disk before it is.
    AcknowledgedTooEarly,
    /// Messages are not written with their transitions, but after.
    OutboxAfterCommit,
    /// Now and then a message is not written at all.
    OutboxLost,
    /// A message that is sent again is another one.
    FreshKeys,
    /// A gap counts as down.
    GapIsDown,
    /// A check is recorded twice.
    RecordedTwice,
    /// That a message was sent is forgotten.
    SettleLost,
    /// The time that a service names is not kept.
    RetryAfterIgnored,
    /// What is over is told while its beginning is tried again.
    EndBeforeBeginning,
    /// Who rests is checked and judged like everybody.
    RestIgnored,
    /// Canaries always answer.
    BlindnessIgnored,
    /// Each change is told, however many there are.
    FlappingTold,
    /// What was believed is forgotten at a restart.
    StatusLost,
    /// People are reminded of what they know.
    RemindedAfterAcknowledging,
    /// A message that has to wait for another try is given up as needless.
    DueDropped,
    /// A transition is not written.
    TransitionLost,
    /// A refused group is written without its first check when the disk takes it again.
    RefusedCutShort,
    /// A failure that is still tolerated makes down.
    ToleranceIgnored,
    /// Nobody hears what maintenance is announced.
    MaintenanceIgnored,
    /// What began before maintenance is told in it.
    HeldSent,
    /// Nobody knows on what a tracker depends.
    ParentsIgnored,
}

impl Bug {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::AcknowledgedTooEarly,
        Self::OutboxAfterCommit,
        Self::OutboxLost,
        Self::FreshKeys,
        Self::GapIsDown,
        Self::RecordedTwice,
        Self::SettleLost,
        Self::RetryAfterIgnored,
        Self::EndBeforeBeginning,
        Self::RestIgnored,
        Self::BlindnessIgnored,
        Self::FlappingTold,
        Self::StatusLost,
        Self::RemindedAfterAcknowledging,
        Self::DueDropped,
        Self::TransitionLost,
        Self::RefusedCutShort,
        Self::ToleranceIgnored,
        Self::MaintenanceIgnored,
        Self::HeldSent,
        Self::ParentsIgnored,
    ];
}

/// Records as a program with a bug would.
pub(crate) struct BuggyDisk {
    pub(crate) inner: WorldDisk,
    pub(crate) bug: Bug,
    /// Said to be on disk.
    pub(crate) held: VecDeque<Batch>,
    /// Messages that are written later.
    pub(crate) late: Vec<domain::Outgoing>,
    pub(crate) was_refused: bool,
    /// Batches so far.
    pub(crate) count: u64,
}

impl BuggyDisk {
    pub(crate) fn new(inner: WorldDisk, bug: Bug) -> Self {
        Self { inner, bug, held: VecDeque::new(), late: Vec::new(), was_refused: false, count: 0 }
    }

    fn twisted(&mut self, batch: &Batch) -> Batch {
        let mut batch = batch.clone();
        self.count += 1;
        match self.bug {
            Bug::OutboxAfterCommit => self.late.append(&mut batch.alerts),
            Bug::OutboxLost => drop(batch.alerts.pop()),
            Bug::GapIsDown => batch.checks.iter_mut().filter(|entry| entry.is_gap()).for_each(|gap| {
                gap.check.outcome = Outcome::Down(Fault::new(FaultKind::Forgotten, ""));
            }),
            Bug::RecordedTwice if self.count.is_multiple_of(50) => {
                let again: Option<Recorded> = batch.checks.last().cloned();
                batch.checks.extend(again);
            }
            Bug::FlappingTold if batch.alerts.is_empty() => {
                let told = batch.transitions.iter().map(|(tracker, transition)| domain::Outgoing {
                    channel: ChannelId(1),
                    tracker: Some(*tracker),
                    not_before: transition.at(),
                    fallback: None,
                    alert: domain::Alert::of(AlertKind::Down, transition.at()),
                });
                batch.alerts = told.collect();
            }
            Bug::TransitionLost if self.count.is_multiple_of(3) => drop(batch.transitions.pop()),
            Bug::RefusedCutShort if self.was_refused => drop(batch.checks.remove(0)),
            Bug::ToleranceIgnored => batch.checks.iter_mut().for_each(|entry| entry.retrying = false),
            _ => {}
        }
        batch
    }
}

#[async_trait]
impl Records for BuggyDisk {
    async fn trackers(&mut self) -> Result<Vec<Result<Tracker, Misfit>>, Failure> {
        let mut loaded = self.inner.trackers().await?;
        if self.bug == Bug::RestIgnored {
            loaded.iter_mut().flatten().for_each(|tracker| tracker.settings.paused = None);
        }
        if self.bug == Bug::ParentsIgnored {
            loaded.iter_mut().flatten().for_each(|tracker| tracker.settings.parent = None);
        }
        Ok(loaded)
    }

    async fn record(&mut self, batch: &Batch) -> Result<(), Failure> {
        if self.bug == Bug::AcknowledgedTooEarly {
            self.held.push_back(batch.clone());
            while self.held.len() > 1 {
                let Some(next) = self.held.front() else { break };
                self.inner.record(next).await?;
                self.held.pop_front();
            }
            return Ok(());
        }
        if !self.late.is_empty() {
            let late = AlertChange::Send(std::mem::take(&mut self.late));
            self.inner.alert(&late, &Actor::program("late"), Timestamp(0)).await?;
        }
        let twisted = self.twisted(batch);
        let done = self.inner.record(&twisted).await;
        self.was_refused = done.is_err();
        done
    }

    async fn alert(
        &mut self,
        change: &AlertChange,
        by: &Actor,
        at: Timestamp,
    ) -> Result<Option<i64>, Failure> {
        let change = match (self.bug, change) {
            (Bug::SettleLost, AlertChange::Settle(all))
                if all.iter().any(|settled| settled.state == DeliveryState::Sent) =>
            {
                return Ok(None);
            }
            (Bug::DueDropped, AlertChange::Settle(all)) => {
                let dropped = all.iter().map(|settled| match settled.state {
                    DeliveryState::Waiting => Settled { state: DeliveryState::Dropped, ..settled.clone() },
                    _ => settled.clone(),
                });
                AlertChange::Settle(dropped.collect())
            }
            (_, change) => change.clone(),
        };
        self.inner.alert(&change, by, at).await
    }

    async fn recent(&mut self, of: Option<TrackerId>) -> Result<Recent, Failure> {
        let mut recent = self.inner.recent(of).await?;
        if self.bug == Bug::StatusLost {
            recent.statuses.clear();
        }
        Ok(recent)
    }

    fn alerts(&self) -> Arc<dyn AlertArchive> {
        Arc::new(BuggyShelf { inner: self.inner.alerts(), bug: self.bug })
    }

    async fn add(
        &mut self,
        trackers: &[NewTracker],
        by: &Actor,
        at: Timestamp,
    ) -> Result<Vec<TrackerId>, Failure> {
        self.inner.add(trackers, by, at).await
    }

    async fn alter(
        &mut self,
        all: &[Alteration],
        by: &Actor,
        at: Timestamp,
    ) -> Result<Vec<TrackerId>, Failure> {
        self.inner.alter(all, by, at).await
    }

    async fn note(&mut self, all: &[(TrackerId, Act)], by: &Actor, at: Timestamp) -> Result<(), Failure> {
        self.inner.note(all, by, at).await
    }

    async fn settings(&mut self) -> Result<Vec<(String, String)>, Failure> {
        self.inner.settings().await
    }

    async fn set(
        &mut self,
        settings: &[(String, Option<String>)],
        all: &[Alteration],
        by: &Actor,
        at: Timestamp,
    ) -> Result<(), Failure> {
        self.inner.set(settings, all, by, at).await
    }

    fn keep(&mut self, retention: Retention) {
        self.inner.keep(retention);
    }

    async fn purge(&mut self, until: Timestamp) -> Result<Vec<TrackerId>, Failure> {
        self.inner.purge(until).await
    }

    async fn tend(&mut self, now: Timestamp) -> Result<bool, Failure> {
        self.inner.tend(now).await
    }

    fn archive(&self) -> Arc<dyn Archive> {
        self.inner.archive()
    }

    async fn changed_outside(&mut self) -> Result<bool, Failure> {
        self.inner.changed_outside().await
    }
}

/// The trackers, of whom nobody is in maintenance: what a program that holds nothing back would see when it sends.
pub(crate) fn without_maintenance(mut roster: watch::Receiver<Roster>) -> watch::Receiver<Roster> {
    let blind = |roster: &Roster| -> Roster {
        let without = |tracker: &Tracker| Arc::new(Tracker { maintenance: None, ..tracker.clone() });
        Arc::new(roster.iter().map(|(id, tracker)| (*id, without(tracker))).collect())
    };
    let (sender, receiver) = watch::channel(blind(&roster.borrow()));
    tokio::spawn(async move {
        while roster.changed().await.is_ok() {
            let seen = blind(&roster.borrow_and_update());
            sender.send_replace(seen);
        }
    });
    receiver
}

struct BuggyShelf {
    inner: Arc<dyn AlertArchive>,
    bug: Bug,
}

#[async_trait]
impl AlertArchive for BuggyShelf {
    async fn incidents(&self, query: IncidentQuery) -> Result<Vec<Incident>, Failure> {
        let mut incidents = self.inner.incidents(query).await?;
        if self.bug == Bug::RemindedAfterAcknowledging {
            for incident in &mut incidents {
                incident.acknowledged = None;
            }
        }
        Ok(incidents)
    }

    async fn waiting(&self, limit: usize) -> Result<Vec<Waiting>, Failure> {
        let mut waiting = self.inner.waiting(limit).await?;
        if self.bug == Bug::EndBeforeBeginning {
            waiting.retain(|row| row.attempts == 0 || row.outgoing.alert.kind.is_end());
        }
        Ok(waiting)
    }

    async fn incident(&self, id: IncidentId) -> Result<Option<(Incident, Vec<Remark>)>, Failure> {
        let mut incident = self.inner.incident(id).await?;
        if let (Bug::RemindedAfterAcknowledging, Some((incident, _))) = (self.bug, &mut incident) {
            incident.acknowledged = None;
        }
        Ok(incident)
    }

    async fn deliveries(
        &self,
        incident: Option<IncidentId>,
        state: Option<DeliveryState>,
        limit: usize,
    ) -> Result<Vec<Delivery>, Failure> {
        self.inner.deliveries(incident, state, limit).await
    }

    async fn deliveries_of_open(&self, limit: usize) -> Result<Vec<(TrackerId, Delivery)>, Failure> {
        self.inner.deliveries_of_open(limit).await
    }

    async fn told(&self, incident: IncidentId, channel: ChannelId) -> Result<ToldSoFar, Failure> {
        self.inner.told(incident, channel).await
    }

    async fn channels(&self) -> Result<Vec<StoredChannel>, Failure> {
        self.inner.channels().await
    }

    async fn rules(&self) -> Result<Vec<AlertRule>, Failure> {
        self.inner.rules().await
    }

    async fn maintenances(&self) -> Result<Vec<Maintenance>, Failure> {
        if self.bug == Bug::MaintenanceIgnored {
            return Ok(Vec::new());
        }
        self.inner.maintenances().await
    }
}
