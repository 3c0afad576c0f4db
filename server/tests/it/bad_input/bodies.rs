//! Bodies that are no JSON, too deep, or too large.

use reqwest::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::harness::{TOKEN, TestApp};

#[tokio::test]
async fn what_is_no_json_is_a_400() {
    let app = TestApp::start().await;
    let deep =
        |open: &str, close: &str| format!("{}1{}", open.repeat(20_000), close.repeat(20_000)).into_bytes();
    let bodies: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"url=a.example".to_vec(),
        b"{\"url\": \"\xff\xfe\"}".to_vec(),
        br#"{"url": "\ud800"}"#.to_vec(),
        br#"{"every": NaN}"#.to_vec(),
        br#"{"url": "a.example"} {"url": "b.example"}"#.to_vec(),
        [br#"{"every": "#.to_vec(), deep("[", "]"), b"}".to_vec()].concat(),
        deep(r#"{"every":"#, "}"),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body).chars().take(60).collect::<String>();
        let request = app.http.post(app.url("/v1/trackers")).body(body);
        let reply = request.header("content-type", "application/json").send().await.unwrap();
        assert_eq!(reply.status(), if shown.contains(r#"{"every":{"#) { 413 } else { 400 }, "{shown}");
        assert_eq!(reply.headers()["content-type"], "application/problem+json", "{shown}");
        assert!(reply.text().await.unwrap().len() < 500, "{shown}");
    }
    assert_eq!(app.get("/v1/trackers").await.text().await.unwrap(), "[]");
    app.stop().await;
}

#[tokio::test]
async fn a_name_of_a_million_letters_and_a_url_of_64_kib_are_too_large() {
    let app = TestApp::start().await;
    let name = format!(r#"{{"url": "a.example", "name": "{}"}}"#, "x".repeat(1_000_000));
    let url = format!(r#"{{"url": "http://a.example/{}"}}"#, "x".repeat(65_536));
    for body in [name, url] {
        let reply = app.send(Method::POST, "/v1/trackers", &body).await;
        assert_eq!(reply.status(), 413);
        assert!(reply.text().await.unwrap().contains("at most 64 KiB"));
    }
    app.stop().await;
}

/// What is answered to a request whose body never ends: after these bytes nothing more is sent.
async fn answer_to(app: &TestApp, head: &str, body: &[u8]) -> String {
    let address = app.url("").trim_start_matches("http://").to_owned();
    let mut connection = TcpStream::connect(&address).await.unwrap();
    let request = format!(
        "{head}\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    // The server may answer and hang up before it has read everything: that is what is asked for.
    let _ = connection.write_all(body).await;
    let mut answer = Vec::new();
    let mut buffer = [0; 4_096];
    while !answer.ends_with(b"}") {
        match connection.read(&mut buffer).await {
            Ok(read @ 1..) => answer.extend_from_slice(&buffer[..read]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_hundred_megabytes_are_refused_before_they_are_read() {
    let app = TestApp::start().await;
    for path in ["/v1/trackers", "/api/add_tracker"] {
        let said =
            answer_to(&app, &format!("POST {path} HTTP/1.1"), b"Content-Length: 100000000\r\n\r\nurl=").await;
        assert!(said.starts_with("HTTP/1.1 413") && said.contains("at most 64 KiB"), "{path}: {said}");
        let mut chunks = b"Transfer-Encoding: chunked\r\n\r\n".to_vec();
        for _ in 0..20 {
            chunks.extend_from_slice(b"1000\r\n");
            chunks.extend_from_slice(&[b'x'; 4_096]);
            chunks.extend_from_slice(b"\r\n");
        }
        for accept in ["text/html", "application/json"] {
            let said = answer_to(&app, &format!("POST {path} HTTP/1.1\r\nAccept: {accept}"), &chunks).await;
            assert!(said.starts_with("HTTP/1.1 413"), "{path} {accept}: {said}");
        }
    }
    assert_eq!(app.get("/v1/trackers").await.text().await.unwrap(), "[]");
    app.stop().await;
}
