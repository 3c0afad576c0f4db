//! What is said of the installation, and its data as a whole.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use domain::{
    Archive, Defaults, Failure, Invalid, Limit, Retention, RetentionDraft, Settings, Storage, access::Actor,
    ports::Upkeep,
};
use tokio::sync::watch;

use crate::{
    backups::Backups,
    failure::logged,
    recorder::{Edit, RecorderHandle},
};

#[derive(Clone)]
pub(super) struct SharedUpkeep {
    /// For the log of changes.
    pub(super) by: Actor,
    pub(super) archive: Arc<dyn Archive>,
    pub(super) recorder: RecorderHandle,
    pub(super) settings: watch::Receiver<Arc<Settings>>,
    pub(super) fixed: RetentionDraft,
    pub(super) backups: Option<Arc<Backups>>,
    pub(super) database: Option<PathBuf>,
}

/// The size of a database with its log, in bytes.
pub(super) fn size(database: &Path) -> Option<u64> {
    let mut log = database.to_owned().into_os_string();
    log.push("-wal");
    let bytes = std::fs::metadata(database).ok()?.len();
    Some(bytes + std::fs::metadata(log).map_or(0, |log| log.len()))
}

impl SharedUpkeep {
    fn limits(&self) -> Vec<Limit> {
        let said = self.settings.borrow().retention.pairs();
        let usual = RetentionDraft::from(Retention::default()).pairs();
        let parts = said.into_iter().zip(usual).zip(self.fixed.pairs());
        let limit = |(((name, said), (_, usual)), (_, fixed))| Limit {
            name,
            said: Option::unwrap_or_default(said),
            usual: Option::unwrap_or_default(usual),
            fixed,
        };
        parts.map(limit).collect()
    }

    fn backups(&self) -> Result<&Backups, Failure> {
        self.backups.as_deref().ok_or(Failure::NotFound)
    }
}

#[async_trait]
impl Upkeep for SharedUpkeep {
    async fn storage(&self) -> Result<Storage, Failure> {
        let holdings = self.archive.holdings().await.map_err(logged)?;
        let folder = self.database.as_deref().and_then(Path::parent);
        Ok(Storage {
            database_bytes: self.database.as_deref().and_then(size),
            free_bytes: folder.and_then(|folder| store::free_space(folder).ok()),
            checks: holdings.checks,
            oldest: holdings.oldest,
            limits: self.limits(),
            backups: match &self.backups {
                Some(backups) => Some(backups.told().await.map_err(logged)?),
                None => None,
            },
        })
    }

    async fn keep(&self, fields: Vec<(String, String)>) -> Result<(), Failure> {
        let retention = RetentionDraft::of_fields(&fields)?;
        for ((name, said), (_, fixed)) in retention.pairs().into_iter().zip(self.fixed.pairs()) {
            if said.is_some() && fixed.is_some() {
                return Err(Invalid::one(name, words::SETTING_OF_COMMAND_LINE).into());
            }
        }
        // A form does not send what the command line says; what was said of it before stays, for a start without that.
        let (fixed, before) = (self.fixed, self.settings.borrow().retention);
        let retention = RetentionDraft {
            checks: fixed.checks.and(before.checks).or(retention.checks),
            evidence: fixed.evidence.and(before.evidence).or(retention.evidence),
            ceiling: fixed.ceiling.and(before.ceiling).or(retention.ceiling),
        };
        self.recorder.edit(Edit::Keep(retention), self.by.clone()).await.map(drop).map_err(logged)
    }

    async fn back_up(&self) -> Result<bool, Failure> {
        self.backups()?.ask().await.map_err(logged)
    }

    async fn remove_backup(&self, name: &str) -> Result<(), Failure> {
        self.backups()?.remove(name).await.map_err(logged)
    }

    fn built_in(&self) -> Vec<(String, String)> {
        Defaults::default().fields()
    }

    async fn set_defaults(&self, fields: Vec<(String, String)>) -> Result<usize, Failure> {
        let defaults = Box::new(Defaults::of_fields(&fields)?);
        let followed = self.recorder.edit(Edit::Defaults(defaults), self.by.clone()).await.map_err(logged)?;
        Ok(followed.len())
    }
}
