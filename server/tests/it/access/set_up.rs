//! The first administrator.

use super::*;

const PATH: &str = "/api/set_up";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_installation_asks_to_be_set_up_and_only_that() {
    let app = TestApp::unclaimed().await;
    for path in ["/", "/t/1", "/login", "/settings/about"] {
        let reply = get(&app, "", path).await;
        assert_eq!(
            (reply.status().as_u16(), reply.headers()["location"].to_str().unwrap()),
            (303, "/setup"),
            "{path}"
        );
    }
    assert_eq!(app.stranger.get(app.url("/v1/trackers/status")).send().await.unwrap().status(), 200);
    let add = app.stranger.post(app.url("/v1/trackers")).body(r#"{"url": "a.example"}"#);
    let reply = add.send().await.unwrap();
    assert_eq!(reply.status(), 401);
    assert!(reply.text().await.unwrap().contains("/setup"));
    let page = get(&app, "", "/setup").await.text().await.unwrap();
    assert!(page.contains("Make the first account") && !page.contains("Set-up token"), "{page}");

    let reply = submit(&app, "", "/setup", PATH, &[("name", "Ada"), ("password", PASSWORD)]).await;
    assert_eq!((reply.status().as_u16(), reply.headers()["location"].to_str().unwrap()), (303, "/"));
    let cookie = cookie_of(&reply).unwrap();
    assert_eq!(get(&app, &cookie, "/settings/accounts").await.status(), 200);
    assert_eq!(get(&app, "", "/setup").await.status(), 303);
    let again = post(&app, "", PATH, &[("name", "Eve"), ("password", PASSWORD)]).await;
    assert_eq!(again.status(), 422);
    assert_eq!(app.setup_token(), None);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_first_runs_at_once_one_makes_the_administrator() {
    let app = TestApp::unclaimed().await;
    let mut runs = tokio::task::JoinSet::new();
    for n in 0..100 {
        let name = format!("a{n}");
        let request = form(&app, "", PATH, &[("name", &name), ("password", PASSWORD)]);
        runs.spawn(async move { request.send().await.unwrap() });
    }
    let mut won = 0;
    for reply in runs.join_all().await {
        match reply.status().as_u16() {
            200 => won += 1,
            422 | 429 | 503 => assert!(cookie_of(&reply).is_none()),
            other => panic!("{other}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(app.accounts.load().await.unwrap().accounts.len(), 1);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_elsewhere_it_needs_the_token_of_the_log() {
    let app = TestApp::unclaimed().await;
    let token = app.setup_token().unwrap();
    let through_a_proxy = |token: &str| {
        form(&app, "", PATH, &[("name", "Ada"), ("password", PASSWORD), ("token", token)])
            .header("x-forwarded-for", "203.0.113.9")
    };
    for wrong in ["", "AAAA", &token[..10]] {
        let reply = through_a_proxy(wrong).send().await.unwrap();
        assert_eq!(reply.status(), 422);
        assert!(reply.text().await.unwrap().contains("token"));
    }
    let page = app.stranger.get(app.url("/setup")).header("via", "1.1 proxy").send().await.unwrap();
    assert!(page.text().await.unwrap().contains("Set-up token"));
    assert_eq!(
        app.stranger.get(app.url("/v1/trackers")).header("via", "1.1 proxy").send().await.unwrap().status(),
        401,
        "what nobody has claimed is not open to those who come by a proxy"
    );
    assert_eq!(through_a_proxy(&token.to_lowercase()).send().await.unwrap().status(), 200);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_at_its_field_and_the_name_is_kept() {
    let app = TestApp::unclaimed().await;
    let fields = [("name", "Ada <b>"), ("password", "password1234"), ("reading", "true")];
    let reply = submit(&app, "", "/setup", PATH, &fields).await;
    assert_eq!(reply.status(), 422);
    let page = reply.text().await.unwrap();
    assert!(page.contains("easily guessed") && page.contains("Ada &lt;b&gt;"), "{page}");
    assert!(!page.contains("password1234"), "a password is never sent back");
    app.stop().await;
}
