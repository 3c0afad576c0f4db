//! What is recorded and shown.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn an_outage_from_its_first_failure_to_recovery() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 1).await;
    let path = format!("/v1/trackers/{id}");
    app.run_until(id, 3).await;
    assert_eq!(app.json(&path).await["status"], "up");
    app.prober.refuse("http://a.example/");
    let before = app.outcomes(id).await.len();
    app.run_until(id, before + 3).await;
    assert_eq!(app.json(&path).await["status"], "down");
    let checks = app.json(&format!("{path}/checks?limit=1")).await;
    assert_eq!(checks[0]["fault"], json!({"kind": "refused", "detail": "connection refused"}));
    let status = app.json(&format!("/v1/trackers/status?tracker_id={id}")).await;
    assert_eq!(status.as_array().unwrap().last(), Some(&json!(false)));
    app.prober.answer("http://a.example/", domain::Outcome::Up);
    let before = app.outcomes(id).await.len();
    app.run_until(id, before + 2).await;
    assert_eq!(app.json(&path).await["status"], "up");
    app.stop().await;
}

#[tokio::test]
async fn a_restart_keeps_everything_and_shows_the_time_between_as_a_gap() {
    let app = TestApp::start().await;
    app.prober.refuse("http://a.example/");
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 5).await;
    let app = app.restart(Duration::from_mins(1)).await;
    let before = app.json(&format!("/v1/trackers/{id}/checks")).await;
    assert!(before.as_array().unwrap().len() >= 5);
    assert_eq!(app.json(&format!("/v1/trackers/{id}")).await["status"], "down");
    app.prober.refuse("http://a.example/");
    app.run_until(id, before.as_array().unwrap().len() + 2).await;
    let live =
        app.send(Method::POST, "/api/live", &format!(r#"{{"cursor": null, "visible": [{id}]}}"#)).await;
    let live: serde_json::Value = live.json().await.unwrap();
    let cells = live["changes"][0]["whole"]["cells"].as_array().unwrap();
    let gaps = cells.iter().filter(|cell| cell["o"]["n"] == "stopped").count();
    assert_eq!(gaps, 1, "{cells:?}");
    app.stop().await;
}

#[tokio::test]
async fn at_most_sixty_checks_are_shown_and_they_are_the_newest() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 60).await;
    let last = *app.dues(id).await.last().unwrap();
    for _ in 0..600 {
        if app.dues(id).await.last().is_some_and(|due| *due > last + 5_000) {
            break;
        }
        app.clock.advance(Duration::from_millis(100));
        crate::harness::breathe().await;
    }
    let dues = app.dues(id).await;
    assert_eq!(dues.len(), 60);
    assert!(*dues.last().unwrap() > last + 5_000);
    for path in ["/v1/trackers/status".to_owned(), format!("/v1/trackers/status?tracker_id={id}")] {
        assert_eq!(app.json(&path).await.as_array().unwrap().len(), 60);
    }
    app.stop().await;
}

#[tokio::test]
async fn polls_add_up_to_what_a_new_browser_sees() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 2).await;
    let poll = async |cursor: &serde_json::Value| -> serde_json::Value {
        let body = json!({"cursor": cursor, "visible": [id]}).to_string();
        app.send(Method::POST, "/api/live", &body).await.json().await.unwrap()
    };
    let first = poll(&json!(null)).await;
    let mut cells = first["changes"][0]["whole"]["cells"].as_array().unwrap().clone();
    let mut cursor = first["cursor"].clone();
    for n in 3..8 {
        app.run_until(id, n).await;
        let answer = poll(&cursor).await;
        if let Some(new) = answer["changes"][0]["delta"]["cells"].as_array() {
            cells.extend(new.iter().cloned());
        }
        cursor = answer["cursor"].clone();
    }
    let newest = poll(&json!(null)).await;
    // Time stands still between the last delta and this snapshot, but a check may have been on its way.
    let whole = newest["changes"][0]["whole"]["cells"].as_array().unwrap();
    assert_eq!(whole[..cells.len()], cells[..]);
    app.stop().await;
}

#[tokio::test]
async fn a_removed_tracker_comes_back_whole_within_ten_minutes_and_never_after() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 5).await;
    let before = app.dues(id).await;
    let remove = |app: &TestApp| {
        let request = app.http.delete(app.url(&format!("/v1/trackers/{id}")));
        async move { request.send().await.unwrap().status() }
    };
    let restore = |app: &TestApp| {
        let form = app.http.post(app.url("/api/restore_tracker")).body(format!("id={id}"));
        let form = form.header("content-type", "application/x-www-form-urlencoded");
        async move { form.send().await.unwrap().status() }
    };
    assert_eq!(remove(&app).await, 204);
    assert_eq!(app.get(&format!("/v1/trackers/{id}")).await.status(), 404);
    // The removal, not the run of the program, is what counts.
    let app = app.restart(Duration::from_secs(590)).await;
    assert_eq!(app.get(&format!("/v1/trackers/{id}")).await.status(), 404);
    assert_eq!(restore(&app).await, 200);
    assert_eq!(app.json(&format!("/v1/trackers/{id}")).await["status"], "up");
    assert_eq!(app.dues(id).await[..before.len()], before[..]);
    assert_eq!(remove(&app).await, 204);
    let app = app.restart(Duration::from_secs(601)).await;
    assert_eq!(restore(&app).await, 404);
    assert_eq!(app.get(&format!("/v1/trackers/{id}")).await.status(), 404);
    app.stop().await;
}
