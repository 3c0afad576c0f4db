//! Answers that a client has already are not sent again.

use std::time::Duration;

use reqwest::{Method, Response, header::HeaderMap};

use super::{app_with, checks, up};
use crate::harness::{TestApp, breathe};

const PAST: &str = "from=2026-11-23T10:00:00Z&to=2026-11-23T11:00:00Z";

async fn ask(app: &TestApp, method: Method, path: &str, headers: &[(&'static str, &str)]) -> Response {
    let request = app.http.request(method, app.url(path));
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
}

fn tag(headers: &HeaderMap) -> String {
    headers["etag"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let app = app_with(30, checks(30, 300, |_| up(1_000))).await;
    for path in [
        format!("/v1/trackers/1/uptime?{PAST}"),
        format!("/v1/trackers/1/series?{PAST}"),
        format!("/v1/trackers/1/checks?{PAST}"),
        format!("/v1/trackers/1/transitions?{PAST}"),
        "/v1/trackers/1/checks?limit=3".to_owned(),
        "/v1/trackers/1/days?days=3".to_owned(),
        "/v1/trackers/days?days=3".to_owned(),
        "/v1/trackers/1/failure?before=now".to_owned(),
    ] {
        let first = ask(&app, Method::GET, &path, &[]).await;
        let strong = tag(first.headers());
        assert!(strong.starts_with('"') && strong.len() == 34, "{path}: {strong}");
        let other = format!("\"x\", {strong}");
        for known in [&strong, &other, &format!("W/{strong}"), "*"] {
            let again = ask(&app, Method::GET, &path, &[("if-none-match", known)]).await;
            assert_eq!(again.status(), 304, "{path} {known}");
            assert_eq!(again.headers()["cache-control"], "no-cache", "{path}");
            assert_eq!(again.headers()["vary"], "accept-encoding", "{path}");
            assert_eq!(tag(again.headers()).trim_start_matches("W/"), strong, "{path}");
            assert_eq!(again.bytes().await.unwrap().len(), 0, "{path}");
        }
        let changed = ask(&app, Method::GET, &path, &[("if-none-match", "\"other\"")]).await;
        assert_eq!(changed.status(), 200, "{path}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_tag_is_weak_where_the_bytes_differ() {
    let app = app_with(30, checks(30, 300, |_| up(1_000))).await;
    let path = format!("/v1/trackers/1/checks?{PAST}");
    let plain = ask(&app, Method::GET, &path, &[]).await;
    for encoding in ["gzip", "br"] {
        let packed = ask(&app, Method::GET, &path, &[("accept-encoding", encoding)]).await;
        assert_eq!(packed.headers()["content-encoding"], encoding);
        assert_eq!(packed.headers()["vary"], "accept-encoding");
        let weak = tag(packed.headers());
        assert_eq!(weak, format!("W/{}", tag(plain.headers())));
        let known = [("accept-encoding", encoding), ("if-none-match", weak.as_str())];
        let again = ask(&app, Method::GET, &path, &known).await;
        assert_eq!((again.status().as_u16(), tag(again.headers())), (304, weak));
    }
    app.stop().await;
}

#[tokio::test]
async fn a_head_has_the_headers_of_its_answer() {
    let app = app_with(30, checks(30, 300, |_| up(1_000))).await;
    for path in [format!("/v1/trackers/1/uptime?{PAST}"), format!("/v1/trackers/1/export?format=csv&{PAST}")]
    {
        let whole = ask(&app, Method::GET, &path, &[]).await;
        let head = ask(&app, Method::HEAD, &path, &[]).await;
        for name in ["etag", "content-type", "content-disposition", "content-length"] {
            assert_eq!(head.headers().get(name), whole.headers().get(name), "{path} {name}");
        }
        assert_eq!((head.status().as_u16(), head.bytes().await.unwrap().len()), (200, 0));
    }
    app.stop().await;
}

#[tokio::test]
async fn a_new_check_makes_another_answer() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 2).await;
    let path = format!("/v1/trackers/{id}/checks");
    let before = tag(app.get(&path).await.headers());
    for _ in 0..1_000 {
        let again = ask(&app, Method::GET, &path, &[("if-none-match", before.as_str())]).await;
        if again.status() == 200 {
            assert_ne!(tag(again.headers()), before);
            app.stop().await;
            return;
        }
        assert_eq!(again.status(), 304);
        app.clock.advance(Duration::from_millis(100));
        breathe().await;
    }
    panic!("the answer stays the same for ever");
}
