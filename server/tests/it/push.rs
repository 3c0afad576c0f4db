//! Targets that call by themselves.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::harness::{START, ScriptedCanary, TestApp, breathe};

/// A target that calls every minute, with ten seconds of grace; gives the path of its URL.
async fn calling(app: &TestApp, more: &str) -> String {
    let body = format!(r#"{{"url": "push://nightly-backup", {more} "http": {{"grace": "10s"}}}}"#);
    let made = app.send(Method::POST, "/v1/trackers", &body).await;
    assert_eq!(made.status(), 201, "{}", made.text().await.unwrap());
    app.json("/v1/trackers/1/push-url").await["url"].as_str().unwrap().to_owned()
}

const EVERY_MINUTE: &str = r#""every": "1m","#;

async fn call(app: &TestApp, path: &str) -> StatusCode {
    app.stranger.post(app.url(path)).send().await.unwrap().status()
}

/// Outcomes and faults, the newest last: `up`, `down missing`.
async fn story(app: &TestApp) -> Vec<String> {
    let checks = app.json("/v1/trackers/1/checks").await;
    let said = |check: &Value| {
        let fault = check["fault"]["kind"].as_str().or(check["reason"].as_str()).unwrap_or_default();
        format!("{} {fault}", check["outcome"].as_str().unwrap()).trim().to_owned()
    };
    let mut all: Vec<(i64, String)> = checks
        .as_array()
        .unwrap()
        .iter()
        .map(|check| (check["due_ms"].as_i64().unwrap(), said(check)))
        .collect();
    all.sort_by_key(|(due, _)| *due);
    all.into_iter().map(|(_, said)| said).collect()
}

/// When nothing was learnt, in seconds since the start, and why.
async fn gaps(app: &TestApp) -> Vec<(i64, String)> {
    let live = app.send(Method::POST, "/api/live", r#"{"visible": [1]}"#).await;
    let live: Value = live.json().await.unwrap();
    let cells = live["changes"][0]["whole"]["cells"].as_array().unwrap();
    let gap =
        |cell: &Value| Some(((cell["t"].as_i64()? - START.0) / 1_000, cell["o"]["n"].as_str()?.to_owned()));
    cells.iter().filter_map(gap).collect()
}

async fn until_story(app: &TestApp, expected: &[&str]) {
    for _ in 0..500 {
        if story(app).await == expected {
            return;
        }
        breathe().await;
    }
    assert_eq!(story(app).await, expected);
}

async fn pass(app: &TestApp, secs: u64) {
    // The listener may not have heard of the last signal yet.
    breathe().await;
    app.clock.advance(Duration::from_secs(secs));
}

#[tokio::test]
async fn a_target_that_calls_is_up_and_one_that_does_not_is_missing() {
    let app = TestApp::start().await;
    let path = calling(&app, EVERY_MINUTE).await;
    let shown = app.json("/v1/trackers/1").await;
    assert_eq!((&shown["url"], &shown["retries"]), (&json!("push://nightly-backup"), &json!(0)));
    pass(&app, 3_600).await;
    assert_eq!(story(&app).await, Vec::<String>::new(), "nothing is expected before the first signal");
    assert_eq!(call(&app, &path).await, 200);
    until_story(&app, &["up"]).await;
    pass(&app, 69).await;
    breathe().await;
    assert_eq!(story(&app).await, ["up"], "it is late, but within its grace");
    pass(&app, 4).await;
    until_story(&app, &["up", "down missing"]).await;
    assert_eq!(
        app.json("/v1/trackers/1").await["status"],
        "down",
        "no failure is tolerated: nobody can ask again"
    );
    pass(&app, 60).await;
    until_story(&app, &["up", "down missing", "down missing"]).await;
    assert_eq!(call(&app, &path).await, 200);
    until_story(&app, &["up", "down missing", "down missing", "degraded late"]).await;
    pass(&app, 30).await;
    assert_eq!(call(&app, &format!("{path}/success")).await, 200);
    until_story(&app, &["up", "down missing", "down missing", "degraded late", "up"]).await;
    let dues = app.dues(1).await;
    let called = START.0 + 3_600_000;
    let seconds = |due: &i64| (due - called) / 1_000;
    assert_eq!(dues.iter().map(seconds).max(), Some(163));
    assert!(dues.contains(&(called + 70_000)) && dues.contains(&(called + 130_000)), "{dues:?}");
    app.stop().await;
}

#[tokio::test]
async fn failures_bring_what_the_target_said() {
    let app = TestApp::start().await;
    let path = calling(&app, EVERY_MINUTE).await;
    assert_eq!(call(&app, &path).await, 200);
    pass(&app, 5).await;
    let long = format!("{}\nno space left on device\n", "x".repeat(200_000));
    let failed = app.stranger.post(app.url(&format!("{path}/3?run=a-1"))).body(long).send().await.unwrap();
    assert_eq!((failed.status(), failed.text().await.unwrap().as_str()), (StatusCode::OK, "ok\n"));
    until_story(&app, &["up", "down exit_3"]).await;
    let newest = app.json("/v1/trackers/1/checks").await;
    let fault = newest.as_array().unwrap().iter().find(|check| check["outcome"] == "down").unwrap();
    assert!(fault["fault"].to_string().contains("no space left on device"), "{fault}");
    let signals = app.json("/v1/trackers/1/signals").await;
    assert_eq!(
        (&signals[0]["said"], &signals[0]["exit"], &signals[0]["run"]),
        (&json!("exit"), &json!(3), &json!("a-1"))
    );
    assert_eq!((&signals[1]["said"], &signals[0]["from"]), (&json!("success"), &json!("127.0.0.1")));
    assert_eq!(signals[0]["body"].as_str().unwrap().len(), 10_240);
    let evidence = app.json("/v1/trackers/1/evidence").await;
    assert!(evidence[0]["failure"].to_string().contains("no space left"), "{evidence}");
    let incidents = app.json("/v1/incidents").await;
    assert!(incidents.to_string().contains("nightly-backup"), "{incidents}");
    assert_eq!(call(&app, &format!("{path}/fail")).await, 200);
    until_story(&app, &["up", "down exit_3", "down failed"]).await;
    app.stop().await;
}

#[tokio::test]
async fn runs_have_lengths_overlap_and_do_not_end() {
    let app = TestApp::start().await;
    let path = calling(&app, EVERY_MINUTE).await;
    assert_eq!(call(&app, &format!("{path}/start")).await, 200);
    pass(&app, 4).await;
    assert_eq!(call(&app, &format!("{path}/0")).await, 200);
    until_story(&app, &["up"]).await;
    assert_eq!(app.json("/v1/trackers/1/checks").await[0]["latency_ms"], 4_000.0);
    for _ in 0..2 {
        pass(&app, 2).await;
        assert_eq!(call(&app, &format!("{path}/start")).await, 200);
    }
    until_story(&app, &["up", "degraded overlap"]).await;
    pass(&app, 11).await;
    until_story(&app, &["up", "degraded overlap", "down unfinished"]).await;
    app.stop().await;
}

#[tokio::test]
async fn what_was_heard_is_known_after_a_restart_and_what_came_meanwhile_is_not_held_against_it() {
    let app = TestApp::start().await;
    let path = calling(&app, EVERY_MINUTE).await;
    assert_eq!(call(&app, &path).await, 200);
    until_story(&app, &["up"]).await;
    // It was expected at 60 s, when nobody listened.
    let app = app.restart(Duration::from_secs(65)).await;
    pass(&app, 30).await;
    assert_eq!(story(&app).await, ["up"]);
    assert_eq!(call(&app, &path).await, 200, "the URL is the same");
    until_story(&app, &["up", "up"]).await;
    assert_eq!(gaps(&app).await, [(70, "stopped".to_owned())]);
    // This time nobody was away when it was expected.
    let app = app.restart(Duration::from_secs(20)).await;
    assert_eq!(
        call(&app, &format!("{path}/log")).await,
        200,
        "as soon as this is answered, somebody listens"
    );
    pass(&app, 53).await;
    until_story(&app, &["up", "up", "down missing"]).await;
    app.stop().await;
}

#[tokio::test]
async fn what_is_no_signal_is_refused() {
    let app = TestApp::start().await;
    let path = calling(&app, EVERY_MINUTE).await;
    let made = app.send(Method::POST, "/v1/trackers", r#"{"url": "a.example"}"#).await;
    assert_eq!(made.status(), 201);
    for (wrong, status) in [
        ("/push/1", 404),
        ("/push/1-AAAAAAAAAAAAAAAAAAAAAAAAAAA", 404),
        ("/push/2-AAAAAAAAAAAAAAAAAAAAAAAAAAA", 404),
        (&format!("{path}/stop"), 422),
        (&format!("{path}/99999999999"), 422),
        (&format!("{path}?run=a%20b"), 422),
    ] {
        assert_eq!(call(&app, wrong).await, status, "{wrong}");
    }
    let looked = app.stranger.head(app.url(&path)).send().await.unwrap();
    assert_eq!(looked.status(), 200);
    let deleted = app.stranger.delete(app.url(&path)).send().await.unwrap();
    assert_eq!(deleted.status(), 405);
    assert_eq!(app.json("/v1/trackers/1/signals").await, json!([]));
    // Its secret is for who may change it, and it is in no other answer.
    let asked = app.stranger.get(app.url("/v1/trackers/1/push-url")).send().await.unwrap();
    assert_eq!(asked.status(), 401);
    assert_eq!(app.get("/v1/trackers/2/push-url").await.status(), 409);
    let token = path.strip_prefix("/push/1-").unwrap();
    for open in [
        "/v1/trackers/1",
        "/v1/trackers",
        "/v1/trackers/status",
        "/v1/trackers/export?format=toml",
        "/metrics",
    ] {
        let text = app.get(open).await.text().await.unwrap();
        assert!(!text.contains(token), "{open}");
    }
    // Another number is another URL.
    let renewed = app.send(Method::PATCH, "/v1/trackers/1", r#"{"http": {"push_url": 2}}"#).await;
    assert_eq!(renewed.status(), 200);
    assert_eq!(call(&app, &path).await, 404);
    let path = app.json("/v1/trackers/1/push-url").await["url"].as_str().unwrap().to_owned();
    assert_eq!(call(&app, &path).await, 200);
    app.stop().await;
}

#[tokio::test]
async fn too_many_signals_are_refused_and_good_ones_at_once_are_one_check() {
    let app = TestApp::start().await;
    let path = calling(&app, EVERY_MINUTE).await;
    for _ in 0..10 {
        assert_eq!(app.stranger.get(app.url(&path)).send().await.unwrap().status(), 200);
    }
    let many = app.stranger.get(app.url(&path)).send().await.unwrap();
    assert_eq!(
        (many.status(), many.headers()["retry-after"].to_str().unwrap()),
        (StatusCode::TOO_MANY_REQUESTS, "1")
    );
    until_story(&app, &["up"]).await;
    pass(&app, 1).await;
    assert_eq!(call(&app, &format!("{path}/fail")).await, 200);
    assert_eq!(call(&app, &path).await, 200, "a recovery is never left out");
    until_story(&app, &["up", "down failed", "up"]).await;
    app.stop().await;
}

#[tokio::test]
async fn a_body_that_does_not_end_holds_up_no_signal() {
    let app = TestApp::in_memory().await;
    let path = calling(&app, EVERY_MINUTE).await;
    let host = app.url("").replace("http://", "");
    let mut peer = TcpStream::connect(&host).await.unwrap();
    let head = format!("POST {path}/4 HTTP/1.1\r\nhost: {host}\r\ncontent-length: 100000\r\n\r\nhalf a line");
    peer.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    peer.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    until_story(&app, &["down exit_4"]).await;
    assert_eq!(app.json("/v1/trackers/1/signals").await[0]["body"], "half a line");
    // More than is read, whatever becomes of the answer; and one that breaks off.
    pass(&app, 1).await;
    drop(app.stranger.post(app.url(&path)).body(vec![b'x'; 12 << 20]).send().await);
    until_story(&app, &["down exit_4", "up"]).await;
    pass(&app, 1).await;
    let mut peer = TcpStream::connect(&host).await.unwrap();
    peer.write_all(head.as_bytes()).await.unwrap();
    drop(peer);
    until_story(&app, &["down exit_4", "up", "down exit_4"]).await;
    app.stop().await;
}

#[tokio::test]
async fn who_rests_is_heard_and_not_judged() {
    let app = TestApp::start().await;
    let path = calling(&app, EVERY_MINUTE).await;
    assert_eq!(call(&app, &path).await, 200);
    let paused = app.send(Method::PATCH, "/v1/trackers/1", r#"{"paused": true}"#).await;
    assert_eq!(paused.status(), 200);
    until_story(&app, &["up"]).await;
    pass(&app, 100).await;
    assert_eq!(gaps(&app).await, [(0, "paused".to_owned())]);
    assert_eq!(call(&app, &format!("{path}/fail")).await, 200);
    assert_eq!(app.json("/v1/trackers/1/signals").await[0]["said"], "fail");
    assert_eq!(story(&app).await, ["up"]);
    let resumed = app.send(Method::PATCH, "/v1/trackers/1", r#"{"paused": false}"#).await;
    assert_eq!(resumed.status(), 200);
    pass(&app, 20).await;
    assert_eq!(call(&app, &path).await, 200);
    until_story(&app, &["up", "up"]).await;
    app.stop().await;
}

#[tokio::test]
async fn a_signal_is_answered_when_it_is_on_disk() {
    let app = TestApp::start().await;
    let path = calling(&app, EVERY_MINUTE).await;
    let (database, away) = (app.folder.path().join("uptime-tracker.db"), app.folder.path().join("away.db"));
    std::fs::rename(&database, &away).unwrap();
    let first = tokio::spawn(app.stranger.get(app.url(&path)).send());
    not_ready(&app).await;
    assert!(!first.is_finished(), "what is not on disk is not answered");
    std::fs::rename(&away, &database).unwrap();
    assert_eq!(first.await.unwrap().unwrap().status(), 200);
    until_story(&app, &["up"]).await;
    // While nothing can be recorded, who calls is told to come again, and nothing is half there.
    app.track("http://a.example", 0).await;
    std::fs::rename(&database, &away).unwrap();
    pass(&app, 2).await;
    not_ready(&app).await;
    let second = app.stranger.get(app.url(&path)).send().await.unwrap();
    assert_eq!(second.status(), 503);
    assert!(second.text().await.unwrap().contains("recording the signal"));
    std::fs::rename(&away, &database).unwrap();
    app.run_until(2, 3).await;
    assert_eq!(app.json("/v1/trackers/1/signals").await.as_array().unwrap().len(), 1);
    assert_eq!(story(&app).await, ["up"]);
    // Whoever comes again at once brings news: the one before was never heard.
    assert_eq!(call(&app, &path).await, 200);
    until_story(&app, &["up", "up"]).await;
    app.stop().await;
}

async fn not_ready(app: &TestApp) {
    for _ in 0..2_000 {
        if app.get("/readyz").await.status() == 503 {
            return;
        }
        breathe().await;
    }
    panic!("the database never refused");
}

#[tokio::test]
async fn who_sees_nothing_misses_nothing() {
    let canary = Arc::new(ScriptedCanary(AtomicBool::new(true)));
    let app = TestApp::watched_by(Arc::clone(&canary)).await;
    let path = calling(&app, EVERY_MINUTE).await;
    assert_eq!(call(&app, &path).await, 200);
    canary.0.store(false, Ordering::SeqCst);
    pass(&app, 73).await;
    until_story(&app, &["up", "unknown blind"]).await;
    canary.0.store(true, Ordering::SeqCst);
    pass(&app, 60).await;
    until_story(&app, &["up", "unknown blind", "down missing"]).await;
    assert_eq!(call(&app, &path).await, 200);
    until_story(&app, &["up", "unknown blind", "down missing", "degraded late"]).await;
    app.stop().await;
}

#[tokio::test]
async fn what_a_parent_explains_is_not_missing() {
    let app = TestApp::in_memory().await;
    let path = calling(&app, EVERY_MINUTE).await;
    let parent = app.track("http://router.example", 0).await;
    let child = app.send(Method::PATCH, "/v1/trackers/1", &format!(r#"{{"parent": {parent}}}"#)).await;
    assert_eq!(child.status(), 200, "{}", child.text().await.unwrap());
    assert_eq!(call(&app, &path).await, 200);
    app.prober.refuse("http://router.example/");
    app.run_until(parent, 3).await;
    app.until("/v1/trackers/2", |router| router["status"] == "down").await;
    for _ in 0..80 {
        pass(&app, 1).await;
    }
    until_story(&app, &["up", "unknown blocked"]).await;
    app.stop().await;
}

#[tokio::test]
async fn a_page_shows_the_url_to_who_may_change_it_and_nobody_is_asked() {
    let app = TestApp::in_memory().await;
    let path = calling(&app, EVERY_MINUTE).await;
    assert_eq!(call(&app, &format!("{path}/start?run=7")).await, 200);
    let page = app.get("/t/1").await.text().await.unwrap();
    assert!(page.contains(&path) && page.contains("began · run 7") && !page.contains("Check now"), "{page}");
    assert!(page.contains("a signal every 1 min, 10 s of grace"), "{page}");
    let seen = app.stranger.get(app.url("/t/1")).send().await.unwrap().text().await.unwrap();
    assert!(!seen.contains(&path) && !seen.contains("run 7"), "{seen}");
    let form = app.get("/t/1/edit").await.text().await.unwrap();
    for shown in ["f-http-grace", "f-http-push_url", "f-cron", "f-expect", "f-successes"] {
        assert!(form.contains(&format!(r#"id="{shown}""#)), "{shown}: {form}");
    }
    for hidden in
        ["f-retries", "f-deadline", "f-http-ip", "f-http-body", "f-http-tls-verify", "f-upside_down"]
    {
        assert!(!form.contains(&format!(r#"id="{hidden}""#)), "{hidden}: {form}");
    }
    let now = app.send(Method::POST, "/v1/trackers/1/check-now", "").await;
    assert_eq!(now.status(), 422);
    assert!(now.text().await.unwrap().contains("its target calls"));
    let once = app.send(Method::POST, "/v1/check", r#"{"url": "push://job"}"#).await;
    assert_eq!(once.status(), 422);
    let tried = app.http.post(app.url("/api/test_tracker")).body("url=push%3A%2F%2Fjob&every=1m");
    let tried = tried.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    assert_eq!(tried.status(), 422);
    assert!(tried.text().await.unwrap().contains("asks nobody"));
    assert_eq!(app.prober.asked(), 0);
    app.stop().await;
}
