//! A disk that is really full: a small file system of its own.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    process::Command,
};

use domain::{Outcome, Records};
use sqlx::query_scalar;
use store::{Ballast, Store, free_space};

use super::harness::{batch, check, connect};

/// A file system of 24 MiB; `None` where that is not allowed.
pub(super) struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    pub(super) fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"]).arg(folder.path());
        let is_mounted = mount.output().is_ok_and(|done| done.status.success());
        if !is_mounted {
            eprintln!("SKIPPED: a small file system can be mounted by root only");
        }
        is_mounted.then_some(Self(folder))
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes until nothing more fits; the file takes the room until it is removed.
    pub(super) fn fill(&self, name: &str) {
        let mut file = File::create(self.path().join(name)).unwrap();
        for size in [1 << 20, 4_096, 1] {
            while file.write_all(&vec![b'x'; size]).is_ok() {}
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Nothing is left to do about it.
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test]
async fn the_ballast_carries_recording_over_and_a_full_disk_harms_nothing() {
    let Some(disk) = SmallDisk::mount() else { return };
    let database = disk.path().join("tracker.db");
    let ballast = Ballast::new(disk.path().join("ballast")).with_size(4 << 20, 8 << 20);
    assert!(ballast.take().unwrap());
    let store = Store::open(&database).await.unwrap();
    let mut writer = store.into_writer().await.unwrap().with_ballast(ballast.clone());
    let mut recorded = 0;
    let group = |recorded: i64| batch((0..1_000).map(|n| check(1, recorded + n, Outcome::Up)).collect());
    disk.fill("a");
    assert_eq!(free_space(disk.path()).unwrap(), 0);
    // The ballast is thrown off when it is needed, and nothing is refused.
    while disk.path().join("ballast").exists() {
        writer.record(&group(recorded)).await.unwrap();
        recorded += 1_000;
    }
    assert!(!ballast.take().unwrap(), "there is no room for a new one");
    disk.fill("b");
    while writer.record(&group(recorded)).await.is_ok() {
        recorded += 1_000;
    }
    fs::remove_file(disk.path().join("a")).unwrap();
    for _ in 0..10 {
        writer.record(&group(recorded)).await.unwrap();
        recorded += 1_000;
    }
    assert!(ballast.take().unwrap(), "there is room again");
    let mut hand = connect(&database).await;
    let sound: String = query_scalar("PRAGMA integrity_check").fetch_one(&mut hand).await.unwrap();
    let checks: i64 =
        query_scalar("SELECT count(DISTINCT due) FROM checks").fetch_one(&mut hand).await.unwrap();
    assert_eq!((sound.as_str(), checks), ("ok", recorded));
}
