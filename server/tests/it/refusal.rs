//! A database that refuses: probing goes on, what fits is kept in its order, the rest is one gap for each tracker.
//!
//! It refuses here because its disk is full, or because its file is somewhere else, which needs no rights of a special user.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    bad_input::disk::SmallDisk,
    harness::{TestApp, breathe},
};

/// The database's file is moved away until this is put back.
struct Away {
    from: PathBuf,
    to: PathBuf,
}

impl Away {
    fn take(app: &TestApp) -> Self {
        let from = app.folder.path().join("uptime-tracker.db");
        let to = app.folder.path().join("away.db");
        fs::rename(&from, &to).unwrap();
        Self { from, to }
    }

    fn put_back(self) {
        fs::rename(self.to, self.from).unwrap();
    }
}

/// Lets time pass until the targets have been asked so often.
async fn probe(app: &TestApp, more: u64) {
    let until = app.prober.asked() + more;
    for _ in 0..10_000 {
        if app.prober.asked() >= until {
            return;
        }
        app.clock.advance(Duration::from_millis(100));
        breathe().await;
    }
    panic!("probing has stopped");
}

async fn ready(app: &TestApp, status: u16) {
    for _ in 0..5_000 {
        if app.get("/readyz").await.status() == status {
            return;
        }
        breathe().await;
    }
    panic!("/readyz never answered {status}");
}

async fn live(app: &TestApp, visible: &[i64]) -> Value {
    let reply = app.send(Method::POST, "/api/live", &json!({ "visible": visible }).to_string()).await;
    reply.json().await.unwrap()
}

/// A tracker's cells: due time, and the reason where nothing is known.
async fn cells(app: &TestApp, id: i64) -> Vec<(i64, Option<String>)> {
    let live = live(app, &[id]).await;
    let cells = live["changes"][0]["whole"]["cells"].as_array().unwrap();
    let cell = |cell: &Value| (cell["t"].as_i64().unwrap(), cell["o"]["n"].as_str().map(ToOwned::to_owned));
    cells.iter().map(cell).collect()
}

/// Waits for the end of what is recorded later: the gap.
async fn until_told(app: &TestApp, id: i64) {
    for _ in 0..2_000 {
        if cells(app, id).await.iter().any(|cell| cell.1.is_some()) {
            return;
        }
        breathe().await;
    }
    panic!("the gap was never shown");
}

/// A server that keeps ten checks, and its database that refuses for a while.
async fn tells_one_gap(app: TestApp, refuse: impl FnOnce(&TestApp) -> Box<dyn FnOnce()>, trouble: &str) {
    let ids = [app.track("http://a.example/", 0).await, app.track("http://b.example/", 0).await];
    for id in ids {
        app.run_until(id, 3).await;
    }
    let allow = refuse(&app);
    probe(&app, 40).await;
    ready(&app, 503).await;
    let said = live(&app, &[]).await;
    assert!(said["trouble"].as_str().unwrap().contains(trouble), "{said}");
    assert!(app.get("/").await.text().await.unwrap().contains("Recording has stopped: "));
    let shown = cells(&app, ids[0]).await;
    probe(&app, 4).await;
    assert_eq!(cells(&app, ids[0]).await, shown, "nothing is shown that is not on disk");

    allow();
    ready(&app, 200).await;
    assert_eq!(live(&app, &[]).await["trouble"], Value::Null);
    for id in ids {
        until_told(&app, id).await;
        let before = app.outcomes(id).await.len();
        app.run_until(id, before + 2).await;
        is_one_gap(&cells(&app, id).await);
    }
    let before = cells(&app, ids[0]).await;
    let app = app.restart(Duration::ZERO).await;
    let after = cells(&app, ids[0]).await;
    // What was in flight when the server stopped may have come on top.
    assert!(after.starts_with(&before), "what was shown is on disk: {before:?} became {after:?}");
    let database = app.folder.path().join("uptime-tracker.db");
    assert_eq!(store::verify(&database).await.unwrap().findings, []);
    app.stop().await;
}

/// Every slot has its check, but for one gap of several seconds.
fn is_one_gap(cells: &[(i64, Option<String>)]) {
    let lost: Vec<usize> = (0..cells.len()).filter(|n| cells[*n].1.is_some()).collect();
    assert_eq!(lost.len(), 1, "{cells:?}");
    assert_eq!(cells[lost[0]].1.as_deref(), Some("not_recorded"), "{cells:?}");
    // The first check of a new tracker is made at once, the others at their slots.
    let dues: Vec<i64> = cells[1..].iter().map(|cell| cell.0).collect();
    let (kept, after) = dues.split_at(lost[0]);
    assert!(kept.windows(2).all(|pair| pair[1] - pair[0] == 1_000), "no slot is missing: {cells:?}");
    assert!(after[0] - kept[kept.len() - 1] > 5_000, "the gap is where checks are missing: {cells:?}");
    assert!(after.windows(2).all(|pair| pair[1] - pair[0] == 1_000), "{cells:?}");
}

#[tokio::test]
async fn probing_goes_on_and_what_finds_no_room_is_one_gap_for_each_tracker() {
    let app = TestApp::keeping(10, Arc::new(tempfile::tempdir().unwrap())).await;
    let refuse = |app: &TestApp| -> Box<dyn FnOnce()> {
        let away = Away::take(app);
        Box::new(|| away.put_back())
    };
    tells_one_gap(app, refuse, "removed or replaced").await;
}

#[tokio::test]
async fn a_full_disk_costs_a_gap_and_nothing_that_was_recorded() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("SKIPPED: a small file system can be mounted by root only");
        return;
    };
    let app = TestApp::keeping(10, disk.0.clone()).await;
    let refuse = |_: &TestApp| -> Box<dyn FnOnce()> {
        disk.fill();
        let filling = disk.ballast();
        Box::new(|| fs::remove_file(filling).unwrap())
    };
    tells_one_gap(app, refuse, "the disk is full").await;
}

#[tokio::test]
async fn edits_are_refused_at_once_and_not_done_later() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 2).await;
    let away = Away::take(&app);
    probe(&app, 5).await;
    ready(&app, 503).await;
    let edits = async {
        for path in ["/v1/trackers/1", "/v1/trackers/1"] {
            let reply = app.send(Method::PATCH, path, r#"{"paused": true}"#).await;
            assert_eq!(reply.status(), 503);
        }
    };
    tokio::time::timeout(Duration::from_secs(5), edits)
        .await
        .expect("nobody waits for a database that refuses");
    away.put_back();
    ready(&app, 200).await;
    assert_eq!(app.json("/v1/trackers/1").await["paused"], false);
    let all = |checks: &Value| checks.as_array().unwrap().len() >= 7;
    app.until(&format!("/v1/trackers/{id}/checks"), all).await;
    assert_eq!(app.send(Method::PATCH, "/v1/trackers/1", r#"{"paused": true}"#).await.status(), 200);
    app.stop().await;
}
