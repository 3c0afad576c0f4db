//! A copy of the database, whole and proven, while the server runs.
//!
//! SQLite writes it (`VACUUM INTO`) from one snapshot, on a connection of its own, so that recording goes on. It gets its name
//! only when it is on disk and was read again; so a file with the name of a backup is one.

use std::{
    fs::{self, File, Permissions, TryLockError},
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use domain::{Backup, BackupKind, Timestamp, parse_time};
use sqlx::{Connection, SqliteConnection, query, query_scalar};
use tokio::task::spawn_blocking;

use crate::{
    Contents, StoreError,
    contents::{Marks, beside, open_read_only},
    disk, open, schema,
    upgrade::BEFORE,
};

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupReport {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// What is in it, as it was read again.
    pub contents: Contents,
}

/// The ending of a copy that is not finished.
pub(crate) const PARTIAL: &str = ".uptime-tracker-partial";
/// Of SQLite's steps, after how many an interrupted copy notices.
const STEPS: i32 = 10_000;

/// Copies a database to a file that does not exist yet. Dropping the future interrupts it, and nothing of it is left then.
pub async fn backup(database: &Path, to: &Path) -> Result<BackupReport, StoreError> {
    if !database.exists() {
        return Err(StoreError::Missing { path: database.to_owned() });
    }
    copy(open::connect(database, false).await?, database, to).await
}

/// The same from a file that must not be written.
pub(crate) async fn copy_of(from: &Path, to: &Path) -> Result<BackupReport, StoreError> {
    copy(open_read_only(from).await?, from, to).await
}

/// The name of a backup that was made at a time: `tracker-2026-11-23T120000Z.db`.
pub fn backup_name(at: Timestamp) -> String {
    format!("tracker-{}.db", stamp(at))
}

/// The name of the newest backup in a folder that was made by `now`. One from the future was made while the clock was wrong.
pub fn newest_backup(folder: &Path, now: Timestamp) -> io::Result<Option<String>> {
    let by_now = |name: &str| is_backup_name(name) && *name <= *backup_name(now);
    Ok(newest_first(folder, by_now)?.into_iter().next())
}

/// Removes backups beyond the `keep` newest, and first of all those from the future. Files with other names are left alone.
pub fn prune_backups(folder: &Path, keep: usize, now: Timestamp) -> io::Result<()> {
    let by_now = |name: &str| is_backup_name(name) && *name <= *backup_name(now);
    let from_future = |name: &str| is_backup_name(name) && !by_now(name);
    let known = newest_first(folder, by_now)?.len();
    prune(folder, keep, by_now)?;
    prune(folder, keep.saturating_sub(known), from_future)
}

/// The name of a backup that somebody asked for: `by-hand-2026-11-23T120000Z.db`. It is never removed by itself.
pub fn hand_made_name(at: Timestamp) -> String {
    format!("{BY_HAND}{}.db", stamp(at))
}

const BY_HAND: &str = "by-hand-";

/// What a file's name says: why it was made, and when. Nothing for a name that is not a backup's; what is one's has letters,
/// digits, dashes and one dot only, so it leads out of no folder.
pub fn read_backup_name(name: &str) -> Option<(BackupKind, Timestamp)> {
    let (rest, kind) = if is_backup_name(name) {
        (name.strip_prefix("tracker-")?, BackupKind::Daily)
    } else if is_stamped(name, BY_HAND) {
        (name.strip_prefix(BY_HAND)?, BackupKind::ByHand)
    } else {
        let (schema, rest) = name.strip_prefix(BEFORE)?.split_once('-')?;
        let is_number = (1..=9).contains(&schema.len()) && schema.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || !is_stamped(rest, "") {
            return None;
        }
        (rest, BackupKind::BeforeUpdate)
    };
    // The name has no colons, as file names on some disks cannot have them.
    let (day, time) = rest.strip_suffix("Z.db")?.split_once('T')?;
    let time = format!("{day}T{}:{}:{}Z", time.get(..2)?, time.get(2..4)?, time.get(4..)?);
    Some((kind, parse_time(&time, Timestamp(0))?))
}

/// The backups in a folder, the newest first; none when there is no folder.
pub fn list_backups(folder: &Path) -> io::Result<Vec<Backup>> {
    let mut found = Vec::new();
    for name in newest_first(folder, |name| read_backup_name(name).is_some())? {
        let Some((kind, at)) = read_backup_name(&name) else { continue };
        // It may have gone meanwhile.
        let Ok(file) = fs::symlink_metadata(folder.join(&name)) else { continue };
        if file.is_file() {
            found.push(Backup { name, bytes: file.len(), at, kind });
        }
    }
    found.sort_by_key(|backup| std::cmp::Reverse(backup.at));
    Ok(found)
}

/// How large the copies in a folder are that are not finished, in bytes.
pub fn partial_bytes(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(PARTIAL) {
            bytes += entry.metadata().map_or(0, |file| file.len());
        }
    }
    Ok(bytes)
}

