//! Backups beside recording: one every day, of which the oldest go, and those that somebody asks for. One is made at a time.

use std::{fs, io, path::PathBuf, sync::Arc, time::Duration};

use domain::{BackupKind, Clock, Failure, Invalid, Timestamp};
use store::{
    BackupReport, StoreError, backup_name, free_space, hand_made_name, list_backups, newest_backup,
    partial_bytes, prune_backups, read_backup_name,
};
use tokio::{sync::watch, task::spawn_blocking, time::timeout};

/// Makes backups for as long as [`Self::run`] is polled. Dropped, it leaves nothing unfinished.
pub struct Backups {
    database: PathBuf,
    folder: PathBuf,
    keep: usize,
    clock: Arc<dyn Clock>,
    state: watch::Sender<State>,
}

/// What is being made, and what became of what was asked for.
#[derive(Debug, Default)]
struct State {
    /// When the one was begun that is being made or waits for that.
    running: Option<Timestamp>,
    /// Whether somebody asked for it.
    is_asked: bool,
    /// Why the last one that somebody asked for was not made.
    problem: Option<String>,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
enum BackupError {
    #[error("{}", words::backup_no_room(.free, .needed))]
    NoRoom { needed: u64, free: u64 },
    #[error("{}", words::BACKUP_FOLDER)]
    Folder(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BackupError {
    /// For people: without paths and causes, which the log has.
    fn sentence(&self) -> String {
        match self {
            Self::NoRoom { .. } => self.to_string(),
            Self::Folder(_) => words::BACKUP_FOLDER_LOG.into(),
            Self::Store(error) => error.advice().unwrap_or(words::BACKUP_FAILED).into(),
        }
    }
}

/// How old the newest daily backup may become.
const EVERY: Duration = Duration::from_hours(24);
/// How often its age is looked at, and a failure tried again.
const LOOK_EVERY: Duration = Duration::from_hours(1);
/// How long who asks for one waits for it; what takes longer is made all the same.
const PATIENCE: Duration = Duration::from_secs(10);
/// What has to stay free on the disk.
const SPARE: u64 = 256 * MIB;
const MIB: u64 = 1 << 20;

impl Backups {
    /// Backups of `database` in `folder`, which is made if it is missing; `keep` daily ones, none are made when that is 0.
    pub fn new(database: PathBuf, folder: PathBuf, keep: usize, clock: Arc<dyn Clock>) -> Self {
        Self { database, folder, keep, clock, state: watch::Sender::default() }
    }

    /// Looks at once, then every hour, and makes what is asked for; until it is dropped.
    pub async fn run(self: Arc<Self>) {
        let mut was_warned = false;
        let mut asked = self.state.subscribe();
        loop {
            if self.keep > 0 {
                was_warned = self.make_daily(was_warned).await;
            }
            let look_again = self.clock.sleep(LOOK_EVERY);
            tokio::pin!(look_again);
            loop {
                tokio::select! {
                    () = &mut look_again => break,
                    () = is_asked(&mut asked) => self.make_asked().await,
                }
            }
        }
    }

    /// Whether that failed.
    async fn make_daily(&self, was_warned: bool) -> bool {
        match self.look().await {
            Ok(None) => was_warned,
            Ok(Some(made)) => {
                tracing::info!(backup = %made.path.display(), "backed up");
                false
            }
            Err(error) if was_warned => {
                tracing::debug!(cause = crate::failure::chain(&error), "no backup");
                true
            }
            Err(error) => {
                tracing::warn!(cause = crate::failure::chain(&error), "no backup; tried again every hour");
                true
            }
        }
    }

    async fn make_asked(&self) {
        let made = self.make(&hand_made_name(self.clock.now())).await;
        let problem = match made {
            Ok(made) => {
                tracing::info!(backup = %made.path.display(), "backed up, as somebody asked");
                None
            }
            Err(error) => {
                tracing::warn!(
                    cause = crate::failure::chain(&error),
                    "no backup, though somebody asked for one"
                );
                Some(error.sentence())
            }
        };
        self.state.send_replace(State { problem, ..State::default() });
    }

    /// Asks for a backup and waits for it a while. `false` when it is still being made. While one is made, no other is begun.
    pub(crate) async fn ask(&self) -> Result<bool, Failure> {
        let mut state = self.state.subscribe();
        let is_first = self.state.send_if_modified(|state| {
            let is_first = state.running.is_none();
            if is_first {
                *state = State { running: Some(self.clock.now()), is_asked: true, problem: None };
            }
            is_first
        });
        if !is_first {
            let problem = words::BACKUP_RUNNING;
            return Err(Invalid::one("backup", problem).into());
        }
        let finished = timeout(PATIENCE, state.wait_for(|state| state.running.is_none())).await;
        match finished {
            Err(_) => Ok(false),
            Ok(ended) => match ended.ok().and_then(|state| state.problem.clone()) {
                Some(problem) => Err(Invalid::one("backup", problem).into()),
                None => Ok(true),
            },
        }
    }

    /// What there is.
    pub(crate) async fn told(&self) -> Result<domain::Backups, Failure> {
        let folder = self.folder.clone();
        let listed = spawn_blocking(move || (list_backups(&folder), partial_bytes(&folder))).await;
        let unreadable = |cause: domain::Cause| Failure::Unavailable { doing: words::DOING_BACKUPS, cause };
        let (kept, partial) = listed.map_err(|ended| unreadable(Box::new(ended)))?;
        let kept = kept.map_err(|error| unreadable(Box::new(error)))?;
        let state = self.state.borrow();
        let running = state.running.map(|since| (since, partial.unwrap_or(0)));
        Ok(domain::Backups { kept, daily: self.keep, running, problem: state.problem.clone() })
    }

    /// The file of a backup that is kept, and its size. A name that is none is not looked for.
    pub(crate) async fn open(&self, name: &str) -> Result<(tokio::fs::File, u64), Failure> {
        read_backup_name(name).ok_or(Failure::NotFound)?;
        let file = tokio::fs::File::open(self.folder.join(name)).await.map_err(missing)?;
        let bytes = file.metadata().await.map_err(missing)?;
        if bytes.is_file() { Ok((file, bytes.len())) } else { Err(Failure::NotFound) }
    }

    /// Removes a backup that somebody asked for; the others go by themselves.
    pub(crate) async fn remove(&self, name: &str) -> Result<(), Failure> {
        match read_backup_name(name) {
            Some((BackupKind::ByHand, _)) => {
                tokio::fs::remove_file(self.folder.join(name)).await.map_err(missing)
            }
            _ => Err(Failure::NotFound),
        }
    }

    /// Makes the daily backup if it is due, then removes the oldest beyond those that are kept.
    async fn look(&self) -> Result<Option<BackupReport>, BackupError> {
        let now = self.clock.now();
        if !self.is_due(now)? {
            return Ok(None);
        }
        // One that somebody asks for meanwhile is refused, or waits: both would write at once.
        self.state.send_modify(|state| state.running = state.running.or(Some(now)));
        let made = self.make(&backup_name(now)).await;
        self.state.send_modify(|state| state.running = state.running.filter(|_| state.is_asked));
        let made = made?;
        let (folder, keep) = (self.folder.clone(), self.keep.max(1));
        let pruned = spawn_blocking(move || prune_backups(&folder, keep, now)).await;
        pruned.unwrap_or_else(|ended| Err(io::Error::other(ended)))?;
        Ok(Some(made))
    }

    async fn make(&self, name: &str) -> Result<BackupReport, BackupError> {
        fs::create_dir_all(&self.folder)?;
        self.prove_room()?;
        Ok(store::backup(&self.database, &self.folder.join(name)).await?)
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

/// Waits until somebody asks. What is waited for must not be held while it is changed.
async fn is_asked(state: &mut watch::Receiver<State>) {
    // It fails only without a sender, which is where this is called.
    drop(state.wait_for(|state| state.is_asked).await);
}

fn missing(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::NotFound => Failure::NotFound,
        _ => Failure::Unavailable { doing: words::DOING_BACKUP, cause: Box::new(error) },
    }
}

#[cfg(test)]
#[path = "backups_tests.rs"]
mod tests;
