//! What a verification finds.

use std::fs;

use domain::{Outcome, Records, Timestamp};
use sqlx::{Connection, raw_sql};
use store::{StoreError, verify};

use super::harness::{Folder, batch, check, connect, down, someone, tracker};

async fn filled(folder: &Folder) -> Vec<u8> {
    let mut writer = folder.writer().await;
    writer.add(&[tracker("a.example")], &someone(), Timestamp(0)).await.unwrap();
    let checks = (0..2_000).map(|due| check(1, due, if due % 7 == 0 { down("x") } else { Outcome::Up }));
    writer.record(&batch(checks.collect())).await.unwrap();
    writer.close().await.unwrap();
    fs::read(folder.database()).unwrap()
}

#[tokio::test]
async fn a_sound_database_is_said_to_be_and_left_as_it_is() {
    let folder = Folder::new();
    let bytes = filled(&folder).await;
    let report = verify(&folder.database()).await.unwrap();
    assert_eq!(report.findings, []);
    let contents = report.contents.unwrap();
    assert_eq!((contents.trackers, contents.checks, contents.newest), (1, 2_000, Some(Timestamp(1_999))));
    assert_eq!(fs::read(folder.database()).unwrap(), bytes);
    assert_eq!(fs::read_dir(folder.0.path()).unwrap().count(), 1, "nothing is left beside it");
    // Also before anything ever failed.
    let quiet = Folder::new();
    quiet.writer().await.record(&batch(vec![check(1, 1, Outcome::Up)])).await.unwrap();
    assert_eq!(verify(&quiet.database()).await.unwrap().findings, []);
    // And while it is written.
    let mut writer = folder.writer().await;
    writer.record(&batch(vec![check(1, 2_000, Outcome::Up)])).await.unwrap();
    let report = verify(&folder.database()).await.unwrap();
    assert_eq!((report.findings.len(), report.contents.unwrap().checks), (0, 2_001));
    writer.record(&batch(vec![check(1, 2_001, Outcome::Up)])).await.unwrap();
}

/// Every page's first byte says what it is, and the next ones where things are in it.
#[tokio::test]
async fn flipped_bytes_are_found_on_every_page() {
    let folder = Folder::new();
    let whole = filled(&folder).await;
    for page in 1..whole.len() / 4_096 {
        let mut bytes = whole.clone();
        for byte in &mut bytes[page * 4_096..page * 4_096 + 12] {
            *byte ^= 0x55;
        }
        fs::write(folder.database(), &bytes).unwrap();
        let report = verify(&folder.database()).await.unwrap();
        assert!(!report.findings.is_empty(), "page {page}");
        assert_eq!(fs::read(folder.database()).unwrap(), bytes);
    }
    let mut bytes = whole;
    bytes[..16].fill(0x55);
    fs::write(folder.database(), &bytes).unwrap();
    assert_eq!(verify(&folder.database()).await.unwrap().findings.len(), 1);
}

#[tokio::test]
async fn causes_that_are_lost_are_found() {
    let folder = Folder::new();
    filled(&folder).await;
    let mut hand = connect(&folder.database()).await;
    raw_sql("DELETE FROM faults").execute(&mut hand).await.unwrap();
    hand.close().await.unwrap();
    let findings = verify(&folder.database()).await.unwrap().findings;
    assert_eq!((findings.len(), findings[0].what), (1, "faults"), "{findings:?}");
}

#[tokio::test]
async fn a_file_that_is_not_there_is_no_damage() {
    let error = verify(&Folder::new().database()).await.unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error:?}");
}

/// The mark of ours comes before the first table.
#[tokio::test]
async fn a_first_start_that_was_interrupted_is_no_damage() {
    let folder = Folder::new();
    let mut db = connect(&folder.database()).await;
    raw_sql("PRAGMA application_id = 1433425010").execute(&mut db).await.unwrap();
    db.close().await.unwrap();
    let report = verify(&folder.database()).await.unwrap();
    assert_eq!((report.findings, report.contents.unwrap().schema), (vec![], 0));
}
