//! One wrong field at a time, at the programming interface and at the form.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::bad_urls;
use crate::harness::TestApp;

/// Settings that are wrong: the body beside the URL, the field that must be named, a word of the reason.
fn bad_settings() -> Vec<(String, &'static str, &'static str)> {
    let of = |text: &str, field, hint| (text.to_owned(), field, hint);
    vec![
        of(r#""every": 0"#, "every", "1 s to 24 h"),
        of(r#""every": -5"#, "every", "1 s to 24 h"),
        of(r#""every": 0.5"#, "every", "whole number"),
        of(r#""every": "500ms""#, "every", "1 s to 24 h"),
        of(r#""every": "NaN""#, "every", "1 s to 24 h"),
        of(r#""every": 1000000000"#, "every", "1 s to 24 h"),
        of(r#""every": 1e308"#, "every", "whole number"),
        of(r#""every": 9223372036854775808"#, "every", "whole number"),
        of(r#""every": [1]"#, "every", "whole number"),
        of(r#""cron": "0 0 30 2 *""#, "cron", "never happens"),
        of(r#""cron": "0 0 0 1 1 * 1999""#, "cron", "never happens"),
        of(r#""cron": "soon""#, "cron", "five fields"),
        of(r#""cron": "* * * * *", "zone": "Mars/Olympus""#, "zone", "IANA"),
        of(r#""every": 5, "cron": "* * * * *""#, "cron", "not both"),
        of(r#""name": "   ""#, "name", "at least one"),
        of(&format!(r#""name": "{}""#, "x".repeat(50_000)), "name", "at most 200"),
        of(r#""name": "shop\u202Egnp.exe""#, "name", "direction"),
        of(r#""name": "a\u0000b""#, "name", "control"),
        of(r#""name": 7"#, "name", "expected a string"),
        of(r#""expect": "99""#, "expect", ""),
        of(r#""deadline": "0s""#, "deadline", "1 s to 60 s"),
        of(r#""retries": -1"#, "retries", "0 to 10"),
        of(r#""retries": "many""#, "retries", "invalid type"),
        of(r#""paused": "yes""#, "paused", "expected a boolean"),
        of(r#""role": "admin""#, "role", "unknown field"),
    ]
}

async fn refused(reply: Response, what: &str) -> Value {
    assert_eq!(reply.status(), 422, "{what:.200}");
    assert_eq!(reply.headers()["content-type"], "application/problem+json", "{what:.200}");
    reply.json().await.unwrap()
}

fn assert_names(problem: &Value, field: &str, hint: &str, what: &str) {
    let errors = problem["errors"].as_array().unwrap();
    let found = errors.iter().find(|error| error["field"] == field);
    let found = found.unwrap_or_else(|| panic!("{what:.200}: {problem}"));
    assert!(found["problem"].as_str().unwrap().contains(hint), "{what:.200}: {problem}");
    assert!(problem.to_string().len() < 2_000, "{what:.200}: input is not repeated at length");
}

#[tokio::test]
async fn programs_are_told_the_field() {
    let app = TestApp::start().await;
    app.send(Method::POST, "/v1/trackers", r#"{"url": "http://kept.example/", "paused": true}"#).await;
    let before = app.json("/v1/trackers/1").await;
    for (url, hint) in bad_urls() {
        let body = json!({"url": url}).to_string();
        for (method, path) in [(Method::POST, "/v1/trackers"), (Method::PATCH, "/v1/trackers/1")] {
            let problem = refused(app.send(method, path, &body).await, &url).await;
            assert_names(&problem, "url", hint, &url);
            assert!(!problem.to_string().contains("hunter2"), "{problem}");
        }
    }
    for (setting, field, hint) in bad_settings() {
        let whole = format!(r#"{{"url": "a.example", {setting}}}"#);
        let create = app.send(Method::POST, "/v1/trackers", &whole).await;
        assert_names(&refused(create, &setting).await, field, hint, &setting);
        let change = app.send(Method::PATCH, "/v1/trackers/1", &format!("{{{setting}}}")).await;
        assert_names(&refused(change, &setting).await, field, hint, &setting);
    }
    assert_eq!(app.json("/v1/trackers").await, json!([before]), "nothing was added or half-changed");
    app.stop().await;
}

/// Posts the box that adds trackers; `accept` is what tells a browser without script from a program.
async fn post(app: &TestApp, accept: &str, form: &str) -> Response {
    let request = app.http.post(app.url("/api/add_tracker")).body(form.to_owned()).header("accept", accept);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.header("referer", app.url("/")).send().await.unwrap()
}

fn form(url: &str) -> String {
    let encode = |byte: u8| format!("%{byte:02X}");
    format!("url={}", url.bytes().map(encode).collect::<String>())
}

#[tokio::test]
async fn the_form_says_it_at_its_field() {
    let app = TestApp::start().await;
    for (url, hint) in bad_urls() {
        let reply = post(&app, "text/html", &form(&url)).await;
        assert_eq!(reply.status(), 422, "{url:.100}");
        let page = reply.text().await.unwrap();
        assert!(
            page.contains(r#"aria-invalid="true""#) && page.contains("url-problem"),
            "{url:.100}: {page}"
        );
        // The page has the value in its field, where its author may mend it; the error does not repeat it.
        let error = page.split(r#"id="url-problem""#).nth(1).and_then(|rest| rest.split("</p>").next());
        assert!(!error.unwrap().contains("hunter2"), "{page}");
        assert!(!page.contains('\u{1b}'), "{url:.100}");
        let reply = post(&app, "application/json", &form(&url)).await;
        assert_eq!(reply.status(), 422, "{url:.100}");
        let error: Value = reply.json().await.unwrap();
        assert_eq!(error["Invalid"][0]["field"], "url", "{error}");
        assert!(error["Invalid"][0]["problem"].as_str().unwrap().contains(hint), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    for body in
        ["", "role=admin", "url=%FF%FE%00", "url=a.example&url=ftp://b", "%", "url[0][1][2][3][4][5][6]=x"]
    {
        for accept in ["text/html", "application/json"] {
            let status = post(&app, accept, body).await.status();
            assert!(status.is_client_error(), "{body} {accept}: {status}");
        }
    }
    let mixed = form("a.example\nftp://b.example\nhttp://c.example:0/");
    let error: Value = post(&app, "application/json", &mixed).await.json().await.unwrap();
    assert!(error["Invalid"][0]["problem"].as_str().unwrap().starts_with("line 2: "), "{error}");
    assert!(error["Invalid"][1]["problem"].as_str().unwrap().starts_with("line 3: "), "{error}");
    assert_eq!(app.json("/v1/trackers").await, json!([]), "all lines or none");
    app.stop().await;
}

#[tokio::test]
async fn a_duplicate_is_allowed_and_said() {
    let app = TestApp::start().await;
    for _ in 0..2 {
        post(&app, "text/html", &form("http://a.example")).await;
    }
    let third = app.send(Method::POST, "/v1/trackers", r#"{"url": "http://A.example:80/#x"}"#).await;
    assert_eq!(third.status(), 201);
    assert_eq!(third.json::<Value>().await.unwrap()["duplicate_of"], 1);
    assert_eq!(app.json("/v1/trackers/1").await.get("duplicate_of"), None);
    let page = app.get("/").await.text().await.unwrap();
    assert_eq!(page.matches("(also tracker 1)").count(), 2, "{page}");
    app.send(Method::DELETE, "/v1/trackers/1", "").await;
    assert_eq!(app.json("/v1/trackers/2").await.get("duplicate_of"), None);
    assert_eq!(app.json("/v1/trackers/3").await["duplicate_of"], 2);
    app.stop().await;
}

#[tokio::test]
async fn a_cursor_of_another_run_gets_everything_and_a_wrong_one_an_error() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    let poll = async |body: Value| app.send(Method::POST, "/api/live", &body.to_string()).await;
    for cursor in [json!({"boot": 99, "commit": 5}), json!({"boot": 7, "commit": u64::MAX}), Value::Null] {
        let answer: Value = poll(json!({"cursor": cursor, "visible": [id]})).await.json().await.unwrap();
        assert_eq!(answer["cursor"]["boot"], 7, "{answer}");
        assert!(answer["changes"][0]["whole"].is_object(), "{cursor}: {answer}");
    }
    for body in [
        json!({"cursor": "x", "visible": [id]}),
        json!({"cursor": {"boot": -1, "commit": 0}, "visible": [id]}),
        json!({"visible": "all"}),
        json!({}),
        json!(7),
    ] {
        assert_eq!(poll(body.clone()).await.status(), 400, "{body}");
    }
    let many: Vec<i64> = (0..101).collect();
    let reply = poll(json!({"cursor": null, "visible": many})).await;
    assert_eq!(reply.status(), 422);
    assert_eq!(reply.json::<Value>().await.unwrap()["Invalid"][0]["field"], "visible");
    for function in ["pause_tracker", "resume_tracker", "delete_tracker"] {
        for (form, status) in [("id=99", 404), ("id=-1", 404), ("id=x", 400), ("", 400)] {
            let request = app.http.post(app.url(&format!("/api/{function}"))).body(form);
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            assert_eq!(request.send().await.unwrap().status(), status, "{function} {form}");
        }
    }
    app.stop().await;
}
