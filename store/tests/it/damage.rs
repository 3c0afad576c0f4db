//! Files that were damaged, removed or replaced.

use std::fs;

use domain::{Failure, Outcome, Records, Timestamp};
use store::{Store, StoreError};

use super::harness::{Folder, batch, check, down, someone, tracker};

/// A closed database with something in every table, as bytes.
async fn filled(folder: &Folder) -> Vec<u8> {
    let mut writer = folder.writer().await;
    let trackers: Vec<_> = (0..200).map(|n| tracker(&format!("{n}.example"))).collect();
    writer.add(&trackers, &someone(), Timestamp(1)).await.unwrap();
    let checks =
        (0..400).map(|due| check(1 + due % 200, due, if due % 7 == 0 { down("x") } else { Outcome::Up }));
    writer.record(&batch(checks.collect())).await.unwrap();
    writer.close().await.unwrap();
    fs::read(folder.database()).unwrap()
}

#[tokio::test]
async fn half_a_file_is_named_as_damaged_and_kept() {
    let folder = Folder::new();
    let whole = filled(&folder).await;
    for len in [whole.len() / 2, whole.len() - 4_096] {
        fs::write(folder.database(), &whole[..len]).unwrap();
        let error = Store::open(&folder.database()).await.unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{len}: {error:?}");
        assert_eq!(fs::read(folder.database()).unwrap(), &whole[..len]);
    }
}

#[tokio::test]
async fn a_damaged_header_is_no_database_of_ours() {
    let folder = Folder::new();
    let mut bytes = filled(&folder).await;
    bytes[..16].fill(0x55);
    fs::write(folder.database(), &bytes).unwrap();
    let error = Store::open(&folder.database()).await.unwrap_err();
    assert!(matches!(error, StoreError::NotOurs { .. }), "{error:?}");
    assert_eq!(fs::read(folder.database()).unwrap(), bytes);
}

#[tokio::test]
async fn a_page_of_garbage_is_noticed_before_anything_is_written() {
    let folder = Folder::new();
    let whole = filled(&folder).await;
    let leaf = whole
        .chunks(4_096)
        .position(|page| page[0] == 13 && String::from_utf8_lossy(page).contains("7.example"));
    let at = leaf.unwrap() * 4_096;
    let mut bytes = whole;
    bytes[at..at + 4_096].fill(0xA5);
    fs::write(folder.database(), &bytes).unwrap();
    let error = Store::open(&folder.database()).await.unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    assert!(error.to_string().contains(".recover"));
}

/// Whatever a disk does to a byte: an error or an answer, never a panic.
#[tokio::test]
async fn flipped_bytes_never_panic() {
    let folder = Folder::new();
    let whole = filled(&folder).await;
    let mut chance = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..100 {
        let mut bytes = whole.clone();
        for _ in 0..4 {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(chance >> 33).unwrap() % bytes.len();
            bytes[at] ^= u8::try_from(chance >> 24 & 0xFF).unwrap() | 1;
        }
        for ending in ["-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{ending}", folder.database().display()));
        }
        fs::write(folder.database(), &bytes).unwrap();
        let Ok(store) = Store::open(&folder.database()).await else { continue };
        let Ok(mut writer) = store.into_writer().await else { continue };
        let _ = (writer.trackers().await, writer.recent(None).await);
        let _ = writer.record(&batch(vec![check(1, 1_000, Outcome::Up)])).await;
    }
}

#[tokio::test]
async fn a_file_that_is_removed_or_replaced_takes_nothing_more_until_it_is_back() {
    let folder = Folder::new();
    let aside = folder.0.path().join("aside.db");
    let mut writer = folder.writer().await;
    let group = |due| batch(vec![check(1, due, Outcome::Up)]);
    writer.add(&[tracker("a.example")], &someone(), Timestamp(0)).await.unwrap();
    writer.record(&group(1)).await.unwrap();
    fs::rename(folder.database(), &aside).unwrap();
    for replaced in [false, true] {
        if replaced {
            fs::copy(&aside, folder.database()).unwrap();
        }
        let failure = writer.record(&group(2)).await.unwrap_err();
        let Failure::Unavailable { cause, .. } = failure else { panic!("{failure:?}") };
        let error = cause.downcast_ref::<StoreError>().unwrap();
        assert!(matches!(error, StoreError::Gone { .. }), "{error:?}");
        assert!(error.advice().unwrap().contains("restart"));
        assert!(writer.changed_outside().await.is_err());
        assert!(writer.add(&[tracker("a.example")], &someone(), Timestamp(0)).await.is_err());
    }
    fs::rename(&aside, folder.database()).unwrap();
    writer.record(&group(2)).await.unwrap();
    assert_eq!(writer.recent(None).await.unwrap().checks.len(), 2);
}
