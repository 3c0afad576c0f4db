use std::{path::Path, sync::Mutex};

use async_trait::async_trait;
use store::Store;

use super::*;

/// A clock that a test sets.
struct Hands(Mutex<Timestamp>);

#[async_trait]
impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    async fn sleep(&self, _: Duration) {
        std::future::pending::<()>().await;
    }
}

/// Noon of 2026-11-23, UTC.
const NOON: Timestamp = Timestamp(1_795_435_200_000);

async fn backups(folder: &Path, keep: usize) -> (Backups, Arc<Hands>) {
    let database = folder.join("uptime-tracker.db");
    Store::open(&database).await.unwrap().close().await.unwrap();
    let clock = Arc::new(Hands(Mutex::new(NOON)));
    (Backups { database, folder: folder.join("backups"), keep, clock: clock.clone() }, clock)
}

fn names(backups: &Backups) -> Vec<String> {
    let entries = fs::read_dir(&backups.folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn later(clock: &Hands, by: Duration) {
    let mut now = clock.0.lock().unwrap();
    *now = now.plus(by);
}

#[tokio::test]
async fn one_a_day_and_the_oldest_goes() {
    let folder = tempfile::tempdir().unwrap();
    let (backups, clock) = backups(folder.path(), 7).await;
    fs::create_dir(&backups.folder).unwrap();
    let foreign = ["before-schema-2-2020-01-01T000000Z.db", "mine.db", "tracker-2020-01-01T000000Z.db.gz"];
    for name in foreign {
        fs::write(backups.folder.join(name), "left alone").unwrap();
    }
    for hour in 0..24 * 10 {
        let made = backups.look().await.unwrap();
        assert_eq!(made.is_some(), hour % 24 == 0, "hour {hour}");
        later(&clock, LOOK_EVERY);
    }
    let ours: Vec<String> = (26..=30).map(|day| format!("tracker-2026-11-{day}T120000Z.db")).collect();
    let ours = ours.into_iter().chain((1..=2).map(|day| format!("tracker-2026-12-0{day}T120000Z.db")));
    let mut expected: Vec<String> = foreign.into_iter().map(str::to_owned).chain(ours).collect();
    expected.sort();
    assert_eq!(names(&backups), expected);
}

#[tokio::test]
async fn a_backup_from_the_future_does_not_put_todays_off() {
    let folder = tempfile::tempdir().unwrap();
    let (backups, clock) = backups(folder.path(), 2).await;
    for _ in 0..2 {
        later(&clock, Duration::from_hours(24 * 365));
        backups.look().await.unwrap().unwrap();
    }
    *clock.0.lock().unwrap() = NOON;
    assert!(backups.look().await.unwrap().is_some());
    assert!(backups.look().await.unwrap().is_none());
    assert_eq!(names(&backups), ["tracker-2026-11-23T120000Z.db", "tracker-2028-11-22T120000Z.db"]);
}

#[tokio::test]
async fn what_fails_is_an_error_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let (backups, _) = backups(folder.path(), 7).await;
    fs::write(&backups.folder, "in the way").unwrap();
    assert!(matches!(backups.look().await, Err(BackupError::Folder(_))));
    fs::remove_file(&backups.folder).unwrap();
    assert!(backups.look().await.unwrap().is_some());
}
