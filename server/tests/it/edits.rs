//! Edits from outside the server: by the command line, and by hand with `sqlite3`.

use std::{path::Path, process::Command, time::Duration};

use serde_json::Value;

use crate::process::{Process, run};

/// The trackers that a running server shows, once they satisfy the condition.
pub(crate) async fn trackers_until(server: &Process, condition: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for _ in 0..500 {
        let reply = client.get(format!("{}/v1/trackers", server.url)).send().await.unwrap();
        let trackers: Vec<Value> = reply.json().await.unwrap();
        if condition(&trackers) {
            return trackers;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the server never noticed");
}

fn by_hand(folder: &Path, sql: &str) {
    let done =
        Command::new("sqlite3").arg(folder.join("uptime-tracker.db")).args([".timeout 5000", sql]).output();
    let done = done.expect("`sqlite3` is on the PATH; `cargo xtask test` installs it");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_edits_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let server = Process::serve(folder.path(), &[]);
    let added = run(&["add", "http://127.0.0.1:9/", "--every", "1s", "--name", "nobody", "--data-dir", data]);
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let trackers =
        trackers_until(&server, |trackers| trackers.len() == 1 && trackers[0]["status"] == "down").await;
    assert_eq!(trackers[0]["name"], "nobody");
    let listed = run(&["list", "--data-dir", data]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("http://127.0.0.1:9/"));
    assert_eq!(run(&["remove", "1", "--data-dir", data]).status.code(), Some(0));
    trackers_until(&server, <[Value]>::is_empty).await;
    assert_eq!(run(&["remove", "1", "--data-dir", data]).status.code(), Some(1));
    assert_eq!(run(&["add", "ftp://a", "--data-dir", data]).status.code(), Some(1));
    assert_eq!(server.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_inserted_by_hand_are_tracked() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::serve(folder.path(), &[]);
    by_hand(folder.path(), "INSERT INTO trackers(url) VALUES ('http://127.0.0.1:9/')");
    let trackers =
        trackers_until(&server, |trackers| trackers.len() == 1 && trackers[0]["status"] != "pending").await;
    assert_eq!((&trackers[0]["schedule"], &trackers[0]["expect"]), (&"every 30 s".into(), &"200".into()));
    by_hand(folder.path(), "INSERT INTO trackers(url) VALUES ('gopher://old.example')");
    let trackers = trackers_until(&server, |trackers| trackers.len() == 2).await;
    assert!(trackers[1]["problem"].as_str().unwrap().contains("gopher"), "{trackers:?}");
    by_hand(folder.path(), "DELETE FROM trackers");
    trackers_until(&server, <[Value]>::is_empty).await;
    assert_eq!(server.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn track_is_idempotent_over_restarts() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let server = Process::serve(
            folder.path(),
            &["--track", "http://127.0.0.1:9", "--track", "http://127.0.0.1:9/"],
        );
        let trackers =
            trackers_until(&server, |trackers| trackers.len() == 1 && trackers[0]["status"] != "pending")
                .await;
        assert_eq!(trackers[0]["every"], 1);
        assert_eq!(server.terminate(), Some(0));
    }
}
