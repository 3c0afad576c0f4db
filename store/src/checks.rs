//! Checks in the database: one append-only table in the order of arrival, without any index but its row number.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use domain::{
    Check, CheckName, Fault, FaultKind, Location, Micros, Outcome, Phases, Recorded, SHOWN_CHECKS, Timestamp,
    TrackerId,
};
use sqlx::{SqliteConnection, query, query_as, query_scalar, sqlite::SqliteRow};
use tokio::time::Instant;

use crate::{
    StoreError,
    block::{self, Entry},
    bulk::Insert,
    call::Values,
    faults::{self, FaultIds},
    history::{blocks, entry},
    row::Row,
};

const UP: i64 = 0;
const DEGRADED: i64 = 1;
const DOWN: i64 = 2;
const UNKNOWN: i64 = 3;
const TOLERATED: i64 = 4;

/// Where checks go.
pub(crate) const INSERT: Insert = Insert::new(
    "INSERT INTO checks \
     (tracker_id, due, outcome, latency_us, late_ms, attempt, location, fault_id, reason, phases)",
    10,
);

/// Where plain checks go: what is left out has its default.
pub(crate) const INSERT_PLAIN: Insert =
    Insert::new("INSERT INTO checks (tracker_id, due, outcome, latency_us, late_ms, fault_id, phases)", 7);

/// Whether a check is like nearly all: scheduled, from this machine, and something was learnt.
pub(crate) fn is_plain(recorded: &Recorded) -> bool {
    let Check { name, outcome, .. } = &recorded.check;
    name.attempt == 0 && name.location == Location::LOCAL && !matches!(outcome, Outcome::Unknown(_))
}

/// The values of a plain check, in the order of [`INSERT_PLAIN`].
pub(crate) fn bind_plain(values: &mut Values, recorded: &Recorded, ids: &FaultIds) {
    let check = &recorded.check;
    values
        .bind(check.name.tracker.0)
        .bind(check.name.due.0)
        .bind(outcome(recorded))
        .bind(check.latency.map(|latency| i64::from(latency.0)))
        .bind(i64::from(check.late_ms))
        .bind(ids.id(faults::of_check(check)))
        .bind(block::encode_phases(&check.phases));
}

fn outcome(recorded: &Recorded) -> i64 {
    match &recorded.check.outcome {
        Outcome::Up => UP,
        Outcome::Degraded(_) => DEGRADED,
        Outcome::Down(_) if recorded.retrying => TOLERATED,
        Outcome::Down(_) => DOWN,
        Outcome::Unknown(_) => UNKNOWN,
    }
}

/// The values of one check, in the order of [`INSERT`].
pub(crate) fn bind(values: &mut Values, recorded: &Recorded, ids: &FaultIds) {
    let check = &recorded.check;
    let reason = if let Outcome::Unknown(reason) = &check.outcome { Some(reason.word()) } else { None };
    values
        .bind(check.name.tracker.0)
        .bind(check.name.due.0)
        .bind(outcome(recorded))
        .bind(check.latency.map(|latency| i64::from(latency.0)))
        .bind(i64::from(check.late_ms))
        .bind(i64::from(check.name.attempt))
        .bind(i64::from(check.name.location.0))
        .bind(ids.id(faults::of_check(check)))
        .bind(reason)
        .bind(block::encode_phases(&check.phases));
}

/// One step back through the table. Rows of trackers that have enough, or that were removed, are skipped within SQLite,
/// which is about ten times as fast as handing them over.
const STEP_BACK: &str = "
    SELECT checks.tracker_id, checks.due, checks.outcome, checks.fault_id, checks.latency_us, checks.late_ms, checks.attempt,
           checks.location, checks.reason, checks.phases, faults.kind, faults.detail
    FROM checks LEFT JOIN faults ON faults.id = checks.fault_id
    WHERE checks.id > ?1 AND checks.id <= ?2
      AND checks.tracker_id IN (SELECT value FROM json_each(?3))
    ORDER BY checks.id DESC";
/// Rows of one step; about a millisecond when all of them are skipped.
const STEP: i64 = 10_000;

/// The newest [`SHOWN_CHECKS`] checks of every tracker, or of one, as far as a walk from the end of the table finds them within
/// `limit`; oldest first. Rows that are not understood are left out and reported in the log.
pub(crate) async fn recent(
    db: &mut SqliteConnection,
    of: Option<TrackerId>,
    limit: Duration,
) -> Result<Vec<Recorded>, StoreError> {
    let started = Instant::now();
    let all = "SELECT id FROM trackers WHERE removed_at IS NULL AND (?1 IS NULL OR id = ?1)";
    let ids: Vec<i64> = query_scalar(all).bind(of.map(|id| id.0)).fetch_all(&mut *db).await?;
    let mut wanted = Wanted::of(ids);
    let ends = "SELECT coalesce((SELECT min(id) FROM checks), 0), coalesce((SELECT max(id) FROM checks), 0)";
    let (first, mut last): (i64, i64) = query_as(ends).fetch_one(&mut *db).await?;
    let mut found = Vec::new();
    while last >= first && last > 0 && !wanted.is_empty() && started.elapsed() < limit {
        let rows: Vec<SqliteRow> =
            query(STEP_BACK).bind(last - STEP).bind(last).bind(wanted.as_json()).fetch_all(&mut *db).await?;
        for row in rows {
            match read(&Row::of("checks", &row)) {
                Ok(recorded) if wanted.take(recorded.check.name.tracker) => found.push(recorded),
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "left out a recorded check: {error}"),
            }
        }
        last -= STEP;
    }
    add_sealed(db, &mut wanted, &mut found, || started.elapsed() < limit).await?;
    found.reverse();
    Ok(found)
}

