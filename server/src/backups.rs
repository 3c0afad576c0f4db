//! A backup every day, beside recording, and the oldest ones go.

use std::{fs, io, path::PathBuf, sync::Arc, time::Duration};

use domain::{Clock, Timestamp};
use store::{StoreError, backup_name, free_space, newest_backup, prune_backups};
use tokio::task::spawn_blocking;

/// Makes a backup when the newest is a day old. Dropped, it leaves nothing unfinished.
pub struct Backups {
    /// What is backed up.
    pub database: PathBuf,
    /// Where backups go; made if it is missing.
    pub folder: PathBuf,
    /// How many are kept; at least 1.
    pub keep: usize,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
enum BackupError {
    #[error(
        "a backup needs {needed} MiB of free disk, there are {free}: make room, or keep fewer with --backups"
    )]
    NoRoom { needed: u64, free: u64 },
    #[error("the folder of the backups cannot be used")]
    Folder(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How old the newest backup may become.
const EVERY: Duration = Duration::from_hours(24);
/// How often its age is looked at, and a failure tried again.
const LOOK_EVERY: Duration = Duration::from_hours(1);
/// What has to stay free on the disk.
const SPARE: u64 = 256 * MIB;
const MIB: u64 = 1 << 20;

impl Backups {
    /// Looks at once, then every hour; until it is dropped.
    pub async fn run(self) {
        let mut was_warned = false;
        loop {
            match self.look().await {
                Ok(None) => {}
                Ok(Some(made)) => {
                    tracing::info!(backup = %made.display(), "backed up");
                    was_warned = false;
                }
                Err(error) if was_warned => {
                    tracing::debug!(cause = crate::failure::chain(&error), "no backup");
                }
                Err(error) => {
                    tracing::warn!(
                        cause = crate::failure::chain(&error),
                        "no backup; tried again every hour"
                    );
                    was_warned = true;
                }
            }
            self.clock.sleep(LOOK_EVERY).await;
        }
    }

    /// Makes a backup if one is due, then removes the oldest beyond those that are kept.
    async fn look(&self) -> Result<Option<PathBuf>, BackupError> {
        let now = self.clock.now();
        if !self.is_due(now)? {
            return Ok(None);
        }
        self.prove_room()?;
        let made = store::backup(&self.database, &self.folder.join(backup_name(now))).await?;
        let (folder, keep) = (self.folder.clone(), self.keep.max(1));
        let pruned = spawn_blocking(move || prune_backups(&folder, keep, now)).await;
        pruned.unwrap_or_else(|ended| Err(io::Error::other(ended)))?;
        Ok(Some(made.path))
    }

    /// Names of backups sort by their time.
    fn is_due(&self, now: Timestamp) -> io::Result<bool> {
        fs::create_dir_all(&self.folder)?;
        let ago = Timestamp(now.as_ms() - i64::try_from(EVERY.as_millis()).unwrap_or(0));
        Ok(newest_backup(&self.folder, now)?.is_none_or(|newest| newest <= backup_name(ago)))
    }

    /// A copy may take as much as the database, which grows meanwhile, and must not be what fills the disk.
    fn prove_room(&self) -> Result<(), BackupError> {
        let taken = fs::metadata(&self.database)?.len();
        let (needed, free) = (taken + taken / 5 + SPARE, free_space(&self.folder)?);
        let mib = |bytes: u64| bytes.div_ceil(MIB);
        if free < needed {
            Err(BackupError::NoRoom { needed: mib(needed), free: free / MIB })
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
#[path = "backups_tests.rs"]
mod tests;
