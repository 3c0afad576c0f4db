//! A backup in the place of a database.

use std::fs;

use domain::{Outcome, Recent, Records, Timestamp};
use sqlx::{Connection, raw_sql};
use store::{Store, StoreError, backup, restore};

use super::harness::{Folder, batch, check, connect, down, someone, tracker};

const AT: Timestamp = Timestamp(1_795_435_200_000);
const ASIDE: &str = "tracker.db.before-restore-2026-11-23T120000Z";

async fn recorded(folder: &Folder) -> Recent {
    folder.writer().await.recent(None).await.unwrap()
}

/// A folder with a database that was backed up after its first two checks, as `copy.db`, and what it held then.
async fn backed_up() -> (Folder, Recent) {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    writer.add(&[tracker("a.example")], &someone(), Timestamp(0)).await.unwrap();
    writer.record(&batch(vec![check(1, 1, Outcome::Up), check(1, 2, down("x"))])).await.unwrap();
    let then = writer.recent(None).await.unwrap();
    backup(&folder.database(), &folder.0.path().join("copy.db")).await.unwrap();
    writer.record(&batch(vec![check(1, 3, Outcome::Up)])).await.unwrap();
    writer.close().await.unwrap();
    (folder, then)
}

#[tokio::test]
async fn what_was_backed_up_is_back_and_what_was_there_is_kept() {
    let (folder, then) = backed_up().await;
    let report = restore(&folder.0.path().join("copy.db"), &folder.database(), AT).await.unwrap();
    let contents = report.contents;
    assert_eq!((contents.trackers, contents.checks, contents.newest), (1, 2, Some(Timestamp(2))));
    assert_eq!(recorded(&folder).await, then);
    let former = report.former.unwrap();
    assert_eq!(former.file_name().unwrap(), ASIDE);
    let former = Store::open(&former).await.unwrap().into_writer().await.unwrap().recent(None).await.unwrap();
    assert_eq!(former.checks.len(), 3);
    // And on: the restored one takes checks, and can be restored again.
    folder.writer().await.record(&batch(vec![check(1, 4, Outcome::Up)])).await.unwrap();
    restore(&folder.0.path().join("copy.db"), &folder.database(), Timestamp(0)).await.unwrap();
    assert_eq!(recorded(&folder).await, then);
}

#[tokio::test]
async fn the_log_of_a_server_that_crashed_belongs_to_the_former_database() {
    let (folder, then) = backed_up().await;
    // A crash leaves the log: here it is copied away before the connection closes, and put back.
    let mut writer = folder.writer().await;
    writer.record(&batch(vec![check(1, 4, Outcome::Up)])).await.unwrap();
    let (main, log) = (fs::read(folder.database()).unwrap(), folder.0.path().join("tracker.db-wal"));
    let pages = fs::read(&log).unwrap();
    writer.close().await.unwrap();
    fs::write(folder.database(), main).unwrap();
    fs::write(&log, pages).unwrap();
    let report = restore(&folder.0.path().join("copy.db"), &folder.database(), AT).await.unwrap();
    assert_eq!(recorded(&folder).await, then);
    let former = Store::open(&report.former.unwrap()).await.unwrap().into_writer().await.unwrap();
    assert_eq!({ former }.recent(None).await.unwrap().checks.len(), 4);
}

#[tokio::test]
async fn a_damaged_or_lost_database_is_replaced_as_well() {
    for damaged in [true, false] {
        let (folder, then) = backed_up().await;
        fs::remove_file(folder.database()).unwrap();
        if damaged {
            fs::write(folder.database(), "no database any more").unwrap();
            fs::write(folder.0.path().join("tracker.db-wal"), "nor a log").unwrap();
        }
        let report = restore(&folder.0.path().join("copy.db"), &folder.database(), AT).await.unwrap();
        assert_eq!(report.former.is_some(), damaged);
        assert_eq!(recorded(&folder).await, then);
        if damaged {
            assert_eq!(fs::read(folder.0.path().join(ASIDE)).unwrap(), b"no database any more");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_trusted_replaces_nothing() {
    let (folder, _) = backed_up().await;
    let before = fs::read(folder.database()).unwrap();
    let path = |name: &str| folder.0.path().join(name);
    let whole = fs::read(path("copy.db")).unwrap();
    fs::write(path("letter"), "Dear diary. ".repeat(1_000)).unwrap();
    fs::write(path("half.db"), &whole[..whole.len() / 2]).unwrap();
    fs::write(path("newer.db"), &whole).unwrap();
    let mut newer = connect(&path("newer.db")).await;
    let later = "INSERT INTO _sqlx_migrations VALUES (999, 'later', '', TRUE, x'00', 0)";
    raw_sql(later).execute(&mut newer).await.unwrap();
    newer.close().await.unwrap();
    let names = || {
        let entries = fs::read_dir(folder.0.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let there = names();
    for (name, expected) in [
        ("nowhere.db", "there is no database"),
        ("letter", "is not a database of Uptime Tracker"),
        ("half.db", "is damaged"),
        ("newer.db", "use a newer Uptime Tracker"),
    ] {
        let error: StoreError = restore(&path(name), &folder.database(), AT).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{name}: {error}");
        assert_eq!(names(), there, "{name}");
    }
    assert_eq!(fs::read(folder.database()).unwrap(), before);
}
