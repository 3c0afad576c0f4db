//! The database of the tutorial that this program grew from, as it may come to us: `Trackers(ID, url)` and
//! `UptimeStatuses(ID, tracker_id, up)`. Ids may be NULL, `up` may be a text, and there are no times.

use std::path::Path;

use sqlx::{
    ConnectOptions, Connection, SqliteConnection, query_as, query_scalar, sqlite::SqliteConnectOptions,
};

use crate::{StoreError, schema};

/// What was found in a tutorial's database. It is only read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tutorial {
    /// In the order in which they were added.
    pub trackers: Vec<TutorialRow>,
    /// What was recorded, counted. It has no times, so it has no place in a history.
    pub history: History,
}

/// A row of `Trackers`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TutorialRow {
    /// Its place in the table, counted from 1.
    pub number: usize,
    /// Its URL as it stands there; `None` when that is no text. May hold anything.
    pub url: Option<String>,
}

/// Rows of `UptimeStatuses`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// All of them.
    pub checks: u64,
    /// `up` was true, in whichever form.
    pub up: u64,
    /// `up` was false.
    pub down: u64,
}

/// One byte more than any URL may have, so that one that is cut is still too long.
const URLS: &str = "SELECT CASE typeof(url) WHEN 'text' THEN CAST(substr(url, 1, 2049) AS BLOB) END FROM Trackers ORDER BY rowid";
const HISTORY: &str = "
    SELECT count(*),
           coalesce(sum(upper(trim(CAST(up AS TEXT))) IN ('1', 'TRUE')), 0),
           coalesce(sum(upper(trim(CAST(up AS TEXT))) IN ('0', 'FALSE')), 0)
    FROM UptimeStatuses";

impl Tutorial {
    /// Reads a tutorial's database. [`StoreError::NotTutorial`] when it is something else.
    pub async fn read(path: &Path) -> Result<Self, StoreError> {
        let not_tutorial = |problem| StoreError::NotTutorial { path: path.to_owned(), problem };
        let refused = |error: sqlx::Error| match StoreError::of_opening(path, error) {
            StoreError::NotOurs { .. } => not_tutorial("it is no SQLite database"),
            error => error,
        };
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let options =
            SqliteConnectOptions::new().filename(absolute).read_only(true).disable_statement_logging();
        let mut db = options.connect().await.map_err(refused)?;
        if schema::is_ours(&mut db).await.map_err(refused)? {
            return Err(not_tutorial("it is a database of Uptime Tracker itself"));
        }
        if !has_column(&mut db, "Trackers", "url").await.map_err(refused)? {
            return Err(not_tutorial("it has no table `Trackers` with a column `url`"));
        }
        let urls: Vec<Option<Vec<u8>>> = query_scalar(URLS).fetch_all(&mut db).await.map_err(refused)?;
        let history = if has_column(&mut db, "UptimeStatuses", "up").await.map_err(refused)? {
            count(&mut db).await.map_err(refused)?
        } else {
            History::default()
        };
        db.close().await?;
        let text = |bytes: Option<Vec<u8>>| bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let row = |(n, url)| TutorialRow { number: n + 1, url: text(url) };
        Ok(Self { trackers: urls.into_iter().enumerate().map(row).collect(), history })
    }
}

async fn has_column(db: &mut SqliteConnection, table: &str, column: &str) -> Result<bool, sqlx::Error> {
    let found: i64 = query_scalar("SELECT count(*) FROM pragma_table_info(?) WHERE lower(name) = ?")
        .bind(table.to_owned())
        .bind(column.to_owned())
        .fetch_one(db)
        .await?;
    Ok(found > 0)
}

async fn count(db: &mut SqliteConnection) -> Result<History, sqlx::Error> {
    let (checks, up, down): (i64, i64, i64) = query_as(HISTORY).fetch_one(db).await?;
    Ok(History { checks: checks.unsigned_abs(), up: up.unsigned_abs(), down: down.unsigned_abs() })
}
