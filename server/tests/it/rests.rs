//! Pauses that end by themselves, and the log of who changed what.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::harness::TestApp;

async fn post(app: &TestApp, form: &str) -> Response {
    let request = app.http.post(app.url("/api/change_many")).body(form.to_owned());
    let request =
        request.header("content-type", "application/x-www-form-urlencoded").header("accept", "text/html,*/*");
    request.header("sec-fetch-site", "same-origin").send().await.unwrap()
}

/// Sends a form of tracker 1 as our client does.
async fn act(app: &TestApp, path: &str) -> Response {
    let request = app.http.post(app.url(path)).body("id=1");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.header("sec-fetch-site", "same-origin").send().await.unwrap()
}

/// What was done, the newest first, as `who: what`.
async fn log(app: &TestApp, id: i64) -> Vec<String> {
    let all = app.json(&format!("/v1/trackers/{id}/changes")).await;
    let line =
        |change: &Value| format!("{}: {}", change["who"].as_str().unwrap(), change["what"].as_str().unwrap());
    all.as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn a_pause_ends_by_itself_and_says_why_it_is() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    let reply = post(&app, &format!("do=pause&id={id}&length=15m&reason=new+disk&back=%2Ft%2F{id}")).await;
    assert_eq!(reply.headers()["location"], format!("/t/{id}"));
    let tracker = app.json("/v1/trackers/1").await;
    assert_eq!((&tracker["paused"], &tracker["paused_reason"]), (&json!(true), &json!("new disk")));
    assert!(tracker["paused_until"].is_string(), "{tracker}");
    let page = app.get("/t/1").await.text().await.unwrap();
    assert!(page.contains("new disk") && page.contains("Paused, until "), "{page}");

    app.clock.advance(Duration::from_mins(14));
    assert_eq!(app.json("/v1/trackers/1").await["paused"], true);
    app.clock.advance(Duration::from_secs(61));
    let tracker = app.until("/v1/trackers/1", |tracker| tracker["paused"] == false).await;
    assert_eq!((&tracker["paused_until"], &tracker["paused_reason"]), (&Value::Null, &Value::Null));
    assert_eq!(log(&app, id).await[..2], ["the end of the pause: resumed", "Root: paused"]);
    app.stop().await;
}

#[tokio::test]
async fn a_pause_that_ended_while_the_program_was_down_ends_at_the_start() {
    let app = TestApp::start().await;
    app.track("http://a.example/", 0).await;
    post(&app, "do=pause&id=1&length=1h").await;
    let app = app.restart(Duration::from_mins(10)).await;
    assert_eq!(app.json("/v1/trackers/1").await["paused"], true);
    let app = app.restart(Duration::from_hours(1)).await;
    app.until("/v1/trackers/1", |tracker| tracker["paused"] == false).await;
    app.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_pause_is_said_at_its_field_and_kept() {
    let app = TestApp::start().await;
    app.track("http://a.example/", 0).await;
    for (form, said) in [
        ("length=soon", "This is no length of time"),
        ("length=until&until=", "Give the time when the pause ends"),
        ("length=until&until=tomorrow", "This is no time."),
        ("length=until&until=2020-01-01", "This is over already"),
        ("length=1h&reason=a%0Ab", "A reason stands on one line"),
    ] {
        let reply = post(&app, &format!("do=pause&id=1&{form}&reason=%26kept")).await;
        assert_eq!(reply.status(), 422, "{form}");
        let page = reply.text().await.unwrap();
        assert!(page.contains(said) && page.contains("Pause a.example"), "{form}: {page}");
        assert!(form.contains("reason") || page.contains("value=\"&amp;kept\""), "{page}");
    }
    assert_eq!(app.json("/v1/trackers/1").await["paused"], false);
    assert_eq!(app.get("/pause?id=9").await.status(), 404);
    app.stop().await;
}

#[tokio::test]
async fn programs_pause_until_a_time() {
    let app = TestApp::start().await;
    app.track("http://a.example/", 0).await;
    let body = r#"{"paused": true, "paused_until": "2100-01-01T00:00:00Z", "paused_reason": "move"}"#;
    let reply = app.send(Method::PATCH, "/v1/trackers/1", body).await;
    let tracker: Value = serde_json::from_str(&reply.text().await.unwrap()).unwrap();
    assert_eq!(
        (&tracker["paused_until"], &tracker["paused_reason"]),
        (&json!("2100-01-01T00:00:00.000Z"), &json!("move"))
    );
    for body in [r#"{"paused_until": "soon"}"#, r#"{"paused": false, "paused_reason": "x"}"#] {
        assert_eq!(app.send(Method::PATCH, "/v1/trackers/1", body).await.status(), 422, "{body}");
    }
    app.send(Method::PATCH, "/v1/trackers/1", r#"{"paused": false}"#).await;
    assert_eq!(app.json("/v1/trackers/1").await["paused"], false);
    app.stop().await;
}

#[tokio::test]
async fn who_changed_what_is_remembered_without_secrets() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    let body = r#"{"every": 5, "http": {"auth": {"bearer": {"token": "canary-7"}}}}"#;
    assert_eq!(app.send(Method::PATCH, "/v1/trackers/1", body).await.status(), 200);
    assert_eq!(
        app.send(Method::PATCH, "/v1/trackers/1", body).await.status(),
        200,
        "the same again is no news"
    );
    assert_eq!(act(&app, "/api/pause_tracker").await.status(), 200);
    assert_eq!(app.send(Method::DELETE, "/v1/trackers/1", "").await.status(), 204);
    assert_eq!(act(&app, "/api/restore_tracker").await.status(), 200);
    let expected = ["restored", "removed", "paused", "edited", "added"].map(|what| format!("Root: {what}"));
    assert_eq!(log(&app, id).await, expected);
    let all = app.get("/v1/trackers/1/changes").await.text().await.unwrap();
    assert!(
        all.contains(r#"{"field":"every","before":"1s","after":"5s"}"#) && !all.contains("canary"),
        "{all}"
    );
    let page = app.get("/t/1").await.text().await.unwrap();
    assert!(page.contains("id=\"h-changes\"") && !page.contains("canary"), "{page}");
    let number = app.json("/v1/trackers/1/changes?limit=1").await[0]["number"].clone();
    let next = app.json(&format!("/v1/trackers/1/changes?limit=1&before={number}")).await;
    assert_eq!(next[0]["what"], "removed");
    assert_eq!(app.get("/v1/trackers/1/changes?limit=0").await.status(), 400);
    app.stop().await;
}
