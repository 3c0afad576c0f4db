//! Reading the rows of `checks` that are not sealed into memory: after a start, and whenever rows appeared that this program did
//! not see itself writing.

use domain::{Check, CheckName, Location, Micros, Recorded, Timestamp, Timing, TrackerId};
use sqlx::{SqliteConnection, query, query_scalar, sqlite::SqliteRow};

use super::{
    entry,
    pending::{Arrived, SharedPending},
    seal,
};
use crate::{StoreError, checks, ids::ById, row::Row};

/// Rows of one step: about 20 ms.
const STEP: i64 = 20_000;

/// Learns how far each tracker is sealed. The rows follow in steps.
pub(crate) async fn begin(db: &mut SqliteConnection, pending: &SharedPending) -> Result<(), StoreError> {
    const GIVEN: &str = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'checks'";
    let sealed = seal::all(db, None).await?;
    let oldest: Option<i64> = query_scalar("SELECT min(id) FROM checks").fetch_one(&mut *db).await?;
    let given: i64 = query_scalar(GIVEN).fetch_one(db).await?;
    let mut pending = pending.write();
    pending.newest_check = oldest.map_or(given, |oldest| oldest - 1);
    pending.is_loaded = oldest.is_none();
    for (id, sealed) in &sealed {
        pending.adopt(*id, sealed);
    }
    Ok(())
}

/// Reads the next rows; `true` when there are no more.
pub(crate) async fn step(
    db: &mut SqliteConnection,
    pending: &SharedPending,
    limits: &ById<Option<u32>>,
) -> Result<bool, StoreError> {
    const NEXT: &str = "SELECT id, tracker_id, due, attempt, late_ms, latency_us, outcome, location, fault_id, reason, \
                        phases \
                        FROM checks WHERE id > ? ORDER BY id LIMIT ?";
    let after = pending.read().newest_check;
    let rows: Vec<SqliteRow> = query(NEXT).bind(after).bind(STEP).fetch_all(db).await?;
    let is_done = i64::try_from(rows.len()).is_ok_and(|len| len < STEP);
    let mut pending = pending.write();
    for row in &rows {
        let row = Row::of("checks", row);
        let id: i64 = row.get("id")?;
        pending.newest_check = id;
        match read(&row) {
            Ok(recorded) => {
                let tracker = recorded.check.name.tracker;
                // Who is in no roster any more is not sealed: nobody can ask for it.
                if let Some(limit_ms) = limits.get(&tracker) {
                    let arrived = Arrived {
                        check: id,
                        entry: entry::of(&recorded, row.get_some("fault_id")?),
                        timing: Timing::of(&recorded),
                        limit_ms: *limit_ms,
                        location: recorded.check.name.location.0,
                    };
                    pending.push(tracker, &arrived);
                }
            }
            Err(error) => tracing::warn!(id, %error, "left out a recorded check: {error}"),
        }
    }
    pending.is_loaded = is_done;
    Ok(is_done)
}

fn read(row: &Row<'_>) -> Result<Recorded, StoreError> {
    let tracker = TrackerId(row.get("tracker_id")?);
    let location = row.fit("location")?;
    let name = CheckName {
        tracker,
        due: Timestamp(row.get("due")?),
        attempt: row.fit("attempt")?,
        location: Location(location),
    };
    let (outcome, retrying) = checks::outcome_without_text(row)?;
    let latency = row.fit_some("latency_us")?.map(Micros);
    let phases = checks::phases(row)?;
    let check = Check { name, late_ms: row.fit("late_ms")?, latency, phases, outcome };
    Ok(Recorded { check, retrying })
}
