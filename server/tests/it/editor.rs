//! The form of a tracker: adding by it, reading command lines into it, and trying what stands in it.

use std::{sync::Arc, time::Duration};

use domain::{Fault, FaultKind, Outcome};
use reqwest::{Method, Response};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Mutex,
};

use crate::{
    harness::{TestApp, breathe},
    process::{Process, client},
};

/// Posts a form: as a browser without script does, or as our client does.
async fn post(app: &TestApp, path: &str, is_page: bool, form: &[(&str, &str)]) -> Response {
    let accept = if is_page { "text/html,*/*" } else { "*/*" };
    let body = serde_urlencoded::to_string(form).unwrap();
    let request = app.http.post(app.url(path)).body(body).header("accept", accept);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.header("sec-fetch-site", "same-origin").send().await.unwrap()
}

const TEST: &str = "/api/test_tracker";
const NEW: &str = "/api/new_tracker";

#[tokio::test]
async fn three_fields_are_enough_for_a_tracker() {
    let app = TestApp::in_memory().await;
    let page = app.get("/t/new").await.text().await.unwrap();
    assert!(page.contains(r#"action="/api/new_tracker""#), "{page}");
    assert!(page.contains(r#"placeholder="30s (default)""#), "{page}");
    let form = [("url", "a.example"), ("name", ""), ("every", ""), ("expect", ""), ("retries", "")];
    let reply = post(&app, NEW, true, &form).await;
    assert_eq!((reply.status().as_u16(), reply.headers()["location"].to_str().unwrap()), (303, "/t/1"));
    let tracker = app.json("/v1/trackers/1").await;
    assert_eq!((&tracker["every"], &tracker["retries"]), (&30.into(), &2.into()));
    let reply =
        post(&app, NEW, true, &[("url", "gopher://a.example"), ("every", "0.5s"), ("name", "Till")]).await;
    assert_eq!(reply.status(), 422);
    let page = reply.text().await.unwrap();
    for part in
        ["cannot track `gopher`", "Nothing was saved.", "f-every-problem", r#"value="Till""#, "data-changed"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_copy_has_the_settings_and_the_secrets_of_the_other() {
    let app = TestApp::in_memory().await;
    let body = r#"{"url": "a.example", "name": "Shop", "every": "5m", "paused": true,
        "http": {"headers": {"X-Api-Key": "CANARY"}}}"#;
    app.send(Method::POST, "/v1/trackers", body).await;
    let page = app.get("/t/new?from=1").await.text().await.unwrap();
    assert!(page.contains("Shop (copy)") && page.contains("X-Api-Key: •••"), "{page}");
    assert!(!page.contains("CANARY"));
    let form = [("from", "1"), ("url", "b.example"), ("name", "Copy"), ("http.headers", "X-Api-Key: •••")];
    assert_eq!(post(&app, NEW, true, &form).await.status(), 303);
    let copy = app.json("/v1/trackers/2").await;
    assert_eq!((&copy["every"], &copy["paused"]), (&300.into(), &false.into()));
    assert_eq!(copy["http"]["headers"]["X-Api-Key"]["secret"], "•••");
    assert_eq!(post(&app, NEW, true, &[("from", "9"), ("url", "b.example")]).await.status(), 404);
    assert_eq!(app.get("/t/new?from=9").await.status(), 404);
    app.stop().await;
}

#[tokio::test]
async fn a_command_line_is_read_into_the_fields() {
    let app = TestApp::in_memory().await;
    let line = "curl -X PUT 'https://a.example/x' -H 'Accept: text/plain' -u me:CANARY --cert f";
    let reply = post(&app, "/api/read_tracker", true, &[("url", line)]).await;
    assert_eq!(reply.status(), 200);
    let page = reply.text().await.unwrap();
    for part in
        ["--cert is left out", "https://a.example/x", "Accept: text/plain", r#"value="PUT""#, r#"value="me""#]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(app.json("/v1/trackers").await.as_array().unwrap().len(), 0, "reading saves nothing");
    // What is left out is looked at before it is saved.
    assert_eq!(post(&app, NEW, true, &[("url", line)]).await.status(), 200);
    assert_eq!(app.json("/v1/trackers").await.as_array().unwrap().len(), 0);
    let line = "curl -X PUT 'https://a.example/x'";
    assert_eq!(post(&app, NEW, true, &[("url", line)]).await.status(), 303);
    assert_eq!(app.json("/v1/trackers/1").await["http"]["method"], "PUT");
    app.stop().await;
}

#[tokio::test]
async fn a_test_says_what_became_of_it_and_never_saves() {
    let app = TestApp::start().await;
    app.track("http://a.example/", 0).await;
    app.until("/v1/trackers/1/checks", |checks| !checks.as_array().unwrap().is_empty()).await;
    let (before, checks) = (app.json("/v1/trackers/1").await, app.outcomes(1).await);
    app.prober.answer("http://b.example/", Outcome::Down(Fault::new(FaultKind::Refused, "<b>no</b>")));
    let form = [("id", "1"), ("url", "http://b.example/"), ("name", "Till"), ("every", "1h")];
    let streamed = post(&app, TEST, false, &form).await;
    assert_eq!(streamed.status(), 200);
    assert!(streamed.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    let pieces = streamed.text().await.unwrap();
    assert!(pieces.ends_with('\u{c}') && pieces.contains("Down: "), "{pieces}");
    assert!(pieces.contains("&lt;b&gt;no") && !pieces.contains("<b>no"), "{pieces}");
    let page = post(&app, TEST, true, &form).await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    for part in ["Down: ", "Save anyway: it is down now", r#"value="Till""#, r#"value="http://b.example/""#] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!((app.json("/v1/trackers/1").await, app.outcomes(1).await), (before, checks));
    assert_eq!(post(&app, TEST, false, &[("url", "c.example")]).await.status(), 200);
    assert_eq!(app.json("/v1/trackers").await.as_array().unwrap().len(), 1, "nothing was added");
    let wrong = post(&app, TEST, false, &[("url", "ftp://a"), ("every", "0")]).await;
    assert_eq!(wrong.status(), 422);
    assert!(wrong.text().await.unwrap().contains(r##"href="#f-every""##));
    let wrong = post(&app, TEST, true, &[("url", "ftp://a")]).await;
    assert_eq!(wrong.status(), 422);
    assert_eq!(post(&app, TEST, false, &[("id", "9"), ("url", "a.example")]).await.status(), 422);
    let foreign = app.http.post(app.url(TEST)).body("url=a.example").header("sec-fetch-site", "cross-site");
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    app.stop().await;
}

#[tokio::test]
async fn tests_are_few_at_a_time_and_end_with_who_asked() {
    let app = TestApp::in_memory().await;
    app.prober.hang("http://slow.example/");
    let slow = [("url", "http://slow.example/")];
    let quick = [("url", "http://quick.example/")];
    let hanging: Vec<_> = futures::future::join_all((0..4).map(|_| post(&app, TEST, false, &slow))).await;
    for _ in 0..1_000 {
        if app.prober.asked() == 4 {
            break;
        }
        breathe().await;
    }
    let refused = post(&app, TEST, false, &quick).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.text().await.unwrap().contains("Other tests are running"));
    drop(hanging);
    let mut status = 429;
    for _ in 0..1_000 {
        status = post(&app, TEST, false, &quick).await.status().as_u16();
        if status == 200 {
            break;
        }
        breathe().await;
    }
    assert_eq!(status, 200, "who goes away takes his test along");
    for _ in 0..30 {
        status = post(&app, TEST, false, &quick).await.status().as_u16();
    }
    assert_eq!(status, 429, "and not many one after the other");
    app.clock.advance(Duration::from_secs(31));
    assert_eq!(post(&app, TEST, false, &quick).await.status(), 200);
    app.stop().await;
}

/// A target that answers with the head of the request as JSON, and remembers it.
async fn echo() -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let heard = Arc::new(Mutex::new(String::new()));
    let memory = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = vec![0; 8_192];
            let size = stream.read(&mut buffer).await.unwrap_or(0);
            let request = String::from_utf8_lossy(&buffer[..size]).into_owned();
            let body = serde_json::json!({ "ok": "YES", "head": request }).to_string();
            *memory.lock().await = request;
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (url, heard)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_test_tells_its_steps_fixes_and_values_and_no_secret() {
    let (target, heard) = echo().await;
    let folder = tempfile::tempdir().unwrap();
    let server = Process::serve(folder.path(), &[]);
    let client = client(&server, folder.path()).await;
    let add = serde_json::json!({ "url": target, "every": "24h", "http": { "headers": { "X-Api-Key": "CANARY-7f3a" } } });
    client.post(format!("{}/v1/trackers", server.url)).body(add.to_string()).send().await.unwrap();
    let test = async |form: &[(&str, &str)]| {
        let body = serde_urlencoded::to_string(form).unwrap();
        let request = client.post(format!("{}{TEST}", server.url)).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.send().await.unwrap().text().await.unwrap()
    };
    let form = [
        ("id", "1"),
        ("url", target.as_str()),
        ("http.headers", "X-Api-Key: •••"),
        ("expect", "200\njson $.ok == \"yes\""),
    ];
    let told = test(&form).await;
    assert!(heard.lock().await.contains("CANARY-7f3a"), "what is masked is sent as it was saved");
    assert!(!told.contains("CANARY"), "{told}");
    let pieces: Vec<&str> = told.split_terminator('\u{c}').collect();
    assert!(pieces.len() >= 3, "each step is told when it has been made: {pieces:?}");
    let last = pieces.last().unwrap();
    for part in
        ["Connect", "First byte", "does not hold", "Ignore case", "Use “YES”", "json $.ok == &quot;YES&quot;"]
    {
        assert!(last.contains(part), "{part}: {last}");
    }
    let fixed = [&form[..], &[("fix", "expect=json $.ok == \"YES\"")]].concat();
    assert!(test(&fixed).await.contains("Up in"));
    // What is never asked is not asked here either.
    for url in ["http://169.254.169.254/", "http://[fd00:ec2::254]/"] {
        let refused = test(&[("url", url)]).await;
        assert!(refused.contains("this server does not ask that address"), "{url}: {refused}");
    }
    assert_eq!(server.terminate(), Some(0));
}
