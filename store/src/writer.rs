//! The one writer of this process.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    Act, AlertArchive, AlertChange, Alteration, Archive, Batch, Failure, Misfit, NewTracker, Recent, Records,
    Retention, Timestamp, Timing, Tracker, TrackerId, access::Actor,
};
use sqlx::{Connection, SqliteConnection, query, query_scalar};
use tokio::time::Instant;

use crate::{
    Ballast, StoreError, alerts,
    archive::Reader,
    changes, checks,
    faults::{self, FaultIds, KnownFaults},
    history::{
        entry, forget, load,
        pending::{Arrived, Ripe, SharedPending},
        seal::Sealing,
    },
    ids::ById,
    limits::limit_ms,
    presence::OpenedFile,
    settings, statuses, trackers,
    transaction::{BEGIN, COMMIT, begin, end},
    vault::Vault,
};

use recording::Recording;

/// Owns the writing connection. Every method that changes something is one transaction: on disk when it returns, or undone.
#[derive(Debug)]
pub struct Writer {
    db: SqliteConnection,
    file: OpenedFile,
    faults: KnownFaults,
    recording: Recording,
    sealing: Sealing,
    /// SQLite's `data_version` when it was last asked for.
    seen: i64,
    recent_limit: Duration,
    /// What is recorded but not sealed.
    pending: SharedPending,
    /// Whom it is time to seal, as of the last look.
    ripe: Option<Ripe>,
    /// Rows of `checks` below this one are gone.
    dropped: i64,
    drop_rows: Arc<str>,
    /// The longest that a result of each tracker holds.
    limits: ById<Option<u32>>,
    archive: Arc<Reader>,
    retention: Retention,
    /// When it is looked for something to forget; `None` at once.
    look_at: Option<Instant>,
    /// Whether the database took more room than it may when it was last looked at.
    is_over_ceiling: bool,
    ballast: Option<Ballast>,
    vault: Vault,
}

impl Writer {
    /// How long [`Records::recent`] may look for checks when nothing else is said.
    pub const RECENT_LIMIT: Duration = Duration::from_secs(1);

    pub(crate) async fn new(
        mut db: SqliteConnection,
        file: OpenedFile,
        vault: Vault,
    ) -> Result<Self, StoreError> {
        let seen = data_version(&mut db).await?;
        let pending = SharedPending::default();
        load::begin(&mut db, &pending).await?;
        let limits = trackers::limits(&mut db).await?;
        let archive = Arc::new(Reader::new(file.path(), pending.clone(), vault.clone()));
        Ok(Self {
            db,
            file,
            faults: KnownFaults::default(),
            recording: Recording::new(),
            sealing: Sealing::new(),
            seen,
            recent_limit: Self::RECENT_LIMIT,
            pending,
            ripe: None,
            dropped: 0,
            drop_rows: [BEGIN, "DELETE FROM checks WHERE id < ?", COMMIT].join(";").into(),
            limits,
            archive,
            retention: Retention::default(),
            look_at: None,
            is_over_ceiling: false,
            ballast: None,
            vault,
        })
    }

    /// Limits how long [`Records::recent`] may look for checks.
    #[must_use]
    pub fn with_recent_limit(self, recent_limit: Duration) -> Self {
        Self { recent_limit, ..self }
    }

    /// Throws this off when the disk is full.
    #[must_use]
    pub fn with_ballast(self, ballast: Ballast) -> Self {
        Self { ballast: Some(ballast), ..self }
    }