/// Whether a name is one of [`backup_name`]'s. They sort by their time.
pub fn is_backup_name(name: &str) -> bool {
    is_stamped(name, "tracker-")
}

/// Whether a name is this prefix, a time and `.db`.
pub(crate) fn is_stamped(name: &str, prefix: &str) -> bool {
    let shape = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "0");
    let time = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(".db"));
    time.is_some_and(|time| shape(time) == shape(&stamp(Timestamp(0))))
}

/// Removes backups with these names beyond the `keep` newest. The names have to sort by their time.
pub(crate) fn prune(folder: &Path, keep: usize, is_ours: impl Fn(&str) -> bool) -> io::Result<()> {
    for name in newest_first(folder, is_ours)?.iter().skip(keep) {
        fs::remove_file(folder.join(name))?;
    }
    Ok(())
}

/// The files in a folder with these names, the last in order first; none when there is no folder.
fn newest_first(folder: &Path, is_ours: impl Fn(&str) -> bool) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let names: io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.file_name())).collect();
    let mut names: Vec<String> =
        names?.into_iter().filter_map(|name| name.into_string().ok()).filter(|name| is_ours(name)).collect();
    names.sort_unstable_by(|a, b| b.cmp(a));
    Ok(names)
}

/// A point in time as a part of a file's name.
pub(crate) fn stamp(at: Timestamp) -> String {
    let (year, month, day) = at.date();
    let (hour, minute, second, _) = at.time_of_day();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// In a task of its own: when who asked gives up, SQLite has to let go of the files before they can be removed.
async fn copy(mut db: SqliteConnection, from: &Path, to: &Path) -> Result<BackupReport, StoreError> {
    let goes_on = Arc::new(AtomicBool::new(true));
    let _stop = StopOnDrop(goes_on.clone());
    let (from, path) = (from.to_owned(), to.to_owned());
    let copying = tokio::spawn(async move {
        let copied = copy_while(&mut db, &from, &path, &goes_on).await;
        let closed = db.close().await;
        copied.and_then(|report| Ok(closed.map(|()| report)?))
    });
    let failed = |source| StoreError::CannotWrite { path: to.to_owned(), source };
    copying.await.unwrap_or_else(|ended| Err(failed(io::Error::other(ended))))
}

async fn copy_while(
    db: &mut SqliteConnection,
    from: &Path,
    to: &Path,
    goes_on: &Arc<AtomicBool>,
) -> Result<BackupReport, StoreError> {
    let found = schema::version(&mut *db, from).await.map_err(|error| error.on_opening(from))?;
    if found > schema::KNOWN {
        return Err(StoreError::TooNew { found, known: schema::KNOWN });
    }
    if to.exists() {
        return Err(StoreError::Exists { path: to.to_owned() });
    }
    let failed = |source| StoreError::CannotWrite { path: to.to_owned(), source };
    clean(disk::folder_of(to)).map_err(failed)?;
    let partial = Partial::create(to, from).map_err(failed)?;
    let before = Marks::read(&mut *db, found).await?;
    vacuum(db, &partial.path, goes_on).await.map_err(|error| error.on_copying(from, to))?;
    let after = Marks::read(db, found).await?;
    let (contents, marks) = prove(&partial.path, goes_on).await?;
    if contents.schema != found || !marks.is_between(before, after) {
        return Err(StoreError::Differs { path: to.to_owned() });
    }
    if !goes_on.load(Ordering::Relaxed) {
        return Err(failed(io::ErrorKind::Interrupted.into()));
    }
    let bytes = partial.keep(to).await.map_err(failed)?;
    Ok(BackupReport { path: to.to_owned(), bytes, contents })
}

/// Lets SQLite write the copy.
async fn vacuum(db: &mut SqliteConnection, to: &Path, goes_on: &Arc<AtomicBool>) -> Result<(), StoreError> {
    // SQLite takes a path that begins with `file:` for a URI; an absolute one does not.
    let to = std::path::absolute(to).unwrap_or_else(|_| to.to_owned());
    let name = to.to_str().ok_or_else(|| StoreError::CannotWrite {
        path: to.clone(),
        source: io::Error::new(io::ErrorKind::InvalidInput, "SQLite needs a name in UTF-8"),
    })?;
    stop_with(db, goes_on).await?;
    query("VACUUM INTO ?").bind(name.to_owned()).execute(&mut *db).await?;
    Ok(())
}

/// Ends what a connection does soon after it is given up.
async fn stop_with(db: &mut SqliteConnection, goes_on: &Arc<AtomicBool>) -> Result<(), StoreError> {
    let goes_on = goes_on.clone();
    db.lock_handle().await?.set_progress_handler(STEPS, move || goes_on.load(Ordering::Relaxed));
    Ok(())
}

struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Reads a copy through, page by page, and counts what is in it.
async fn prove(path: &Path, goes_on: &Arc<AtomicBool>) -> Result<(Contents, Marks), StoreError> {
    let mut db = open_read_only(path).await?;
    stop_with(&mut db, goes_on).await?;
    let read = async {
        let found: Vec<String> = query_scalar("PRAGMA quick_check(1)").fetch_all(&mut db).await?;
        if found.first().is_none_or(|line| line != "ok") {
            let source = sqlx::Error::Protocol(format!("quick_check: {}", found.join("; ")));
            return Err(StoreError::Damaged { path: path.to_owned(), source });
        }
        let contents = Contents::read(&mut db, path).await?;
        let marks = Marks::read(&mut db, contents.schema).await?;
        Ok((contents, marks))
    };
    read.await.map_err(|error: StoreError| error.on_opening(path))
}

/// A copy that is not finished; removed when it is dropped. Its lock tells others that somebody still writes it.
struct Partial {
    path: PathBuf,
    lock: File,
}

impl Partial {
    /// Under a name of its own: a copy that was interrupted may not yet have let go of its files.
    fn create(to: &Path, from: &Path) -> io::Result<Self> {
        static COPIES: AtomicU32 = AtomicU32::new(0);
        let (process, copy) = (std::process::id(), COPIES.fetch_add(1, Ordering::Relaxed));
        let path = beside(to, &format!(".{process}-{copy}{PARTIAL}"));
        let lock = File::create_new(&path)?;
        let partial = Self { path, lock };
        partial.lock.try_lock().map_err(io::Error::from)?;
        // Who may not read the original may not read the copy.
        let mode = fs::metadata(from)?.permissions().mode();
        fs::set_permissions(&partial.path, Permissions::from_mode(mode & 0o777 | 0o600))?;
        Ok(partial)
    }

    /// Makes it last, and gives it its name.
    async fn keep(self, to: &Path) -> io::Result<u64> {
        let to = to.to_owned();
        let kept = spawn_blocking(move || {
            disk::sync(&self.path)?;
            let bytes = fs::metadata(&self.path)?.len();
            if to.exists() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(&self.path, &to)?;
            disk::sync(disk::folder_of(&to))?;
            Ok(bytes)
        });
        kept.await.unwrap_or_else(|ended| Err(io::Error::other(ended)))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        for path in [&self.path, &beside(&self.path, "-journal")] {
            // Renamed, or never there.
            let _ = fs::remove_file(path);
        }
    }
}

/// Removes what copies left that were cut short, unless somebody still writes them.
fn clean(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_partial = path.to_string_lossy().ends_with(PARTIAL);
        if is_partial && is_abandoned(&path) {
            drop(Partial { lock: File::open(&path)?, path });
        }
    }
    Ok(())
}

fn is_abandoned(path: &Path) -> bool {
    // Somebody else may have cleaned it meanwhile.
    let Ok(file) = File::open(path) else { return false };
    !matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}
