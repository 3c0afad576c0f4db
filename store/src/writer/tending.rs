//! Housekeeping, one small step at a time.

use domain::{Timestamp, TrackerId};
use sqlx::{query, query_scalar};
use tokio::time::{Duration, Instant};

use super::Writer;
use crate::{
    StoreError,
    history::{
        forget, load,
        pending::Unsealed,
        seal::{self, Sealed},
    },
    transaction::end,
};

/// Sealing goes on for this long at most, then recording has its turn.
const SEALING: Duration = Duration::from_millis(20);
/// Rows of `checks` that leave in one step.
const ROWS: i64 = 5_000;

impl Writer {
    /// The next thing to do; `true` when there may be more.
    pub(super) async fn step(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        if !self.pending.read().is_loaded {
            return Ok(!load::step(&mut self.db, &self.pending, &self.limits).await? || self.has_ripe(now));
        }
        Ok(self.seal_ripe(now).await?
            || self.drop_sealed_rows().await?
            || self.forget_history().await?
            || self.retain(now).await?)
    }

    fn has_ripe(&self, now: Timestamp) -> bool {
        !self.pending.read().ripe(now).is_empty()
    }

    /// Seals some of the trackers whose time it is; `true` when others wait.
    async fn seal_ripe(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        let ripe = self.pending.read().ripe(now);
        if ripe.is_empty() {
            return Ok(false);
        }
        self.begin().await?;
        let sealed = self.seal_some(&ripe).await;
        let sealed = end(&mut self.db, sealed).await?;
        let mut pending = self.pending.write();
        for (id, sealed) in &sealed {
            pending.adopt(*id, sealed);
        }
        Ok(sealed.len() < ripe.len())
    }

    async fn seal_some(&mut self, ripe: &[TrackerId]) -> Result<Vec<(TrackerId, Sealed)>, StoreError> {
        let started = Instant::now();
        let mut done = Vec::new();
        for id in ripe {
            let unsealed: Option<Unsealed> = self.pending.read().trackers.get(id).cloned();
            let Some(unsealed) = unsealed else { continue };
            done.push((*id, seal::seal(&mut self.db, *id, &unsealed).await?));
            if started.elapsed() >= SEALING {
                break;
            }
        }
        Ok(done)
    }

    /// Takes rows away that are sealed, from the old end; `true` when there may be more.
    async fn drop_sealed_rows(&mut self) -> Result<bool, StoreError> {
        let first: Option<i64> = query_scalar("SELECT min(id) FROM checks").fetch_one(&mut self.db).await?;
        let needed = self.pending.read().oldest_check();
        let Some(first) = first.filter(|first| *first < needed) else { return Ok(false) };
        self.begin().await?;
        let until = needed.min(first.saturating_add(ROWS));
        let deleted = query("DELETE FROM checks WHERE id < ?").bind(until).execute(&mut self.db).await;
        end(&mut self.db, deleted.map_err(StoreError::from)).await?;
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
