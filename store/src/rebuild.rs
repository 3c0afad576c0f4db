//! Making rollups anew from blocks.

use std::{collections::BTreeMap, path::Path};

use domain::{Rollup, TrackerId};
use sqlx::{Connection, SqliteConnection, query};

use crate::{
    StoreError,
    history::{
        audit::{self, Audit},
        leftovers,
        rollups::{self, Placed, Unit},
    },
    open, schema,
    transaction::{begin, end},
};

/// What [`rebuild`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RebuildReport {
    /// Trackers with history.
    pub trackers: u64,
    /// Hours that blocks tell of, written anew.
    pub hours: u64,
    /// Trackers whose rollups had been wrong, damaged or incomplete.
    pub repaired: u64,
    /// Blocks that cannot be read; the rollups of their hours were left as they are.
    pub damaged: u64,
    /// Rows of phases and evidence that could not be read and were taken away: nothing else says what they said.
    pub removed: u64,
}

/// Writes every rollup anew that blocks tell of, tracker by tracker, each in one transaction. Rollups that are older than the oldest
/// block stay. No server may be running on the database.
pub async fn rebuild(path: &Path) -> Result<RebuildReport, StoreError> {
    if !path.exists() {
        return Err(StoreError::Missing { path: path.to_owned() });
    }
    let mut db = open::connect(path, false).await?;
    let found = schema::version(&mut db, path).await.map_err(|error| error.on_opening(path))?;
    match found.cmp(&schema::KNOWN) {
        std::cmp::Ordering::Less => return Err(StoreError::TooOld { found, known: schema::KNOWN }),
        std::cmp::Ordering::Greater => return Err(StoreError::TooNew { found, known: schema::KNOWN }),
        std::cmp::Ordering::Equal => open::configure(&mut db).await?,
    }
    let mut report = RebuildReport::default();
    for tracker in audit::trackers(&mut db).await? {
        let audit = audit::audit(&mut db, tracker).await?;
        let differences = audit.compare(&mut db, tracker).await?;
        begin(&mut db).await?;
        let written = write(&mut db, tracker, &audit).await;
        end(&mut db, written).await?;
        report.trackers += 1;
        report.hours += audit.hours.len() as u64;
        report.repaired += u64::from(!differences.is_empty());
        report.damaged += audit.problems.len() as u64;
    }
    let leftovers = leftovers::damaged(&mut db).await?;
    begin(&mut db).await?;
    let removed = leftovers::remove(&mut db, &leftovers).await;
    end(&mut db, removed).await?;
    report.removed = leftovers.len() as u64;
    db.close().await?;
    Ok(report)
}

async fn write(db: &mut SqliteConnection, tracker: TrackerId, audit: &Audit) -> Result<(), StoreError> {
    let Some(from) = audit.from else { return Ok(()) };
    let mut hours: BTreeMap<i64, Rollup> = BTreeMap::new();
    for (hour, stored) in rollups::between(db, Unit::Hours, tracker, i64::MIN, i64::MAX).await? {
        // What no block tells of is kept, if it can be read.
        if let (true, Ok(stored)) = (hour < from || audit.unclear.contains(&hour), stored) {
            hours.insert(hour, stored);
        }
    }
    hours.extend(audit.hours.iter().map(|(hour, rollup)| (*hour, rollup.clone())));
    query("DELETE FROM hours WHERE tracker_id = ?").bind(tracker.0).execute(&mut *db).await?;
    query("DELETE FROM days WHERE tracker_id = ?").bind(tracker.0).execute(&mut *db).await?;
    query("DELETE FROM glances WHERE tracker_id = ?").bind(tracker.0).execute(&mut *db).await?;
    let placed = |parts: BTreeMap<i64, Rollup>| -> Vec<Placed> {
        parts.into_iter().map(|(number, rollup)| Placed { tracker, number, rollup }).collect()
    };
    let days = placed(rollups::by_days(&hours));
    rollups::write(db, &placed(hours), &days).await
}