/// Adds, for trackers that still lack checks, those that left the table for blocks. `found` is newest first.
async fn add_sealed(
    db: &mut SqliteConnection,
    wanted: &mut Wanted,
    found: &mut Vec<Recorded>,
    has_time: impl Fn() -> bool,
) -> Result<(), StoreError> {
    let names: HashSet<CheckName> = found.iter().map(|recorded| recorded.check.name).collect();
    let mut sealed = Vec::new();
    // The number of the oldest block that each of them was looked for in.
    let mut lacking: HashMap<TrackerId, u64> =
        wanted.0.keys().map(|id| (*id, i64::MAX.cast_unsigned())).collect();
    while has_time() && !lacking.is_empty() {
        let blocks = blocks::newest_of_each(db, &lacking).await?;
        let below = std::mem::take(&mut lacking);
        for block in &blocks {
            let stretch = block.unpack_or_gap();
            let entries: Vec<Entry> = stretch.columns.iter().collect();
            for entry in entries.into_iter().rev() {
                let location = Location(block.location);
                let (tracker, due, attempt) = (block.tracker, entry.due, entry.attempt);
                let is_new = !names.contains(&CheckName { tracker, due, attempt, location });
                if is_new && wanted.take(tracker) {
                    sealed.push((entry, tracker, block.location));
                }
            }
            // Only a damaged row leads back; following it would never end.
            let is_ahead = below.get(&block.tracker).is_some_and(|below| block.number < *below);
            if is_ahead && wanted.0.contains_key(&block.tracker) {
                lacking.insert(block.tracker, block.number);
            }
        }
    }
    let faults = blocks::faults(db, &sealed.iter().filter_map(|(entry, ..)| entry.fault).collect()).await?;
    let recorded = |(entry, tracker, location): &(Entry, TrackerId, u16)| {
        entry::recorded(entry, *tracker, *location, &faults)
    };
    found.extend(sealed.iter().map(recorded));
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Recorded, StoreError> {
    let outcome: i64 = row.get("outcome")?;
    let check = Check {
        name: CheckName {
            tracker: TrackerId(row.get("tracker_id")?),
            due: Timestamp(row.get("due")?),
            attempt: row.fit("attempt")?,
            location: Location(row.fit("location")?),
        },
        late_ms: row.fit("late_ms")?,
        latency: row.fit_some("latency_us")?.map(Micros),
        phases: phases(row)?,
        outcome: outcome_of(row, outcome, || faults::read(row))?,
    };
    Ok(Recorded { check, retrying: outcome == TOLERATED })
}

/// Where the time of a row's check went.
pub(crate) fn phases(row: &Row<'_>) -> Result<Phases, StoreError> {
    let bytes: Option<&[u8]> = row.get_some("phases")?;
    bytes.map_or(Ok(Phases::NONE), |bytes| block::decode_phases(bytes).map_err(|_| row.corrupt("phases")))
}

/// The verdict of a row that was not joined with `faults`: what kind of failure it was is left open. And whether it was
/// tolerated.
pub(crate) fn outcome_without_text(row: &Row<'_>) -> Result<(Outcome, bool), StoreError> {
    let outcome: i64 = row.get("outcome")?;
    let verdict = outcome_of(row, outcome, || Ok(Fault::new(FaultKind::Forgotten, "")))?;
    Ok((verdict, outcome == TOLERATED))
}

fn outcome_of(
    row: &Row<'_>,
    outcome: i64,
    fault: impl FnOnce() -> Result<Fault, StoreError>,
) -> Result<Outcome, StoreError> {
    Ok(match outcome {
        UP => Outcome::Up,
        DEGRADED => Outcome::Degraded(missed(row, fault)?),
        DOWN | TOLERATED => Outcome::Down(fault()?),
        UNKNOWN => Outcome::Unknown(row.get::<&str>("reason")?.parse().map_err(|()| row.corrupt("reason"))?),
        _ => return Err(row.corrupt("outcome")),
    })
}

/// What a degraded check missed; the first schema did not keep it.
fn missed(row: &Row<'_>, fault: impl FnOnce() -> Result<Fault, StoreError>) -> Result<Fault, StoreError> {
    match row.get_some::<i64>("fault_id")? {
        Some(_) => fault(),
        None => Ok(Fault::new(FaultKind::Forgotten, "")),
    }
}

/// How many checks each tracker still lacks; those that lack none are not in it.
struct Wanted(HashMap<TrackerId, usize>);

impl Wanted {
    fn of(trackers: Vec<i64>) -> Self {
        Self(trackers.into_iter().map(|id| (TrackerId(id), SHOWN_CHECKS)).collect())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this tracker lacked a check, which it now has.
    fn take(&mut self, tracker: TrackerId) -> bool {
        let Some(lacking) = self.0.get_mut(&tracker) else {
            return false;
        };
        *lacking -= 1;
        if *lacking == 0 {
            self.0.remove(&tracker);
        }
        true
    }

    fn as_json(&self) -> String {
        let ids: Vec<String> = self.0.keys().map(TrackerId::to_string).collect();
        format!("[{}]", ids.join(","))
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;
    use crate::{Store, open};

    #[tokio::test]
    async fn the_walk_back_never_scans_the_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tracker.db");
        Store::open(&path).await.unwrap().close().await.unwrap();
        let mut db = open::connect(&path, false).await.unwrap();
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {STEP_BACK}"));
        let plan = query(explain).bind(0).bind(1).bind("[1]").fetch_all(&mut db).await.unwrap();
        let plan: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
        assert!(
            plan.iter().any(|line| line == "SEARCH checks USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
            "{plan:?}"
        );
        let sorted = plan.iter().any(|line| line.contains("TEMP B-TREE"));
        assert!(!sorted, "{plan:?}");
    }
}
