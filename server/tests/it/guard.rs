//! Who may ask.

use reqwest::Method;

use crate::harness::TestApp;

#[tokio::test]
async fn a_foreign_host_is_not_answered() {
    let app = TestApp::start().await;
    for (host, status) in [("localhost", 200), ("127.0.0.1:9", 200), ("[::1]", 200), ("evil.example", 421)] {
        for path in ["/", "/v1/trackers", "/healthz"] {
            let reply = app.http.get(app.url(path)).header("host", host).send().await.unwrap();
            assert_eq!(reply.status(), status, "{host} {path}");
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn changes_from_another_site_are_refused() {
    let app = TestApp::start().await;
    let changes = [
        (Method::POST, "/v1/trackers", r#"{"url": "a.example"}"#),
        (Method::DELETE, "/v1/trackers/1", ""),
        (Method::POST, "/api/add_tracker", "url=a.example"),
        (Method::POST, "/api/delete_tracker", "id=1"),
        (Method::POST, "/api/live", r#"{"visible": []}"#),
    ];
    for (method, path, body) in changes {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "http://evil.example"),
        ] {
            let request = app.http.request(method.clone(), app.url(path)).header(name, value).body(body);
            let reply = request.header("content-type", "text/plain").send().await.unwrap();
            assert_eq!(reply.status(), 403, "{method} {path} with {name}: {value}");
        }
    }
    assert_eq!(app.json("/v1/trackers").await.as_array().unwrap().len(), 0);
    app.stop().await;
}

/// Leptos answers any registered function; a change that a link could cause would pass the guard.
#[tokio::test]
async fn no_server_function_answers_get() {
    let app = TestApp::start().await;
    let functions: Vec<_> = server_fn::axum::server_fn_paths().collect();
    assert!(functions.len() >= 10, "{functions:?}");
    for (path, method) in functions {
        assert_eq!(method, Method::POST, "{path}");
        assert!(
            [
                "live",
                "last_checks",
                "past",
                "list_trackers",
                "around_list",
                "jump_names",
                "add_tracker",
                "pause_tracker",
                "resume_tracker",
                "delete_tracker",
                "restore_tracker",
                "check_now"
            ]
            .contains(&path.trim_start_matches("/api/")),
            "{path} is new: is it safe for everybody?"
        );
        assert_eq!(app.get(path).await.status(), 404, "{path}");
    }
    app.stop().await;
}

#[tokio::test]
async fn every_answer_carries_its_security_headers() {
    let app = TestApp::start().await;
    for path in ["/", "/t/9", "/nothing", "/v1/trackers", "/healthz", "/pkg/x/y", "/favicon.svg"] {
        let reply = app.get(path).await;
        let headers = reply.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
        assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
    }
    app.stop().await;
}
