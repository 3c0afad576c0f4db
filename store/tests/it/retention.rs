//! What is too old or too much leaves, and only that.

use std::time::Duration;

use domain::{
    Alteration, Archive, Batch, Ceiling, CheckQuery, Evidence, Exhibit, Micros, Order, Outcome, Phase,
    Recorded, Records, Retention, Signal, SignalWord, Timestamp, TrackerId, Window,
};
use sqlx::{Connection, SqliteConnection, query, query_scalar};
use store::{Writer, rebuild, verify};

use super::harness::{Folder, batch, check, down, someone, tracker};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// 2026-11-23.
const START: i64 = 1_795_392_000_000;

/// Records a check every 30 s from hour to hour, the first of each hour down, and tends at the end of each.
async fn run(writer: &mut Writer, id: TrackerId, hours: std::ops::Range<i64>) {
    for hour in hours {
        let from = START + hour * HOUR_MS;
        let checks: Vec<Recorded> = (0..120)
            .map(|n| {
                let outcome = if n == 0 { down(&format!("hour {hour}")) } else { Outcome::Up };
                let mut check = check(id.0, from + n * 30_000, outcome);
                // Hard to compress.
                let mixed = (hour * 120 + n).cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
                let noise = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                check.check.phases.add(Phase::Connect, Micros(u32::try_from(n).unwrap()));
                check.check.latency = Some(Micros(u32::try_from(noise >> 41).unwrap()));
                check
            })
            .collect();
        let (at, failure) = (Timestamp(from), Evidence::default());
        let exhibits = vec![Exhibit { tracker: id, at, failure, last_good: None }];
        writer.record(&Batch { exhibits, ..batch(checks) }).await.unwrap();
        tend(writer, from + HOUR_MS).await;
    }
}

async fn tend(writer: &mut Writer, now: i64) {
    while writer.tend(Timestamp(now)).await.unwrap() {}
}

/// A writer that looks for old things at once.
async fn started(folder: &Folder, retention: Retention) -> Writer {
    let mut writer = folder.writer().await;
    writer.keep(retention);
    writer
}

async fn count(db: &mut SqliteConnection, what: &'static str) -> i64 {
    query_scalar(what).fetch_one(db).await.unwrap()
}

/// How many pages of the file hold something.
async fn in_use(db: &mut SqliteConnection) -> i64 {
    count(db, "PRAGMA page_count").await - count(db, "PRAGMA freelist_count").await
}

async fn dues(archive: &dyn Archive, id: TrackerId) -> Vec<i64> {
    let window = Window::new(Timestamp(0), Timestamp(i64::MAX));
    let query = CheckQuery { window, order: Order::OldestFirst, after: None, limit: 1_000_000 };
    let page = archive.checks(id, query).await.unwrap();
    page.checks.iter().map(|entry| entry.recorded.check.name.due.0).collect()
}

#[tokio::test]
async fn rows_leave_for_blocks_and_the_table_of_checks_stays_short() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let id = writer.add(&[tracker("a.example")], &someone(), Timestamp(START)).await.unwrap()[0];
    run(&mut writer, id, 0..20).await;
    let mut db = folder.by_hand().await;
    assert!(count(&mut db, "SELECT count(*) FROM checks").await <= 240);
    let blocks = count(&mut db, "SELECT count(*) FROM blocks").await;
    assert!((3..=4).contains(&blocks), "{blocks} blocks of at least 512 entries each");
    assert_eq!(dues(&*writer.archive(), id).await.len(), 2_400);
    assert_eq!(verify(&folder.database()).await.unwrap().findings, []);
}

