//! How much is kept, without counting it: the numbers of entries say so.

use domain::{Holdings, Timestamp};
use sqlx::query_as;

use super::Reader;
use crate::StoreError;

/// Of each tracker, entries are counted from 0 and leave from the old end: what is kept lies between the first block's number and how
/// many were sealed. Two steps down an index for each tracker.
const SEALED: &str = "
    SELECT coalesce(sum(entries - coalesce(
               (SELECT number FROM blocks WHERE blocks.tracker_id = sealed.tracker_id ORDER BY number LIMIT 1),
               (SELECT number FROM open_blocks WHERE open_blocks.tracker_id = sealed.tracker_id),
               entries)), 0),
           min(coalesce(
               (SELECT first_due FROM blocks WHERE blocks.tracker_id = sealed.tracker_id ORDER BY number LIMIT 1),
               (SELECT first_due FROM open_blocks WHERE open_blocks.tracker_id = sealed.tracker_id)))
    FROM sealed";

impl Reader {
    /// What is sealed and what is in memory are looked at one after the other, so a stretch that is sealed between may count twice or
    /// not at all: it is told to people, who do not count along.
    pub(super) async fn holdings(&self) -> Result<Holdings, StoreError> {
        let mut db = self.begin().await?;
        let (sealed, oldest): (i64, Option<i64>) = query_as(SEALED).fetch_one(&mut *db).await?;
        let pending = self.pending.read();
        let unsealed: usize = pending.trackers.values().map(crate::history::pending::Unsealed::len).sum();
        let first =
            pending.trackers.values().filter_map(|tracker| tracker.stretches.front()?.columns.first_due());
        Ok(Holdings {
            checks: u64::try_from(sealed).unwrap_or(0) + u64::try_from(unsealed).unwrap_or(0),
            oldest: oldest.map(Timestamp).into_iter().chain(first).min(),
        })
    }
}
