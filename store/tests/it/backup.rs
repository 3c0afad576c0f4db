//! Copies of a database that is being written.

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    time::Duration,
};

use domain::{BackupKind, Outcome, Records, Timestamp};
use sqlx::query_scalar;
use store::{
    Store, StoreError, Writer, backup, backup_name, hand_made_name, is_backup_name, list_backups,
    read_backup_name,
};

use super::{
    full_disk::SmallDisk,
    harness::{Folder, batch, check, connect, someone, tracker},
};

async fn record(writer: &mut Writer, from: i64, count: i64) {
    writer
        .record(&batch((from..from + count).map(|due| check(1, due, Outcome::Up)).collect()))
        .await
        .unwrap();
}

/// The names in a folder, but for the database's own files.
fn others(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with("tracker.db")).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_while_checks_are_recorded_is_whole_and_delays_nothing() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    writer.add(&[tracker("a.example")], &someone(), Timestamp(0)).await.unwrap();
    record(&mut writer, 0, 20_000).await;
    let to = folder.0.path().join("copy.db");
    let (database, copy) = (folder.database(), to.clone());
    let mut running = tokio::spawn(async move { backup(&database, &copy).await });
    let mut due = 20_000;
    let report = loop {
        record(&mut writer, due, 500).await;
        due += 500;
        if running.is_finished() {
            break (&mut running).await.unwrap().unwrap();
        }
    };
    assert_eq!((report.contents.trackers, report.path.as_path()), (1, to.as_path()));
    let checks = i64::try_from(report.contents.checks).unwrap();
    assert!((20_000..=due).contains(&checks) && checks % 500 == 0, "whole groups of one moment: {checks}");
    assert_eq!(report.contents.newest, Some(Timestamp(checks - 1)));
    assert_eq!(report.bytes, fs::metadata(&to).unwrap().len());
    assert_eq!(others(folder.0.path()), ["copy.db"]);
    let copied = Store::open(&to).await.unwrap().into_writer().await.unwrap().trackers().await.unwrap();
    assert_eq!(copied, writer.trackers().await.unwrap());
}

#[tokio::test]
async fn a_copy_is_no_more_open_than_the_original() {
    let folder = Folder::new();
    folder.writer().await;
    fs::set_permissions(folder.database(), Permissions::from_mode(0o640)).unwrap();
    let to = folder.0.path().join("copy.db");
    backup(&folder.database(), &to).await.unwrap();
    assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o640);
}

#[tokio::test]
async fn what_is_there_is_not_overwritten_and_what_is_not_there_is_named() {
    let folder = Folder::new();
    let to = folder.0.path().join("copy.db");
    let error = backup(&folder.database(), &to).await.unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error:?}");
    folder.writer().await;
    fs::write(&to, "mine").unwrap();
    let error = backup(&folder.database(), &to).await.unwrap_err();
    assert!(matches!(error, StoreError::Exists { .. }), "{error:?}");
    assert_eq!(fs::read(&to).unwrap(), b"mine");
}

