//! The store through its public door, over real files.

mod by_hand;
mod editor;
mod opening;
mod outside;
mod round_trip;
mod story;

use std::path::{Path, PathBuf};

use domain::{
    Batch, Check, CheckName, Draft, Fault, FaultKind, Location, Micros, NewTracker, Outcome, Recorded,
    Timestamp, TrackerId,
};
use sqlx::{ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use store::{Store, Writer};
use tempfile::TempDir;

/// A folder for one database, gone at the end of the test.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn database(&self) -> PathBuf {
        self.0.path().join("tracker.db")
    }

    async fn writer(&self) -> Writer {
        Store::open(&self.database())
            .await
            .unwrap()
            .into_writer()
            .await
            .unwrap()
    }

    /// The database as the program `sqlite3` opens it.
    async fn by_hand(&self) -> SqliteConnection {
        connect(&self.database()).await
    }
}

async fn connect(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(false)
        .connect()
        .await
        .unwrap()
}

fn tracker(url: &str) -> NewTracker {
    Draft::of(url).parse().unwrap()
}

fn check(tracker: i64, due: i64, outcome: Outcome) -> Recorded {
    Recorded {
        check: Check {
            name: CheckName {
                tracker: TrackerId(tracker),
                due: Timestamp(due),
                attempt: 0,
                location: Location::LOCAL,
            },
            late_ms: 3,
            latency: Some(Micros(12_345)),
            outcome,
        },
        retrying: false,
    }
}

fn down(detail: &str) -> Outcome {
    Outcome::Down(Fault::new(FaultKind::Refused, detail))
}

fn batch(checks: Vec<Recorded>) -> Batch {
    Batch {
        checks,
        ..Batch::default()
    }
}
