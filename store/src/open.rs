//! Opening the database file.

use std::path::Path;

use sqlx::{
    ConnectOptions, Connection, SqliteConnection, query_scalar, raw_sql, sqlite::SqliteConnectOptions,
};

use crate::{
    StoreError, Writer,
    presence::OpenedFile,
    schema,
    transaction::{BUSY_TIMEOUT, begin, end},
    upgrade,
    vault::{self, Vault},
};

/// A database that is ours and has the newest schema.
#[derive(Debug)]
pub struct Store {
    writing: SqliteConnection,
    file: OpenedFile,
    vault: Vault,
}

impl Store {
    /// Opens the database, or makes it when there is none or an empty file; the folder must exist. A file that is not ours,
    /// or was written by a newer program, is refused and left as it is. What an older program wrote is copied into the
    /// folder [`crate::BACKUPS`] beside it, then brought up to date.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let mut db = connect(path, true).await?;
        let refused = |error: StoreError| error.on_opening(path);
        let found = schema::version(&mut db, path).await.map_err(refused)?;
        if found > schema::KNOWN {
            return Err(StoreError::TooNew { found, known: schema::KNOWN });
        }
        // Before the first page is written: later it takes a VACUUM.
        if found == 0 {
            raw_sql("PRAGMA auto_vacuum = INCREMENTAL").execute(&mut db).await?;
        }
        // Before the pragmas that write: nothing of a file is changed before it is known to be ours.
        use_wal(&mut db).await.map_err(refused)?;
        configure(&mut db).await?;
        prove_writable(&mut db).await.map_err(refused)?;
        upgrade::upgrade(&mut db, path, found, &schema::MIGRATIONS).await?;
        schema::prove_sound(&mut db, path).await.map_err(refused)?;
        make_shrinkable(&mut db).await?;
        let file = OpenedFile::at(path)?;
        Ok(Self { writing: db, file, vault: Vault::without_key() })
    }

    /// Seals secrets from now on, and at once those that are in the clear. What cannot be opened is named in the log. Without this
    /// no secret can be stored.
    pub async fn unlock(mut self, vault: Vault) -> Result<Self, StoreError> {
        vault::unlock(&mut self.writing, &vault).await?;
        Ok(Self { vault, ..self })
    }

    /// The one writer of this process.
    pub async fn into_writer(self) -> Result<Writer, StoreError> {
        Writer::new(self.writing, self.file, self.vault).await
    }

    /// Closes the database; SQLite empties the write-ahead log if nobody else has it open.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.writing.close().await?)
    }
}

/// How a file is opened.
pub(crate) fn options(path: &Path, create: bool) -> SqliteConnectOptions {
    complete(path, SqliteConnectOptions::new().create_if_missing(create))
}

fn complete(path: &Path, options: SqliteConnectOptions) -> SqliteConnectOptions {
    // An absolute path cannot be taken for one of SQLite's `file:` URIs.
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    options
        .filename(absolute)
        .busy_timeout(BUSY_TIMEOUT)
        .row_buffer_size(ROWS_AHEAD)
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging()
}

/// What a connection needs that only reads.
pub(crate) async fn configure_reader(db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    const PRAGMAS: &str = "
        PRAGMA query_only = ON;
        PRAGMA trusted_schema = OFF;
        PRAGMA cell_size_check = ON;
        PRAGMA mmap_size = 0;";
    raw_sql(PRAGMAS).execute(db).await?;
    Ok(())
}

/// A connection on which nothing has been set that would write.
pub(crate) async fn connect(path: &Path, create: bool) -> Result<SqliteConnection, StoreError> {
    connect_with(path, SqliteConnectOptions::new().create_if_missing(create)).await
}

/// A connection beside the server's, to a database of exactly this program's schema. Makes none and migrates none: that is the
/// server's, which holds the lock for it.
pub(crate) async fn connect_current(path: &Path) -> Result<SqliteConnection, StoreError> {
    if !path.exists() {
        return Err(StoreError::Missing { path: path.to_owned() });
    }
    let mut db = connect(path, false).await?;
    let found = schema::version(&mut db, path).await.map_err(|error| error.on_opening(path))?;
    let known = schema::KNOWN;
    match found.cmp(&known) {
        std::cmp::Ordering::Less => Err(StoreError::TooOld { found, known }),
        std::cmp::Ordering::Greater => Err(StoreError::TooNew { found, known }),
        std::cmp::Ordering::Equal => {
            configure(&mut db).await?;
            Ok(db)
        }
    }
}

