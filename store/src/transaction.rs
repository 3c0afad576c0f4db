//! One write transaction, safe against other processes, full disks and dropped futures.
//!
//! sqlx's own `Transaction` counts transactions beside SQLite. When SQLite ends one by itself, as it does when the disk is
//! full, the count stays, and the connection never begins another. So SQLite alone is asked here.

use std::time::Duration;

use sqlx::{SqliteConnection, query, sqlite::SqliteQueryResult};

use crate::{StoreError, call::Call};

/// How long SQLite itself waits for another process's lock.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a transaction is begun before the lock is given up; with [`BUSY_TIMEOUT`] a quarter of a minute.
const TRIES: u32 = 3;

/// Begins to write.
pub(crate) const BEGIN: &str = "BEGIN IMMEDIATE";
pub(crate) const COMMIT: &str = "COMMIT";

/// Begins to write. Waits for the lock of another process, within bounds.
pub(crate) async fn begin(db: &mut SqliteConnection) -> Result<(), StoreError> {
    begin_or(db, |tries| {
        tracing::warn!(tries, "the database is locked by another process, trying again");
        std::future::ready(())
    })
    .await
}

/// Commits what went well and undoes what did not. After an error, nothing of the transaction is left.
pub(crate) async fn end<T>(db: &mut SqliteConnection, done: Result<T, StoreError>) -> Result<T, StoreError> {
    let committed = match done {
        Ok(value) => execute(db, COMMIT).await.map(|()| value),
        Err(error) => Err(error),
    };
    if committed.is_err() {
        undo(db).await;
    }
    committed
}

/// One transaction that is a single call: its statements begin with [`BEGIN`] and end with [`COMMIT`]. Tried as often as beginning is;
/// `call` makes it anew for that.
pub(crate) async fn at_once(
    db: &mut SqliteConnection,
    call: impl Fn() -> Call,
) -> Result<SqliteQueryResult, StoreError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match call().run(db).await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        // What this call has begun, or an earlier one whose future was dropped.
        undo(db).await;
        if !error.is_busy() && !error.is_misuse() || tries >= TRIES {
            return Err(error);
        }
        tracing::warn!(tries, %error, "recording cannot begin, trying again");
    }
}

async fn begin_or<F: Future<Output = ()>>(
    db: &mut SqliteConnection,
    mut on_busy: impl FnMut(u32) -> F,
) -> Result<(), StoreError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match execute(db, BEGIN).await {
            Err(error) if error.is_busy() && tries < TRIES => on_busy(tries).await,
            // Whoever dropped the future of an earlier transaction left it open; nobody will ever commit it.
            Err(error) if error.is_misuse() && tries < TRIES => undo(db).await,
            result => return result,
        }
    }
}

/// SQLite may have rolled back by itself already, so a refusal means nothing.
async fn undo(db: &mut SqliteConnection) {
    if let Err(error) = execute(db, "ROLLBACK").await {
        tracing::debug!(%error, "nothing to roll back");
    }
}

async fn execute(db: &mut SqliteConnection, sql: &'static str) -> Result<(), StoreError> {
    query(sql).execute(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sqlx::Connection;

    use super::*;
    use crate::{Store, open};

    async fn two_connections(path: &std::path::Path) -> (SqliteConnection, SqliteConnection) {
        Store::open(path).await.unwrap().close().await.unwrap();
        let mut impatient = open::connect(path, false).await.unwrap();
        query("PRAGMA busy_timeout = 0").execute(&mut impatient).await.unwrap();
        (impatient, open::connect(path, false).await.unwrap())
    }

    #[tokio::test]
    async fn a_lock_that_is_let_go_in_time_is_only_a_delay() {
        let folder = tempfile::tempdir().unwrap();
        let (mut db, mut other) = two_connections(&folder.path().join("tracker.db")).await;
        begin(&mut other).await.unwrap();
        let mut other = Some(other);
        let let_go = |_| {
            let held = other.take();
            async { held.unwrap().close().await.unwrap() }
        };
        begin_or(&mut db, let_go).await.unwrap();
        assert!(other.is_none());
    }

    #[tokio::test]
    async fn a_lock_that_is_never_let_go_is_reported_as_passing_trouble() {
        let folder = tempfile::tempdir().unwrap();
        let (mut db, mut other) = two_connections(&folder.path().join("tracker.db")).await;
        begin(&mut other).await.unwrap();
        let mut tries = 0;
        let count = |n| {
            tries = n;
            std::future::ready(())
        };
        let error = begin_or(&mut db, count).await.unwrap_err();
        assert_eq!(tries, TRIES - 1);
        assert!(matches!(error.while_doing("testing"), domain::Failure::Unavailable { .. }));
    }
}
