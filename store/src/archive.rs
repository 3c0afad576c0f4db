//! Reading what was recorded.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use domain::{
    Archive, CheckPage, CheckQuery, Direction, Failure, Period, Recorded, Tally, Timestamp, TrackerId,
    Transition, Window,
};
use tokio::sync::Mutex;

use sqlx::SqliteConnection;

use crate::{StoreError, checks, limits, open, plain::Plain, statuses, trackers};

/// Interim: reads the table of checks.
pub(crate) struct Reader {
    path: PathBuf,
    db: Mutex<Option<SqliteConnection>>,
}

impl Reader {
    pub(crate) fn new(path: PathBuf) -> Arc<Self> {
        Arc::new(Self { path, db: Mutex::new(None) })
    }

    async fn of<T>(&self, id: TrackerId, ask: impl FnOnce(&Plain<'_>) -> T) -> Result<T, Failure> {
        let read = async {
            let mut db = self.db.lock().await;
            let db = match &mut *db {
                Some(db) => db,
                none => none.insert(open::connect(&self.path, false).await?),
            };
            let all = trackers::all(db).await?;
            let known = all.into_iter().flatten().find(|tracker| tracker.id == id);
            let limit_ms = known.and_then(|tracker| limits::limit_ms(&tracker.settings.schedule));
            let entries: Vec<Recorded> = checks::of(db, id).await?;
            Ok::<_, StoreError>((entries, limit_ms))
        };
        let (entries, limit_ms) = read.await.map_err(|error| error.while_doing("reading the history"))?;
        Ok(ask(&Plain { first: 0, entries: &entries, limit_ms }))
    }
}

#[async_trait]
impl Archive for Reader {
    async fn periods(&self, id: TrackerId, edges: &[Timestamp]) -> Result<Vec<Period>, Failure> {
        self.of(id, |plain| plain.periods(edges)).await
    }

    async fn days(&self, ids: &[TrackerId], last: Timestamp, count: u16) -> Result<Vec<Vec<Tally>>, Failure> {
        let mut days = Vec::new();
        for id in ids {
            days.push(self.of(*id, |plain| plain.days(last, count)).await?);
        }
        Ok(days)
    }

    async fn checks(&self, id: TrackerId, query: CheckQuery) -> Result<CheckPage, Failure> {
        self.of(id, |plain| plain.checks(&query)).await
    }

    async fn failure(
        &self,
        id: TrackerId,
        at: Timestamp,
        direction: Direction,
    ) -> Result<Option<Timestamp>, Failure> {
        self.of(id, |plain| plain.failure(at, direction)).await
    }

    async fn transitions(
        &self,
        id: TrackerId,
        window: Window,
        limit: usize,
    ) -> Result<Vec<Transition>, Failure> {
        let mut db = self.db.lock().await;
        let read = async {
            let db = match &mut *db {
                Some(db) => db,
                none => none.insert(open::connect(&self.path, false).await?),
            };
            statuses::transitions(db, id, window, limit).await
        };
        read.await.map_err(|error: StoreError| error.while_doing("reading the transitions"))
    }
}
