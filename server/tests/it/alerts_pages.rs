//! The forms and the interface of incidents and of who is told: what is kept, what is refused, and for whom.

use std::sync::{
    Arc,
    atomic::{AtomicU16, Ordering},
};

use axum::{Router, extract::State, http::StatusCode, routing::post as answer};
use domain::access::Role;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{
    access::person,
    harness::{TestApp, whole},
};

const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// A receiver of webhooks, and the status that it answers with.
async fn receiver() -> (String, Arc<AtomicU16>) {
    let status = Arc::new(AtomicU16::new(200));
    let said = async |State(status): State<Arc<AtomicU16>>| {
        StatusCode::from_u16(status.load(Ordering::SeqCst)).unwrap()
    };
    let router = Router::new().route("/", answer(said)).with_state(status.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, status)
}

/// Posts a form the way a browser without script does that shows the answer to another form.
async fn post(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Response {
    let body = serde_urlencoded::to_string(fields).unwrap();
    let request = app.http.post(app.url(path)).body(body).header("accept", "text/html,*/*");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let request = request.header("referer", app.url("/api/save_channel"));
    request.header("sec-fetch-site", "same-origin").send().await.unwrap()
}

fn location(reply: &Response) -> &str {
    assert_eq!(reply.status(), 303);
    reply.headers()["location"].to_str().unwrap()
}

async fn text(reply: Response) -> String {
    reply.text().await.unwrap().replace("<!---->", "")
}

#[track_caller]
fn has(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "`{part}` is not in\n{page}");
    }
}

