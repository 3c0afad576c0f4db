//! Forgetting what is too old or too much, in small steps, and giving the room back.

use std::time::Duration;

use domain::Timestamp;
use sqlx::{query, query_as, query_scalar};
use tokio::time::Instant;

use super::Writer;
use crate::{StoreError, alerts, disk, transaction::end};

/// How often it is looked for something to forget.
pub(super) const LOOK_EVERY: Duration = Duration::from_mins(1);
/// Blocks that leave in one step: about a tenth of a second of the work that made them.
const BLOCKS: i64 = 100;
/// Rows of phases or evidence that leave in one step.
const ROWS: i64 = 500;
/// Faults that are forgotten in one step.
const FAULTS: i64 = 500;
/// How long messages are kept after they were done.
const MESSAGES: Duration = Duration::from_hours(24 * 90);
/// Pages that go back to the file system in one step.
const PAGES: i64 = 200;
/// Empty pages that stay in the file, to be written next: these, and a twentieth of all.
const SLACK: i64 = 16;

impl Writer {
    /// One step; `true` when there may be more.
    pub(super) async fn retain(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        if self.look_at.is_some_and(|at| Instant::now() < at) {
            return Ok(false);
        }
        let more = self.forget_old_blocks(now).await?
            || self.forget_over_ceiling().await?
            || self.forget_evidence(now).await?
            || self.forget_exhibits(now).await?
            || self.forget_bodies(now).await?
            || self.forget_messages(now).await?
            || self.give_back().await?;
        self.look_at = (!more).then(|| Instant::now() + LOOK_EVERY);
        Ok(more)
    }

    /// Deletes the oldest blocks whose time is up. Blocks lie in the order of sealing, so only their old end is looked at.
    async fn forget_old_blocks(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        const OLD: &str = "SELECT id FROM (SELECT id, last_due FROM blocks ORDER BY id LIMIT ?2) WHERE last_due < ?1 \
                           UNION ALL SELECT -tracker_id FROM open_blocks WHERE last_due < ?1";
        let before =
            now.0.saturating_sub(i64::try_from(self.retention.checks.as_millis()).unwrap_or(i64::MAX));
        let old: Vec<i64> = query_scalar(OLD).bind(before).bind(BLOCKS).fetch_all(&mut self.db).await?;
        let phases = self.forget_phases(before).await?;
        self.delete_blocks(&old).await?;
        Ok(!old.is_empty() || phases)
    }

    /// Deletes the oldest blocks while the database takes more room than it may.
    async fn forget_over_ceiling(&mut self) -> Result<bool, StoreError> {
        const OLDEST: &str = "SELECT id, last_due FROM blocks ORDER BY id LIMIT ?";
        let folder = disk::folder_of(self.file.path());
        let Ok(ceiling) = disk::bytes_of(self.retention.ceiling, folder) else { return Ok(false) };
        if self.size().await? <= ceiling {
            self.is_over_ceiling = false;
            return Ok(false);
        }
        let oldest: Vec<(i64, i64)> = query_as(OLDEST).bind(BLOCKS).fetch_all(&mut self.db).await?;
        if !self.is_over_ceiling {
            tracing::warn!(
                ceiling,
                "the database takes more room than it may: the oldest checks are deleted before their time"
            );
        }
        self.is_over_ceiling = true;
        let newest = oldest.iter().map(|(_, last_due)| *last_due).max();
        // Without blocks, what is left are the phases of those that are still open.
        let phases = self.forget_phases(newest.map_or(i64::MAX, |due| due.saturating_add(1))).await?;
        let oldest: Vec<i64> = oldest.into_iter().map(|(id, _)| id).collect();
        self.delete_blocks(&oldest).await?;
        Ok(!oldest.is_empty() || phases)
    }

    /// Deletes some phases that are kept in full, from the old end, of checks that were due before a moment.
    async fn forget_phases(&mut self, before: i64) -> Result<bool, StoreError> {
        const ANY: &str = "SELECT EXISTS (SELECT 1 FROM (SELECT last_due FROM phases ORDER BY id LIMIT ?2) WHERE last_due < ?1)";
        const OLD: &str = "DELETE FROM phases WHERE id IN \
                           (SELECT id FROM (SELECT id, last_due FROM phases ORDER BY id LIMIT ?2) WHERE last_due < ?1)";
        let found: bool = query_scalar(ANY).bind(before).bind(ROWS).fetch_one(&mut self.db).await?;
        if !found {
            return Ok(false);
        }
        self.begin().await?;
        let deleted = query(OLD).bind(before).bind(ROWS).execute(&mut self.db).await;
        end(&mut self.db, deleted.map_err(StoreError::from)).await?;
        Ok(true)
    }

    /// Deletes some of what was seen when trackers went down, once its time is up.
    async fn forget_exhibits(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        const ANY: &str =
            "SELECT EXISTS (SELECT 1 FROM (SELECT at FROM evidence ORDER BY id LIMIT ?2) WHERE at < ?1)";
        const OLD: &str = "DELETE FROM evidence WHERE id IN \
                           (SELECT id FROM (SELECT id, at FROM evidence ORDER BY id LIMIT ?2) WHERE at < ?1)";
        let before =
            now.0.saturating_sub(i64::try_from(self.retention.evidence.as_millis()).unwrap_or(i64::MAX));
        let found: bool = query_scalar(ANY).bind(before).bind(ROWS).fetch_one(&mut self.db).await?;
        if !found {
            return Ok(false);
        }
        self.begin().await?;
        let deleted = query(OLD).bind(before).bind(ROWS).execute(&mut self.db).await;
        end(&mut self.db, deleted.map_err(StoreError::from)).await?;
        Ok(true)
    }

