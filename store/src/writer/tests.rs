use domain::{Check, CheckName, Fault, FaultKind, Location, Outcome, Phases, Recorded};

use super::*;
use crate::Store;

/// Failures of tracker 1, each with a detail of its own, due at `from`, `from` + 1, …
fn failures(from: i64, count: i64) -> Batch {
    let failure = |due: i64| Recorded {
        check: Check {
            name: CheckName {
                tracker: TrackerId(1),
                due: Timestamp(due),
                attempt: 0,
                location: Location::LOCAL,
            },
            late_ms: 0,
            latency: None,
            phases: Phases::NONE,
            outcome: Outcome::Down(Fault::new(FaultKind::Refused, format!("{due} {}", "x".repeat(150)))),
        },
        retrying: false,
    };
    Batch { checks: (from..from + count).map(failure).collect(), ..Batch::default() }
}

async fn count(writer: &mut Writer, table: &str) -> i64 {
    let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    query_scalar(count).fetch_one(&mut writer.db).await.unwrap()
}

async fn limit_pages(writer: &mut Writer, pages: i64) {
    let limit = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
    query(limit).execute(&mut writer.db).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_undoes_the_batch_and_leaves_a_writer_that_works_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("tracker.db")).await.unwrap();
    let mut writer = store.into_writer().await.unwrap();
    writer.record(&failures(0, 1)).await.unwrap();
    let pages: i64 = query_scalar("PRAGMA page_count").fetch_one(&mut writer.db).await.unwrap();
    limit_pages(&mut writer, pages + 3).await;
    for _ in 0..2 {
        let failure = writer.record(&failures(1, 500)).await.unwrap_err();
        assert!(matches!(failure, Failure::Unavailable { .. }), "{failure:?}");
        assert_eq!((count(&mut writer, "checks").await, count(&mut writer, "faults").await), (1, 1));
    }
    limit_pages(&mut writer, 1_000_000).await;
    writer.record(&failures(1, 500)).await.unwrap();
    assert_eq!((count(&mut writer, "checks").await, count(&mut writer, "faults").await), (501, 501));
}

#[tokio::test]
async fn a_database_that_became_read_only_is_said_to_be_and_works_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("tracker.db")).await.unwrap();
    let mut writer = store.into_writer().await.unwrap();
    query("PRAGMA query_only = 1").execute(&mut writer.db).await.unwrap();
    let failure = writer.record(&failures(0, 1)).await.unwrap_err();
    let Failure::Unavailable { cause, .. } = failure else { panic!("{failure:?}") };
    assert!(cause.downcast_ref::<StoreError>().unwrap().advice().unwrap().contains("read-only"));
    query("PRAGMA query_only = 0").execute(&mut writer.db).await.unwrap();
    writer.record(&failures(0, 1)).await.unwrap();
    assert_eq!(count(&mut writer, "checks").await, 1);
}

#[tokio::test]
async fn a_full_disk_throws_the_ballast_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ballast");
    let ballast = Ballast::new(path.clone()).with_size(1, 0);
    ballast.take().unwrap();
    let store = Store::open(&folder.path().join("tracker.db")).await.unwrap();
    let mut writer = store.into_writer().await.unwrap().with_ballast(ballast);
    writer.record(&failures(0, 1)).await.unwrap();
    assert!(path.exists());
    let pages: i64 = query_scalar("PRAGMA page_count").fetch_one(&mut writer.db).await.unwrap();
    limit_pages(&mut writer, pages).await;
    writer.record(&failures(1, 500)).await.unwrap_err();
    assert!(!path.exists());
}

#[tokio::test]
async fn a_dropped_future_leaves_all_of_its_batch_or_nothing() {
    const SIZE: i64 = 60;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("tracker.db")).await.unwrap();
    let mut writer = store.into_writer().await.unwrap();
    let mut dropped = 0;
    for round in 0..60_i64 {
        let batch = failures(round * SIZE, SIZE);
        let patience = async {
            for _ in 0..round {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            done = writer.record(&batch) => done.unwrap(),
            () = patience => dropped += 1,
        }
        writer.record(&failures(-1 - round, 1)).await.unwrap();
        let whole: i64 =
            query_scalar("SELECT count(*) FROM checks WHERE due >= 0 GROUP BY due / ? HAVING count(*) <> ?")
                .bind(SIZE)
                .bind(SIZE)
                .fetch_optional(&mut writer.db)
                .await
                .unwrap()
                .unwrap_or(0);
        assert_eq!(whole, 0, "a batch of which only a part was recorded");
        assert_eq!(count(&mut writer, "checks WHERE due < 0").await, round + 1);
        assert_eq!(count(&mut writer, "checks WHERE fault_id NOT IN (SELECT id FROM faults)").await, 0);
    }
    assert!(dropped > 0);
}

#[tokio::test]
async fn questions_about_the_past_do_not_keep_the_log_from_being_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("tracker.db")).await.unwrap();
    let mut writer = store.into_writer().await.unwrap();
    writer.record(&failures(0, 100)).await.unwrap();
    while writer.tend(Timestamp(0)).await.unwrap() {}
    let archive = writer.archive();
    for _ in 0..8 {
        archive.periods(TrackerId(1), &[Timestamp(0), Timestamp(100)]).await.unwrap();
    }
    writer.record(&failures(100, 100)).await.unwrap();
    // What is dropped ends on a thread of its own, soon.
    for _ in 0..500 {
        let (busy, _, _): (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut writer.db).await.unwrap();
        if busy == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("a question is still being asked");
}
