//! From an older schema to the newest: first a copy, then the migrations, each of them whole or not at all.

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::Timestamp;
use sqlx::{SqliteConnection, query_scalar};

use crate::{
    StoreError,
    backup::{backup, is_stamped, prune, stamp},
    disk,
    schema::{self, Step},
};

/// Copies of one upgrade that are kept: a start that fails again and again must not fill the disk.
const KEPT: usize = 2;
/// The folder for backups beside a database.
pub const BACKUPS: &str = "backups";
/// How the names of copies before an upgrade begin; the schema they were brought to and the time follow.
pub(crate) const BEFORE: &str = "before-schema-";

/// Brings a database of schema `found` to the newest of `migrations`. A new one needs no copy.
pub(crate) async fn upgrade(
    db: &mut SqliteConnection,
    path: &Path,
    found: i64,
    migrations: &[Step],
) -> Result<(), StoreError> {
    let known = migrations.last().map_or(0, |step| step.0);
    if found == 0 || found >= known {
        return schema::migrate(db, found, migrations).await;
    }
    let backup = back_up(db, path, known).await.map_err(|error| match error {
        damaged @ StoreError::Damaged { .. } => damaged,
        error => StoreError::NotSafe { found, known, source: Box::new(error) },
    })?;
    tracing::info!(backup = %backup.display(), "the database is brought from schema {found} to {known}");
    let migrated = schema::migrate(db, found, migrations).await;
    migrated.map_err(|error| StoreError::NotMigrated { known, backup, source: Box::new(error) })
}

async fn back_up(db: &mut SqliteConnection, path: &Path, known: i64) -> Result<PathBuf, StoreError> {
    // SQLite's clock: nothing else in this crate needs to know the time.
    let now = "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";
    let now = Timestamp(query_scalar(now).fetch_one(db).await?);
    let folder = disk::folder_of(path).join(BACKUPS);
    let failed = |source| StoreError::CannotWrite { path: folder.clone(), source };
    let ours = format!("{BEFORE}{known}-");
    fs::create_dir_all(&folder).map_err(failed)?;
    let made = backup(path, &free_name(&folder, &ours, now)).await?;
    prune(&folder, KEPT, |name| is_stamped(name, &ours)).map_err(failed)?;
    Ok(made.path)
}

/// The name of a copy. If there is one of this second, from a start that was interrupted, that of the next second that is free.
fn free_name(folder: &Path, prefix: &str, mut at: Timestamp) -> PathBuf {
    loop {
        let name = folder.join(format!("{prefix}{}.db", stamp(at)));
        if !name.exists() {
            return name;
        }
        at.0 += 1_000;
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection, raw_sql};

    use super::*;
    use crate::{Store, open};

    const SOUND: Step = (schema::KNOWN + 1, "sound", "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;");
    /// Its first statements work.
    const BROKEN: Step = (
        schema::KNOWN + 1,
        "broken",
        "CREATE TABLE half (id INTEGER); ALTER TABLE trackers ADD COLUMN more TEXT; INSERT INTO nowhere VALUES (1);",
    );

    fn with(step: Step) -> Vec<Step> {
        schema::MIGRATIONS.into_iter().chain([step]).collect()
    }

    /// A database with a tracker, and a connection to it.
    async fn filled(folder: &Path) -> (PathBuf, SqliteConnection) {
        let path = folder.join("tracker.db");
        Store::open(&path).await.unwrap().close().await.unwrap();
        let mut db = open::connect(&path, false).await.unwrap();
        raw_sql("INSERT INTO trackers (url) VALUES ('http://a.example/')").execute(&mut db).await.unwrap();
        (path, db)
    }

    async fn tables(db: &mut SqliteConnection) -> Vec<String> {
        let sql = "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name";
        query_scalar(sql).fetch_all(db).await.unwrap()
    }

    fn backups(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder.join(BACKUPS)).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    #[tokio::test]
    async fn an_older_database_is_copied_before_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut db) = filled(folder.path()).await;
        let before = tables(&mut db).await;
        upgrade(&mut db, &path, schema::KNOWN, &with(SOUND)).await.unwrap();
        assert_eq!(schema::version(&mut db, &path).await.unwrap(), schema::KNOWN + 1);
        let [backup] = &backups(folder.path())[..] else { panic!("one backup is expected") };
        let name = backup.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with(&format!("before-schema-{}-", schema::KNOWN + 1)), "{name}");
        let mut copy = open::connect(backup, false).await.unwrap();
        assert_eq!(tables(&mut copy).await, before);
        let trackers: i64 = query_scalar("SELECT count(*) FROM trackers").fetch_one(&mut copy).await.unwrap();
        assert_eq!((trackers, schema::version(&mut copy, backup).await.unwrap()), (1, schema::KNOWN));
    }

    #[tokio::test]
    async fn a_migration_that_fails_leaves_the_old_schema_and_names_the_copy() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut db) = filled(folder.path()).await;
        let before = tables(&mut db).await;
        let error = upgrade(&mut db, &path, schema::KNOWN, &with(BROKEN)).await.unwrap_err();
        let said = error.to_string();
        let [backup] = &backups(folder.path())[..] else { panic!("one backup is expected") };
        assert!(said.contains(&format!("uptime-tracker db restore {}", backup.display())), "{said}");
        db.close().await.unwrap();
        let mut db = open::connect(&path, false).await.unwrap();
        assert_eq!(
            (tables(&mut db).await, schema::version(&mut db, &path).await.unwrap()),
            (before, schema::KNOWN)
        );
        // Another try makes another copy, but not for ever.
        for _ in 0..3 {
            let mut db = open::connect(&path, false).await.unwrap();
            for copy in backups(folder.path()) {
                let older = copy.to_str().unwrap().replace("-20", "-19");
                fs::rename(&copy, older).unwrap();
            }
            upgrade(&mut db, &path, schema::KNOWN, &with(BROKEN)).await.unwrap_err();
        }
        assert_eq!(backups(folder.path()).len(), KEPT);
        // The program of before goes on.
        Store::open(&path).await.unwrap();
    }

    #[test]
    fn two_starts_within_a_second_make_two_copies() {
        let folder = tempfile::tempdir().unwrap();
        let name = |at| free_name(folder.path(), "before-schema-2-", Timestamp(at));
        let first = name(1_795_435_200_000);
        assert!(first.ends_with("before-schema-2-2026-11-23T120000Z.db"), "{first:?}");
        fs::write(&first, "").unwrap();
        assert!(name(1_795_435_200_999).ends_with("before-schema-2-2026-11-23T120001Z.db"));
    }

    #[tokio::test]
    async fn without_a_copy_nothing_is_changed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut db) = filled(folder.path()).await;
        fs::write(folder.path().join(BACKUPS), "in the way").unwrap();
        let error = upgrade(&mut db, &path, schema::KNOWN, &with(SOUND)).await.unwrap_err();
        assert!(matches!(error, StoreError::NotSafe { .. }), "{error:?}");
        assert_eq!(schema::version(&mut db, &path).await.unwrap(), schema::KNOWN);
    }

    #[tokio::test]
    async fn new_and_current_databases_are_not_copied() {
        let folder = tempfile::tempdir().unwrap();
        let (path, db) = filled(folder.path()).await;
        db.close().await.unwrap();
        Store::open(&path).await.unwrap().close().await.unwrap();
        assert!(backups(folder.path()).is_empty());
    }
}