    /// Forgets what came with signals, once its time is up. What they said stays, for it says what is expected.
    async fn forget_bodies(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        const ANY: &str = "SELECT EXISTS (SELECT 1 FROM signals WHERE at < ? AND body <> '')";
        const OLD: &str = "UPDATE signals SET body = '' WHERE id IN (SELECT id FROM signals WHERE at < ? AND body <> '' LIMIT ?)";
        let before =
            now.0.saturating_sub(i64::try_from(self.retention.evidence.as_millis()).unwrap_or(i64::MAX));
        let found: bool = query_scalar(ANY).bind(before).fetch_one(&mut self.db).await?;
        if !found {
            return Ok(false);
        }
        self.begin().await?;
        let forgotten = query(OLD).bind(before).bind(ROWS).execute(&mut self.db).await;
        end(&mut self.db, forgotten.map_err(StoreError::from)).await?;
        Ok(true)
    }

    /// Forgets some messages that were done [`MESSAGES`] ago. Incidents and what people said of them stay.
    async fn forget_messages(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        const ANY: &str = "SELECT EXISTS (SELECT 1 FROM outbox WHERE state <> 'waiting' AND moment <= ?)";
        let until = now.0.saturating_sub(i64::try_from(MESSAGES.as_millis()).unwrap_or(i64::MAX));
        let found: bool = query_scalar(ANY).bind(until).fetch_one(&mut self.db).await?;
        if !found {
            return Ok(false);
        }
        self.begin().await?;
        let forgotten = alerts::forget(&mut self.db, Timestamp(until), ROWS).await;
        end(&mut self.db, forgotten).await?;
        Ok(true)
    }

    async fn delete_blocks(&mut self, ids: &[i64]) -> Result<(), StoreError> {
        const CLOSED: &str = "DELETE FROM blocks WHERE id IN (SELECT value FROM json_each(?))";
        const OPEN: &str = "DELETE FROM open_blocks WHERE -tracker_id IN (SELECT value FROM json_each(?))";
        if ids.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
        let json = format!("[{}]", ids.join(","));
        self.begin().await?;
        let deleted = async {
            query(CLOSED).bind(&json).execute(&mut self.db).await?;
            query(OPEN).bind(&json).execute(&mut self.db).await?;
            Ok(())
        };
        let deleted = deleted.await;
        end(&mut self.db, deleted).await
    }

    /// Forgets what failures showed that were not seen for long, and the failures themselves when no check can refer to them.
    async fn forget_evidence(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        const DETAILS: &str = "UPDATE faults SET detail = '' WHERE id IN \
                               (SELECT id FROM faults WHERE seen_at < ? AND detail <> '' LIMIT ?)";
        const WHOLE: &str = "DELETE FROM faults WHERE id IN (SELECT id FROM faults WHERE seen_at < ? AND detail = '' \
                             AND id NOT IN (SELECT fault_id FROM transitions WHERE fault_id IS NOT NULL) \
                             AND id NOT IN (SELECT fault_id FROM statuses WHERE fault_id IS NOT NULL) \
                             AND id NOT IN (SELECT fault_id FROM checks WHERE fault_id IS NOT NULL) LIMIT ?)";
        // The day of `seen_at` has passed as a whole, and the checks of the last block with it.
        let before = |kept: Duration| now.0 - i64::try_from(kept.as_millis()).unwrap_or(0) - 32 * 86_400_000;
        let mut changed = 0;
        for (sql, before) in [
            (DETAILS, before(self.retention.evidence) + 31 * 86_400_000),
            (WHOLE, before(self.retention.checks)),
        ] {
            let found: bool = query_scalar("SELECT EXISTS (SELECT 1 FROM faults WHERE seen_at < ?)")
                .bind(before)
                .fetch_one(&mut self.db)
                .await?;
            if !found {
                continue;
            }
            self.begin().await?;
            let done = query(sql).bind(before).bind(FAULTS).execute(&mut self.db).await;
            changed += end(&mut self.db, done.map_err(StoreError::from)).await?.rows_affected();
        }
        if changed > 0 {
            self.faults.forget();
        }
        Ok(changed > 0)
    }

    /// Gives empty pages back to the file system.
    async fn give_back(&mut self) -> Result<bool, StoreError> {
        let empty: i64 = query_scalar("PRAGMA freelist_count").fetch_one(&mut self.db).await?;
        let pages: i64 = query_scalar("PRAGMA page_count").fetch_one(&mut self.db).await?;
        if empty <= SLACK + pages / 20 {
            return Ok(false);
        }
        let vacuum = sqlx::AssertSqlSafe(format!("PRAGMA incremental_vacuum({PAGES})"));
        query(vacuum).fetch_all(&mut self.db).await?;
        let left: i64 = query_scalar("PRAGMA freelist_count").fetch_one(&mut self.db).await?;
        Ok(left < empty)
    }

    /// The room that the database takes, in bytes: empty pages are not counted.
    async fn size(&mut self) -> Result<u64, StoreError> {
        let mut pages = 0;
        for (pragma, sign) in [("PRAGMA page_count", 1), ("PRAGMA freelist_count", -1)] {
            pages += sign * query_scalar::<_, i64>(pragma).fetch_one(&mut self.db).await?;
        }
        let page: i64 = query_scalar("PRAGMA page_size").fetch_one(&mut self.db).await?;
        Ok(u64::try_from(pages.saturating_mul(page)).unwrap_or(0))
    }
}