    /// Closes the database; SQLite empties the write-ahead log if nobody else has it open.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.db.close().await?)
    }

    /// Nothing is written to a file that will be gone at the next start.
    async fn begin(&mut self) -> Result<(), StoreError> {
        self.file.still_there()?;
        begin(&mut self.db).await
    }

    async fn add_all(
        &mut self,
        trackers: &[NewTracker],
        by: &Actor,
        at: Timestamp,
    ) -> Result<Vec<TrackerId>, StoreError> {
        self.begin().await?;
        let added = async {
            let ids = trackers::add_all(&mut self.db, trackers, at, &self.vault).await?;
            self.say(ids.iter().map(|id| (*id, &Act::Added)), by, at).await?;
            Ok(ids)
        };
        let added = added.await;
        let ids = end(&mut self.db, added).await?;
        let limits = trackers.iter().map(limit_ms);
        self.limits.extend(ids.iter().copied().zip(limits));
        Ok(ids)
    }

    async fn say(
        &mut self,
        all: impl Iterator<Item = (TrackerId, &Act)> + Send,
        by: &Actor,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        for (id, act) in all {
            changes::note(&mut self.db, id, act, by, at).await?;
        }
        Ok(())
    }

    async fn alter_all(
        &mut self,
        all: &[Alteration],
        by: &Actor,
        at: Timestamp,
    ) -> Result<Vec<TrackerId>, StoreError> {
        self.begin().await?;
        let altered = trackers::alter(&mut self.db, all, by, at, &self.vault).await;
        let ids = end(&mut self.db, altered).await?;
        self.keep_limits(all);
        Ok(ids)
    }

    async fn set_all(
        &mut self,
        settings: &[(String, Option<String>)],
        all: &[Alteration],
        by: &Actor,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.begin().await?;
        let set = async {
            settings::set(&mut self.db, settings).await?;
            trackers::alter(&mut self.db, all, by, at, &self.vault).await
        };
        let set = set.await;
        end(&mut self.db, set).await?;
        self.keep_limits(all);
        Ok(())
    }

    /// The longest that results of changed trackers hold from now on.
    fn keep_limits(&mut self, all: &[Alteration]) {
        for alteration in all {
            if let Alteration::Settings(tracker, _) = alteration {
                self.limits.insert(tracker.id, limit_ms(&tracker.settings));
            }
        }
    }

    async fn forget(&mut self, until: Timestamp) -> Result<Vec<TrackerId>, StoreError> {
        // Asked often, and nearly always in vain: a write lock is not worth that.
        if !trackers::can_purge(&mut self.db, until).await? {
            return Ok(Vec::new());
        }
        self.begin().await?;
        let purged = purge_trackers(&mut self.db, until).await;
        let purged = end(&mut self.db, purged).await?;
        for id in &purged {
            self.limits.remove(id);
            self.pending.write().trackers.remove(id);
        }
        Ok(purged)
    }

    async fn write(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let at = batch.checks.last().map_or(Timestamp::default(), |recorded| recorded.check.name.due);
        let known = self.faults.known(faults::of_batch(batch), at);
        let (learnt, last) = if let Some((known, ordinary)) = known.zip(self.recording.ordinary(batch)) {
            self.file.still_there()?;
            let last = ordinary.record(&mut self.db, &known).await?;
            (known, Some(last))
        } else {
            self.begin().await?;
            let written = self.insert(batch, at).await;
            end(&mut self.db, written).await?
        };
        if let Some(last) = last {
            self.remember(batch, &learnt, last);
        }
        self.faults.learn(learnt);
        Ok(())
    }

    async fn insert(&mut self, batch: &Batch, at: Timestamp) -> Result<(FaultIds, Option<i64>), StoreError> {
        let ids = self.faults.intern(&mut self.db, faults::of_batch(batch), at).await?;
        let last = self.recording.step_by_step(&mut self.db, batch, &ids).await?;
        Ok((ids, last))
    }

    /// Keeps what was recorded in memory, to be sealed. `last` is the row of the batch's last check.
    fn remember(&self, batch: &Batch, ids: &FaultIds, last: i64) {
        let mut pending = self.pending.write();
        let first = last - i64::try_from(batch.checks.len()).unwrap_or(0) + 1;
        // Rows that this writer did not see itself writing come first; reading them brings these, too.
        if !pending.is_loaded || first != pending.newest_check + 1 {
            pending.is_loaded = false;
            return;
        }
        for (recorded, row) in batch.checks.iter().zip(first..) {
            let tracker = recorded.check.name.tracker;
            if let Some(limit_ms) = self.limits.get(&tracker) {
                let arrived = Arrived {
                    check: row,
                    entry: entry::of(recorded, ids.id(faults::of_check(&recorded.check))),
                    timing: Timing::of(recorded),
                    limit_ms: *limit_ms,
                    location: recorded.check.name.location.0,
                };
                pending.push(tracker, &arrived);
            }
        }
        pending.newest_check = last;
    }

    /// Gives back what room there is on a full disk: the ballast, and the log as far as it is copied into the database.
    async fn make_room(&mut self) {
        match self.ballast.as_ref().map(Ballast::release) {
            Some(Ok(true)) => tracing::warn!("the disk is full: its ballast is thrown off; make room"),
            Some(Err(error)) => {
                tracing::warn!(%error, "the disk is full, and its ballast cannot be thrown off");
            }
            Some(Ok(false)) | None => {}
        }
        if let Err(error) = query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut self.db).await {
            tracing::debug!(%error, "the log cannot be copied into the database");
        }
    }

    async fn was_changed_outside(&mut self) -> Result<bool, StoreError> {
        self.file.still_there()?;
        let now = data_version(&mut self.db).await?;
        let changed = now != self.seen;
        if changed {
            self.faults.forget();
            self.dropped = 0;
            self.limits = trackers::limits(&mut self.db).await?;
            self.seen = now;
        }
        Ok(changed)
    }

    async fn newest(&mut self, of: Option<TrackerId>) -> Result<Recent, StoreError> {
        let mut statuses = statuses::all(&mut self.db).await?;
        statuses.retain(|(id, _)| of.is_none_or(|wanted| wanted == *id));
        Ok(Recent { checks: checks::recent(&mut self.db, of, self.recent_limit).await?, statuses })
    }
}

