//! A copy of the database, whole and proven, while the server runs.
//!
//! SQLite writes it (`VACUUM INTO`) from one snapshot, on a connection of its own, so that recording goes on. It gets its name
//! only when it is on disk and was read again; so a file with the name of a backup is one.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use domain::Timestamp;
use sqlx::{Connection, SqliteConnection, query, query_scalar};
use tokio::task::spawn_blocking;

use crate::{
    Contents, StoreError,
    contents::{Marks, beside, open_read_only},
    disk, open, schema,
};

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupReport {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// What is in it, as it was read again.
    pub contents: Contents,
}

/// The ending of a copy that is not finished.
const PARTIAL: &str = ".uptime-tracker-partial";
/// Of SQLite's steps, after how many an interrupted copy notices.
const STEPS: i32 = 10_000;

/// Copies a database to a file that does not exist yet. Dropping the future leaves nothing of it.
pub async fn backup(database: &Path, to: &Path) -> Result<BackupReport, StoreError> {
    if !database.exists() {
        return Err(StoreError::Missing { path: database.to_owned() });
    }
    let mut db = open::connect(database, false).await?;
    let copied = copy(&mut db, database, to).await;
    let closed = db.close().await;
    copied.and_then(|report| Ok(closed.map(|()| report)?))
}

/// The same from a file that must not be written.
pub(crate) async fn copy_of(from: &Path, to: &Path) -> Result<BackupReport, StoreError> {
    copy(&mut open_read_only(from).await?, from, to).await
}

/// The name of a backup that was made at a time: `tracker-2026-11-23T120000Z.db`.
pub fn backup_name(at: Timestamp) -> String {
    format!("tracker-{}.db", stamp(at))
}

/// Whether a name is one of [`backup_name`]'s. They sort by their time.
pub fn is_backup_name(name: &str) -> bool {
    let shape = name.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    shape.eq(backup_name(Timestamp(0)).bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte }))
}

/// A point in time as a part of a file's name.
pub(crate) fn stamp(at: Timestamp) -> String {
    let (year, month, day) = at.date();
    let (hour, minute, second, _) = at.time_of_day();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}{minute:02}{second:02}Z")
}

async fn copy(db: &mut SqliteConnection, from: &Path, to: &Path) -> Result<BackupReport, StoreError> {
    let found = schema::version(&mut *db, from).await.map_err(|error| error.on_opening(from))?;
    if found > schema::KNOWN {
        return Err(StoreError::TooNew { found, known: schema::KNOWN });
    }
    if to.exists() {
        return Err(StoreError::Exists { path: to.to_owned() });
    }
    let failed = |source| StoreError::CannotWrite { path: to.to_owned(), source };
    clean(disk::folder_of(to)).map_err(failed)?;
    let partial = Partial::create(to).map_err(failed)?;
    let before = Marks::read(&mut *db).await?;
    vacuum(db, &partial.path).await.map_err(|error| error.on_copying(from, to))?;
    let after = Marks::read(db).await?;
    let (contents, marks) = prove(&partial.path).await?;
    if contents.schema != found || !marks.is_between(before, after) {
        return Err(StoreError::Differs { path: to.to_owned() });
    }
    let bytes = partial.keep(to).await.map_err(failed)?;
    Ok(BackupReport { path: to.to_owned(), bytes, contents })
}

/// Lets SQLite write the copy. Stops soon after the future was dropped.
async fn vacuum(db: &mut SqliteConnection, to: &Path) -> Result<(), StoreError> {
    let goes_on = Arc::new(AtomicBool::new(true));
    let _stop = StopOnDrop(goes_on.clone());
    db.lock_handle().await?.set_progress_handler(STEPS, move || goes_on.load(Ordering::Relaxed));
    // SQLite takes a path that begins with `file:` for a URI; an absolute one does not.
    let to = std::path::absolute(to).unwrap_or_else(|_| to.to_owned());
    let name = to.to_str().ok_or_else(|| StoreError::CannotWrite {
        path: to.clone(),
        source: io::Error::new(io::ErrorKind::InvalidInput, "SQLite needs a name in UTF-8"),
    })?;
    let copied = query("VACUUM INTO ?").bind(name.to_owned()).execute(&mut *db).await;
    db.lock_handle().await?.remove_progress_handler();
    copied?;
    Ok(())
}

struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Reads a copy through, page by page, and counts what is in it.
async fn prove(path: &Path) -> Result<(Contents, Marks), StoreError> {
    let mut db = open_read_only(path).await?;
    let read = async {
        let found: Vec<String> = query_scalar("PRAGMA quick_check(1)").fetch_all(&mut db).await?;
        if found.first().is_none_or(|line| line != "ok") {
            let source = sqlx::Error::Protocol(format!("quick_check: {}", found.join("; ")));
            return Err(StoreError::Damaged { path: path.to_owned(), source });
        }
        let contents = Contents::read(&mut db, path).await?;
        let marks = if contents.schema > 0 { Marks::read(&mut db).await? } else { Marks::default() };
        Ok((contents, marks))
    };
    read.await.map_err(|error: StoreError| error.on_opening(path))
}

/// A copy that is not finished; removed when it is dropped. Its lock tells others that somebody still writes it.
struct Partial {
    path: PathBuf,
    _lock: File,
}

impl Partial {
    /// Under a name of its own: a copy that was interrupted may not yet have let go of its files.
    fn create(to: &Path) -> io::Result<Self> {
        static COPIES: AtomicU32 = AtomicU32::new(0);
        let (process, copy) = (std::process::id(), COPIES.fetch_add(1, Ordering::Relaxed));
        let path = beside(to, &format!(".{process}-{copy}{PARTIAL}"));
        let lock = File::create_new(&path)?;
        lock.try_lock().map_err(io::Error::from)?;
        Ok(Self { path, _lock: lock })
    }

    /// Makes it last, and gives it its name.
    async fn keep(self, to: &Path) -> io::Result<u64> {
        let to = to.to_owned();
        let kept = spawn_blocking(move || {
            disk::sync(&self.path)?;
            let bytes = fs::metadata(&self.path)?.len();
            if to.exists() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(&self.path, &to)?;
            disk::sync(disk::folder_of(&to))?;
            Ok(bytes)
        });
        kept.await.unwrap_or_else(|ended| Err(io::Error::other(ended)))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        for path in [&self.path, &beside(&self.path, "-journal")] {
            // Renamed, or never there.
            let _ = fs::remove_file(path);
        }
    }
}

/// Removes what copies left that were cut short, unless somebody still writes them.
fn clean(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_partial = path.to_string_lossy().ends_with(PARTIAL);
        if is_partial && is_abandoned(&path) {
            drop(Partial { _lock: File::open(&path)?, path });
        }
    }
    Ok(())
}

fn is_abandoned(path: &Path) -> bool {
    // Somebody else may have cleaned it meanwhile.
    let Ok(file) = File::open(path) else { return false };
    !matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}
