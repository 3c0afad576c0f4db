//! A mark in the data folder that a database is there.
//!
//! SQLite takes a file that is missing or of zero length for a new database. A disk that was not mounted, a failed copy or a
//! wrong `rm` would so look like a healthy server that tracks nothing.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Why the server does not start on this folder.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InstanceError {
    /// There was a database, and now there is none.
    #[error(
        "{database} is missing or empty, but this folder had a database: put it back, or delete {mark} to start anew",
        database = database.display(),
        mark = mark.display()
    )]
    Lost {
        /// Where the database was.
        database: PathBuf,
        /// What says so.
        mark: PathBuf,
    },
    /// The mark cannot be made.
    #[error("cannot write {path}", path = .0.display())]
    Io(PathBuf, #[source] io::Error),
}

/// The mark's name in the data folder.
pub(crate) const MARK: &str = "uptime-tracker.instance";
const TEXT: &str = "This folder holds a database of Uptime Tracker. While this file is here, the server does not start with an \
                    empty database in its place.\n";

/// Refuses a folder whose database was lost. Before the database is opened, as that would make a new one.
pub(crate) fn prove_kept(folder: &Path, database: &Path) -> Result<(), InstanceError> {
    let mark = folder.join(MARK);
    let is_there = fs::metadata(database).is_ok_and(|file| file.len() > 0);
    if is_there || !mark.exists() {
        return Ok(());
    }
    Err(InstanceError::Lost { database: database.to_owned(), mark })
}

/// Marks a folder whose database is open.
pub(crate) fn mark(folder: &Path) -> Result<(), InstanceError> {
    let mark = folder.join(MARK);
    if mark.exists() {
        return Ok(());
    }
    fs::write(&mark, TEXT).map_err(|error| InstanceError::Io(mark, error))
}
