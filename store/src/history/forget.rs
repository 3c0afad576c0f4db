//! Deleting the history of a tracker that is gone for good, in small steps.

use domain::TrackerId;
use sqlx::{SqliteConnection, query, query_scalar};

use crate::StoreError;

/// Rows that one step takes from each table.
const ROWS: i64 = 500;

/// Notes that a tracker's history is to be deleted.
pub(crate) async fn begin(db: &mut SqliteConnection, tracker: TrackerId) -> Result<(), StoreError> {
    query("INSERT OR IGNORE INTO forgotten (tracker_id) VALUES (?)").bind(tracker.0).execute(db).await?;
    Ok(())
}

/// A tracker whose history is to be deleted. Reads only.
pub(crate) async fn next(db: &mut SqliteConnection) -> Result<Option<TrackerId>, StoreError> {
    let next: Option<i64> =
        query_scalar("SELECT tracker_id FROM forgotten LIMIT 1").fetch_optional(db).await?;
    Ok(next.map(TrackerId))
}

/// One step, within the caller's transaction. The last one forgets that there was anything to do.
pub(crate) async fn step(db: &mut SqliteConnection, tracker: TrackerId) -> Result<(), StoreError> {
    const STEPS: [&str; 11] = [
        "DELETE FROM blocks WHERE id IN (SELECT id FROM blocks WHERE tracker_id = ?1 LIMIT ?2)",
        "DELETE FROM hours WHERE tracker_id = ?1 AND hour IN (SELECT hour FROM hours WHERE tracker_id = ?1 LIMIT ?2)",
        "DELETE FROM days WHERE tracker_id = ?1 AND day IN (SELECT day FROM days WHERE tracker_id = ?1 LIMIT ?2)",
        "DELETE FROM glances WHERE tracker_id = ?1 AND day IN (SELECT day FROM glances WHERE tracker_id = ?1 LIMIT ?2)",
        "DELETE FROM transitions WHERE id IN (SELECT id FROM transitions WHERE tracker_id = ?1 LIMIT ?2)",
        "DELETE FROM phases WHERE id IN (SELECT id FROM phases WHERE tracker_id = ?1 LIMIT ?2)",
        "DELETE FROM phase_hours WHERE tracker_id = ?1 AND hour IN \
         (SELECT hour FROM phase_hours WHERE tracker_id = ?1 LIMIT ?2)",
        "DELETE FROM evidence WHERE id IN (SELECT id FROM evidence WHERE tracker_id = ?1 LIMIT ?2)",
        "DELETE FROM signals WHERE id IN (SELECT id FROM signals WHERE tracker_id = ?1 LIMIT ?2)",
        "DELETE FROM open_blocks WHERE tracker_id = ?1 AND ?2 > 0",
        "DELETE FROM sealed WHERE tracker_id = ?1 AND ?2 > 0",
    ];
    let mut is_done = true;
    for sql in STEPS {
        let deleted = query(sql).bind(tracker.0).bind(ROWS).execute(&mut *db).await?.rows_affected();
        is_done &= i64::try_from(deleted).is_ok_and(|deleted| deleted < ROWS);
    }
    if is_done {
        query("DELETE FROM forgotten WHERE tracker_id = ?").bind(tracker.0).execute(db).await?;
    }
    Ok(())
}
