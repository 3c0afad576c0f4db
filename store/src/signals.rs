//! Signals that came: the newest of each tracker.

use domain::{Signal, SignalWord, Timestamp, TrackerId};
use sqlx::{SqliteConnection, query, query_as};

use crate::StoreError;

/// Keeps signals in their order, and lets the oldest of their trackers go when there are too many.
pub(crate) async fn add_all(
    db: &mut SqliteConnection,
    signals: &[(TrackerId, Signal)],
) -> Result<(), StoreError> {
    const ADD: &str =
        "INSERT INTO signals (tracker_id, at, word, run, sender, body) VALUES (?, ?, ?, ?, ?, ?)";
    // What only logs something must not push out what says how it goes.
    const TRIM: &str = "
        DELETE FROM signals WHERE tracker_id = ?1 AND (word = 'log') = ?2 AND id <=
            (SELECT id FROM signals WHERE tracker_id = ?1 AND (word = 'log') = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)";
    for (tracker, signal) in signals {
        query(ADD)
            .bind(tracker.0)
            .bind(signal.at.0)
            .bind(signal.word.to_string())
            .bind(&signal.run)
            .bind(&signal.from)
            .bind(&signal.body)
            .execute(&mut *db)
            .await?;
        let kept = i64::try_from(Signal::KEPT).unwrap_or(i64::MAX);
        let is_log = signal.word == SignalWord::Log;
        query(TRIM).bind(tracker.0).bind(is_log).bind(kept).execute(&mut *db).await?;
    }
    Ok(())
}

/// A tracker's signals, the newest first. What a newer program wrote and this one cannot read is left out.
pub(crate) async fn newest(
    db: &mut SqliteConnection,
    tracker: TrackerId,
    limit: usize,
) -> Result<Vec<Signal>, StoreError> {
    type Row = (i64, String, Option<String>, Option<String>, String);
    const NEWEST: &str =
        "SELECT at, word, run, sender, body FROM signals WHERE tracker_id = ? ORDER BY id DESC LIMIT ?";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows: Vec<Row> = query_as(NEWEST).bind(tracker.0).bind(limit).fetch_all(db).await?;
    let signal = |(at, word, run, from, body): Row| {
        Some(Signal { at: Timestamp(at), word: SignalWord::read(&word)?, run, from, body })
    };
    Ok(rows.into_iter().filter_map(signal).collect())
}
