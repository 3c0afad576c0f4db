//! What is believed about each tracker, and the transitions that led there.

use domain::{Status, Timestamp, TrackerId, Transition, Window};
use sqlx::{SqliteConnection, query, sqlite::SqliteRow};

use crate::{
    StoreError,
    bulk::Insert,
    call::Values,
    faults::{self, FaultIds},
    row::Row,
};

/// Where statuses go; each replaces the tracker's last one.
pub(crate) const INSERT: Insert = Insert::new(
    "INSERT OR REPLACE INTO statuses (tracker_id, state, since, failures, up_since, fault_id)",
    6,
);

/// The values of one status, in the order of [`INSERT`].
pub(crate) fn bind(values: &mut Values, (tracker, status): &(TrackerId, Status), ids: &FaultIds) {
    let (state, since, failures, up_since) = match status {
        Status::Pending => ("pending", None, None, None),
        Status::Up { since } => ("up", Some(*since), None, None),
        Status::Retrying { since, failures, up_since } => {
            ("retrying", Some(*since), Some(*failures), *up_since)
        }
        Status::Down { since, .. } => ("down", Some(*since), None, None),
    };
    values
        .bind(tracker.0)
        .bind(state)
        .bind(since.map(Timestamp::as_ms))
        .bind(failures.map(i64::from))
        .bind(up_since.map(Timestamp::as_ms))
        .bind(ids.id(faults::of_status(status)));
}

/// Where transitions go.
pub(crate) const INSERT_TRANSITION: Insert =
    Insert::new("INSERT INTO transitions (tracker_id, at, kind, down_since, fault_id)", 5);

/// The values of one transition, in the order of [`INSERT_TRANSITION`].
pub(crate) fn bind_transition(
    values: &mut Values,
    (tracker, transition): &(TrackerId, Transition),
    ids: &FaultIds,
) {
    let (kind, at, down_since) = match transition {
        Transition::WentDown { at, since, .. } => ("went_down", at, since),
        Transition::Recovered { at, down_since } => ("recovered", at, down_since),
    };
    values
        .bind(tracker.0)
        .bind(at.0)
        .bind(kind)
        .bind(down_since.0)
        .bind(ids.id(faults::of_transition(transition)));
}

/// The last recorded status of each tracker that has one. Rows that are not understood are left out and reported in the log.
pub(crate) async fn all(db: &mut SqliteConnection) -> Result<Vec<(TrackerId, Status)>, StoreError> {
    const ALL: &str = "
        SELECT statuses.tracker_id, statuses.state, statuses.since, statuses.failures, statuses.up_since,
               faults.kind, faults.detail
        FROM statuses JOIN trackers ON trackers.id = statuses.tracker_id AND trackers.removed_at IS NULL
             LEFT JOIN faults ON faults.id = statuses.fault_id
        ORDER BY statuses.tracker_id";
    let rows: Vec<SqliteRow> = query(ALL).fetch_all(db).await?;
    let mut statuses = Vec::with_capacity(rows.len());
    for row in rows {
        match read(&Row::of("statuses", &row)) {
            Ok(status) => statuses.push(status),
            Err(error) => tracing::warn!(%error, "left out a recorded status: {error}"),
        }
    }
    Ok(statuses)
}

/// A tracker's transitions in a window, the newest first. Rows that are not understood are left out and reported in the log.
pub(crate) async fn transitions(
    db: &mut SqliteConnection,
    tracker: TrackerId,
    window: Window,
    limit: usize,
) -> Result<Vec<Transition>, StoreError> {
    const NEWEST: &str = "
        SELECT transitions.at, transitions.kind AS change, transitions.down_since, faults.kind, faults.detail
        FROM transitions LEFT JOIN faults ON faults.id = transitions.fault_id
        WHERE transitions.tracker_id = ? AND transitions.at >= ? AND transitions.at < ?
        ORDER BY transitions.at DESC, transitions.id DESC LIMIT ?";
    let newest = query(NEWEST).bind(tracker.0).bind(window.from.0).bind(window.to.0);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows: Vec<SqliteRow> = newest.bind(limit).fetch_all(db).await?;
    let mut transitions = Vec::with_capacity(rows.len());
    for row in rows {
        match read_transition(&Row::of("transitions", &row)) {
            Ok(transition) => transitions.push(transition),
            Err(error) => tracing::warn!(%error, "left out a recorded transition: {error}"),
        }
    }
    Ok(transitions)
}

fn read_transition(row: &Row<'_>) -> Result<Transition, StoreError> {
    let at = Timestamp(row.get("at")?);
    let since = Timestamp(row.get("down_since")?);
    match row.get("change")? {
        "went_down" => Ok(Transition::WentDown { at, since, fault: faults::read(row)? }),
        "recovered" => Ok(Transition::Recovered { at, down_since: since }),
        _ => Err(row.corrupt("kind")),
    }
}

/// Forgets the status of a tracker.
pub(crate) async fn remove(db: &mut SqliteConnection, tracker: TrackerId) -> Result<(), StoreError> {
    query("DELETE FROM statuses WHERE tracker_id = ?").bind(tracker.0).execute(db).await?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<(TrackerId, Status), StoreError> {
    let since = || row.get("since").map(Timestamp);
    let status = match row.get("state")? {
        "pending" => Status::Pending,
        "up" => Status::Up { since: since()? },
        "retrying" => Status::Retrying {
            since: since()?,
            failures: row.fit("failures")?,
            up_since: row.get_some("up_since")?.map(Timestamp),
        },
        "down" => Status::Down { since: since()?, fault: faults::read(row)? },
        _ => return Err(row.corrupt("state")),
    };
    Ok((TrackerId(row.get("tracker_id")?), status))
}
