//! How storage fails, and who has to act.

use std::path::{Path, PathBuf};

use domain::Failure;
use sqlx::migrate::MigrateError;

use crate::block::BlockError;

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be opened or made. The operator: a missing folder, permissions.
    #[error("cannot open {}", path.display())]
    CannotOpen {
        /// Which file.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: sqlx::Error,
    },
    /// There is no database to edit. The operator: start the server once, it makes one.
    #[error(
        "there is no database at {} yet: start `uptime-tracker serve` with this data folder once, it makes one",
        path.display()
    )]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file is something else. The operator: name another folder, or move the file away.
    #[error("{} is not a database of Uptime Tracker; it was left as it is", path.display())]
    NotOurs {
        /// Which file.
        path: PathBuf,
    },
    /// Pages of the file do not fit together. The operator: a backup, or what `sqlite3 FILE .recover` can save.
    #[error(
        "{} is damaged; it was left as it is. Put a backup in its place, or save what can be saved with \
         `sqlite3 FILE .recover`",
        path.display()
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: sqlx::Error,
    },
    /// The file was removed or replaced while it was open. The operator: put it back, or restart the server.
    #[error("{} was removed or replaced while the server was running", path.display())]
    Gone {
        /// Which file.
        path: PathBuf,
    },
    /// There is a file already where one is to be made. Who asked: another name.
    #[error("{} exists already; it was left as it is, name another file", path.display())]
    Exists {
        /// Which file.
        path: PathBuf,
    },
    /// A file beside the database cannot be made. The operator: room, permissions.
    #[error("cannot write {}", path.display())]
    CannotWrite {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// SQLite cannot make a copy. The operator: room on the disk of the copy.
    #[error("cannot copy the database to {}", path.display())]
    CannotCopy {
        /// Where it should have gone.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: sqlx::Error,
    },
    /// A copy was read again, and is not what was copied. The operator: look at the disk.
    #[error("the copy for {} is not what was read, so it was not kept; is the disk failing?", path.display())]
    Differs {
        /// Where it should have gone.
        path: PathBuf,
    },
    /// A file to import from is not what it should be.
    #[error("{} is no database of the tutorial: {problem}; it was left as it is", path.display())]
    NotTutorial {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        problem: &'static str,
    },
    /// A newer program has written the database. The operator: install at least that version.
    #[error("the database has schema {found}, this program knows only {known}: use a newer Uptime Tracker")]
    TooNew {
        /// The schema of the file.
        found: i64,
        /// The newest schema this program knows.
        known: i64,
    },
    /// The database waits for a migration, which only the server does. The operator: start the server once.
    #[error(
        "the database has schema {found}, this program needs {known}: \
         start `uptime-tracker serve` with this data folder once, it migrates the database"
    )]
    TooOld {
        /// The schema of the file; 0 when the server has not finished the first one.
        found: i64,
        /// The schema this program needs.
        known: i64,
    },
    /// The SQLite in this program can corrupt databases. Who built it: not against an older library.
    #[error("this program was built with SQLite {found}; before 3.51.3 SQLite could corrupt a database")]
    OldSqlite {
        /// Its version.
        found: String,
    },
    /// The file system cannot hold a write-ahead log. The operator: use a local disk.
    #[error(
        "SQLite stays in journal mode `{mode}` here, a write-ahead log is needed; is this a network share?"
    )]
    NoWal {
        /// The mode it stays in.
        mode: String,
    },
    /// The schema cannot be brought up to date; it stays as it was. The developers, unless the cause is the disk.
    #[error("the database cannot be migrated")]
    Migration(#[from] MigrateError),
    /// No copy can be made before a migration, so there is none. The operator: room on the disk.
    #[error(
        "the database has schema {found}, this program needs {known} and copies the database before it changes it;          the copy failed and nothing was changed. Make room for a second database on this disk and start again"
    )]
    NotSafe {
        /// The schema of the file.
        found: i64,
        /// The schema this program needs.
        known: i64,
        /// Why there is no copy.
        #[source]
        source: Box<StoreError>,
    },
    /// A migration failed and was undone. The operator: go back to the former program; the developers.
    #[error(
        "the database cannot be brought to schema {known}; what failed was undone, and {backup} is a copy from before.          To go back to it with the former program: `uptime-tracker db restore {backup}`",
        backup = backup.display()
    )]
    NotMigrated {
        /// The schema this program needs.
        known: i64,
        /// The copy.
        backup: PathBuf,
        /// Why.
        #[source]
        source: Box<StoreError>,
    },
    /// A value that this program never writes. Whoever wrote it, or the developers.
    #[error("{table}.{column} holds a value that is not understood")]
    Corrupt {
        /// Where.
        table: &'static str,
        /// Which column.
        column: &'static str,
    },
    /// A block of history is damaged, or was written by a newer program. A backup has it, if somebody needs it.
    #[error("a block of history cannot be read")]
    Block(#[from] BlockError),
    /// A secret is to be stored, and there is no key to seal it with. The operator: name the key, or start the server once.
    #[error(
        "the key of the secrets is missing, so none can be stored; start `uptime-tracker serve` with this data folder once, or \
         name the key that the server has: --key-file FILE, or UPTIME_KEY"
    )]
    NoKey,
    /// The system gives no random numbers, or the cipher failed: nothing can be sealed. The developers.
    #[error("the secret cannot be sealed")]
    NoRandomness,
    /// The rows of the last run are still being read. It passes.
    #[error("history is still being read after the start; try again in a moment")]
    StillLoading,
    /// What was given breaks a rule that only the database can see. Who asked.
    #[error(transparent)]
    Rule(domain::Invalid),
    /// SQLite says no. The operator, when the disk is full, read-only or failing; otherwise the developers.
    #[error("the database did not answer as expected")]
    Driver(#[from] sqlx::Error),
}

