//! Checks that people ask for.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

use crate::harness::{START, TestApp};

/// Adds a tracker of every hour, and waits for its first check.
async fn hourly(app: &TestApp, url: &str) -> i64 {
    let body = format!(r#"{{"url": "{url}", "every": "1h", "retries": 0}}"#);
    let reply = app.send(Method::POST, "/v1/trackers", &body).await;
    let id = reply.json::<Value>().await.unwrap()["id"].as_i64().unwrap();
    app.until(&format!("/v1/trackers/{id}/checks"), |checks| checks.as_array().unwrap().len() == 1).await;
    id
}

async fn check(app: &TestApp, id: i64) -> Value {
    let reply = app.send(Method::POST, &format!("/v1/trackers/{id}/check-now"), "").await;
    assert_eq!(reply.status(), 200);
    reply.json().await.unwrap()
}

#[tokio::test]
async fn a_check_by_hand_has_a_name_of_its_own_and_no_part_in_ratios() {
    let app = TestApp::start().await;
    let id = hourly(&app, "http://a.example/").await;
    app.clock.advance(Duration::from_secs(2));
    let made = check(&app, id).await;
    assert_eq!((made["attempt"].as_i64(), made["outcome"].as_str()), (Some(100), Some("up")));
    assert_eq!(made["due_ms"].as_i64(), Some(START.0 + 2_000), "it was due when it was asked for");
    let before = app.prober.asked();
    let again = check(&app, id).await;
    assert_eq!((again, app.prober.asked()), (made, before), "asked again within a second, it is the same");
    // A failure is believed like any other, but takes no time from the ratio.
    app.prober.refuse("http://a.example/");
    app.clock.advance(Duration::from_secs(2));
    assert_eq!(check(&app, id).await["outcome"], "down");
    let tracker = app.until(&format!("/v1/trackers/{id}"), |tracker| tracker["status"] == "down").await;
    assert_eq!(tracker["uptime"], "100");
    assert_eq!(app.dues(id).await.len(), 3);
    app.stop().await;
}

#[tokio::test]
async fn the_check_that_is_due_within_a_second_is_the_answer() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 2).await;
    let path = format!("/v1/trackers/{id}/check-now");
    let asked = async { app.send(Method::POST, &path, "").await.json::<Value>().await.unwrap() };
    let passing = async {
        loop {
            app.clock.advance(Duration::from_millis(50));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let made = tokio::select! { made = asked => made, () = passing => unreachable!() };
    assert_eq!(made["attempt"], 0, "{made}");
    app.stop().await;
}

#[tokio::test]
async fn one_that_rests_is_checked_but_does_not_go_down() {
    let app = TestApp::start().await;
    let id = hourly(&app, "http://a.example/").await;
    app.send(Method::PATCH, &format!("/v1/trackers/{id}"), r#"{"paused": true}"#).await;
    app.prober.refuse("http://a.example/");
    for _ in 0..3 {
        app.clock.advance(Duration::from_secs(2));
        assert_eq!(check(&app, id).await["outcome"], "down");
    }
    let tracker = app.json(&format!("/v1/trackers/{id}")).await;
    assert_eq!((&tracker["paused"], &tracker["status"]), (&true.into(), &"retrying".into()));
    // It still rests after a restart, and says so once.
    let app = app.restart(Duration::from_secs(5)).await;
    let outcomes = app.outcomes(id).await;
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "down").count(), 3, "{outcomes:?}");
    app.stop().await;
}

#[tokio::test]
async fn many_are_checked_at_once_and_what_does_not_exist_is_said() {
    let app = TestApp::in_memory().await;
    let ids = [hourly(&app, "http://a.example/").await, hourly(&app, "http://b.example/").await];
    app.clock.advance(Duration::from_secs(2));
    let body = format!(r#"{{"ids": [{}, {}, {}]}}"#, ids[0], ids[1], ids[0]);
    let reply = app.send(Method::POST, "/v1/trackers/check-now", &body).await;
    assert_eq!((reply.status().as_u16(), reply.text().await.unwrap()), (202, r#"{"recorded":2}"#.to_owned()));
    for (path, body, status) in [
        ("/v1/trackers/9/check-now", "", 404),
        ("/v1/trackers/x/check-now", "", 404),
        ("/v1/trackers/check-now", r#"{"ids": [1, 9]}"#, 404),
        ("/v1/trackers/check-now", r#"{"ids": ["x"]}"#, 422),
        ("/v1/trackers/check-now", r#"{"id": 1}"#, 422),
        ("/v1/trackers/check-now", "", 400),
    ] {
        assert_eq!(app.send(Method::POST, path, body).await.status(), status, "{path} {body}");
    }
    let all: Vec<String> = (1..=1_001).map(|id| id.to_string()).collect();
    let body = format!(r#"{{"ids": [{}]}}"#, all.join(","));
    assert_eq!(app.send(Method::POST, "/v1/trackers/check-now", &body).await.status(), 422);
    app.stop().await;
}
