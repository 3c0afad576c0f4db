//! Putting a backup in the place of a database. Nothing is deleted: the present one is moved aside.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use domain::Timestamp;
use sqlx::{Connection, query};
use tokio::task::spawn_blocking;

use crate::{
    Contents, StoreError,
    backup::{PARTIAL, copy_of, stamp},
    contents::beside,
    disk, open,
};

/// A backup that was put in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreReport {
    /// What is in it.
    pub contents: Contents,
    /// Where the former database is now, if there was one.
    pub former: Option<PathBuf>,
}

/// Puts a copy of `from` in the place of `database`, which nobody may have open. `from` is read through first, and only read. A
/// crash leaves one or the other in its place, and both on the disk.
pub async fn restore(from: &Path, database: &Path, at: Timestamp) -> Result<RestoreReport, StoreError> {
    // A name that the next restoration cleans up, if this one is cut short.
    let fresh = beside(database, &format!(".restored-{}{PARTIAL}", stamp(at)));
    let contents = copy_of(from, &fresh).await?.contents;
    settle(database).await;
    let former = beside(database, &format!(".before-restore-{}", stamp(at)));
    let failed = |source| StoreError::CannotWrite { path: database.to_owned(), source };
    let place = database.to_owned();
    let swapped = spawn_blocking(move || {
        swap(&fresh, &place, former).inspect_err(|_| {
            // It is only a copy, and the error that is reported is the one that matters.
            let _ = fs::remove_file(&fresh);
        })
    });
    let swapped = swapped.await;
    let former = swapped.unwrap_or_else(|ended| Err(io::Error::other(ended))).map_err(failed)?;
    Ok(RestoreReport { contents, former })
}

/// Writes what is in the log into the database, as far as that works; what stays in the log is moved aside with it.
async fn settle(database: &Path) {
    if !database.exists() {
        return;
    }
    let settled = async {
        let mut db = open::connect(database, false).await?;
        query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut db).await?;
        Ok::<(), StoreError>(db.close().await?)
    };
    if let Err(error) = settled.await {
        tracing::debug!(%error, "the log of the former database stays beside it");
    }
}

/// Moves the database aside and the fresh one in its place. The log goes with the database it belongs to: beside another it
/// would be taken for that one's.
fn swap(fresh: &Path, database: &Path, former: PathBuf) -> io::Result<Option<PathBuf>> {
    let is_there = database.exists();
    if is_there {
        fs::set_permissions(fresh, fs::metadata(database)?.permissions())?;
        keep_aside(database, &former)?;
    }
    let log = beside(database, "-wal");
    if log.exists() {
        fs::rename(&log, beside(&former, "-wal"))?;
    }
    remove_if_there(&beside(database, "-shm"))?;
    fs::rename(fresh, database)?;
    disk::sync(disk::folder_of(database))?;
    Ok(is_there.then_some(former))
}

/// A second name for the database, so that its own is never without one; where a file can have only one, it gets the other.
fn keep_aside(database: &Path, former: &Path) -> io::Result<()> {
    match fs::hard_link(database, former) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => fs::rename(database, former),
        linked => linked,
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
