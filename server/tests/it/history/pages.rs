//! Checks page by page, while others are being recorded.

use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};

use super::{app_with, checks, down, each, up};
use crate::harness::{TestApp, breathe};

/// Where the next page is, if there is one.
pub(super) fn next(reply: &Response) -> Option<String> {
    let link = reply.headers().get("link")?.to_str().unwrap();
    let address = link.strip_prefix('<').and_then(|link| link.strip_suffix(r#">; rel="next""#));
    Some(address.unwrap_or_else(|| panic!("{link}")).to_owned())
}

/// The numbers on all pages from this one on; time passes between two of them.
async fn numbers(app: &TestApp, first: &str) -> Vec<u64> {
    let mut path = first.to_owned();
    let mut found = Vec::new();
    loop {
        let reply = app.get(&path).await;
        assert_eq!(reply.status(), 200, "{path}");
        let next = next(&reply);
        let page: Value = reply.json().await.unwrap();
        found.extend(each(&page, "number").iter().map(|number| number.as_u64().unwrap()));
        let Some(next) = next else { return found };
        path = next;
        let before = app.dues(1).await;
        while app.dues(1).await == before {
            app.clock.advance(Duration::from_millis(100));
            breathe().await;
        }
    }
}

#[tokio::test]
async fn paging_while_checks_are_recorded_neither_repeats_nor_loses() {
    let app = app_with(1, checks(1, 100, |n| if n == 50 { down("") } else { up(1_000) })).await;
    let all: Vec<u64> = (0..100).collect();
    assert_eq!(numbers(&app, "/v1/trackers/1/checks?from=-1h&to=now&limit=7").await, all);
    let newest = numbers(&app, "/v1/trackers/1/checks?order=newest&limit=9").await;
    assert!(newest.len() > 110, "what was recorded before the first page belongs to it: {}", newest.len());
    assert!(newest.iter().rev().copied().eq(0..newest.len().try_into().unwrap()), "{newest:?}");
    app.stop().await;
}

#[tokio::test]
async fn gaps_stand_among_the_checks() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 5).await;
    let app = app.restart(Duration::from_mins(1)).await;
    app.run_until(id, 7).await;
    app.clock.advance(Duration::from_millis(1));
    let all = app.json("/v1/trackers/1/checks?last=1h").await;
    let gap = all.as_array().unwrap().iter().find(|entry| entry["reason"] == "stopped").unwrap();
    assert_eq!((&gap["outcome"], &gap["latency_ms"]), (&json!("unknown"), &Value::Null));
    let newest = app.json("/v1/trackers/1/checks").await;
    assert!(each(&newest, "reason").iter().all(|reason| reason.is_null()), "the newest are checks only");
    assert!(each(&newest, "number").iter().all(|number| number.is_null()));
    app.stop().await;
}

#[tokio::test]
async fn a_cursor_belongs_to_its_question() {
    let app = app_with(1, checks(1, 5, |_| up(1))).await;
    app.track("http://b.example/", 0).await;
    let next = next(&app.get("/v1/trackers/1/checks?last=1h&limit=2").await).unwrap();
    assert_eq!(each(&app.json(&next).await, "number"), [2, 3]);
    for path in [
        next.replace("/1/", "/2/"),
        format!("{next}&order=newest"),
        format!("{next}&last=1h"),
        "/v1/trackers/1/checks?cursor=abc".to_owned(),
        format!("{next}0z"),
    ] {
        let reply = app.get(&path).await;
        assert_eq!(reply.status(), 400, "{path}");
        let problem: Value = reply.json().await.unwrap();
        assert!(each(&problem["errors"], "field").contains(&&json!("cursor")), "{path}: {problem}");
    }
    app.stop().await;
}