#[tokio::test]
async fn checks_leave_by_age_rollups_stay_and_the_file_shrinks() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let id = writer.add(&[tracker("a.example")], &someone(), Timestamp(START)).await.unwrap()[0];
    run(&mut writer, id, 0..1_000).await;
    let now = START + 1_000 * HOUR_MS;
    let edges = [Timestamp(START), Timestamp(START + 30 * DAY_MS), Timestamp(now)];
    let before = writer.archive().periods(id, &edges).await.unwrap();
    writer.close().await.unwrap();
    let full = in_use(&mut folder.by_hand().await).await;

    let kept = Retention { checks: Duration::from_hours(48), ..Retention::default() };
    let mut writer = started(&folder, kept).await;
    tend(&mut writer, now).await;
    let left = dues(&*writer.archive(), id).await;
    let oldest = left[0];
    assert!((now - 3 * DAY_MS..=now - 2 * DAY_MS).contains(&oldest), "{}", Timestamp(oldest));
    assert_eq!(left.len(), usize::try_from((now - oldest) / 30_000).unwrap(), "nothing younger is missing");
    assert_eq!(writer.archive().periods(id, &edges).await.unwrap(), before, "what is said of days stays");
    assert_eq!(verify(&folder.database()).await.unwrap().findings, []);
    writer.close().await.unwrap();
    let mut db = folder.by_hand().await;
    let phases = count(&mut db, "SELECT min(last_due) FROM phases").await;
    assert!((now - 2 * DAY_MS..=now - 47 * HOUR_MS).contains(&phases), "{}", Timestamp(phases));
    assert_eq!(count(&mut db, "SELECT count(*) FROM phase_hours").await, 1_000, "hours of phases stay");
    assert_eq!(count(&mut db, "SELECT count(*) FROM evidence").await, 100, "the newest stay");
    let shrunk = in_use(&mut db).await;
    assert!(shrunk < full, "from {full} pages to {shrunk}");
    // The size of the file says less: its readers may still be closing, and what left then waits in the log.
    assert!(count(&mut db, "PRAGMA freelist_count").await <= 40, "the others are given back");
}

#[tokio::test]
async fn checks_leave_by_size() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let id = writer.add(&[tracker("a.example")], &someone(), Timestamp(START)).await.unwrap()[0];
    run(&mut writer, id, 0..52).await;
    writer.close().await.unwrap();
    let all = Retention { ceiling: Ceiling::Bytes(0), ..Retention::default() };
    let mut writer = started(&folder, all).await;
    tend(&mut writer, START + 52 * HOUR_MS).await;
    let left = dues(&*writer.archive(), id).await;
    assert!(left.len() < 700, "{} entries of the open block and the last hour", left.len());
    assert_eq!(left.last(), Some(&(START + 52 * HOUR_MS - 30_000)), "the newest stay");
}

#[tokio::test]
async fn what_failures_showed_is_forgotten_before_they_are() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let id = writer.add(&[tracker("a.example")], &someone(), Timestamp(START)).await.unwrap()[0];
    run(&mut writer, id, 0..4).await;
    let mut db = folder.by_hand().await;
    let signal = Signal {
        at: Timestamp(START),
        word: SignalWord::Success,
        run: None,
        from: None,
        body: "12 GiB".into(),
    };
    writer.record(&Batch { signals: vec![(id, signal)], ..Batch::default() }).await.unwrap();
    let details = "SELECT count(*) FROM faults WHERE detail <> ''";
    for (days, kept, with_detail) in [(89, 4, 4), (92, 4, 0), (300, 4, 0), (400, 0, 0)] {
        writer.close().await.unwrap();
        writer = folder.writer().await;
        tend(&mut writer, START + days * DAY_MS).await;
        assert_eq!(count(&mut db, details).await, with_detail, "after {days} days");
        assert_eq!(count(&mut db, "SELECT count(*) FROM faults").await, kept, "after {days} days");
        let exhibits = if with_detail > 0 { 4 } else { 0 };
        assert_eq!(count(&mut db, "SELECT count(*) FROM evidence").await, exhibits, "after {days} days");
        let with_body = count(&mut db, "SELECT count(*) FROM signals WHERE body <> ''").await;
        assert_eq!(with_body, exhibits.min(1), "after {days} days");
        assert_eq!(count(&mut db, "SELECT count(*) FROM signals").await, 1, "what it said stays");
    }
}

