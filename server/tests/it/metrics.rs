//! What `/metrics` says.

use std::collections::BTreeMap;

use crate::harness::{TestApp, breathe};

/// The lines of values, by name and labels.
async fn values(app: &TestApp) -> BTreeMap<String, String> {
    let reply = app.get("/metrics").await;
    assert_eq!(reply.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = reply.text().await.unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let values: BTreeMap<String, String> = lines
        .map(|line| line.rsplit_once(' ').unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    values
}

/// The outcomes of a tracker's checks, and the figures of the same moment: time stands still, but a check may still be on
/// its way.
async fn settled(app: &TestApp, id: i64) -> (Vec<String>, BTreeMap<String, String>) {
    for _ in 0..100 {
        let before = app.outcomes(id).await;
        for _ in 0..10 {
            breathe().await;
        }
        let values = values(app).await;
        if app.outcomes(id).await == before {
            return (before, values);
        }
    }
    panic!("checks never ceased to come");
}

#[tokio::test]
async fn names_types_and_words_are_as_documented() {
    let app = TestApp::start().await;
    let text = app.get("/metrics").await.text().await.unwrap();
    let heads: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
    insta::assert_snapshot!("metrics", heads.join("\n"));
    let guide = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/metrics.md")).unwrap();
    for name in heads.iter().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()) {
        assert!(guide.contains(&format!("`{name}`")), "docs/metrics.md does not explain {name}");
    }
    app.stop().await;
}

#[tokio::test]
async fn an_outage_is_counted() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 3).await;
    let before = values(&app).await;
    let series = r#"{id="1",name="a.example"}"#;
    assert_eq!(before[&format!("uptime_tracker_up{series}")], "1");
    assert_eq!(before[&format!("uptime_tracker_latency_seconds{series}")], "0.001234");
    assert_eq!(before[r#"uptime_trackers{status="up"}"#], "1");
    assert_eq!(before[r#"uptime_checks_total{outcome="down"}"#], "0");

    app.prober.refuse("http://a.example/");
    let known = app.outcomes(id).await.len();
    app.run_until(id, known + 3).await;
    let (shown, after) = settled(&app, id).await;
    let counted = |word: &str| shown.iter().filter(|outcome| *outcome == word).count();
    assert_eq!(after[r#"uptime_trackers{status="down"}"#], "1");
    assert_eq!(after[&format!("uptime_tracker_up{series}")], "0");
    assert!(!after.contains_key(&format!("uptime_tracker_latency_seconds{series}")));
    assert_eq!(after[r#"uptime_checks_total{outcome="down"}"#], counted("down").to_string());
    assert_eq!(after[r#"uptime_checks_total{outcome="up"}"#], counted("up").to_string());
    assert_eq!(after["uptime_check_lateness_seconds_count"], shown.len().to_string());
    assert_eq!(after["uptime_commit_checks_sum"], shown.len().to_string());
    assert_eq!(after["uptime_commit_duration_seconds_count"], after["uptime_commit_checks_count"]);
    assert_eq!(after["uptime_queue_checks"], "0");
    app.stop().await;
}

#[tokio::test]
async fn a_paused_tracker_has_no_verdict_and_a_watched_page_is_counted() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 1).await;
    assert_eq!(values(&app).await["uptime_live_clients"], "0");
    app.send(reqwest::Method::POST, "/api/live", r#"{"visible": [1]}"#).await;
    app.send(reqwest::Method::PATCH, "/v1/trackers/1", r#"{"paused": true}"#).await;
    let values = values(&app).await;
    assert_eq!((&*values["uptime_live_clients"], &*values["uptime_live_polls_total"]), ("1", "1"));
    assert_eq!(values[r#"uptime_trackers{status="paused"}"#], "1");
    assert!(!values.keys().any(|name| name.starts_with("uptime_tracker_up")));
    app.stop().await;
}
