//! The programming interface: whole answers.

use reqwest::Method;

use crate::harness::{TestApp, whole};

#[tokio::test]
async fn before_there_is_a_tracker() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/v1/trackers/status").await.text().await.unwrap(), "[]");
    assert_eq!(app.get("/v1/trackers").await.text().await.unwrap(), "[]");
    let status = app.get("/v1/trackers/status").await;
    assert_eq!(status.headers()["access-control-allow-origin"], "*");
    assert_eq!(app.get("/healthz").await.text().await.unwrap(), "ok\n");
    assert_eq!(app.get("/readyz").await.text().await.unwrap(), "ready\n");
    app.stop().await;
}

#[tokio::test]
async fn a_tracker_from_its_creation_to_its_removal() {
    let app = TestApp::start().await;
    let body = r#"{"url": "a.example/x", "name": "shop", "every": "5m", "expect": "200-299", "retries": 1}"#;
    let created = app.send(Method::POST, "/v1/trackers", body).await;
    assert_eq!(created.headers()["location"], "/v1/trackers/1");
    assert_eq!(created.status(), 201);
    app.until("/v1/trackers/1/checks", |checks| checks.as_array().unwrap().len() == 1).await;
    insta::assert_snapshot!("tracker", whole(app.get("/v1/trackers/1").await).await);
    insta::assert_snapshot!("checks", whole(app.get("/v1/trackers/1/checks").await).await);
    insta::assert_snapshot!("list", whole(app.get("/v1/trackers").await).await);
    let changed = app.send(Method::PATCH, "/v1/trackers/1", r#"{"name": "", "cron": "0 6 * * 1"}"#).await;
    insta::assert_snapshot!("changed", whole(changed).await);
    assert_eq!(app.send(Method::DELETE, "/v1/trackers/1", "").await.status(), 204);
    insta::assert_snapshot!("gone", whole(app.get("/v1/trackers/1").await).await);
    app.stop().await;
}

#[tokio::test]
async fn bad_input_names_the_field() {
    let app = TestApp::start().await;
    let create = async |body: &str| whole(app.send(Method::POST, "/v1/trackers", body).await).await;
    insta::assert_snapshot!(
        "invalid_fields",
        create(r#"{"url": "ftp://a", "every": 0, "retries": 99}"#).await
    );
    insta::assert_snapshot!("unknown_field", create(r#"{"url": "a.example", "role": "admin"}"#).await);
    insta::assert_snapshot!("no_json", create("{").await);
    insta::assert_snapshot!("no_target", create("{}").await);
    insta::assert_snapshot!("bad_limit", whole(app.get("/v1/trackers/1/checks?limit=61").await).await);
    insta::assert_snapshot!("bad_id", whole(app.get("/v1/trackers/status?tracker_id=x").await).await);
    insta::assert_snapshot!("nothing_here", whole(app.get("/v1/nothing").await).await);
    insta::assert_snapshot!("bad_method", whole(app.send(Method::PUT, "/v1/trackers", "").await).await);
    assert_eq!(app.json("/v1/trackers").await.as_array().unwrap().len(), 0, "nothing is half-written");
    app.stop().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_read() {
    let app = TestApp::start().await;
    let reply = app.send(Method::POST, "/v1/trackers", &" ".repeat(65 * 1024)).await;
    insta::assert_snapshot!("too_large", whole(reply).await);
    app.stop().await;
}

#[tokio::test]
async fn ids_that_do_not_exist_are_not_found() {
    let app = TestApp::start().await;
    for id in ["0", "-1", "9", "9223372036854775808", "abc", "..%2f"] {
        for (method, path) in [
            (Method::GET, format!("/v1/trackers/{id}")),
            (Method::GET, format!("/v1/trackers/{id}/checks")),
            (Method::PATCH, format!("/v1/trackers/{id}")),
            (Method::DELETE, format!("/v1/trackers/{id}")),
        ] {
            assert_eq!(app.send(method.clone(), &path, "{}").await.status(), 404, "{method} {path}");
        }
    }
    app.stop().await;
}

/// What must never leave the server.
const CANARY: &str = "CANARY-7f3a";

#[tokio::test]
async fn options_are_kept_and_their_secrets_are_never_shown() {
    let app = TestApp::in_memory().await;
    let body = format!(
        r#"{{"url": "a.example", "paused": true, "retry": 10, "successes": 2, "slow": "800ms", "upside_down": false,
        "http": {{"method": "POST", "body": "ping", "headers": {{"Accept": "text/html", "X-Api-Key": "{CANARY}"}},
        "auth": {{"basic": {{"user": "me", "password": "{CANARY}"}}}},
        "proxy": {{"url": "http://p.example:3128", "user": "u", "password": "{CANARY}"}}}}}}"#
    );
    assert_eq!(app.send(Method::POST, "/v1/trackers", &body).await.status(), 201);
    insta::assert_snapshot!("options", whole(app.get("/v1/trackers/1").await).await);
    let body =
        r#"{"slow": null, "http": {"auth": {"basic": {"user": "you", "password": "•••"}}, "body": null}}"#;
    let changed = app.send(Method::PATCH, "/v1/trackers/1", body).await;
    insta::assert_snapshot!("options_changed", whole(changed).await);
    for path in ["/v1/trackers", "/v1/trackers/1", "/", "/t/1", "/t/1/edit"] {
        let said = app.get(path).await.text().await.unwrap();
        assert!(!said.contains(CANARY), "{path}: {said}");
    }
    app.stop().await;
}

#[tokio::test]
async fn what_is_wrong_in_the_options_is_named_and_repeats_no_secret() {
    let app = TestApp::start().await;
    let create = async |body: &str| whole(app.send(Method::POST, "/v1/trackers", body).await).await;
    let body = format!(
        r#"{{"url": "a.example", "retry": "1h", "successes": 0, "slow": 90, "http": {{"method": "TRACE",
        "headers": {{"X-Key": "{CANARY}\n"}}, "auth": {{"bearer": {{"token": "{CANARY} "}}}}, "tls": {{"key": "{CANARY}"}}}}}}"#
    );
    let answer = create(&body).await;
    insta::assert_snapshot!("invalid_options", answer);
    let typed = format!(r#"{{"url": "a.example", "http": {{"auth": {{"basic": "{CANARY}"}}}}}}"#);
    insta::assert_snapshot!("unreadable_options", create(&typed).await);
    assert!(!answer.contains(CANARY));
    app.stop().await;
}

#[tokio::test]
async fn a_target_is_asked_once_and_nothing_is_recorded() {
    let app = TestApp::start().await;
    app.prober.refuse("https://b.example/");
    let check = async |body: &str| whole(app.send(Method::POST, "/v1/check", body).await).await;
    insta::assert_snapshot!("once_up", check(r#"{"url": "a.example"}"#).await);
    insta::assert_snapshot!("once_down", check(r#"{"url": "b.example"}"#).await);
    insta::assert_snapshot!("once_wrong", check(r#"{"url": "b.example", "http": {"ip": "5"}}"#).await);
    assert_eq!(app.get("/v1/trackers").await.text().await.unwrap(), "[]");
    app.stop().await;
}