#[tokio::test]
async fn the_history_of_a_tracker_that_is_gone_goes_too() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let ids = writer
        .add(&[tracker("a.example"), tracker("b.example")], &someone(), Timestamp(START))
        .await
        .unwrap();
    for id in &ids {
        run(&mut writer, *id, 0..10).await;
    }
    writer.alter(&[Alteration::Removed(ids[0])], &someone(), Timestamp(START)).await.unwrap();
    writer.purge(Timestamp(START)).await.unwrap();
    tend(&mut writer, START + 10 * HOUR_MS).await;
    let mut db = folder.by_hand().await;
    for table in [
        "blocks",
        "open_blocks",
        "hours",
        "days",
        "sealed",
        "transitions",
        "phases",
        "phase_hours",
        "evidence",
    ] {
        let rows = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table} WHERE tracker_id = {}", ids[0]));
        let rows: i64 = query_scalar(rows).fetch_one(&mut db).await.unwrap();
        assert_eq!(rows, 0, "{table}");
    }
    assert_eq!(dues(&*writer.archive(), ids[1]).await.len(), 1_200);
    assert_eq!(verify(&folder.database()).await.unwrap().findings, []);
}

#[tokio::test]
async fn a_damaged_rollup_is_added_up_again_without_what_is_being_sealed() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let id = writer.add(&[tracker("a.example")], &someone(), Timestamp(START)).await.unwrap()[0];
    run(&mut writer, id, 0..30).await;
    let mut db = folder.by_hand().await;
    let damage = "UPDATE days SET checksum = checksum + 1 WHERE day = (SELECT max(day) FROM days)";
    assert_eq!(query(damage).execute(&mut db).await.unwrap().rows_affected(), 1);
    db.close().await.unwrap();
    run(&mut writer, id, 30..33).await;
    writer.close().await.unwrap();
    assert_eq!(verify(&folder.database()).await.unwrap().findings, []);
}

#[tokio::test]
async fn rollups_that_were_tampered_with_are_found_and_rebuilt() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let id = writer.add(&[tracker("a.example")], &someone(), Timestamp(START)).await.unwrap()[0];
    run(&mut writer, id, 0..60).await;
    let edges = [Timestamp(START), Timestamp(START + 60 * HOUR_MS)];
    let before = writer.archive().periods(id, &edges).await.unwrap();
    writer.close().await.unwrap();
    let mut db = folder.by_hand().await;
    let hour = START / HOUR_MS;
    for sql in ["UPDATE hours SET up_ms = up_ms + 1 WHERE hour = ?", "DELETE FROM hours WHERE hour = ? + 30"]
    {
        query(sql).bind(hour).execute(&mut db).await.unwrap();
    }
    query("UPDATE days SET checksum = 0 WHERE day = ? / 24").bind(hour).execute(&mut db).await.unwrap();
    for sql in [
        "UPDATE phase_hours SET checksum = checksum + 1 WHERE hour = ?",
        "UPDATE phases SET payload = zeroblob(9) WHERE id = (SELECT min(id) FROM phases WHERE ?1 > 0)",
        "UPDATE evidence SET failure = '{' WHERE at / 3600000 = ?",
    ] {
        query(sql).bind(hour).execute(&mut db).await.unwrap();
    }
    db.close().await.unwrap();
    let found = verify(&folder.database()).await.unwrap().findings;
    assert_eq!(found.len(), 6, "{found:?}");
    let report = rebuild(&folder.database()).await.unwrap();
    assert_eq!((report.trackers, report.repaired, report.damaged, report.removed), (1, 1, 0, 3));
    assert_eq!(verify(&folder.database()).await.unwrap().findings, []);
    let writer = folder.writer().await;
    let mut writer = writer;
    tend(&mut writer, START + 60 * HOUR_MS).await;
    assert_eq!(writer.archive().periods(id, &edges).await.unwrap(), before);
}
