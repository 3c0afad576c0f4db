//! What the tests start from.

use std::path::{Path, PathBuf};

use domain::{
    Batch, Check, CheckName, Draft, Fault, FaultKind, Location, Micros, NewTracker, Outcome, Phases,
    Recorded, Timestamp, TrackerId, access::Actor,
};
use sqlx::{ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use store::{Key, Store, Vault, Writer};
use tempfile::TempDir;

/// Who changes things in tests.
pub(super) fn someone() -> Actor {
    Actor::program("someone")
}

/// A folder for one database, gone at the end of the test.
pub(super) struct Folder(pub(super) TempDir);

impl Folder {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn database(&self) -> PathBuf {
        self.0.path().join("tracker.db")
    }

    pub(super) async fn writer(&self) -> Writer {
        self.writer_with(vault()).await
    }

    /// With another key.
    pub(super) async fn writer_with(&self, vault: Vault) -> Writer {
        let store = Store::open(&self.database()).await.unwrap();
        store.unlock(vault).await.unwrap().into_writer().await.unwrap()
    }

    /// The database as the program `sqlite3` opens it.
    pub(super) async fn by_hand(&self) -> SqliteConnection {
        connect(&self.database()).await
    }
}

/// The key of all tests.
pub(super) fn vault() -> Vault {
    Vault::new(Key::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=").unwrap())
}

pub(super) async fn connect(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(false)
        .connect()
        .await
        .unwrap()
}

pub(super) fn tracker(url: &str) -> NewTracker {
    Draft::of(url).parse().unwrap()
}

pub(super) fn check(tracker: i64, due: i64, outcome: Outcome) -> Recorded {
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
            phases: Phases::NONE,
            outcome,
        },
        retrying: false,
    }
}

pub(super) fn down(detail: &str) -> Outcome {
    Outcome::Down(Fault::new(FaultKind::Refused, detail))
}

pub(super) fn batch(checks: Vec<Recorded>) -> Batch {
    Batch { checks, ..Batch::default() }
}
