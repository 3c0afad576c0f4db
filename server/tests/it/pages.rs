//! The pages as a browser without script gets them.

use crate::harness::TestApp;

/// Posts a form the way a browser without script does.
async fn post(app: &TestApp, path: &str, from: &str, form: &str) -> reqwest::Response {
    let request = app.http.post(app.url(path)).body(form.to_owned());
    let request =
        request.header("content-type", "application/x-www-form-urlencoded").header("accept", "text/html,*/*");
    request.header("referer", app.url(from)).header("sec-fetch-site", "same-origin").send().await.unwrap()
}

#[tokio::test]
async fn the_first_page_invites() {
    let app = TestApp::start().await;
    let reply = app.get("/").await;
    assert_eq!(reply.status(), 200);
    let page = reply.text().await.unwrap();
    assert!(page.starts_with("<!DOCTYPE html>"), "{page:.100}");
    assert!(page.contains(r#"action="/api/add_tracker""#) && page.contains(r#"name="url""#), "{page}");
    app.stop().await;
}

#[tokio::test]
async fn a_tracker_is_added_and_shown_without_script() {
    let app = TestApp::start().await;
    let reply = post(&app, "/api/add_tracker", "/", "url=http%3A%2F%2Fa.example%2F").await;
    assert_eq!((reply.status().as_u16(), reply.headers()["location"].to_str().unwrap()), (303, "/"));
    app.until("/v1/trackers/1/checks", |checks| !checks.as_array().unwrap().is_empty()).await;
    let page = app.get("/").await.text().await.unwrap();
    assert!(page.contains("http://a.example/"), "{page}");
    assert!(page.contains("<path"), "the bar is in the page");
    let tracker = app.get("/t/1").await;
    assert_eq!(tracker.status(), 200);
    assert!(tracker.text().await.unwrap().contains("<table"), "the checks are a table");
    app.stop().await;
}

#[tokio::test]
async fn markup_in_a_name_is_shown_inert() {
    let app = TestApp::start().await;
    let body = r#"{"url": "a.example", "name": "</title></script><img src=x onerror=alert(1)><!--"}"#;
    app.send(reqwest::Method::POST, "/v1/trackers", body).await;
    for path in ["/", "/t/1"] {
        let page = app.get(path).await.text().await.unwrap();
        assert!(page.contains("&lt;/title&gt;&lt;/script&gt;&lt;img src=x"), "{path}: {page}");
        assert!(!page.contains("<img"), "{path}: {page}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_form_that_fails_shows_its_page_again_with_value_and_error() {
    let app = TestApp::start().await;
    let reply = post(&app, "/api/add_tracker", "/", "url=ftp%3A%2F%2Fa.example%2F").await;
    assert_eq!(reply.status(), 422);
    let page = reply.text().await.unwrap();
    assert!(page.contains("ftp://a.example/"), "the value is kept: {page}");
    assert!(
        page.contains("what is understood: http, https") && page.contains(r#"aria-invalid="true""#),
        "{page}"
    );
    app.stop().await;
}

#[tokio::test]
async fn pause_resume_and_delete_work_without_script() {
    let app = TestApp::start().await;
    app.track("http://a.example/", 0).await;
    let reply = post(&app, "/api/pause_tracker", "/t/1", "id=1").await;
    assert_eq!((reply.status().as_u16(), reply.headers()["location"].to_str().unwrap()), (303, "/t/1"));
    assert_eq!(app.json("/v1/trackers/1").await["paused"], true);
    post(&app, "/api/resume_tracker", "/", "id=1").await;
    assert_eq!(app.json("/v1/trackers/1").await["paused"], false);
    let reply = post(&app, "/api/delete_tracker", "/t/1", "id=1").await;
    assert_eq!(
        (reply.status().as_u16(), reply.headers()["location"].to_str().unwrap()),
        (303, "/?deleted=1")
    );
    assert_eq!(app.get("/t/1").await.status(), 404);
    assert_eq!(app.json("/v1/trackers").await.as_array().unwrap().len(), 0);
    assert!(app.get("/?deleted=1").await.text().await.unwrap().contains("is deleted."));
    let reply = post(&app, "/api/restore_tracker", "/?deleted=1", "id=1").await;
    assert_eq!((reply.status().as_u16(), reply.headers()["location"].to_str().unwrap()), (303, "/"));
    assert_eq!(app.get("/t/1").await.status(), 200);
    let reply = post(&app, "/api/restore_tracker", "/", "id=1").await;
    assert_eq!(reply.status(), 404, "there is nothing left to undo");
    app.stop().await;
}

#[tokio::test]
async fn a_redirect_never_leaves_this_server() {
    let app = TestApp::start().await;
    for referer in ["http://evil.example/x", "//evil.example/x", "http://127.0.0.1//evil.example/"] {
        let request =
            app.http.post(app.url("/api/add_tracker")).body("url=a.example").header("referer", referer);
        let request =
            request.header("content-type", "application/x-www-form-urlencoded").header("accept", "text/html");
        let reply = request.send().await.unwrap();
        let location = reply.headers()["location"].to_str().unwrap().to_owned();
        assert!(location.starts_with('/') && !location.starts_with("//"), "{referer} -> {location}");
    }
    app.stop().await;
}

#[tokio::test]
async fn what_does_not_exist_is_said_so() {
    let app = TestApp::start().await;
    for path in ["/t/99", "/t/abc", "/nothing/here"] {
        let reply = app.get(path).await;
        assert_eq!(reply.status(), 404, "{path}");
        assert!(reply.text().await.unwrap().contains("<main"), "{path} is a whole page");
    }
    app.stop().await;
}

#[tokio::test]
async fn programs_get_json_from_server_functions() {
    let app = TestApp::start().await;
    let request = app.http.post(app.url("/api/add_tracker")).body("url=ftp%3A%2F%2Fa");
    let reply = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    assert_eq!(reply.status(), 422);
    assert!(reply.text().await.unwrap().contains(r#""field":"url""#));
    let reply = app.send(reqwest::Method::POST, "/api/live", "{").await;
    assert_eq!(reply.status(), 400, "{}", reply.text().await.unwrap());
    app.stop().await;
}

#[tokio::test]
async fn all_settings_are_edited_without_script() {
    let app = TestApp::in_memory().await;
    app.send(reqwest::Method::POST, "/v1/trackers", r#"{"url": "a.example", "name": "Shop"}"#).await;
    let page = app.get("/t/1/edit").await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains(r#"action="/api/edit_tracker""#) && page.contains("https://a.example/"), "{page}");
    let form =
        "id=1&name=Till&every=5m&cron=&zone=&expect=200-299&retries=0&upside_down=false&upside_down=true";
    let reply = post(&app, "/api/edit_tracker", "/t/1/edit", form).await;
    assert_eq!((reply.status().as_u16(), reply.headers()["location"].to_str().unwrap()), (303, "/t/1"));
    let tracker = app.json("/v1/trackers/1").await;
    assert_eq!(tracker["name"], "Till");
    assert_eq!((&tracker["every"], &tracker["expect"]), (&300.into(), &"200-299".into()));
    assert_eq!((&tracker["retries"], &tracker["upside_down"]), (&0.into(), &true.into()));
    app.stop().await;
}

#[tokio::test]
async fn a_form_of_settings_that_fails_says_what_is_wrong_at_its_field() {
    let app = TestApp::start().await;
    app.send(reqwest::Method::POST, "/v1/trackers", r#"{"url": "a.example"}"#).await;
    let form = "id=1&every=0&http.ip=5&http.headers=Host%3A+b";
    let reply = post(&app, "/api/edit_tracker", "/t/1/edit", form).await;
    assert_eq!(reply.status(), 422);
    let page = reply.text().await.unwrap();
    for part in
        ["Nothing was saved.", "f-every-problem", "f-http-ip-problem", "Host: b", "Host is set by the probe"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(app.json("/v1/trackers/1").await["every"], 30, "nothing is half-written");
    for (form, status) in [("id=9&every=5", 404), ("every=5", 400), ("id=x", 400)] {
        assert_eq!(post(&app, "/api/edit_tracker", "/t/1/edit", form).await.status(), status, "{form}");
    }
    let request = app.http.post(app.url("/api/edit_tracker")).body("id=1&every=5");
    let foreign = request.header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    app.stop().await;
}
