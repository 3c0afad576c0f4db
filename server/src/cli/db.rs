//! `db`: backups of the database, and whether it is sound.

use std::path::Path;

use domain::{Clock, Timestamp};
use store::{BACKUPS, Contents, RebuildReport, StoreError};

use super::{BackupArguments, Db, RestoreArguments, VerifyArguments, edit::refused, say, serve::DATABASE};
use crate::{
    clock::SystemClock,
    exit::{Ending, Exit},
    instance,
    lock::{self, DataLock},
    startup::make_folder,
};

pub(super) async fn db(command: Db) -> Result<Exit, Ending> {
    match command {
        Db::Backup(arguments) => backup(&arguments).await,
        Db::Restore(arguments) => restore(&arguments).await,
        Db::Verify(arguments) => verify(&arguments).await,
        Db::Rebuild(arguments) => rebuild(&arguments.data_dir).await,
    }
}

/// Also while a server runs.
async fn backup(arguments: &BackupArguments) -> Result<Exit, Ending> {
    let database = arguments.data.data_dir.join(DATABASE);
    let to = match &arguments.file {
        Some(file) => file.clone(),
        None if !database.exists() => return Err(refused(&StoreError::Missing { path: database })),
        None => {
            let folder = arguments.data.data_dir.join(BACKUPS);
            make_folder(&folder).map_err(|error| Ending::because(Exit::Configuration, &error))?;
            hand_over(&[&folder], &arguments.data.data_dir);
            folder.join(store::backup_name(SystemClock::new().now()))
        }
    };
    let made = store::backup(&database, &to).await.map_err(|error| match error {
        StoreError::Exists { .. } => Ending::because(Exit::Failed, &error),
        error => refused(&error),
    })?;
    if arguments.file.is_none() {
        hand_over(&[&made.path], &arguments.data.data_dir);
    }
    say(&format!("backed up {}", made.path.display()))?;
    say(&format!("  {} bytes, {}", made.bytes, described(&made.contents)))?;
    Ok(Exit::Ok)
}

/// Only while no server runs, which the lock of the folder tells.
async fn restore(arguments: &RestoreArguments) -> Result<Exit, Ending> {
    let folder = &arguments.data.data_dir;
    make_folder(folder).map_err(|error| Ending::because(Exit::Configuration, &error))?;
    let _lock = DataLock::acquire(folder)?;
    let at = SystemClock::new().now();
    let restored = store::restore(&arguments.file, &folder.join(DATABASE), at).await;
    let restored = restored.map_err(|error| refused(&error))?;
    instance::mark(folder).map_err(|error| Ending::because(Exit::Configuration, &error))?;
    hand_over(&[&folder.join(DATABASE), &folder.join(instance::MARK), &folder.join(lock::LOCK)], folder);
    say(&format!("restored {}: {}", arguments.file.display(), described(&restored.contents)))?;
    if let Some(former) = restored.former {
        say(&format!("  the former database is {}; delete it when you do not need it", former.display()))?;
    }
    Ok(Exit::Ok)
}

/// What root makes in the folder of a server has to be the server's.
fn hand_over(made: &[&Path], folder: &Path) {
    for path in made {
        if let Err(error) = store::give_to_owner_of(path, folder) {
            tracing::warn!(%error, "{} may not belong to the server", path.display());
        }
    }
}

/// Also while a server runs. Exits 1 when something is wrong.
async fn verify(arguments: &VerifyArguments) -> Result<Exit, Ending> {
    let default = arguments.data.data_dir.join(DATABASE);
    let file: &Path = arguments.file.as_deref().unwrap_or(&default);
    let report = store::verify(file).await.map_err(|error| refused(&error))?;
    for finding in &report.findings {
        say(&format!("damaged: {}: {}", finding.what, finding.problem))?;
    }
    let held = report.contents.as_ref().map_or_else(|| "its contents cannot be read".to_owned(), described);
    if report.findings.is_empty() {
        say(&format!("sound: {}: {held}", file.display()))?;
        return Ok(Exit::Ok);
    }
    say(&format!(
        "not sound: {}: {held}; \
         if only rollups differ, `uptime-tracker db rebuild` repairs them; otherwise restore a backup: uptime-tracker db restore FILE",
        file.display()
    ))?;
    Ok(Exit::Failed)
}

/// Only while no server runs, which the lock of the folder tells. Exits 1 when blocks are damaged, whose hours cannot be added up.
async fn rebuild(folder: &Path) -> Result<Exit, Ending> {
    let database = folder.join(DATABASE);
    if !database.exists() {
        return Err(refused(&StoreError::Missing { path: database }));
    }
    let _lock = DataLock::acquire(folder)?;
    let report = store::rebuild(&database).await.map_err(|error| refused(&error))?;
    let RebuildReport { trackers, hours, repaired, damaged, removed } = report;
    say(&format!("rebuilt {hours} hours of {trackers} trackers; those of {repaired} trackers had differed"))?;
    if removed > 0 {
        say(&format!("  {removed} rows of phases and evidence could not be read and were taken away"))?;
    }
    if damaged == 0 {
        return Ok(Exit::Ok);
    }
    say(&format!(
        "  {damaged} blocks of checks are damaged; the hours that they tell of were left as they were"
    ))?;
    Ok(Exit::Failed)
}

/// What a database holds, in words.
fn described(contents: &Contents) -> String {
    let Contents { schema, trackers, checks, newest } = *contents;
    let of = |count: u64, thing: &str| format!("{count} {thing}{}", if count == 1 { "" } else { "s" });
    let newest = newest.map_or_else(|| "none yet".to_owned(), |Timestamp(ms)| Timestamp(ms).to_string());
    format!(
        "schema {schema}, {}, {}, the newest check {newest}",
        of(trackers, "tracker"),
        of(checks, "check")
    )
}
