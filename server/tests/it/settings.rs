//! Settings of the installation: what is kept, backups, defaults, tags.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::harness::TestApp;

/// Posts a form the way a browser without script does.
async fn post(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Response {
    let body = serde_urlencoded::to_string(fields).unwrap();
    let request = app.http.post(app.url(path)).body(body).header("accept", "text/html,*/*");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.header("sec-fetch-site", "same-origin").send().await.unwrap()
}

fn location(reply: &Response) -> &str {
    assert_eq!(reply.status(), 303);
    reply.headers()["location"].to_str().unwrap()
}

async fn text(app: &TestApp, path: &str) -> String {
    app.get(path).await.text().await.unwrap().replace("<!---->", "")
}

async fn add(app: &TestApp, body: &Value) -> i64 {
    let reply = app.send(Method::POST, "/v1/trackers", &body.to_string()).await;
    assert_eq!(reply.status(), 201);
    reply.json::<Value>().await.unwrap()["id"].as_i64().unwrap()
}

#[tokio::test]
async fn retention_is_said_in_the_settings_and_survives_a_restart() {
    let app = TestApp::start().await;
    let fields = [("keep_checks", "30d"), ("keep_evidence", ""), ("max_size", "1GiB")];
    assert_eq!(location(&post(&app, "/api/set_retention", &fields).await), "/settings/data?done=saved");
    let wrong = post(&app, "/api/set_retention", &[("keep_checks", "5h"), ("max_size", "2 PiB")]).await;
    assert_eq!(wrong.status(), 422);
    let page = wrong.text().await.unwrap();
    for part in ["A time from 1d", "A ceiling is a share", r#"value="5h""#, r#"value="2 PiB""#] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let app = app.restart(Duration::from_secs(1)).await;
    let page = text(&app, "/settings/data").await;
    for part in [r#"name="keep_checks" value="30d""#, r#"name="keep_evidence" value="""#, r#"value="1GiB""#] {
        assert!(page.contains(part), "{part}: {page}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_made_listed_fetched_and_removed() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 3).await;
    let made = post(&app, "/api/back_up", &[]).await;
    assert_eq!(location(&made), "/settings/data?done=backup");
    let page = text(&app, location(&made)).await;
    let name = page.split("/v1/backups/").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    assert!(name.starts_with("by-hand-2026-11-23T12"), "{name}");
    assert!(page.contains("The backup is made.") && page.contains("by hand"), "{page}");
    let request = app.http.get(app.url(&format!("/v1/backups/{name}"))).header("accept-encoding", "br, gzip");
    let reply = request.send().await.unwrap();
    let headers = reply.headers().clone();
    assert_eq!(headers["content-type"], "application/vnd.sqlite3");
    assert_eq!(headers["content-disposition"], format!("attachment; filename=\"{name}\"").as_str());
    assert_eq!(headers["cache-control"], "no-store");
    assert!(!headers.contains_key("content-encoding"));
    let bytes = reply.bytes().await.unwrap();
    let file = std::fs::read(app.folder.path().join("backups").join(&name)).unwrap();
    assert!(bytes == file && bytes.starts_with(b"SQLite format 3"));
    for name in
        ["..%2Fuptime-tracker.db", "uptime-tracker.db", "tracker-2026-11-23T120000Z.db", "%00", "by-hand-"]
    {
        assert_eq!(app.get(&format!("/v1/backups/{name}")).await.status(), 404, "{name}");
        assert_eq!(post(&app, "/api/remove_backup", &[("name", name)]).await.status(), 404, "{name}");
    }
    let removed = post(&app, "/api/remove_backup", &[("name", &name)]).await;
    assert_eq!(location(&removed), "/settings/data?done=backup-removed");
    assert_eq!(app.get(&format!("/v1/backups/{name}")).await.status(), 404);
    assert!(app.folder.path().join("uptime-tracker.db").exists());
    app.stop().await;
}

#[tokio::test]
async fn without_a_file_there_is_nothing_to_back_up() {
    let app = TestApp::in_memory().await;
    assert_eq!(post(&app, "/api/back_up", &[]).await.status(), 404);
    let page = text(&app, "/settings/data").await;
    assert!(page.contains("in memory") && !page.contains("Back up now"), "{page}");
    app.stop().await;
}

#[tokio::test]
async fn data_counts_what_is_kept() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 5).await;
    let page = text(&app, "/settings/data").await;
    let count = page.split("Checks, with gaps</dt><dd>").nth(1).and_then(|rest| rest.split('<').next());
    assert!(count.unwrap().parse::<u32>().unwrap() >= 5, "{count:?}");
    assert!(page.contains("2026-11-23 12:00:0"), "{page}");
    app.stop().await;
}

#[tokio::test]
async fn new_trackers_start_with_the_defaults_and_those_as_before_follow() {
    let app = TestApp::start().await;
    let usual = add(&app, &json!({"url": "a.example"})).await;
    let own = add(&app, &json!({"url": "b.example", "every": "5m", "retries": 0})).await;
    let fields =
        [("every", "1m"), ("retries", "4"), ("deadline", "20s"), ("http.redirects", "0"), ("http.ip", "4")];
    assert_eq!(location(&post(&app, "/api/set_defaults", &fields).await), "/settings/defaults?done=defaults");
    let pick = async |id: i64| {
        let tracker = app.json(&format!("/v1/trackers/{id}")).await;
        (
            tracker["every"].clone(),
            tracker["retries"].clone(),
            tracker["deadline"].clone(),
            tracker["http"].clone(),
        )
    };
    let http = json!({"redirects": 0, "ip": "4"});
    assert_eq!(pick(usual).await, (60.into(), 4.into(), 20.0.into(), http.clone()));
    assert_eq!(pick(own).await, (300.into(), 0.into(), 20.0.into(), http.clone()));
    let by_program = add(&app, &json!({"url": "c.example", "retries": 1})).await;
    assert_eq!(pick(by_program).await, (60.into(), 1.into(), 20.0.into(), http.clone()));
    post(&app, "/api/add_tracker", &[("url", "d.example")]).await;
    assert_eq!(pick(by_program + 1).await, (60.into(), 4.into(), 20.0.into(), http.clone()));
    let form =
        [("url", "e.example"), ("every", ""), ("retries", " "), ("deadline", ""), ("http.redirects", "")];
    post(&app, "/api/new_tracker", &form).await;
    assert_eq!(pick(by_program + 2).await.1, 4);
    let page = text(&app, &format!("/t/{usual}/edit")).await;
    assert!(page.contains(r#"placeholder="1m (default)""#), "{page}");
    // An empty field goes back to the default in force, not to what is built in.
    post(&app, "/api/edit_tracker", &[("id", &own.to_string()), ("every", ""), ("retries", "0")]).await;
    assert_eq!(pick(own).await.0, 60);
    let app = app.restart(Duration::from_secs(1)).await;
    assert!(
        text(&app, "/settings/defaults")
            .await
            .contains(r#"name="every" value="1m" placeholder="30s (built in)""#)
    );
    assert_eq!(location(&post(&app, "/api/set_defaults", &[]).await), "/settings/defaults?done=defaults");
    let every = app.json(&format!("/v1/trackers/{usual}")).await["every"].clone();
    assert_eq!(every, 30, "back to what is built in");
    app.stop().await;
}

#[tokio::test]
async fn a_default_that_breaks_a_rule_changes_nothing() {
    let app = TestApp::start().await;
    let reply = post(&app, "/api/set_defaults", &[("every", "0"), ("retries", "99"), ("http.ip", "5")]).await;
    assert_eq!(reply.status(), 422);
    let page = reply.text().await.unwrap();
    for part in
        [r#"value="0""#, r#"value="99""#, "An interval is whole seconds", "etries are 0 to 10", "ne of auto"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    let id = add(&app, &json!({"url": "a.example"})).await;
    assert_eq!(app.json(&format!("/v1/trackers/{id}")).await["every"], 30);
    app.stop().await;
}

#[tokio::test]
async fn tags_are_renamed_merged_and_taken_away_and_all_of_it_can_be_taken_back() {
    let app = TestApp::start().await;
    add(&app, &json!({"url": "a.example", "tags": ["prod", "eu"], "group": "Home"})).await;
    add(&app, &json!({"url": "b.example", "tags": ["live"], "group": "Shop"})).await;
    let tags = async || {
        let all = app.json("/v1/trackers").await;
        all.as_array().unwrap().iter().map(|tracker| tracker["tags"].to_string()).collect::<Vec<_>>()
    };
    let rename = |to: &'static str| [("label", "tag"), ("from", "prod"), ("do", "rename"), ("to", to)];
    let renamed = post(&app, "/api/change_label", &rename("Production")).await;
    assert_eq!(tags().await, [r#"["eu","production"]"#, r#"["live"]"#]);
    let page = text(&app, location(&renamed)).await;
    assert!(page.contains("a.example is changed."), "{page}");
    let key = location(&renamed).split("undo=").nth(1).unwrap();
    let undone = post(&app, "/api/undo_many", &[("key", key), ("back", "/settings/tags")]).await;
    assert_eq!(location(&undone), "/settings/tags");
    assert_eq!(tags().await, [r#"["eu","prod"]"#, r#"["live"]"#]);
    // Two that become one are asked about.
    let asked = post(&app, "/api/change_label", &rename("live")).await;
    assert_eq!(asked.status(), 422);
    let page = asked.text().await.unwrap();
    assert!(
        page.contains("1 tracker has the tag live already") && page.contains("Merge into live"),
        "{page}"
    );
    assert_eq!(tags().await[0], r#"["eu","prod"]"#);
    let merge = [&rename("live")[..], &[("merge", "true")]].concat();
    assert_eq!(post(&app, "/api/change_label", &merge).await.status(), 303);
    assert_eq!(tags().await, [r#"["eu","live"]"#, r#"["live"]"#]);
    let delete = |label, from| [("label", label), ("from", from), ("do", "delete")];
    assert_eq!(post(&app, "/api/change_label", &delete("tag", "live")).await.status(), 303);
    assert_eq!(tags().await, [r#"["eu"]"#, "[]"]);
    assert_eq!(post(&app, "/api/change_label", &delete("group", "Home")).await.status(), 303);
    assert_eq!(app.json("/v1/trackers/1").await["group"], "");
    app.stop().await;
}

#[tokio::test]
async fn what_is_no_change_of_a_label_is_refused() {
    let app = TestApp::start().await;
    add(&app, &json!({"url": "a.example", "tags": ["prod"]})).await;
    for (fields, status) in [
        (vec![], 404),
        (vec![("label", "tag"), ("from", "nowhere"), ("do", "delete")], 404),
        (vec![("label", "place"), ("from", "prod"), ("do", "delete")], 404),
        (vec![("label", "tag"), ("from", "prod"), ("do", "rename"), ("to", "a,b")], 422),
        (vec![("label", "tag"), ("from", "prod"), ("do", "rename"), ("to", "")], 422),
        (vec![("label", "tag"), ("from", "prod")], 422),
    ] {
        assert_eq!(post(&app, "/api/change_label", &fields).await.status(), status, "{fields:?}");
    }
    assert_eq!(app.json("/v1/trackers/1").await["tags"], json!(["prod"]));
    app.stop().await;
}
