//! Editing trackers from another process while a server may be running.

use std::path::Path;

use domain::{Misfit, NewTracker, Settings, Timestamp, Tracker, TrackerId};
use sqlx::{Connection, SqliteConnection};

use crate::{
    StoreError, open, settings, trackers,
    transaction::{begin, end},
    vault::Vault,
};

/// Reads and writes trackers in a database that has exactly the schema of this program. Makes no database and migrates none:
/// that is the server's, which holds the lock for it. A running server notices within half a second.
#[derive(Debug)]
pub struct Editor {
    db: SqliteConnection,
    vault: Vault,
}

impl Editor {
    /// Opens the database of a server. [`StoreError::Missing`], [`StoreError::TooOld`] and [`StoreError::TooNew`] say what to do.
    pub async fn open(path: &Path, vault: Vault) -> Result<Self, StoreError> {
        Ok(Self { db: open::connect_current(path).await?, vault })
    }

    /// All trackers in the order of their ids. A row that breaks a rule comes as a [`Misfit`].
    pub async fn list(&mut self) -> Result<Vec<Result<Tracker, Misfit>>, StoreError> {
        trackers::all(&mut self.db, &self.vault).await
    }

    /// Adds a tracker; `at` is the time that is noted for it.
    pub async fn add(&mut self, tracker: &NewTracker, at: Timestamp) -> Result<TrackerId, StoreError> {
        begin(&mut self.db).await?;
        let added = trackers::add(&mut self.db, tracker, at, &self.vault).await;
        end(&mut self.db, added).await
    }

    /// Adds trackers in one transaction: all or none. `at` is the time that is noted for them.
    pub async fn add_all(
        &mut self,
        trackers: &[NewTracker],
        at: Timestamp,
    ) -> Result<Vec<TrackerId>, StoreError> {
        begin(&mut self.db).await?;
        let added = trackers::add_all(&mut self.db, trackers, at, &self.vault).await;
        end(&mut self.db, added).await
    }

    /// What was said of the installation.
    pub async fn settings(&mut self) -> Result<Settings, StoreError> {
        Ok(Settings::read(&settings::all(&mut self.db).await?).0)
    }

    /// Adds trackers and gives others these settings, in one transaction: all or nothing.
    pub async fn take_over(
        &mut self,
        new: &[NewTracker],
        changed: &[Tracker],
        at: Timestamp,
    ) -> Result<Vec<TrackerId>, StoreError> {
        begin(&mut self.db).await?;
        let taken = async {
            for tracker in changed {
                trackers::update(&mut self.db, tracker, &self.vault).await?;
            }
            trackers::add_all(&mut self.db, new, at, &self.vault).await
        };
        let taken = taken.await;
        end(&mut self.db, taken).await
    }

    /// Removes a tracker; `false` when there is no such tracker. A server forgets it for good later.
    pub async fn remove(&mut self, id: TrackerId, at: Timestamp) -> Result<bool, StoreError> {
        begin(&mut self.db).await?;
        let removed = trackers::remove(&mut self.db, id, at).await;
        end(&mut self.db, removed).await
    }

    /// Closes the database.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.db.close().await?)
    }
}
