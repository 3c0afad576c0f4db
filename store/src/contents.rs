//! What a database holds, in figures: what a backup is compared with, and what people are told.

use std::path::Path;

use domain::Timestamp;
use sqlx::{SqliteConnection, query_scalar};

use crate::{StoreError, open, schema};

/// What a database holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Its schema; 0 when the first one was never finished.
    pub schema: i64,
    /// Trackers, removed ones that can be restored included.
    pub trackers: u64,
    /// Checks and gaps, sealed or not.
    pub checks: u64,
    /// Due time of the newest check among those that were recorded last.
    pub newest: Option<Timestamp>,
}

/// The last numbers that were given away. They only ever grow, so a copy's lie between those before and after it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    trackers: i64,
    checks: i64,
}

impl Contents {
    /// Of a database of ours. [`StoreError::TooNew`] when this program cannot know what is in it.
    pub(crate) async fn read(db: &mut SqliteConnection, path: &Path) -> Result<Self, StoreError> {
        let schema = schema::version(&mut *db, path).await?;
        if schema > schema::KNOWN {
            return Err(StoreError::TooNew { found: schema, known: schema::KNOWN });
        }
        if schema == 0 {
            return Ok(Self { schema, trackers: 0, checks: 0, newest: None });
        }
        let (checks, newest) = if schema < HISTORY { (ROWS, NEWEST_ROW) } else { (ALL, NEWEST) };
        let newest: Option<i64> = query_scalar(newest).fetch_one(&mut *db).await?;
        Ok(Self {
            schema,
            trackers: count(db, "SELECT count(*) FROM trackers").await?,
            checks: count(db, checks).await?,
            newest: newest.map(Timestamp),
        })
    }
}

/// The first schema with blocks.
const HISTORY: i64 = 2;
const ROWS: &str = "SELECT count(*) FROM checks";
/// A row of checks may be in a block already.
const ALL: &str = "
    SELECT (SELECT coalesce(sum(entries), 0) FROM blocks) + (SELECT coalesce(sum(entries), 0) FROM open_blocks)
        + (SELECT count(*) FROM checks LEFT JOIN sealed USING (tracker_id)
           WHERE checks.id > coalesce(sealed.last_check, 0))";
const NEWEST_ROW: &str = "SELECT max(due) FROM (SELECT due FROM checks ORDER BY id DESC LIMIT 1000)";
const NEWEST: &str = "
    SELECT max(due) FROM (SELECT due FROM (SELECT due FROM checks ORDER BY id DESC LIMIT 1000)
                          UNION ALL SELECT max(due) FROM sealed)";

impl Marks {
    /// Of a database that has this schema.
    pub(crate) async fn read(db: &mut SqliteConnection, schema: i64) -> Result<Self, StoreError> {
        if schema == 0 {
            return Ok(Self::default());
        }
        Ok(Self { trackers: last(db, "trackers").await?, checks: last(db, "checks").await? })
    }

    /// Whether a copy with these marks was made between two others.
    pub(crate) fn is_between(self, before: Self, after: Self) -> bool {
        (before.trackers..=after.trackers).contains(&self.trackers)
            && (before.checks..=after.checks).contains(&self.checks)
    }
}

/// Opens a database that must not be written, not even its log.
///
/// SQLite would leave a log beside a file that it opens for reading only, unless the file is declared to be fixed. It is fixed
/// when it has no log: nobody has it open.
pub(crate) async fn open_read_only(path: &Path) -> Result<SqliteConnection, StoreError> {
    if !path.exists() {
        return Err(StoreError::Missing { path: path.to_owned() });
    }
    let mut db = open::connect_read_only(path, !has_log(path)).await?;
    open::configure(&mut db).await.map_err(|error| error.on_opening(path))?;
    Ok(db)
}

/// Whether a write-ahead log lies beside a database.
pub(crate) fn has_log(path: &Path) -> bool {
    std::fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0)
}

/// A file beside another, of the same name and an ending.
pub(crate) fn beside(path: &Path, ending: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

async fn count(db: &mut SqliteConnection, sql: &'static str) -> Result<u64, StoreError> {
    let count: i64 = query_scalar(sql).fetch_one(db).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// The last number that a table gave away; 0 when it gave none.
async fn last(db: &mut SqliteConnection, table: &'static str) -> Result<i64, StoreError> {
    let sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?";
    Ok(query_scalar(sql).bind(table).fetch_one(db).await?)
}
