//! Housekeeping, one small step at a time.

use std::sync::Arc;

use domain::{Timestamp, TrackerId};
use sqlx::query_scalar;
use tokio::time::{Duration, Instant};

use super::Writer;
use crate::{
    StoreError,
    call::{Call, Values},
    history::{
        forget, load,
        pending::{Ripe, Unsealed},
        seal::Sealed,
    },
    transaction::{at_once, end},
};

/// Sealing goes on for this long at most, then recording has its turn.
const SEALING: Duration = Duration::from_millis(10);
/// Trackers that are sealed at once.
const GROUP: usize = 16;
/// Rows of `checks` that leave in one step.
const ROWS: i64 = 5_000;

impl Writer {
    /// The next thing to do; `true` when there may be more.
    pub(super) async fn step(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        if !self.pending.read().is_loaded {
            self.ripe = None;
            let is_loaded = load::step(&mut self.db, &self.pending, &self.limits).await?;
            return Ok(!is_loaded || !self.pending.read().look(now).is_empty());
        }
        Ok(self.seal_or_drop(now).await? || self.forget_history().await? || self.retain(now).await?)
    }

    /// Seals some of the trackers whose time it is; without any, takes some rows away that were sealed. `false` when there is nothing
    /// to do.
    async fn seal_or_drop(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        let known = self.ripe.take().filter(|ripe| !ripe.is_stale(now));
        let mut ripe = known.unwrap_or_else(|| self.pending.read().look(now));
        if ripe.is_empty() {
            let needed = ripe.oldest_check();
            self.ripe = Some(ripe);
            return self.drop_sealed_rows(needed).await;
        }
        self.begin().await?;
        let sealed = self.seal_some(&ripe).await;
        let (done, sealed) = end(&mut self.db, sealed).await?;
        ripe.done(done);
        self.ripe = Some(ripe);
        let mut pending = self.pending.write();
        for (id, sealed) in &sealed {
            pending.adopt(*id, sealed);
        }
        Ok(true)
    }

    /// How many of those whose time it is are done, and what sealing them left behind.
    async fn seal_some(&mut self, ripe: &Ripe) -> Result<(usize, Vec<(TrackerId, Sealed)>), StoreError> {
        let started = Instant::now();
        let ids: Vec<TrackerId> = ripe.ids().collect();
        let (mut done, mut sealed) = (0, Vec::new());
        for ids in ids.chunks(GROUP) {
            let group: Vec<(TrackerId, Unsealed)> = {
                let pending = self.pending.read();
                // One that is not there any more was removed meanwhile.
                ids.iter().filter_map(|id| Some((*id, pending.trackers.get(id)?.clone()))).collect()
            };
            sealed.extend(self.sealing.seal(&mut self.db, &group).await?);
            done += ids.len();
            if started.elapsed() >= SEALING {
                break;
            }
        }
        Ok((done, sealed))
    }

    /// Takes rows away that are sealed, from the old end; `true` when there may be more.
    async fn drop_sealed_rows(&mut self, needed: i64) -> Result<bool, StoreError> {
        if self.dropped >= needed {
            return Ok(false);
        }
        let first: Option<i64> = query_scalar("SELECT min(id) FROM checks").fetch_one(&mut self.db).await?;
        let Some(first) = first.filter(|first| *first < needed) else {
            self.dropped = needed;
            return Ok(false);
        };
        let until = needed.min(first.saturating_add(ROWS));
        self.file.still_there()?;
        let call = || {
            let mut values = Values::with_capacity(1);
            values.bind(until);
            Call { sql: Arc::clone(&self.drop_rows), values }
        };
        at_once(&mut self.db, call).await?;
        self.dropped = until;
        Ok(until < needed)
    }

    /// Deletes some of the history of trackers that are gone; `true` when there is more.
    async fn forget_history(&mut self) -> Result<bool, StoreError> {
        let Some(tracker) = forget::next(&mut self.db).await? else { return Ok(false) };
        self.begin().await?;
        let done = forget::step(&mut self.db, tracker).await;
        end(&mut self.db, done).await?;
        Ok(true)
    }
}
