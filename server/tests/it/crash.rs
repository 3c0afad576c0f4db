//! What was shown is on disk: the real binary is killed under load, again and again.
//!
//! By hand with more: `UPTIME_KILLS=100 UPTIME_KILL_TRACKERS=1000 UPTIME_TEST_BINARY=target/release/uptime-tracker
//! cargo test -p server --test it crash`.

use std::{collections::BTreeSet, net::Ipv4Addr, time::Duration};

use axum::{Router, routing::get};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::process::{Process, number_from};

/// The trackers whose checks are compared; the others are load.
fn watched(trackers: usize) -> [usize; 5] {
    [1, 2, trackers / 2, trackers - 1, trackers]
}

/// A check as the programming interface showed it.
type Shown = (usize, i64, i64, String);

async fn shown(client: &reqwest::Client, server: &Process, watched: [usize; 5]) -> Vec<Shown> {
    let mut all = Vec::new();
    for id in watched {
        let reply = client.get(format!("{}/v1/trackers/{id}/checks", server.url)).send().await.unwrap();
        let checks: Vec<Value> = reply.json().await.unwrap_or_default();
        all.extend(checks.iter().map(|check| {
            let outcome = check["outcome"].as_str().unwrap().to_owned();
            (id, check["due_ms"].as_i64().unwrap(), check["attempt"].as_i64().unwrap(), outcome)
        }));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_check_that_was_shown_survives_sigkill_once() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let target = listener.local_addr().unwrap();
    let load = tokio::spawn(async move {
        let answer = get(|| async { "ok" });
        axum::serve(listener, Router::new().route("/{n}", answer)).await
    });
    let kills = number_from("UPTIME_KILLS").unwrap_or(20);
    let trackers = number_from("UPTIME_KILL_TRACKERS").unwrap_or(100);
    let watched = watched(trackers);
    let folder = tempfile::tempdir().unwrap();
    let targets: Vec<String> = (0..trackers).map(|n| format!("http://{target}/{n}")).collect();
    let track: Vec<&str> = targets.iter().flat_map(|url| ["--track", url.as_str()]).collect();
    let mut before: BTreeSet<Shown> = BTreeSet::new();
    for kill in 0..kills {
        let server = Process::serve(folder.path(), &track);
        let survived = shown(&client, &server, watched).await;
        let unique: BTreeSet<Shown> = survived.iter().cloned().collect();
        assert_eq!(unique.len(), survived.len(), "after kill {kill}: a check is there twice");
        // Older ones leave the newest sixty by right.
        let oldest = |id| unique.iter().filter(|check| check.0 == id).map(|check| check.1).min();
        let is_due = |check: &&Shown| oldest(check.0).is_none_or(|oldest| check.1 >= oldest);
        let lost: Vec<&Shown> = before.difference(&unique).filter(is_due).collect();
        assert!(lost.is_empty(), "after kill {kill}: {lost:?} were shown and are gone");
        before = seen_until_new(&client, &server, watched, &unique).await;
        server.kill();
    }
    load.abort();
}

/// Watches until every watched tracker has shown a new check, and gives what was shown last.
async fn seen_until_new(
    client: &reqwest::Client,
    server: &Process,
    watched: [usize; 5],
    known: &BTreeSet<Shown>,
) -> BTreeSet<Shown> {
    for _ in 0..1_000 {
        let now: BTreeSet<Shown> = shown(client, server, watched).await.into_iter().collect();
        if watched.iter().all(|id| now.difference(known).any(|check| check.0 == *id)) {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no new checks were shown");
}
