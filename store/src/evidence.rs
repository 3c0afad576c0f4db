//! What was seen when trackers went down.

use domain::{Evidence, Exhibit, Timestamp, TrackerId, Window};
use sqlx::{SqliteConnection, query, sqlite::SqliteRow};

use crate::{StoreError, row::Row};

/// The newest that are kept of each tracker.
const KEPT: i64 = 100;

/// Keeps an exhibit, and lets the oldest of its tracker go when there are too many.
pub(crate) async fn add(db: &mut SqliteConnection, exhibit: &Exhibit) -> Result<(), StoreError> {
    const ADD: &str =
        "INSERT INTO evidence (tracker_id, at, failure, last_good, last_good_at) VALUES (?, ?, ?, ?, ?)";
    const SURPLUS: &str = "DELETE FROM evidence WHERE tracker_id = ?1 AND id NOT IN \
                           (SELECT id FROM evidence WHERE tracker_id = ?1 ORDER BY at DESC, id DESC LIMIT ?2)";
    let last_good = exhibit.last_good.as_ref();
    query(ADD)
        .bind(exhibit.tracker.0)
        .bind(exhibit.at.0)
        .bind(to_json(&exhibit.failure)?)
        .bind(last_good.map(|(_, evidence)| to_json(evidence)).transpose()?)
        .bind(last_good.map(|(at, _)| at.0))
        .execute(&mut *db)
        .await?;
    query(SURPLUS).bind(exhibit.tracker.0).bind(KEPT).execute(db).await?;
    Ok(())
}

/// A tracker's exhibits in a window, the newest first. Rows that are not understood are left out and reported in the log.
pub(crate) async fn within(
    db: &mut SqliteConnection,
    tracker: TrackerId,
    window: Window,
    limit: usize,
) -> Result<Vec<Exhibit>, StoreError> {
    const NEWEST: &str = "SELECT tracker_id, at, failure, last_good, last_good_at FROM evidence \
                          WHERE tracker_id = ? AND at >= ? AND at < ? ORDER BY at DESC, id DESC LIMIT ?";
    let rows: Vec<SqliteRow> = query(NEWEST)
        .bind(tracker.0)
        .bind(window.from.0)
        .bind(window.to.0)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(db)
        .await?;
    let mut exhibits = Vec::with_capacity(rows.len());
    for row in rows {
        match read(&Row::of("evidence", &row)) {
            Ok(exhibit) => exhibits.push(exhibit),
            Err(error) => tracing::warn!(%error, "left out recorded evidence: {error}"),
        }
    }
    Ok(exhibits)
}

/// The ids of rows that are not understood.
pub(crate) async fn damaged(db: &mut SqliteConnection) -> Result<Vec<i64>, StoreError> {
    const NEXT: &str = "SELECT id, tracker_id, at, failure, last_good, last_good_at FROM evidence \
                        WHERE id > ? ORDER BY id LIMIT 500";
    let (mut damaged, mut after) = (Vec::new(), i64::MIN);
    loop {
        let rows: Vec<SqliteRow> = query(NEXT).bind(after).fetch_all(&mut *db).await?;
        if rows.is_empty() {
            return Ok(damaged);
        }
        for row in &rows {
            let row = Row::of("evidence", row);
            after = row.get("id")?;
            damaged.extend(read(&row).is_err().then_some(after));
        }
    }
}

fn read(row: &Row<'_>) -> Result<Exhibit, StoreError> {
    let of = |column, text: &str| serde_json::from_str::<Evidence>(text).map_err(|_| row.corrupt(column));
    let last_good = row.get_some::<&str>("last_good")?.map(|text| of("last_good", text)).transpose()?;
    let last_good_at = row.get_some("last_good_at")?.map(Timestamp);
    Ok(Exhibit {
        tracker: TrackerId(row.get("tracker_id")?),
        at: Timestamp(row.get("at")?),
        failure: of("failure", row.get("failure")?)?,
        last_good: last_good_at.zip(last_good),
    })
}

fn to_json(evidence: &Evidence) -> Result<String, StoreError> {
    serde_json::to_string(evidence).map_err(|_| StoreError::Corrupt { table: "evidence", column: "failure" })
}
