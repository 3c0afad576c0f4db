//! Targets that are no web pages, everywhere a target is given or shown.

use reqwest::Method;
use tokio::io::AsyncWriteExt as _;

use crate::{
    harness::TestApp,
    process::{run, text},
};

#[tokio::test]
async fn a_port_is_tracked_shown_and_edited() {
    let app = TestApp::in_memory().await;
    let made = app.send(Method::POST, "/v1/trackers", r#"{"url": "DB.example:5432"}"#).await;
    assert_eq!(made.status(), 201);
    app.run_until(1, 1).await;
    let tracker = app.json("/v1/trackers/1").await;
    assert_eq!((&tracker["url"], &tracker["expect"]), (&"tcp://db.example:5432".into(), &"".into()));
    assert_eq!(tracker["name"], "db.example:5432");
    let page = app.get("/t/1").await.text().await.unwrap();
    assert!(page.contains("that it can be reached"), "{page}");
    let form = app.get("/t/1/edit").await.text().await.unwrap();
    for shown in ["f-http-body", "f-http-ip", "f-http-resolvers", "f-expect", "f-every"] {
        assert!(form.contains(&format!(r#"id="{shown}""#)), "{shown}: {form}");
    }
    for hidden in ["f-http-method", "f-http-tls-verify", "f-http-auth", "f-http-proxy-url", "200 (default)"] {
        assert!(!form.contains(hidden), "{hidden}: {form}");
    }
    let exported = app.get("/v1/trackers/export?format=toml").await.text().await.unwrap();
    assert!(exported.contains("tcp://db.example:5432") && !exported.contains("expect"), "{exported}");
    app.stop().await;
}

#[tokio::test]
async fn what_begins_with_a_request_is_asked_for_its_headers() {
    let app = TestApp::in_memory().await;
    let socket = r#"{"url": "WSS://a.example:443", "http": {"headers": {"Origin": "https://a.example"}}}"#;
    for (made, url, expect) in [
        (socket, "wss://a.example/", ""),
        (
            r#"{"url": "grpc://a.example:50051/shop"}"#,
            "grpc://a.example:50051/shop",
            "serving == \"SERVING\"",
        ),
    ] {
        let made = app.send(Method::POST, "/v1/trackers", made).await;
        assert_eq!(made.status(), 201);
        let tracker: serde_json::Value = made.json().await.unwrap();
        assert_eq!((&tracker["url"], &tracker["expect"]), (&url.into(), &expect.into()));
        let form = app.get(&format!("/t/{}/edit", tracker["id"])).await.text().await.unwrap();
        for (id, is_there) in [("headers", true), ("auth", true), ("tls-verify", true), ("method", false)] {
            assert_eq!(form.contains(&format!(r#"id="f-http-{id}""#)), is_there, "{url}: {id}");
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn what_a_kind_has_not_is_refused_at_its_field() {
    let app = TestApp::in_memory().await;
    let body = r#"{"url": "tcp://a.example:1", "expect": "200", "http": {"method": "POST"}}"#;
    let refused = app.send(Method::POST, "/v1/trackers", body).await;
    assert_eq!(refused.status(), 422);
    let told = refused.text().await.unwrap();
    assert!(
        told.contains("a tcp target has no `status`") && told.contains("only for http targets"),
        "{told}"
    );
    let page = app.get("/t/new").await.text().await.unwrap();
    assert!(page.contains("f-http-method"), "{page}");
    // As the whole form is posted, with boxes and choices as they stand.
    let form = "url=tls%3A%2F%2Fa.example&name=&every=&expect=&http.method=&http.redirects=&http.version=auto\
        &http.tls.verify=true&http.auth=none&http.cookies=false&http.body=";
    let request = app.http.post(app.url("/api/add_tracker")).body(form).header("accept", "text/html");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let made = request.header("sec-fetch-site", "same-origin").send().await.unwrap();
    assert_eq!(made.status(), 303, "{}", made.text().await.unwrap());
    assert_eq!(app.json("/v1/trackers/1").await["url"], "tls://a.example");
    let moved = app.send(Method::PATCH, "/v1/trackers/1", r#"{"url": "a.example"}"#).await;
    assert_eq!(moved.status(), 200);
    assert_eq!(app.json("/v1/trackers/1").await["expect"], "200");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_checks_a_port() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("tcp://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = stream.write_all(b"220 mail.example\x1b[31m\r\n").await;
                let _ = stream.shutdown().await;
            });
        }
    });
    let check = async |arguments: &'static [&'static str]| {
        let target = target.clone();
        let all = move || run(&[&["check", &target][..], arguments].concat());
        let ended = tokio::task::spawn_blocking(all).await.unwrap();
        (ended.status.code(), text(&ended.stdout) + &text(&ended.stderr))
    };
    let (code, said) = check(&[]).await;
    assert!(code == Some(0) && said.contains("connect ") && said.contains("address "), "{said}");
    let (code, said) = check(&["--expect", "banner starts with 220"]).await;
    assert!(code == Some(0) && said.contains("said         220 mail.example\u{FFFD}[31m"), "{said}");
    let (code, said) = check(&["--expect", "banner contains SSH", "--json"]).await;
    let told: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &told["fault"]["kind"]), (Some(1), &"expectation".into()), "{said}");
    let (code, said) = check(&["--expect", "200"]).await;
    assert!(code == Some(2) && said.contains("a tcp target has no `status`"), "{said}");
}

/// The page with a form again that a browser sent.
async fn again(app: &TestApp, path: &str, form: &[(&str, &str)]) -> (u16, String) {
    let body = serde_urlencoded::to_string(form).unwrap();
    let request = app.http.post(app.url(path)).header("accept", "text/html").body(body);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let reply = request.header("origin", app.url("")).send().await.unwrap();
    (reply.status().as_u16(), reply.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_refused_shows_no_password_of_a_target() {
    let app = TestApp::in_memory().await;
    for (path, url) in [
        ("/api/add_tracker", "postgres://ann:canary@db.example/shop?x"),
        ("/api/add_tracker", "a.example\npostgres://ann:can/canary@db.example/shop?x"),
        ("/api/new_tracker", "https://ann:canary@db.example/shop"),
        ("/api/test_tracker", "https://ann:canary@db.example/shop"),
        ("/api/read_tracker", "postgres://ann:can/canary@db.example/shop"),
    ] {
        let (status, page) = again(&app, path, &[("url", url)]).await;
        assert_eq!(status, if path == "/api/read_tracker" { 200 } else { 422 });
        assert!(page.contains("ann@db.example/shop") && !page.contains("canary"), "{path} {url}: {page}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn user_and_password_of_a_target_stand_in_their_own_fields() {
    let app = TestApp::in_memory().await;
    let form = [("url", "postgres://ann:canary@db.example/shop"), ("http.auth", "none"), ("every", "")];
    let wrong = [&form[..2], &[("every", "0.1s")]].concat();
    for (path, form, expected) in [("/api/test_tracker", &form[..], 200), ("/api/new_tracker", &wrong, 422)] {
        let (status, page) = again(&app, path, form).await;
        assert_eq!(status, expected, "{page}");
        for part in [
            r#"value="postgres://db.example/shop""#,
            r#"<option value="basic" selected"#,
            r#"value="ann""#,
            r#"value="canary""#,
        ] {
            assert!(page.contains(part), "{path}: {part}: {page}");
        }
        assert_eq!(page.matches("canary").count(), 1, "in the field of the password only: {page}");
    }
    assert_eq!(again(&app, "/api/new_tracker", &form).await.0, 303);
    let tracker = app.json("/v1/trackers/1").await;
    assert_eq!(tracker["url"], "postgres://db.example/shop");
    assert_eq!(tracker["http"]["auth"]["basic"]["user"], "ann");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_has_the_fields_of_what_was_typed_right_or_not() {
    let app = TestApp::in_memory().await;
    for (url, has, has_not) in [
        ("db.example:5432", "f-http-body", "f-http-method"),
        ("ping a.example", "f-http-ip", "f-http-body"),
        ("redis://a.example/x", "f-http-auth-basic-user", "f-http-auth-oauth2-scopes"),
        ("redis://a.example", r#"<option value="basic""#, r#"<option value="bearer""#),
        ("redis://a.example", r#"<option value="6""#, r#"<option value="every""#),
        ("ws://a.example", r#"<option value="bearer""#, r#"<option value="oauth2""#),
        ("a.example", r#"<option value="oauth2""#, "f-nothing"),
    ] {
        let (_, page) = again(&app, "/api/new_tracker", &[("url", url), ("every", "0.1s")]).await;
        assert!(page.contains(has) && !page.contains(has_not), "{url}: {page}");
    }
    // What was chosen is not changed by the page.
    let bearer = [("url", "redis://a.example"), ("http.auth", "bearer"), ("http.auth.bearer.token", "x")];
    let (status, page) = again(&app, "/api/new_tracker", &bearer).await;
    assert!(status == 422 && page.contains(r#"<option value="bearer" selected"#), "{page}");
    app.stop().await;
}

#[test]
fn every_kind_is_described() {
    let page = std::fs::read_to_string("../docs/kinds.md").unwrap();
    for kind in domain::Kind::all() {
        let word = format!("`{}`", kind.word());
        let is_told = |cell: &str| cell.trim().split(", ").any(|one| one == word);
        assert!(page.lines().any(|line| line.split('|').any(is_told)), "{kind:?} is not in the table");
        let mut headings = page.lines().filter_map(|line| line.strip_prefix("## "));
        let has_section = headings.any(|all| all.split(", ").any(|one| one == kind.word()));
        assert!(has_section || kind == domain::Kind::Http, "{kind:?} has no section");
        assert!(page.contains(kind.expect()) || kind == domain::Kind::Http, "{kind:?}: what is usual");
    }
}