impl StoreError {
    /// The failure of a use case; `doing` is the subject of a sentence: "saving".
    pub fn while_doing(self, doing: &'static str) -> Failure {
        if let Self::Rule(invalid) = self {
            return Failure::Invalid(invalid);
        }
        let cause = Box::new(self);
        if cause.may_pass() {
            Failure::Unavailable { doing, cause }
        } else {
            Failure::Internal { doing, cause }
        }
    }

    /// Whether another connection holds the lock that was needed.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.code(), Some(BUSY | LOCKED))
    }

    /// Whether the disk has no room.
    pub(crate) fn is_full(&self) -> bool {
        self.code() == Some(FULL)
    }

    /// Whether a statement made no sense where it stood, like a `BEGIN` within a transaction.
    pub(crate) fn is_misuse(&self) -> bool {
        self.code() == Some(ERROR)
    }

    /// Why a file was refused by SQLite itself. It looks into the file at the first statement, whichever that is.
    pub(crate) fn of_opening(path: &Path, source: sqlx::Error) -> Self {
        let path = path.to_owned();
        match Self::Driver(source) {
            error if error.code() == Some(NOT_A_DATABASE) => Self::NotOurs { path },
            Self::Driver(source) if primary_code(&source) == Some(CORRUPT) => Self::Damaged { path, source },
            Self::Driver(source) => Self::CannotOpen { path, source },
            error => error,
        }
    }

    /// The same for a statement that was run on a file just opened.
    pub(crate) fn on_opening(self, path: &Path) -> Self {
        match self {
            Self::Driver(source) => Self::of_opening(path, source),
            error => error,
        }
    }

    /// The same for a copy: what cannot be read is the source's fault, anything else the destination's.
    pub(crate) fn on_copying(self, from: &Path, to: &Path) -> Self {
        match self.code() {
            Some(CORRUPT | NOT_A_DATABASE) => self.on_opening(from),
            _ => match self {
                Self::Driver(source) => Self::CannotCopy { path: to.to_owned(), source },
                error => error,
            },
        }
    }

    /// What an operator should know, in words that hold no path and no cause; `None` when only the log can help.
    pub fn advice(&self) -> Option<&'static str> {
        match (self, self.code()) {
            (Self::Gone { .. }, _) => Some(words::STORAGE_GONE),
            (_, Some(FULL)) => Some(words::STORAGE_FULL),
            (_, Some(READ_ONLY)) => Some(words::STORAGE_READ_ONLY),
            (_, Some(IO_ERROR)) => Some(words::STORAGE_IO_ERROR),
            (_, Some(CORRUPT | NOT_A_DATABASE)) => Some(words::STORAGE_DAMAGED),
            (_, Some(BUSY | LOCKED)) => Some(words::STORAGE_LOCKED),
            _ => None,
        }
    }

    /// Whether the trouble is the disk's, or another process's, and so may pass without a change of program or data.
    fn may_pass(&self) -> bool {
        matches!(self, Self::Gone { .. } | Self::StillLoading)
            || matches!(self.code(), Some(BUSY | LOCKED | READ_ONLY | IO_ERROR | FULL | CANNOT_OPEN))
    }

    /// SQLite's primary result code.
    fn code(&self) -> Option<i32> {
        if let Self::NotSafe { source, .. } | Self::NotMigrated { source, .. } = self {
            return source.code();
        }
        let (Self::Driver(error)
        | Self::CannotOpen { source: error, .. }
        | Self::CannotCopy { source: error, .. }
        | Self::Damaged { source: error, .. }
        | Self::Migration(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _))) = self
        else {
            return None;
        };
        primary_code(error)
    }
}

fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let extended: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xff)
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        error.while_doing(words::DOING_DATABASE)
    }
}

// <https://www.sqlite.org/rescode.html>
const ERROR: i32 = 1;
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READ_ONLY: i32 = 8;
const IO_ERROR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANNOT_OPEN: i32 = 14;
const NOT_A_DATABASE: i32 = 26;
