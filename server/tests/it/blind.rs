//! A location that sees nothing calls nobody down; what is seen at an outage is kept.

use std::{
    sync::{Arc, atomic::AtomicBool, atomic::Ordering},
    time::Duration,
};

use domain::{Outcome, Records, Timestamp, TrackerId, Window};
use store::Store;

use crate::harness::{ScriptedCanary, TestApp, breathe};

const HOSTS: usize = 20;

fn url(n: usize) -> String {
    format!("http://host-{n}.example/")
}

async fn tracked(app: &TestApp) -> Vec<i64> {
    let mut ids = Vec::new();
    for n in 0..HOSTS {
        ids.push(app.track(&url(n), 0).await);
    }
    for id in &ids {
        app.run_until(*id, 3).await;
    }
    ids
}

/// Lets some seconds pass.
async fn pass(app: &TestApp, seconds: u64) {
    for _ in 0..seconds * 10 {
        app.clock.advance(Duration::from_millis(100));
        for _ in 0..5 {
            breathe().await;
        }
    }
}

async fn statuses(app: &TestApp) -> Vec<String> {
    let all = app.json("/v1/trackers").await;
    all.as_array().unwrap().iter().map(|tracker| tracker["status"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn when_the_canary_falls_silent_nobody_is_down_and_one_line_says_why() {
    let canary = Arc::new(ScriptedCanary(AtomicBool::new(true)));
    let app = TestApp::watched_by(canary.clone()).await;
    let ids = tracked(&app).await;
    canary.0.store(false, Ordering::SeqCst);
    for n in 0..HOSTS {
        app.prober.refuse(&url(n));
    }
    pass(&app, 4).await;
    let told = statuses(&app).await;
    assert!(!told.contains(&"down".to_owned()), "{told:?}");
    for id in &ids {
        let outcomes = app.outcomes(*id).await;
        assert_eq!(outcomes.last().unwrap(), "unknown", "{outcomes:?}");
    }
    let ready = app.get("/readyz").await;
    assert_eq!(ready.status(), 503);
    let text = ready.text().await.unwrap();
    assert_eq!(text.matches("This location is blind since").count(), 1, "{text}");

    canary.0.store(true, Ordering::SeqCst);
    for n in 0..HOSTS {
        app.prober.answer(&url(n), Outcome::Up);
    }
    pass(&app, 6).await;
    assert_eq!(app.get("/readyz").await.status(), 200);
    assert!(statuses(&app).await.iter().all(|status| status == "up"));
    app.stop().await;
}

#[tokio::test]
async fn who_was_not_asked_since_it_rested_does_not_count_as_seen() {
    let app = TestApp::start().await;
    let ids = tracked(&app).await;
    let rest = async |paused: bool| {
        for (n, id) in ids.iter().enumerate().skip(5) {
            app.prober.hang(&url(n));
            let body = format!(r#"{{"paused": {paused}}}"#);
            let reply = app.send(reqwest::Method::PATCH, &format!("/v1/trackers/{id}"), &body).await;
            assert_eq!(reply.status(), 200);
        }
    };
    rest(true).await;
    pass(&app, 2).await;
    rest(false).await;
    for n in 0..5 {
        app.prober.refuse(&url(n));
    }
    pass(&app, 1).await;
    let told = statuses(&app).await;
    // Four are too few to be suspicious. The fifth is one of five, not of twenty.
    assert_eq!(told.iter().filter(|status| *status == "down").count(), 4, "{told:?}");
    app.stop().await;
}

#[tokio::test]
async fn when_the_canary_answers_all_of_them_are_down() {
    let canary = Arc::new(ScriptedCanary(AtomicBool::new(true)));
    let app = TestApp::watched_by(canary).await;
    tracked(&app).await;
    for n in 0..HOSTS {
        app.prober.refuse(&url(n));
    }
    pass(&app, 5).await;
    assert!(statuses(&app).await.iter().all(|status| status == "down"));
    assert_eq!(app.get("/readyz").await.status(), 200);
    app.stop().await;
}

#[tokio::test]
async fn what_was_seen_when_a_tracker_went_down_is_kept_with_the_last_good_answer() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 1).await;
    app.run_until(id, 3).await;
    let good = *app.dues(id).await.last().unwrap();
    app.prober.refuse("http://a.example/");
    app.run_until(id, 7).await;
    let folder = app.folder.clone();
    app.stop().await;
    let store = Store::open(&folder.path().join("uptime-tracker.db")).await.unwrap();
    let archive = store.into_writer().await.unwrap().archive();
    let all = Window::new(Timestamp(0), Timestamp(i64::MAX));
    let exhibits = archive.exhibits(TrackerId(id), all, 10).await.unwrap();
    assert_eq!(exhibits.len(), 1, "one for the transition, none for the failures around it");
    assert_eq!(exhibits[0].failure.url, "http://a.example/?failed");
    let (due, last_good) = exhibits[0].last_good.clone().unwrap();
    assert_eq!(last_good.url, "http://a.example/?good");
    assert!(due.0 >= good && due < exhibits[0].at);
}
