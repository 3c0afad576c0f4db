//! Reading what was recorded: the answers of [`Archive`] from day rows, hour rows, blocks, and the columns in memory.
//!
//! An answer is read within one transaction, and joined with the columns in memory as they were when the transaction's view of the
//! database was: `sealed.entries` must be the same on both sides, otherwise something was sealed in between, and it is read again.

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use domain::{
    AlertArchive, AlertRule, Archive, ChannelId, CheckPage, CheckQuery, Delivery, DeliveryState, Direction,
    Exhibit, Failure, Holdings, Incident, IncidentId, IncidentQuery, LoggedChange, Maintenance, Period,
    PhaseTime, Remark, Signal, StoredChannel, Tally, Timestamp, Timing, ToldSoFar, TrackerId, Transition,
    Waiting, Window,
};
use sqlx::{Sqlite, SqlitePool, Transaction, sqlite::SqlitePoolOptions};
use tokio::time::{Instant, sleep};

use crate::{
    StoreError, alerts, changes, evidence,
    history::{
        pending::{SharedPending, Unsealed},
        seal, timings,
    },
    incidents, maintenances, open, signals, statuses,
    vault::Vault,
};

mod days;
mod holdings;
mod listing;
mod periods;

/// Reads history on connections of its own, beside the writer.
#[derive(Debug)]
pub(crate) struct Reader {
    pool: SqlitePool,
    pending: SharedPending,
    vault: Vault,
}

/// Connections that read at the same time.
const CONNECTIONS: u32 = 4;
/// How long a question waits for a free connection, or until the rows of a former run are read.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(2);

/// One reading transaction, and the tracker's columns that belong to it. Ends when it is dropped.
struct Reading {
    db: Transaction<'static, Sqlite>,
    unsealed: Unsealed,
}

impl Reader {
    /// A reader beside the writer that fills `pending`. Opens nothing before it is asked.
    pub(crate) fn new(path: &Path, pending: SharedPending, vault: Vault) -> Self {
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .after_connect(|db, _| Box::pin(open::configure_reader(db)))
            .connect_lazy_with(open::options(path, false));
        Self { pool, pending, vault }
    }

    /// Begins to read about a tracker.
    async fn read(&self, id: TrackerId) -> Result<Reading, StoreError> {
        let started = Instant::now();
        loop {
            if let Some(reading) = self.try_read(id).await? {
                return Ok(reading);
            }
            if started.elapsed() > PATIENCE {
                return Err(StoreError::StillLoading);
            }
            sleep(PAUSE).await;
        }
    }

    /// `None` when memory and database do not belong together at this moment.
    async fn try_read(&self, id: TrackerId) -> Result<Option<Reading>, StoreError> {
        if !self.pending.read().is_loaded {
            return Ok(None);
        }
        let mut db = self.begin().await?;
        let sealed = seal::all(&mut db, Some(id)).await?;
        let entries = sealed.first().map_or(0, |(_, sealed)| sealed.entries);
        let pending = self.pending.read();
        let unsealed = pending.trackers.get(&id).cloned().unwrap_or_default();
        let belong = pending.is_loaded && unsealed.sealed == entries;
        Ok(belong.then_some(Reading { db, unsealed }))
    }

    /// A transaction that only reads. It ends when it is dropped: one that stayed open would keep the log from being emptied.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.pool.begin().await?)
    }
}

#[async_trait]
impl Archive for Reader {
    async fn periods(&self, id: TrackerId, edges: &[Timestamp]) -> Result<Vec<Period>, Failure> {
        self.tell_periods(id, edges).await.map_err(unreadable)
    }

    async fn days(&self, ids: &[TrackerId], last: Timestamp, count: u16) -> Result<Vec<Vec<Tally>>, Failure> {
        self.tell_days(ids, last, count).await.map_err(unreadable)
    }

    async fn checks(&self, id: TrackerId, query: CheckQuery) -> Result<CheckPage, Failure> {
        self.list(id, query).await.map_err(unreadable)
    }

    async fn failure(
        &self,
        id: TrackerId,
        at: Timestamp,
        direction: Direction,
    ) -> Result<Option<Timestamp>, Failure> {
        self.nearest_failure(id, at, direction).await.map_err(unreadable)
    }