/// A connection that cannot write. `fixed` promises that nobody else writes either.
pub(crate) async fn connect_read_only(path: &Path, fixed: bool) -> Result<SqliteConnection, StoreError> {
    connect_with(path, SqliteConnectOptions::new().read_only(true).immutable(fixed)).await
}

/// A database that is gone with its connection.
pub(crate) async fn connect_to_memory() -> Result<SqliteConnection, StoreError> {
    Ok(SqliteConnectOptions::new().disable_statement_logging().connect().await?)
}

async fn connect_with(path: &Path, options: SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    let options = complete(path, options);
    let refused = |error| StoreError::of_opening(path, error);
    let mut db = options.connect().await.map_err(refused)?;
    let version: String =
        query_scalar("SELECT sqlite_version()").fetch_one(&mut db).await.map_err(refused)?;
    if is_sound(&version) { Ok(db) } else { Err(StoreError::OldSqlite { found: version }) }
}

/// Rows that SQLite's thread may read ahead. A start reads tens of thousands; with the crate's 50, the two threads wake each
/// other more than they read.
const ROWS_AHEAD: usize = 4_096;

/// Statements that stay prepared; the writer has about as many.
const STATEMENTS: usize = 200;

/// What every connection needs for its own safety.
///
/// A commit is on disk when it returns (`synchronous`). A schema that somebody tampered with runs no code, and a damaged page
/// is noticed when it is read. 8 MiB of pages stay in memory: sealing comes back to the hours of ten thousand trackers. No memory map: it turns a disk error into a crash, and a stray write into a damaged file.
pub(crate) async fn configure(db: &mut SqliteConnection) -> Result<(), StoreError> {
    const PRAGMAS: &str = "
        PRAGMA synchronous = FULL;
        PRAGMA fullfsync = ON;
        PRAGMA checkpoint_fullfsync = ON;
        PRAGMA foreign_keys = ON;
        PRAGMA trusted_schema = OFF;
        PRAGMA cell_size_check = ON;
        PRAGMA mmap_size = 0;
        PRAGMA cache_size = -8192;
        PRAGMA journal_size_limit = 16777216;";
    raw_sql(PRAGMAS).execute(db).await?;
    Ok(())
}

/// Lets the file give pages back, which one of the first schema cannot. Rewrites it once; when there is no room for that, the file
/// is as good as before, and only does not shrink.
async fn make_shrinkable(db: &mut SqliteConnection) -> Result<(), StoreError> {
    let mode: i64 = query_scalar("PRAGMA auto_vacuum").fetch_one(&mut *db).await?;
    if mode == 0
        && let Err(error) = raw_sql("PRAGMA auto_vacuum = INCREMENTAL; VACUUM").execute(db).await
    {
        tracing::warn!(%error, "the database file cannot be rewritten, so it will not shrink; there may be too little room");
    }
    Ok(())
}

/// Checkpoints stay SQLite's own: after each 1,000 pages of log (4 MiB, about a hundred full batches) the commit that
/// reached them also copies them into the database. There is one writer and no long reader, so the log cannot grow behind
/// anybody's back, and a second connection that checkpoints would only compete with the writer.
async fn use_wal(db: &mut SqliteConnection) -> Result<(), StoreError> {
    let mode: String = query_scalar("PRAGMA journal_mode = WAL").fetch_one(db).await?;
    if mode == "wal" { Ok(()) } else { Err(StoreError::NoWal { mode }) }
}

/// SQLite opens a file that it may not write for reading only, begins to write all the same, and says so at the first write.
/// That would be the first check.
async fn prove_writable(db: &mut SqliteConnection) -> Result<(), StoreError> {
    begin(db).await?;
    let written = raw_sql("PRAGMA user_version = 0").execute(&mut *db).await;
    end(db, written.map(drop).map_err(StoreError::from)).await
}

/// SQLite 3.7.0 to 3.51.2 can corrupt a database in WAL mode when two connections write or checkpoint at once
/// (<https://www.sqlite.org/wal.html#walresetbug>).
fn is_sound(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next()) >= (3, 51, 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sqlite_that_can_corrupt_a_database_is_refused() {
        for (version, sound) in [
            ("3.46.0", false),
            ("3.51.2", false),
            ("3.51.3", true),
            ("3.52.0", true),
            ("4.0.0", true),
            ("", false),
        ] {
            assert_eq!(is_sound(version), sound, "{version}");
        }
    }
}
