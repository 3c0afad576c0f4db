//! The editor beside a running server.

use domain::{Records, Timestamp, TrackerId};
use sqlx::{Connection, raw_sql};
use store::{Editor, StoreError};

use super::harness::{Folder, someone, tracker, vault};

#[tokio::test]
async fn an_edit_beside_a_writer_is_noticed() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    writer.add(&[tracker("a.example")], &someone(), Timestamp(0)).await.unwrap();
    let mut editor = Editor::open(&folder.database(), vault()).await.unwrap();
    assert!(!writer.changed_outside().await.unwrap(), "opening and reading change nothing");
    let id = editor.add(&tracker("b.example"), Timestamp(5)).await.unwrap();
    assert_eq!(id, TrackerId(2));
    assert!(writer.changed_outside().await.unwrap());
    assert_eq!(writer.trackers().await.unwrap(), editor.list().await.unwrap());
    assert!(editor.remove(TrackerId(1), Timestamp(0)).await.unwrap());
    assert!(!editor.remove(TrackerId(1), Timestamp(0)).await.unwrap());
    editor.close().await.unwrap();
    assert!(writer.changed_outside().await.unwrap());
    let left = writer.trackers().await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].as_ref().unwrap().added_at, Timestamp(5));
}

#[tokio::test]
async fn an_editor_makes_no_database_and_migrates_none() {
    let folder = Folder::new();
    let error = Editor::open(&folder.database(), vault()).await.unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error:?}");
    assert!(error.to_string().contains("uptime-tracker serve"));
    assert!(!folder.database().exists());

    folder.by_hand().await.close().await.unwrap();
    std::fs::write(folder.database(), "").unwrap();
    let error = Editor::open(&folder.database(), vault()).await.unwrap_err();
    assert!(matches!(error, StoreError::TooOld { found: 0, .. }), "{error:?}");
    assert_eq!(std::fs::read(folder.database()).unwrap(), b"");
}

#[tokio::test]
async fn an_editor_refuses_the_schema_of_another_version() {
    let folder = Folder::new();
    folder.writer().await.close().await.unwrap();
    let mut hand = folder.by_hand().await;
    raw_sql("INSERT INTO _sqlx_migrations VALUES (900, 'later', '', TRUE, x'00', 0)")
        .execute(&mut hand)
        .await
        .unwrap();
    hand.close().await.unwrap();
    let error = Editor::open(&folder.database(), vault()).await.unwrap_err();
    assert!(matches!(error, StoreError::TooNew { found: 900, .. }), "{error:?}");
}
