//! Which files are opened, and which are left alone.

use std::{fs, path::Path};

use domain::{Outcome, Records, Timestamp};
use sqlx::{AssertSqlSafe, Connection, query_scalar, raw_sql};
use store::{Store, StoreError};

use super::harness::{Folder, batch, check, connect, down, someone, tracker, vault};

async fn refusal(path: &Path) -> StoreError {
    let before = fs::read(path).unwrap();
    let error = Store::open(path).await.unwrap_err();
    assert_eq!(fs::read(path).unwrap(), before, "a refused file is left as it is");
    error
}

#[tokio::test]
async fn what_was_recorded_is_there_when_it_is_opened_again() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    writer.add(&[tracker("a.example")], &someone(), Timestamp(1)).await.unwrap();
    writer.record(&batch(vec![check(1, 1, Outcome::Up), check(1, 2, down("x"))])).await.unwrap();
    let before = (writer.trackers().await.unwrap(), writer.recent(None).await.unwrap());
    writer.close().await.unwrap();
    let mut again = folder.writer().await;
    assert_eq!((again.trackers().await.unwrap(), again.recent(None).await.unwrap()), before);
    assert!(!again.changed_outside().await.unwrap());
    // The numbers of faults go on where they were.
    again.record(&batch(vec![check(1, 3, down("y")), check(1, 4, down("x"))])).await.unwrap();
    let faults: i64 =
        query_scalar("SELECT count(*) FROM faults").fetch_one(&mut folder.by_hand().await).await.unwrap();
    assert_eq!((faults, again.recent(None).await.unwrap().checks.len()), (2, 4));
}

#[tokio::test]
async fn an_empty_file_is_a_new_database() {
    let folder = Folder::new();
    fs::write(folder.database(), "").unwrap();
    assert_eq!(folder.writer().await.trackers().await.unwrap(), []);
}

#[tokio::test]
async fn a_start_that_was_cut_short_goes_on() {
    let folder = Folder::new();
    let mut hand = folder.by_hand().await;
    raw_sql("PRAGMA journal_mode = WAL; PRAGMA application_id = 0x55705472;")
        .execute(&mut hand)
        .await
        .unwrap();
    hand.close().await.unwrap();
    assert_eq!(folder.writer().await.trackers().await.unwrap(), []);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let folder = Folder::new();
    let path = folder.0.path().join("nowhere").join("tracker.db");
    let error = Store::open(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error:?}");
    assert!(error.to_string().contains("nowhere"));
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
    let folder = Folder::new();
    fs::write(folder.database(), "Dear diary, today I learnt about file formats. ".repeat(100)).unwrap();
    assert!(matches!(refusal(&folder.database()).await, StoreError::NotOurs { .. }));
}

#[tokio::test]
async fn somebody_elses_database_is_refused() {
    for mark in ["", "PRAGMA application_id = 42;"] {
        let folder = Folder::new();
        let mut hand = folder.by_hand().await;
        let sql = AssertSqlSafe(format!("{mark} CREATE TABLE recipes (name TEXT);"));
        raw_sql(sql).execute(&mut hand).await.unwrap();
        hand.close().await.unwrap();
        assert!(matches!(refusal(&folder.database()).await, StoreError::NotOurs { .. }), "{mark}");
    }
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    let folder = Folder::new();
    folder.writer().await.close().await.unwrap();
    let mut hand = folder.by_hand().await;
    raw_sql("INSERT INTO _sqlx_migrations VALUES (999, 'later', '', TRUE, x'00', 0)")
        .execute(&mut hand)
        .await
        .unwrap();
    hand.close().await.unwrap();
    let error = refusal(&folder.database()).await;
    assert!(matches!(error, StoreError::TooNew { found: 999, .. }), "{error:?}");
}

#[tokio::test]
async fn an_editor_of_somebody_elses_file_says_so() {
    let folder = Folder::new();
    fs::write(folder.database(), "Dear diary, today I learnt about file formats. ".repeat(100)).unwrap();
    let error = store::Editor::open(&folder.database(), vault()).await.unwrap_err();
    assert!(matches!(error, StoreError::NotOurs { .. }), "{error:?}");
}

#[tokio::test]
async fn the_sqlite_within_is_a_sound_one() {
    let folder = Folder::new();
    let version: String = query_scalar("SELECT sqlite_version()")
        .fetch_one(&mut connect(&folder.database()).await)
        .await
        .unwrap();
    let parts: Vec<u32> = version.split('.').map(|part| part.parse().unwrap()).collect();
    assert!(parts >= vec![3, 51, 3], "{version}");
}
