//! Questions that cannot be answered.

use serde_json::{Value, json};

use super::{app_with, checks, each, up};

#[tokio::test]
async fn every_wrong_parameter_is_named() {
    let app = app_with(1, checks(1, 5, |_| up(1))).await;
    for (path, fields) in [
        ("1/uptime?from=yesterday", &["from"][..]),
        ("1/uptime?from=-1h&to=-2h", &["from"]),
        ("1/uptime?from=-3661d", &["from"]),
        ("1/uptime?to=2026-11-23", &["to"]),
        ("1/uptime?last=fortnight", &["last"]),
        ("1/uptime?last=7d&to=now", &["last"]),
        ("1/uptime?rule=guess", &["rule"]),
        ("1/uptime?rule=guess&from=x&zone=UTC", &["from", "rule", "zone"]),
        ("1/uptime?rule=checks&rule=checks", &["rule"]),
        ("1/series?points=0", &["points"]),
        ("1/series?points=2001", &["points"]),
        ("1/series?points=many", &["points"]),
        ("1/days?days=0", &["days"]),
        ("1/days?days=3661", &["days"]),
        ("1/days?zone=Mars/Olympus", &["zone"]),
        ("1/days?from=-7d", &["from"]),
        ("days?days=367", &["days"]),
        ("days?limit=501", &["limit"]),
        ("days?after=first", &["after"]),
        ("1/checks?limit=0", &["limit"]),
        ("1/checks?before=-1h", &["before"]),
        ("1/checks?last=1h&limit=1001", &["limit"]),
        ("1/checks?last=1h&order=random", &["order"]),
        ("1/checks?last=1h&before=5", &["before"]),
        ("1/checks?from=x", &["from"]),
        ("1/checks?cursor=", &["cursor"]),
        ("1/failure", &["after"]),
        ("1/failure?after=now&before=now", &["before"]),
        ("1/failure?before=then", &["before"]),
        ("1/transitions?limit=1001", &["limit"]),
        ("1/transitions?cursor=1", &["cursor"]),
        ("1/export", &["format"]),
        ("1/export?format=parquet", &["format"]),
        ("1/export?format=csv&from=x", &["from"]),
        ("1/export?format=csv&limit=5", &["limit"]),
    ] {
        let reply = app.get(&format!("/v1/trackers/{path}")).await;
        assert_eq!(reply.status(), 400, "{path}");
        assert_eq!(reply.headers()["content-type"], "application/problem+json", "{path}");
        assert_eq!(reply.headers()["cache-control"], "no-store", "{path}");
        let problem: Value = reply.json().await.unwrap();
        assert_eq!(each(&problem["errors"], "field"), fields, "{path}: {problem}");
    }
    app.stop().await;
}

#[tokio::test]
async fn trackers_that_do_not_exist_have_no_past() {
    let app = app_with(1, checks(1, 5, |_| up(1))).await;
    for id in ["0", "-1", "9", "9223372036854775808", "abc", "..%2f", "%ff"] {
        for question in [
            "uptime",
            "series",
            "days",
            "checks?last=1h",
            "failure?after=now",
            "transitions",
            "export?format=csv",
        ] {
            let reply = app.get(&format!("/v1/trackers/{id}/{question}")).await;
            assert_eq!(reply.status(), 404, "{id} {question}");
            assert_eq!(reply.json::<Value>().await.unwrap()["detail"], json!("There is no such tracker."));
        }
    }
    let reply = app.send(reqwest::Method::POST, "/v1/trackers/1/uptime", "").await;
    assert_eq!((reply.status().as_u16(), reply.headers()["allow"].to_str().unwrap()), (405, "GET,HEAD"));
    app.stop().await;
}

#[tokio::test]
async fn a_removed_tracker_has_no_past_until_it_is_back() {
    let app = app_with(1, checks(1, 5, |_| up(1))).await;
    assert_eq!(app.send(reqwest::Method::DELETE, "/v1/trackers/1", "").await.status(), 204);
    assert_eq!(app.get("/v1/trackers/1/uptime").await.status(), 404);
    assert_eq!(app.json("/v1/trackers/days").await, json!([]));
    app.stop().await;
}