#[async_trait]
impl Records for Writer {
    async fn trackers(&mut self) -> Result<Vec<Result<Tracker, Misfit>>, Failure> {
        let all = trackers::all(&mut self.db, &self.vault).await;
        all.map_err(|error| error.while_doing(words::DOING_TRACKERS))
    }

    async fn add(
        &mut self,
        trackers: &[NewTracker],
        by: &Actor,
        at: Timestamp,
    ) -> Result<Vec<TrackerId>, Failure> {
        let added = self.add_all(trackers, by, at).await;
        added.map_err(|error| error.while_doing(words::DOING_ADD))
    }

    async fn alter(
        &mut self,
        all: &[Alteration],
        by: &Actor,
        at: Timestamp,
    ) -> Result<Vec<TrackerId>, Failure> {
        let altered = self.alter_all(all, by, at).await;
        altered.map_err(|error| error.while_doing(words::DOING_CHANGE))
    }

    async fn alert(
        &mut self,
        change: &AlertChange,
        by: &Actor,
        at: Timestamp,
    ) -> Result<Option<i64>, Failure> {
        let changed = async {
            self.begin().await?;
            let applied = alerts::apply(&mut self.db, change, by, at, &self.vault).await;
            end(&mut self.db, applied).await
        };
        changed.await.map_err(|error| error.while_doing(words::DOING_ALERTS))
    }

    async fn note(&mut self, all: &[(TrackerId, Act)], by: &Actor, at: Timestamp) -> Result<(), Failure> {
        let noted = async {
            self.begin().await?;
            let said = self.say(all.iter().map(|(id, act)| (*id, act)), by, at).await;
            end(&mut self.db, said).await
        };
        noted.await.map_err(|error| error.while_doing(words::DOING_NOTE))
    }

    async fn settings(&mut self) -> Result<Vec<(String, String)>, Failure> {
        let all = settings::all(&mut self.db).await;
        all.map_err(|error| error.while_doing(words::DOING_SETTINGS))
    }

    async fn set(
        &mut self,
        settings: &[(String, Option<String>)],
        all: &[Alteration],
        by: &Actor,
        at: Timestamp,
    ) -> Result<(), Failure> {
        let set = self.set_all(settings, all, by, at).await;
        set.map_err(|error| error.while_doing(words::DOING_SAVE_SETTINGS))
    }

    fn keep(&mut self, retention: Retention) {
        self.retention = retention;
        self.look_at = None;
    }

    async fn purge(&mut self, until: Timestamp) -> Result<Vec<TrackerId>, Failure> {
        let purged = self.forget(until).await;
        purged.map_err(|error| error.while_doing(words::DOING_PURGE))
    }

    async fn record(&mut self, batch: &Batch) -> Result<(), Failure> {
        let mut written = self.write(batch).await;
        if written.as_ref().is_err_and(StoreError::is_full) {
            self.make_room().await;
            written = self.write(batch).await;
        }
        written.map_err(|error| error.while_doing(words::DOING_RECORD))
    }

    async fn tend(&mut self, now: Timestamp) -> Result<bool, Failure> {
        self.step(now).await.map_err(|error| error.while_doing(words::DOING_TEND))
    }

    fn archive(&self) -> Arc<dyn Archive> {
        self.archive.clone()
    }

    fn alerts(&self) -> Arc<dyn AlertArchive> {
        self.archive.clone()
    }

    async fn changed_outside(&mut self) -> Result<bool, Failure> {
        let changed = self.was_changed_outside().await;
        changed.map_err(|error| error.while_doing(words::DOING_LOOK))
    }

    async fn recent(&mut self, of: Option<TrackerId>) -> Result<Recent, Failure> {
        let newest = self.newest(of).await;
        newest.map_err(|error| error.while_doing(words::DOING_NEWEST))
    }
}

async fn purge_trackers(db: &mut SqliteConnection, until: Timestamp) -> Result<Vec<TrackerId>, StoreError> {
    let purged = trackers::purge(db, until).await?;
    for id in &purged {
        statuses::remove(db, *id).await?;
        forget::begin(db, *id).await?;
    }
    Ok(purged)
}

/// Changes whenever another connection, of this process or another, has committed; never by our own commits
/// (<https://www.sqlite.org/pragma.html#pragma_data_version>).
async fn data_version(db: &mut SqliteConnection) -> Result<i64, StoreError> {
    Ok(query_scalar("PRAGMA data_version").fetch_one(db).await?)
}

mod recording;
mod retaining;
mod tending;
#[cfg(test)]
mod tests;
