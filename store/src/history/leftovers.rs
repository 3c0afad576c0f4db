//! Rows of phases and evidence that are damaged. Nothing else says what they said, so they cannot be made anew, only taken away.

use domain::TrackerId;
use sqlx::{SqliteConnection, query, query_scalar};

use super::timings;
use crate::{StoreError, evidence};

/// Which rows are damaged.
#[derive(Debug, Default)]
pub(crate) struct Damaged {
    /// Of `phase_hours`: tracker and hour.
    pub(crate) hours: Vec<(TrackerId, i64)>,
    /// Of `phases`.
    pub(crate) full: Vec<i64>,
    /// Of `evidence`.
    pub(crate) evidence: Vec<i64>,
}

impl Damaged {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.hours.len() + self.full.len() + self.evidence.len()
    }
}

/// Reads all of them.
pub(crate) async fn damaged(db: &mut SqliteConnection) -> Result<Damaged, StoreError> {
    const TRACKERS: &str = "SELECT tracker_id FROM phases UNION SELECT tracker_id FROM phase_hours";
    let mut damaged = Damaged { evidence: evidence::damaged(db).await?, ..Damaged::default() };
    let ids: Vec<i64> = query_scalar(TRACKERS).fetch_all(&mut *db).await?;
    for id in ids.into_iter().map(TrackerId) {
        let hours = timings::hours(db, id, i64::MIN, i64::MAX).await?;
        damaged.hours.extend(hours.iter().filter(|(_, phases)| phases.is_err()).map(|(hour, _)| (id, *hour)));
        let mut after = i64::MIN;
        loop {
            let rows = timings::rows(db, id, None, after).await?;
            let Some((last, _)) = rows.last() else { break };
            after = *last;
            damaged.full.extend(rows.iter().filter(|(_, timings)| timings.is_err()).map(|(row, _)| *row));
        }
    }
    Ok(damaged)
}

/// Takes them away, within the caller's transaction.
pub(crate) async fn remove(db: &mut SqliteConnection, damaged: &Damaged) -> Result<(), StoreError> {
    for (tracker, hour) in &damaged.hours {
        let delete = query("DELETE FROM phase_hours WHERE tracker_id = ? AND hour = ?");
        delete.bind(tracker.0).bind(*hour).execute(&mut *db).await?;
    }
    for (sql, ids) in [
        ("DELETE FROM phases WHERE id = ?", &damaged.full),
        ("DELETE FROM evidence WHERE id = ?", &damaged.evidence),
    ] {
        for id in ids {
            query(sql).bind(*id).execute(&mut *db).await?;
        }
    }
    Ok(())
}
