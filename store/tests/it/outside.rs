//! Another process writes to the same database.

use domain::{NewTracker, Outcome, Records, Timestamp};
use sqlx::{Connection, SqliteConnection, raw_sql};

use super::harness::{Folder, batch, check, down, someone, tracker};

async fn run(db: &mut SqliteConnection, sql: &'static str) {
    raw_sql(sql).execute(db).await.unwrap();
}

#[tokio::test]
async fn each_change_from_outside_is_noticed_once_and_our_own_never() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let mut hand = folder.by_hand().await;
    assert!(!writer.changed_outside().await.unwrap());
    writer.add(&[tracker("a.example")], &someone(), Timestamp(0)).await.unwrap();
    writer.record(&batch(vec![check(1, 1, Outcome::Up)])).await.unwrap();
    assert!(!writer.changed_outside().await.unwrap());
    for _ in 0..3 {
        run(&mut hand, "INSERT INTO trackers(url) VALUES ('b.example')").await;
        // What we write and read in between hides nothing.
        writer.record(&batch(vec![check(1, 2, Outcome::Up)])).await.unwrap();
        writer.trackers().await.unwrap();
        assert!(writer.changed_outside().await.unwrap());
        assert!(!writer.changed_outside().await.unwrap());
    }
    run(&mut hand, "BEGIN IMMEDIATE; INSERT INTO trackers(url) VALUES ('b.example'); ROLLBACK;").await;
    assert!(!writer.changed_outside().await.unwrap());
    assert_eq!(writer.trackers().await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_batch_waits_for_a_lock() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    writer.add(&[tracker("a.example")], &someone(), Timestamp(0)).await.unwrap();
    let mut hand = folder.by_hand().await;
    run(&mut hand, "BEGIN IMMEDIATE; INSERT INTO trackers(url) VALUES ('b.example');").await;
    let recording = tokio::spawn(async move {
        writer.record(&batch(vec![check(1, 1, Outcome::Up)])).await.unwrap();
        writer
    });
    // The other transaction goes on while the batch waits, and ends when it likes.
    for _ in 0..100 {
        run(&mut hand, "UPDATE trackers SET name = name || 'x' WHERE id = 2").await;
        assert!(!recording.is_finished());
    }
    run(&mut hand, "COMMIT").await;
    let mut writer = recording.await.unwrap();
    assert_eq!(writer.recent(None).await.unwrap().checks.len(), 1);
    assert!(writer.changed_outside().await.unwrap());
    assert_eq!(writer.trackers().await.unwrap().len(), 2);
}

#[tokio::test]
async fn many_are_added_or_none() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let mut hand = folder.by_hand().await;
    run(
        &mut hand,
        "CREATE TRIGGER at_most_two BEFORE INSERT ON trackers WHEN (SELECT count(*) FROM trackers) >= 2
         BEGIN SELECT RAISE(ABORT, 'enough'); END;",
    )
    .await;
    let new: Vec<NewTracker> = (0..5).map(|n| tracker(&format!("{n}.example"))).collect();
    writer.add(&new, &someone(), Timestamp(0)).await.unwrap_err();
    assert_eq!(writer.trackers().await.unwrap(), []);
    run(&mut hand, "DROP TRIGGER at_most_two").await;
    assert_eq!(writer.add(&new, &someone(), Timestamp(0)).await.unwrap().len(), 5);
}

#[tokio::test]
async fn a_fault_that_was_deleted_by_hand_is_stored_again() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    writer.add(&[tracker("a.example")], &someone(), Timestamp(0)).await.unwrap();
    writer.record(&batch(vec![check(1, 1, down("x"))])).await.unwrap();
    let mut hand = folder.by_hand().await;
    run(&mut hand, "DELETE FROM checks; DELETE FROM faults;").await;
    hand.close().await.unwrap();
    assert!(writer.changed_outside().await.unwrap());
    let again = vec![check(1, 2, down("x"))];
    writer.record(&batch(again.clone())).await.unwrap();
    assert_eq!(writer.recent(None).await.unwrap().checks, again);
}
