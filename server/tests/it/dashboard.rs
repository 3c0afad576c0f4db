//! Groups, tags and order; and many trackers changed at once, as a browser without script does it.

use std::time::Duration;

use domain::UNDO_FOR;
use reqwest::{Method, Response};
use serde_json::Value;

use crate::harness::TestApp;

/// Posts a form the way a browser without script does.
async fn post(app: &TestApp, path: &str, form: &str) -> Response {
    let request = app.http.post(app.url(path)).body(form.to_owned());
    let request =
        request.header("content-type", "application/x-www-form-urlencoded").header("accept", "text/html,*/*");
    request.header("sec-fetch-site", "same-origin").send().await.unwrap()
}

fn location(reply: &Response) -> &str {
    assert_eq!(reply.status(), 303);
    reply.headers()["location"].to_str().unwrap()
}

/// The key in the address that a change leads to.
fn key(reply: &Response) -> String {
    let key = location(reply).split("undo=").nth(1).and_then(|rest| rest.split('#').next());
    key.unwrap_or_default().to_owned()
}

async fn of_all(app: &TestApp, field: &str) -> Vec<Value> {
    let all = app.json("/v1/trackers").await;
    all.as_array().unwrap().iter().map(|tracker| tracker[field].clone()).collect()
}

/// Trackers 1 to 3, of every second, minute and hour.
async fn three() -> TestApp {
    let app = TestApp::start().await;
    for (n, every) in [(1, 1), (2, 60), (3, 3_600)] {
        let body = format!(r#"{{"url": "http://{n}.example/", "every": {every}, "tags": ["all"]}}"#);
        assert_eq!(app.send(Method::POST, "/v1/trackers", &body).await.status(), 201);
    }
    app
}

#[tokio::test]
async fn groups_tags_and_places_are_settings() {
    let app = TestApp::start().await;
    let body = r#"{"url": "a.example", "group": " Home ", "tags": ["Web", "api", "web"], "place": 9}"#;
    let reply = app.send(Method::POST, "/v1/trackers", body).await;
    assert_eq!(reply.status(), 201);
    let tracker = app.json("/v1/trackers/1").await;
    assert_eq!((&tracker["group"], &tracker["place"]), (&"Home".into(), &9.into()));
    assert_eq!(tracker["tags"], serde_json::json!(["api", "web"]));
    app.send(Method::PATCH, "/v1/trackers/1", r#"{"group": "", "tags": []}"#).await;
    let tracker = app.json("/v1/trackers/1").await;
    assert_eq!((&tracker["group"], &tracker["tags"]), (&"".into(), &serde_json::json!([])));
    for body in [r#"{"group": 7}"#, r#"{"tags": "a"}"#, r#"{"tags": ["a,b"]}"#, r#"{"place": 0}"#] {
        assert_eq!(app.send(Method::PATCH, "/v1/trackers/1", body).await.status(), 422, "{body}");
    }
    let app = app.restart(Duration::from_secs(1)).await;
    assert_eq!(app.json("/v1/trackers/1").await["place"], 9);
    app.stop().await;
}

#[tokio::test]
async fn many_are_paused_and_that_is_taken_back() {
    let app = three().await;
    post(&app, "/api/change_many", "do=pause&id=2").await;
    let reply = post(&app, "/api/change_many", "do=pause&id=1&id=2&id=9&back=%2F%3Fq%3Dexample").await;
    assert!(location(&reply).starts_with("/?q=example&undo="), "{}", location(&reply));
    assert_eq!(of_all(&app, "paused").await, [true, true, false].map(Value::from));
    let page = app.get(location(&reply)).await.text().await.unwrap();
    assert!(page.contains("2 trackers are paused."), "{page}");
    let key = key(&reply);
    let undone = post(&app, "/api/undo_many", &format!("key={key}&back=%2F%3Fq%3Dexample")).await;
    assert_eq!(location(&undone), "/?q=example");
    assert_eq!(of_all(&app, "paused").await, [false, true, false].map(Value::from), "one was paused before");
    assert_eq!(post(&app, "/api/undo_many", &format!("key={key}")).await.status(), 404, "once is enough");
    app.stop().await;
}

#[tokio::test]
async fn many_are_removed_and_come_back_with_their_checks() {
    let app = three().await;
    app.run_until(1, 3).await;
    app.clock.advance(Duration::from_secs(5));
    let reply = post(&app, "/api/change_many", "do=delete&id=1&id=3").await;
    assert_eq!(of_all(&app, "id").await, [Value::from(2)]);
    let page = app.get(location(&reply)).await.text().await.unwrap();
    assert!(page.contains("2 trackers are deleted."), "{page}");
    post(&app, "/api/undo_many", &format!("key={}", key(&reply))).await;
    assert_eq!(of_all(&app, "id").await, [1, 2, 3].map(Value::from));
    assert!(app.outcomes(1).await.len() >= 3);
    let reply = post(&app, "/api/change_many", "do=delete&id=1&id=3").await;
    app.clock.advance(UNDO_FOR);
    let page = app.get(location(&reply)).await.text().await.unwrap();
    assert!(!page.contains("are deleted"), "ten minutes are over");
    assert_eq!(post(&app, "/api/undo_many", &format!("key={}", key(&reply))).await.status(), 404);
    app.stop().await;
}

#[tokio::test]
async fn many_are_edited_in_one_go_and_that_is_taken_back() {
    let app = three().await;
    let edit = "do=change&id=1&id=2&id=3&set=every&every=60s&set=add_tags&add_tags=EU&set=group&group=Home&retries=9";
    let preview = app.get(&format!("/edit?preview=1&{edit}")).await.text().await.unwrap();
    for part in ["<del>1s</del> → <ins>1m</ins>", "<del>1h</del>", "Change 3 trackers"] {
        assert!(preview.replace("<!---->", "").contains(part), "{part}: {preview}");
    }
    assert_eq!(of_all(&app, "group").await, ["", "", ""].map(Value::from), "a preview changes nothing");
    let reply = post(&app, "/api/change_many", edit).await;
    assert_eq!(of_all(&app, "every").await, [60, 60, 60].map(Value::from));
    assert_eq!(of_all(&app, "tags").await, vec![serde_json::json!(["all", "eu"]); 3]);
    assert_eq!(of_all(&app, "retries").await, [2, 2, 2].map(Value::from), "what was not chosen stays");
    // Somebody else changes one of them again.
    app.send(Method::PATCH, "/v1/trackers/2", r#"{"group": "Shop"}"#).await;
    post(&app, "/api/undo_many", &format!("key={}", key(&reply))).await;
    assert_eq!(of_all(&app, "every").await, [1, 60, 3_600].map(Value::from));
    assert_eq!(of_all(&app, "group").await, ["", "Shop", ""].map(Value::from), "what came later stays");
    app.stop().await;
}

#[tokio::test]
async fn an_edit_of_many_that_one_refuses_changes_none() {
    let app = three().await;
    let tags: Vec<String> = (0..20).map(|n| format!("\"{n}\"")).collect();
    app.send(Method::PATCH, "/v1/trackers/3", &format!(r#"{{"tags": [{}]}}"#, tags.join(","))).await;
    let reply = post(&app, "/api/change_many", "do=change&id=1&id=3&set=add_tags&add_tags=more").await;
    assert_eq!(reply.status(), 422);
    let page = reply.text().await.unwrap();
    for part in ["Nothing was changed.", "3.example: a tracker has at most 20 tags", r#"value="more""#] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(of_all(&app, "tags").await[0], serde_json::json!(["all"]));
    app.stop().await;
}

#[tokio::test]
async fn what_is_no_change_of_many_is_refused() {
    let app = three().await;
    for (form, status) in [
        ("", 400),
        ("do=pause", 422),
        ("do=explode&id=1", 400),
        ("do=pause&id=9", 404),
        ("do=pause&id=x", 404),
        ("do=change&id=1&set=every&every=0", 422),
        ("up=9", 404),
    ] {
        assert_eq!(post(&app, "/api/change_many", form).await.status(), status, "{form}");
        let request = app.http.post(app.url("/api/change_many")).body(form);
        assert_eq!(request.send().await.unwrap().status(), status, "{form}, by a program");
    }
    let many: Vec<String> = (1..=1_001).map(|n| format!("id={n}")).collect();
    assert_eq!(post(&app, "/api/change_many", &format!("{}&do=pause", many.join("&"))).await.status(), 422);
    let foreign = app.http.post(app.url("/api/change_many")).header("sec-fetch-site", "cross-site");
    assert_eq!(foreign.body("do=delete&id=1").send().await.unwrap().status(), 403);
    for path in ["/api/change_many", "/api/undo_many"] {
        assert_eq!(app.get(path).await.status(), 405, "{path}");
    }
    let reply = app.http.post(app.url("/api/change_many")).body("do=pause&id=1").send().await.unwrap();
    assert_eq!(reply.json::<Value>().await.unwrap()["trackers"], 1, "a program gets JSON");
    app.stop().await;
}

#[tokio::test]
async fn rows_move_in_their_order_and_new_ones_stand_last() {
    let app = three().await;
    let order = async || {
        let page = app.get("/").await.text().await.unwrap();
        let rows = page.match_indices(r#"id="row-"#).map(|(at, text)| page.as_bytes()[at + text.len()]);
        String::from_utf8(rows.collect()).unwrap()
    };
    let move_ = async |form: &'static str| location(&post(&app, "/api/change_many", form).await).to_owned();
    assert_eq!(order().await, "123");
    assert_eq!(move_("up=3&back=%2F%3Fq%3Dexample").await, "/?q=example#row-3");
    assert_eq!(order().await, "132");
    move_("down=1").await;
    assert_eq!(order().await, "312");
    assert_eq!(move_("up=3").await, "/#row-3", "the first stays where it is");
    move_("moved=3&at=2").await;
    assert_eq!(order().await, "123");
    app.send(Method::POST, "/v1/trackers", r#"{"url": "d.example"}"#).await;
    move_("moved=1&at=3").await;
    assert_eq!(order().await, "2314");
    app.stop().await;
}

#[tokio::test]
async fn a_list_is_filtered_by_its_address_for_script_too() {
    let app = three().await;
    app.prober.refuse("http://1.example/");
    app.run_until(1, 5).await;
    let ask = async |path: &str, query: &str| {
        let body = serde_json::json!({ "query": query }).to_string();
        app.send(Method::POST, path, &body).await.json::<Value>().await.unwrap()
    };
    let page = ask("/api/list_trackers", "q=2.EXAMPLE").await;
    assert_eq!((&page["trackers"][0]["id"], &page["matching"]), (&2.into(), &1.into()));
    let around = app.until("/v1/trackers/1", |tracker| tracker["status"] == "down").await;
    assert_eq!(around["status"], "down");
    let around = ask("/api/around_list", "q=2.EXAMPLE").await;
    assert_eq!(around["elsewhere"][0]["id"], 1, "what is down is told of, shown or not");
    assert_eq!(around["heads"][0]["totals"]["down"], 1);
    assert!(around["tools"].as_str().unwrap().contains(r#"value="2.EXAMPLE""#), "{around}");
    app.stop().await;
}
