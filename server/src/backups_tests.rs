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

async fn backups(folder: &Path, keep: usize) -> (Arc<Backups>, Arc<Hands>) {
    let database = folder.join("uptime-tracker.db");
    Store::open(&database).await.unwrap().close().await.unwrap();
    let clock = Arc::new(Hands(Mutex::new(NOON)));
    (Arc::new(Backups::new(database, folder.join("backups"), keep, clock.clone())), clock)
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

#[tokio::test]
async fn what_is_asked_for_is_made_and_stays_until_it_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let (backups, clock) = backups(folder.path(), 1).await;
    let running = tokio::spawn(backups.clone().run());
    while backups.told().await.map_or(true, |told| told.kept.is_empty() || told.running.is_some()) {
        tokio::task::yield_now().await;
    }
    later(&clock, Duration::from_hours(1));
    assert!(backups.ask().await.unwrap());
    let told = backups.told().await.unwrap();
    let kinds: Vec<_> = told.kept.iter().map(|backup| (backup.name.as_str(), backup.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("by-hand-2026-11-23T130000Z.db", BackupKind::ByHand),
            ("tracker-2026-11-23T120000Z.db", BackupKind::Daily)
        ]
    );
    assert_eq!((told.running, told.problem), (None, None));
    let (_, bytes) = backups.open("by-hand-2026-11-23T130000Z.db").await.unwrap();
    assert_eq!(bytes, told.kept[0].bytes);
    // Of this second there is one already.
    let error = backups.ask().await.unwrap_err();
    assert!(matches!(error, Failure::Invalid(_)), "{error}");
    assert!(backups.told().await.unwrap().problem.is_some());
    later(&clock, EVERY);
    backups.look().await.unwrap().unwrap();
    assert_eq!(names(&backups), ["by-hand-2026-11-23T130000Z.db", "tracker-2026-11-24T130000Z.db"]);
    backups.remove("by-hand-2026-11-23T130000Z.db").await.unwrap();
    for name in [
        "by-hand-2026-11-23T130000Z.db",
        "tracker-2026-11-24T130000Z.db",
        "../uptime-tracker.db",
        "/etc/passwd",
        "",
    ] {
        assert!(matches!(backups.remove(name).await, Err(Failure::NotFound)), "{name}");
    }
    assert_eq!(names(&backups), ["tracker-2026-11-24T130000Z.db"]);
    running.abort();
}

#[tokio::test]
async fn two_at_once_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (backups, _) = backups(folder.path(), 0).await;
    // Nobody makes it yet, so it waits.
    let first = tokio::spawn({
        let backups = backups.clone();
        async move { backups.ask().await }
    });
    while backups.told().await.map_or(true, |told| told.running.is_none()) {
        fs::create_dir_all(&backups.folder).unwrap();
        tokio::task::yield_now().await;
    }
    assert!(backups.ask().await.unwrap_err().to_string().contains("being made"));
    let running = tokio::spawn(backups.clone().run());
    assert!(first.await.unwrap().unwrap());
    assert_eq!(names(&backups).len(), 1);
    running.abort();
}

#[tokio::test]
async fn only_backups_are_opened() {
    let folder = tempfile::tempdir().unwrap();
    let (backups, _) = backups(folder.path(), 1).await;
    backups.look().await.unwrap().unwrap();
    assert!(backups.open("tracker-2026-11-23T120000Z.db").await.is_ok());
    for name in [
        "../uptime-tracker.db",
        "..%2fuptime-tracker.db",
        "tracker-2026-11-23T120000Z.db\0",
        "/etc/passwd",
        "tracker-2026-11-23T120001Z.db",
        "before-schema-../uptime-tracker.db",
        "",
    ] {
        assert!(matches!(backups.open(name).await, Err(Failure::NotFound)), "{name:?}");
    }
}