/// A tracker that is down: incident 1.
async fn outage(app: &TestApp) -> i64 {
    let id = app.track("http://a.example/", 0).await;
    app.prober.refuse("http://a.example/");
    app.run_until(id, 2).await;
    app.until("/v1/incidents", |all| all.as_array().unwrap().len() == 1).await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_tried_and_then_kept_with_a_rule_for_everything() {
    let (url, status) = receiver().await;
    let app = TestApp::start().await;
    let typed = [
        ("kind", "webhook"),
        ("name", "Hook"),
        ("url", &url),
        ("secret", SECRET),
        ("enabled", "false"),
        ("enabled", "true"),
        ("everything", "false"),
        ("everything", "true"),
    ];
    let tried = post(&app, "/api/try_channel", &typed).await;
    assert_eq!(
        (tried.status().as_u16(), tried.headers()["cache-control"].to_str().unwrap()),
        (200, "no-store")
    );
    let page = text(tried).await;
    let kept = format!(r#"type="password" id="ch-secret" name="secret" value="{SECRET}""#);
    has(&page, &["The test message was taken.", r#"value="Hook""#, &kept, &url, "New channel: Webhook"]);
    status.store(503, Ordering::SeqCst);
    let page = text(post(&app, "/api/try_channel", &typed).await).await;
    has(&page, &["The test message was not taken.", "503", &kept]);
    assert_eq!(
        text(app.get("/alerts").await).await.matches("alerts/channel?id=").count(),
        0,
        "nothing is kept"
    );
    let saved = post(&app, "/api/save_channel", &typed).await;
    assert_eq!(location(&saved), "/alerts?done=channel-and-rule");
    let page = text(app.get("/alerts?done=channel-and-rule").await).await;
    has(&page, &["and a rule that leads all trackers there", "Hook", "Everything", "All trackers"]);
    let page = text(app.get("/alerts/channel?id=1").await).await;
    has(&page, &[r#"name="secret" value="•••""#]);
    assert!(!page.contains(SECRET), "a secret that is kept is never shown");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_at_its_field_and_everything_typed_is_kept() {
    let (url, _) = receiver().await;
    let app = TestApp::start().await;
    let wrong = [("kind", "webhook"), ("name", ""), ("url", "nowhere:"), ("secret", SECRET), ("body", "{")];
    for path in ["/api/save_channel", "/api/try_channel"] {
        let reply = post(&app, path, &wrong).await;
        assert_eq!(reply.status(), 422, "{path}");
        let page = text(reply).await;
        has(
            &page,
            &[r#"name="url" value="nowhere:""#, SECRET, r#"id="ch-url-problem""#, r#"id="ch-body-problem""#],
        );
    }
    let unknown = post(&app, "/api/save_channel", &[("kind", "fax"), ("name", "Fax")]).await;
    assert_eq!(unknown.status(), 422);
    let hook = [
        ("kind", "webhook"),
        ("name", "Hook"),
        ("url", url.as_str()),
        ("secret", SECRET),
        ("enabled", "true"),
    ];
    assert_eq!(location(&post(&app, "/api/save_channel", &hook).await), "/alerts?done=channel");
    let renamed = [("id", "1"), ("kind", "webhook"), ("name", "Bell"), ("url", &url), ("secret", "•••")];
    assert_eq!(location(&post(&app, "/api/save_channel", &renamed).await), "/alerts?done=channel");
    has(&text(app.get("/alerts").await).await, &["Bell", "Webhook · off"]);
    let rule =
        [("name", "Nights"), ("channel", "9"), ("trackers", "seven"), ("delay", "2d"), ("tags", "Prod")];
    let reply = post(&app, "/api/save_rule", &rule).await;
    assert_eq!(reply.status(), 422);
    let page = text(reply).await;
    has(
        &page,
        &[
            r#"id="rule-channel-problem""#,
            r#"id="rule-trackers-problem""#,
            r#"value="2d""#,
            r#"value="Prod""#,
        ],
    );
    let rule = [("name", "Nights"), ("channel", "1"), ("delay", "5m"), ("enabled", "true")];
    assert_eq!(location(&post(&app, "/api/save_rule", &rule).await), "/alerts?done=rule");
    has(&text(app.get("/alerts/rule?id=1").await).await, &[r#"name="delay" value="5m""#, "Edit Nights"]);
    assert_eq!(location(&post(&app, "/api/remove_rule", &[("id", "1")]).await), "/alerts?done=rule-removed");
    assert_eq!(
        location(&post(&app, "/api/remove_channel", &[("id", "1")]).await),
        "/alerts?done=channel-removed"
    );
    for gone in ["remove_rule", "remove_channel", "resend_alert", "acknowledge_incident"] {
        let status = post(&app, &format!("/api/{gone}"), &[("id", "1")]).await.status();
        assert_eq!(status, 404, "{gone}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_is_acknowledged_and_commented_on_its_page() {
    let app = TestApp::start().await;
    let id = outage(&app).await;
    has(&text(app.get("/incidents").await).await, &["1 open, not acknowledged.", r#"href="/incidents/1""#]);
    let done = post(&app, "/api/acknowledge_incident", &[("id", "1")]).await;
    assert_eq!(location(&done), "/incidents/1?done=acknowledged");
    let empty = post(&app, "/api/comment_incident", &[("id", "1"), ("comment", " ")]).await;
    assert_eq!(empty.status(), 422);
    has(&text(empty).await, &["Say something first.", "Incident 1"]);
    // Browsers send both characters of a line break.
    let said = post(&app, "/api/comment_incident", &[("id", "1"), ("comment", "disk\r\n<full>")]).await;
    assert_eq!(location(&said), "/incidents/1?done=commented");
    let page = text(app.get("/incidents/1?done=commented").await).await;
    has(
        &page,
        &["acknowledged it", "disk\n&lt;full&gt;", "What was seen", "?failed", "Your comment is kept."],
    );
    app.prober.answer("http://a.example/", domain::Outcome::Up);
    let checks = app.outcomes(id).await.len();
    app.run_until(id, checks + 2).await;
    app.until("/v1/incidents", |all| all[0]["state"] == "closed").await;
    has(&text(app.get("/incidents/1").await).await, &["It is up again.", "It was down for"]);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_decide_who_acknowledges_and_who_says_where_messages_go() {
    let app = TestApp::in_memory().await;
    outage(&app).await;
    let send = async |cookie: &str, path: &str| {
        let request = app.stranger.post(app.url(path)).header("cookie", cookie).header("origin", app.url(""));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body("id=1&comment=a&kind=webhook&name=a").send().await.unwrap().status().as_u16()
    };
    for (name, role, may) in [
        ("vera", Role::Viewer, [403, 403, 403, 403]),
        ("ed", Role::Editor, [200, 200, 403, 403]),
        ("adm", Role::Administrator, [200, 200, 422, 422]),
    ] {
        let cookie = person(&app, name, role).await.cookie;
        let paths = ["acknowledge_incident", "comment_incident", "save_channel", "save_rule"];
        for (path, wanted) in paths.into_iter().zip(may) {
            let path = format!("/api/{path}");
            // A number of a channel that is not there is found out before its fields are read.
            let got = send(&cookie, &path).await;
            assert!(got == wanted || (wanted == 422 && got == 404), "{name} {path}: {got}");
        }
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_of_a_channel_do_not_travel_through_signing_in() {
    let app = TestApp::in_memory().await;
    let fields = [("kind", "webhook"), ("name", "Hook"), ("url", "http://a.example/"), ("secret", SECRET)];
    let body = serde_urlencoded::to_string(fields).unwrap();
    let request = app.stranger.post(app.url("/api/save_channel")).body(body).header("accept", "text/html");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let reply = request.header("sec-fetch-site", "same-origin").send().await.unwrap();
    assert_eq!(reply.status(), 401);
    let page = text(reply).await;
    has(&page, &["resume-value-name", "/alerts/channel?kind=webhook"]);
    assert!(!page.contains(SECRET), "{page}");
    app.stop().await;
}

/// Without what depends on when the test came to it.
fn timeless(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            let is_time = |name: &str| {
                name.ends_with("_at") || name.ends_with("_ms") || ["at", "since"].contains(&name)
            };
            for (name, field) in fields {
                *field =
                    if is_time(name) && !field.is_null() { json!("…") } else { timeless(field.take()) };
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| *one = timeless(one.take())),
        _ => {}
    }
    value
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_read_acknowledge_and_comment() {
    let app = TestApp::start().await;
    let id = outage(&app).await;
    let list = app.json("/v1/incidents?open=true").await;
    insta::assert_snapshot!("incidents", format!("{:#}", timeless(list)));
    let done = app.send(Method::POST, "/v1/incidents/1/acknowledge", "").await;
    assert_eq!(done.status(), 200);
    let said =
        app.send(Method::POST, "/v1/incidents/1/comments", r#"{"comment": "The disk is full."}"#).await;
    assert_eq!(said.status(), 201);
    insta::assert_snapshot!("incident", format!("{:#}", timeless(said.json().await.unwrap())));
    for (query, ids) in [
        (format!("tracker_id={id}"), vec![1]),
        (format!("tracker_id={}", id + 1), vec![]),
        ("before=1".into(), vec![]),
        ("limit=1".into(), vec![1]),
        ("open=false".into(), vec![1]),
    ] {
        let got = app.json(&format!("/v1/incidents?{query}")).await;
        let got: Vec<i64> = got.as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect();
        assert_eq!(got, ids, "{query}");
    }
    insta::assert_snapshot!(
        "bad_query",
        whole(app.get("/v1/incidents?limit=0&open=maybe&last=1").await).await
    );
    insta::assert_snapshot!("no_incident", whole(app.get("/v1/incidents/x").await).await);
    let long = json!({ "comment": "a".repeat(2_001) }).to_string();
    insta::assert_snapshot!(
        "bad_comment",
        whole(app.send(Method::POST, "/v1/incidents/1/comments", &long).await).await
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_account_learns_no_names() {
    let app = TestApp::in_memory().await;
    outage(&app).await;
    app.send(Method::POST, "/v1/incidents/1/acknowledge", "").await;
    app.send(Method::POST, "/v1/incidents/1/comments", r#"{"comment": "a secret of ours"}"#).await;
    post(&app, "/api/set_reading", &[("reading", "true")]).await;
    let read = async |path: &str| app.stranger.get(app.url(path)).send().await.unwrap();
    let list: Value = read("/v1/incidents").await.json().await.unwrap();
    assert_eq!((&list[0]["acknowledged"], list[0].get("acknowledged_by")), (&json!(true), None));
    assert_eq!(read("/v1/incidents/1").await.status(), 401);
    for path in ["/incidents", "/incidents/1"] {
        let page = text(read(path).await).await;
        assert!(page.contains("a.example"), "{page}");
        for hidden in ["Root", "a secret of ours", "?failed"] {
            assert!(!page.contains(hidden), "{path}: {hidden}");
        }
    }
    has(&text(read("/incidents/1").await).await, &["Somebody acknowledged it."]);
    app.stop().await;
}
