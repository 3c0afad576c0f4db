//! The log of changes: who did what. The table `changes` is only ever appended to, but for the oldest of a tracker.

use domain::{
    Act, LoggedChange, Timestamp, TrackerId,
    access::{AccountId, Actor},
};
use sqlx::{SqliteConnection, query, query_as};

use crate::StoreError;

/// Changes that are kept of each tracker, so that a program that edits all day fills no disk.
const KEPT: i64 = 500;

/// Remembers something that was done, as a sentence.
pub(crate) async fn say(
    db: &mut SqliteConnection,
    by: &Actor,
    at: Timestamp,
    what: &str,
) -> Result<(), StoreError> {
    insert(db, None, by, at, what).await
}

/// Remembers what was done to a tracker.
pub(crate) async fn note(
    db: &mut SqliteConnection,
    id: TrackerId,
    act: &Act,
    by: &Actor,
    at: Timestamp,
) -> Result<(), StoreError> {
    const TRIM: &str = "
        DELETE FROM changes WHERE tracker_id = ?1 AND id <=
            (SELECT id FROM changes WHERE tracker_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
    let what = serde_json::to_string(act).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    insert(db, Some(id), by, at, &what).await?;
    query(TRIM).bind(id.0).bind(KEPT).execute(db).await?;
    Ok(())
}

/// What was done to a tracker, the newest first. What a newer program wrote and this one cannot read is left out.
pub(crate) async fn of(
    db: &mut SqliteConnection,
    id: TrackerId,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<LoggedChange>, StoreError> {
    const NEWEST: &str = "
        SELECT id, at, who, what FROM changes
        WHERE tracker_id = ? AND id < ? ORDER BY id DESC LIMIT ?";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let before = before.unwrap_or(i64::MAX);
    let rows: Vec<(i64, i64, String, String)> =
        query_as(NEWEST).bind(id.0).bind(before).bind(limit).fetch_all(db).await?;
    let change = |(number, at, who, what): (i64, i64, String, String)| {
        let what = serde_json::from_str(&what).ok()?;
        Some(LoggedChange { number, at: Timestamp(at), who, what })
    };
    Ok(rows.into_iter().filter_map(change).collect())
}

async fn insert(
    db: &mut SqliteConnection,
    tracker: Option<TrackerId>,
    by: &Actor,
    at: Timestamp,
    what: &str,
) -> Result<(), StoreError> {
    const INSERT: &str =
        "INSERT INTO changes (at, account_id, who, address, tracker_id, what) VALUES (?, ?, ?, ?, ?, ?)";
    query(INSERT)
        .bind(at.0)
        .bind(by.account.map(|AccountId(id)| id))
        .bind(&by.name)
        .bind(&by.address)
        .bind(tracker.map(|id| id.0))
        .bind(what)
        .execute(db)
        .await?;
    Ok(())
}
