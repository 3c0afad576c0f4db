//! Databases of the tutorial, and what is taken for one.

use std::{fs, path::PathBuf};

use sqlx::{AssertSqlSafe, Connection, raw_sql};
use store::{History, StoreError, Tutorial};

use super::harness::{Folder, connect};

const TABLES: &str = "
    CREATE TABLE Trackers (ID INTEGER, url TEXT);
    CREATE TABLE UptimeStatuses (ID INTEGER, tracker_id INTEGER, up BOOLEAN);";

/// A file that somebody made with these statements.
async fn file(folder: &Folder, sql: &str) -> PathBuf {
    let path = folder.0.path().join("sqlite.db");
    let mut hand = connect(&path).await;
    raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut hand).await.unwrap();
    hand.close().await.unwrap();
    path
}

#[tokio::test]
async fn urls_come_in_order_and_the_history_is_counted() {
    let folder = Folder::new();
    let rows = "
        INSERT INTO Trackers VALUES (2, 'https://b.example'), (NULL, 'a.example'), (NULL, NULL), (1, x'ff');
        INSERT INTO UptimeStatuses VALUES (NULL, 1, 'TRUE'), (NULL, 1, 'FALSE'), (1, 1, 1), (2, NULL, 0),
                                          (NULL, NULL, NULL), (3, 2, 'maybe');";
    let path = file(&folder, &format!("{TABLES}{rows}")).await;
    let before = fs::read(&path).unwrap();
    let tutorial = Tutorial::read(&path).await.unwrap();
    let found: Vec<_> = tutorial.trackers.iter().map(|row| (row.number, row.url.as_deref())).collect();
    assert_eq!(found, [(1, Some("https://b.example")), (2, Some("a.example")), (3, None), (4, None)]);
    assert_eq!(tutorial.history, History { checks: 6, up: 2, down: 2 });
    assert_eq!(fs::read(&path).unwrap(), before, "it is only read");
}

#[tokio::test]
async fn a_history_may_be_missing_and_a_url_may_be_anything() {
    let folder = Folder::new();
    let sql =
        format!("CREATE TABLE Trackers (url); INSERT INTO Trackers VALUES (7), ('{}')", "x".repeat(9_000));
    let tutorial = Tutorial::read(&file(&folder, &sql).await).await.unwrap();
    assert_eq!(tutorial.trackers[0].url, None);
    assert_eq!(tutorial.trackers[1].url.as_ref().map(String::len), Some(2_049));
    assert_eq!(tutorial.history, History::default());
}

#[tokio::test]
async fn anything_else_is_refused_by_name() {
    let folder = Folder::new();
    let letter = folder.0.path().join("letter.txt");
    fs::write(&letter, "this is a letter. ".repeat(100)).unwrap();
    let empty = folder.0.path().join("empty.db");
    fs::write(&empty, "").unwrap();
    folder.writer().await.close().await.unwrap();
    let recipes = file(&folder, "CREATE TABLE recipes (name TEXT)").await;
    for (path, hint) in [
        (letter, "no SQLite database"),
        (empty, "no table `Trackers`"),
        (folder.database(), "Uptime Tracker itself"),
        (recipes, "no table `Trackers`"),
    ] {
        let error = Tutorial::read(&path).await.unwrap_err();
        assert!(matches!(error, StoreError::NotTutorial { .. }), "{error:?}");
        assert!(error.to_string().contains(hint), "{error}");
    }
    let missing = Tutorial::read(&folder.0.path().join("nowhere.db")).await.unwrap_err();
    assert!(missing.to_string().contains("nowhere.db"), "{missing}");
    assert!(!folder.0.path().join("nowhere.db").exists());
}