    async fn transitions(
        &self,
        id: TrackerId,
        window: Window,
        limit: usize,
    ) -> Result<Vec<Transition>, Failure> {
        let read = async {
            let mut db = self.begin().await?;
            statuses::transitions(&mut db, id, window, limit).await
        };
        read.await.map_err(unreadable)
    }

    async fn exhibits(&self, id: TrackerId, window: Window, limit: usize) -> Result<Vec<Exhibit>, Failure> {
        let read = async {
            let mut db = self.begin().await?;
            evidence::within(&mut db, id, window, limit).await
        };
        read.await.map_err(unreadable)
    }

    async fn signals(&self, id: TrackerId, limit: usize) -> Result<Vec<Signal>, Failure> {
        let read = async {
            let mut db = self.begin().await?;
            signals::newest(&mut db, id, limit).await
        };
        read.await.map_err(unreadable)
    }

    async fn phases(&self, id: TrackerId, window: Window) -> Result<[PhaseTime; 5], Failure> {
        let read = async {
            let mut reading = self.read(id).await?;
            timings::told(&mut reading.db, id, window, &reading.unsealed.timings).await
        };
        read.await.map_err(unreadable)
    }

    async fn holdings(&self) -> Result<Holdings, Failure> {
        self.holdings().await.map_err(unreadable)
    }

    async fn slow(&self, id: TrackerId, window: Window, limit: usize) -> Result<Vec<Timing>, Failure> {
        let read = async {
            let mut reading = self.read(id).await?;
            timings::slow(&mut reading.db, id, window, limit, &reading.unsealed.timings).await
        };
        read.await.map_err(unreadable)
    }

    async fn changes(
        &self,
        id: TrackerId,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<LoggedChange>, Failure> {
        let read = async {
            let mut db = self.begin().await?;
            changes::of(&mut db, id, before, limit).await
        };
        read.await.map_err(unreadable)
    }
}

#[async_trait]
impl AlertArchive for Reader {
    async fn incidents(&self, query: IncidentQuery) -> Result<Vec<Incident>, Failure> {
        let read = async { incidents::some(&mut *self.begin().await?, query).await };
        read.await.map_err(unreadable)
    }

    async fn incident(&self, id: IncidentId) -> Result<Option<(Incident, Vec<Remark>)>, Failure> {
        let read = async { incidents::one(&mut *self.begin().await?, id).await };
        read.await.map_err(unreadable)
    }

    async fn deliveries(
        &self,
        incident: Option<IncidentId>,
        state: Option<DeliveryState>,
        limit: usize,
    ) -> Result<Vec<Delivery>, Failure> {
        let read = async { alerts::deliveries(&mut *self.begin().await?, incident, state, limit).await };
        read.await.map_err(unreadable)
    }

    async fn deliveries_of_open(&self, limit: usize) -> Result<Vec<(TrackerId, Delivery)>, Failure> {
        let read = async { alerts::deliveries_of_open(&mut *self.begin().await?, limit).await };
        read.await.map_err(unreadable)
    }

    async fn told(&self, incident: IncidentId, channel: ChannelId) -> Result<ToldSoFar, Failure> {
        let read = async { alerts::told(&mut *self.begin().await?, incident, channel).await };
        read.await.map_err(unreadable)
    }

    async fn waiting(&self, limit: usize) -> Result<Vec<Waiting>, Failure> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = async { alerts::waiting(&mut *self.begin().await?, limit).await };
        read.await.map_err(unreadable)
    }

    async fn channels(&self) -> Result<Vec<StoredChannel>, Failure> {
        let read = async { alerts::channels(&mut *self.begin().await?, &self.vault).await };
        read.await.map_err(unreadable)
    }

    async fn maintenances(&self) -> Result<Vec<Maintenance>, Failure> {
        let read = async { maintenances::all(&mut *self.begin().await?).await };
        Ok(read.await?)
    }

    async fn rules(&self) -> Result<Vec<AlertRule>, Failure> {
        let read = async { alerts::rules(&mut *self.begin().await?).await };
        read.await.map_err(unreadable)
    }
}

fn unreadable(error: StoreError) -> Failure {
    error.while_doing(words::DOING_HISTORY)
}
