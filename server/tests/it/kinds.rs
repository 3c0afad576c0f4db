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

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_refused_shows_no_password_of_a_target() {
    let app = TestApp::in_memory().await;
    let form = "url=postgres%3A%2F%2Fann%3Acanary%40db.example%2Fshop%3Fx";
    let request = app.http.post(app.url("/api/add_tracker")).header("accept", "text/html");
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
    let reply = request.header("origin", app.url("")).send().await.unwrap();
    assert_eq!(reply.status(), 422);
    let page = reply.text().await.unwrap();
    assert!(page.contains("ann@db.example/shop") && !page.contains("canary"), "{page}");
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