#[tokio::test]
async fn what_a_crash_left_is_cleaned_and_what_is_being_written_is_not() {
    let folder = Folder::new();
    folder.writer().await;
    let path = |name: &str| folder.0.path().join(name);
    for left in ["old.db.uptime-tracker-partial", "old.db.uptime-tracker-partial-journal", "mine.partial"] {
        fs::write(path(left), "half").unwrap();
    }
    let busy = File::create(path("busy.db.uptime-tracker-partial")).unwrap();
    busy.lock().unwrap();
    backup(&folder.database(), &path("new.db")).await.unwrap();
    assert_eq!(others(folder.0.path()), ["busy.db.uptime-tracker-partial", "mine.partial", "new.db"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_backup_leaves_nothing_and_recording_goes_on() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    record(&mut writer, 0, 50_000).await;
    let to = folder.0.path().join("copy.db");
    let mut interrupted = 0;
    for patience in 0..40 {
        let (database, copy) = (folder.database(), to.clone());
        let running = tokio::spawn(async move { backup(&database, &copy).await });
        for n in 0..patience {
            record(&mut writer, 50_000 + patience * 100 + n, 1).await;
        }
        running.abort();
        match running.await {
            Ok(done) => drop(done.unwrap()),
            Err(_) => interrupted += 1,
        }
        for _ in 0..2_000 {
            if !others(folder.0.path()).iter().any(|name| name != "copy.db") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let left = others(folder.0.path());
        assert!(left.is_empty() || left == ["copy.db"], "{left:?}");
        let _ = fs::remove_file(&to);
    }
    assert!(interrupted > 0);
    let report = backup(&folder.database(), &to).await.unwrap();
    assert_eq!(report.contents.checks, 50_000 + (0..40).sum::<u64>());
}

#[tokio::test]
async fn a_full_disk_leaves_no_half_backup() {
    let Some(disk) = SmallDisk::mount() else { return };
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    record(&mut writer, 0, 20_000).await;
    disk.fill("a");
    let to = disk.path().join("copy.db");
    let error = backup(&folder.database(), &to).await.unwrap_err();
    assert_eq!(error.advice(), Some("the disk is full"), "{error:?}");
    assert_eq!(others(disk.path()), ["a"]);
    fs::remove_file(disk.path().join("a")).unwrap();
    backup(&folder.database(), &to).await.unwrap();
    let sound: String =
        query_scalar("PRAGMA integrity_check").fetch_one(&mut connect(&to).await).await.unwrap();
    assert_eq!(sound, "ok");
}

#[tokio::test]
async fn a_damaged_database_is_not_copied() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    record(&mut writer, 0, 5_000).await;
    writer.close().await.unwrap();
    let mut bytes = fs::read(folder.database()).unwrap();
    // Several, for one page alone may be free.
    let middle = bytes.len() / 2 / 4_096 * 4_096;
    bytes[middle..middle + 8 * 4_096].fill(0xA5);
    fs::write(folder.database(), bytes).unwrap();
    let error = backup(&folder.database(), &folder.0.path().join("copy.db")).await.unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    assert_eq!(others(folder.0.path()), Vec::<String>::new());
}

#[test]
fn only_our_own_names_are_recognised() {
    assert_eq!(backup_name(Timestamp(1_795_435_200_999)), "tracker-2026-11-23T120000Z.db");
    assert!(is_backup_name("tracker-2026-11-23T120000Z.db"));
    for other in [
        "tracker-2026-11-23T120000Z.db-wal",
        "tracker-2026-11-23.db",
        "tracker.db",
        "",
        "before-schema-2-2026-11-23T120000Z.db",
    ] {
        assert!(!is_backup_name(other), "{other}");
    }
}

#[test]
fn names_say_why_and_when() {
    let at = Timestamp(1_795_435_200_000);
    for (name, kind) in [
        (backup_name(at), BackupKind::Daily),
        (hand_made_name(at), BackupKind::ByHand),
        ("before-schema-6-2026-11-23T120000Z.db".into(), BackupKind::BeforeUpdate),
    ] {
        assert_eq!(read_backup_name(&name), Some((kind, at)), "{name}");
    }
    for name in [
        "",
        "tracker-2026-11-23T120000Z.db/../x",
        "tracker-2026-11-23T120000Z.db ",
        "tracker-2026-99-23T120000Z.db",
        "by-hand-2026-11-23T120000Z.db.uptime-tracker-partial",
        "before-schema--2026-11-23T120000Z.db",
        "before-schema-1/../2-2026-11-23T120000Z.db",
        "../tracker-2026-11-23T120000Z.db",
        "uptime-tracker.db",
    ] {
        assert_eq!(read_backup_name(name), None, "{name}");
    }
}

#[test]
fn only_whole_backups_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(list_backups(&folder.path().join("nowhere")).unwrap(), []);
    let names = [
        "tracker-2026-11-24T120000Z.db",
        "before-schema-6-2026-11-23T120000Z.db",
        "by-hand-2026-11-25T120000Z.db",
    ];
    for name in names.iter().chain(&["mine.db", ".tracker-2026-11-24T120000Z.db.1-0.uptime-tracker-partial"])
    {
        fs::write(folder.path().join(name), name).unwrap();
    }
    fs::create_dir(folder.path().join("tracker-2026-11-26T120000Z.db")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("tracker-2026-11-27T120000Z.db")).unwrap();
    let listed = list_backups(folder.path()).unwrap();
    let listed: Vec<(&str, usize)> =
        listed.iter().map(|backup| (backup.name.as_str(), usize::try_from(backup.bytes).unwrap())).collect();
    assert_eq!(listed, [names[2], names[0], names[1]].map(|name| (name, name.len())));
}
