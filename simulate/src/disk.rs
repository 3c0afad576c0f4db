//! A disk that can be full, slow or broken, under everything that is kept; and that survives when the program dies.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::{
    Act, AlertArchive, AlertChange, AlertRule, Alteration, Archive, Batch, ChannelId, Delivery,
    DeliveryState, Failure, Incident, IncidentId, IncidentQuery, Maintenance, Misfit, NewTracker, Recent,
    Records, Remark, Retention, StoredChannel, Timestamp, ToldSoFar, Tracker, TrackerId, Waiting,
    access::Actor,
};
use futures::executor::block_on;
use store::Memory;

use crate::{fault::Edge, world::World};

/// What is on the disk. [`Memory`] never waits for anything, so neither does who asks it.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Memory>>);

impl Shared {
    pub(crate) fn new(memory: Memory) -> Self {
        Self(Arc::new(Mutex::new(memory)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn shelf(&self) -> Arc<dyn AlertArchive> {
        self.lock().alerts()
    }

    /// What waits to be sent.
    pub(crate) fn waiting(&self) -> Vec<Waiting> {
        block_on(self.shelf().waiting(usize::MAX)).unwrap_or_default()
    }

    /// All messages that there ever were, the newest first.
    pub(crate) fn deliveries(&self) -> Vec<Delivery> {
        block_on(self.shelf().deliveries(None, None, usize::MAX)).unwrap_or_default()
    }

    /// All maintenance that is announced.
    pub(crate) fn maintenances(&self) -> Vec<Maintenance> {
        block_on(self.shelf().maintenances()).unwrap_or_default()
    }

    /// All incidents, the newest first.
    pub(crate) fn incidents(&self) -> Vec<Incident> {
        let all = IncidentQuery { limit: usize::MAX, ..IncidentQuery::default() };
        block_on(self.shelf().incidents(all)).unwrap_or_default()
    }
}

/// Records on the disk of the world.
pub(crate) struct WorldDisk {
    pub(crate) world: Arc<World>,
    pub(crate) memory: Shared,
}

#[async_trait]
impl Records for WorldDisk {
    async fn trackers(&mut self) -> Result<Vec<Result<Tracker, Misfit>>, Failure> {
        self.world.disk(false).await?;
        let loaded = block_on(self.memory.lock().trackers())?;
        self.world.lock().loaded(&loaded);
        Ok(loaded)
    }

    async fn add(
        &mut self,
        trackers: &[NewTracker],
        by: &Actor,
        at: Timestamp,
    ) -> Result<Vec<TrackerId>, Failure> {
        self.world.disk(true).await?;
        block_on(self.memory.lock().add(trackers, by, at))
    }

    async fn alter(
        &mut self,
        all: &[Alteration],
        by: &Actor,
        at: Timestamp,
    ) -> Result<Vec<TrackerId>, Failure> {
        self.world.disk(true).await?;
        self.world.pass(Edge::BeforeEdit).await;
        let done = block_on(self.memory.lock().alter(all, by, at));
        self.world.lock().altered(all);
        self.world.pass(Edge::AfterEdit).await;
        done
    }

    async fn note(&mut self, all: &[(TrackerId, Act)], by: &Actor, at: Timestamp) -> Result<(), Failure> {
        self.world.disk(true).await?;
        block_on(self.memory.lock().note(all, by, at))
    }

    async fn alert(
        &mut self,
        change: &AlertChange,
        by: &Actor,
        at: Timestamp,
    ) -> Result<Option<i64>, Failure> {
        self.world.disk(true).await?;
        let is_settling = matches!(change, AlertChange::Settle(_));
        self.world.pass(if is_settling { Edge::BeforeSettle } else { Edge::BeforeEdit }).await;
        self.world.lock().changes(change, &self.memory);
        let done = block_on(self.memory.lock().alert(change, by, at));
        if matches!(change, AlertChange::Announce(_) | AlertChange::Withdraw(_)) {
            self.world.lock().announced(self.memory.maintenances());
        }
        self.world.pass(if is_settling { Edge::AfterSettle } else { Edge::AfterEdit }).await;
        done
    }

    async fn settings(&mut self) -> Result<Vec<(String, String)>, Failure> {
        self.world.disk(false).await?;
        block_on(self.memory.lock().settings())
    }

    async fn set(
        &mut self,
        settings: &[(String, Option<String>)],
        all: &[Alteration],
        by: &Actor,
        at: Timestamp,
    ) -> Result<(), Failure> {
        self.world.disk(true).await?;
        block_on(self.memory.lock().set(settings, all, by, at))
    }

    fn keep(&mut self, _: Retention) {}

    async fn purge(&mut self, until: Timestamp) -> Result<Vec<TrackerId>, Failure> {
        self.world.disk(true).await?;
        block_on(self.memory.lock().purge(until))
    }

    async fn record(&mut self, batch: &Batch) -> Result<(), Failure> {
        self.world.disk(true).await?;
        self.world.pass(Edge::BeforeCommit).await;
        let done = block_on(self.memory.lock().record(batch));
        self.world.lock().recorded(batch);
        self.world.pass(Edge::AfterCommit).await;
        done
    }

    async fn tend(&mut self, now: Timestamp) -> Result<bool, Failure> {
        self.world.disk(true).await?;
        block_on(self.memory.lock().tend(now))
    }

    fn archive(&self) -> Arc<dyn Archive> {
        self.memory.lock().archive()
    }

    fn alerts(&self) -> Arc<dyn AlertArchive> {
        Arc::new(WorldShelf { world: Arc::clone(&self.world), inner: self.memory.shelf() })
    }

    async fn changed_outside(&mut self) -> Result<bool, Failure> {
        self.world.disk(false).await?;
        block_on(self.memory.lock().changed_outside())
    }

    async fn recent(&mut self, of: Option<TrackerId>) -> Result<Recent, Failure> {
        self.world.disk(false).await?;
        let recent = block_on(self.memory.lock().recent(of))?;
        self.world.lock().resumed(&recent);
        Ok(recent)
    }
}

/// Reads what is kept of alerts from the disk of the world.
struct WorldShelf {
    world: Arc<World>,
    inner: Arc<dyn AlertArchive>,
}

#[async_trait]
impl AlertArchive for WorldShelf {
    async fn incidents(&self, query: IncidentQuery) -> Result<Vec<Incident>, Failure> {
        self.world.disk(false).await?;
        self.inner.incidents(query).await
    }

    async fn incident(&self, id: IncidentId) -> Result<Option<(Incident, Vec<Remark>)>, Failure> {
        self.world.disk(false).await?;
        self.inner.incident(id).await
    }

    async fn deliveries(
        &self,
        incident: Option<IncidentId>,
        state: Option<DeliveryState>,
        limit: usize,
    ) -> Result<Vec<Delivery>, Failure> {
        self.world.disk(false).await?;
        self.inner.deliveries(incident, state, limit).await
    }

    async fn deliveries_of_open(&self, limit: usize) -> Result<Vec<(TrackerId, Delivery)>, Failure> {
        self.world.disk(false).await?;
        self.inner.deliveries_of_open(limit).await
    }

    async fn told(&self, incident: IncidentId, channel: ChannelId) -> Result<ToldSoFar, Failure> {
        self.world.disk(false).await?;
        self.inner.told(incident, channel).await
    }

    async fn waiting(&self, limit: usize) -> Result<Vec<Waiting>, Failure> {
        self.world.disk(false).await?;
        self.inner.waiting(limit).await
    }

    async fn channels(&self) -> Result<Vec<StoredChannel>, Failure> {
        self.world.disk(false).await?;
        self.inner.channels().await
    }

    async fn rules(&self) -> Result<Vec<AlertRule>, Failure> {
        self.world.disk(false).await?;
        self.inner.rules().await
    }

    async fn maintenances(&self) -> Result<Vec<Maintenance>, Failure> {
        self.world.disk(false).await?;
        self.inner.maintenances().await
    }
}
