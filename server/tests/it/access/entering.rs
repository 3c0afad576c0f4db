//! Signing in and out, and what ends a session.

use std::time::Duration;

use super::*;

async fn known(app: &TestApp, cookie: &str) -> bool {
    get(app, cookie, "/settings/account").await.status() == 200
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_name_and_a_wrong_password_are_told_apart_by_nothing() {
    let app = TestApp::in_memory().await;
    person(&app, "ada", Role::Viewer).await;
    let mut said = Vec::new();
    for (name, password) in [("ada", "wrong wrong wrong"), ("nobody", "wrong wrong wrong"), ("ada", "")] {
        let reply = post(&app, "", "/api/sign_in", &[("name", name), ("password", password)]).await;
        assert!(cookie_of(&reply).is_none());
        said.push((reply.status(), reply.text().await.unwrap()));
    }
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "{said:?}");
    let long = "x".repeat(50_000);
    assert_eq!(post(&app, "", "/api/sign_in", &[("name", "ada"), ("password", &long)]).await.status(), 422);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_five_failures_there_is_a_wait_which_passes() {
    let app = TestApp::in_memory().await;
    person(&app, "ada", Role::Viewer).await;
    for _ in 0..5 {
        let reply = post(&app, "", "/api/sign_in", &[("name", "Ada"), ("password", "wrong wrong")]).await;
        assert_eq!(reply.status(), 422);
    }
    let fields = [("name", " ADA "), ("password", PASSWORD)];
    let reply = submit(&app, "", "/login", "/api/sign_in", &fields).await;
    assert_eq!(reply.status(), 429);
    assert!(reply.text().await.unwrap().contains("Too many tries. Wait 2 s"));
    app.clock.advance(Duration::from_secs(2));
    assert_eq!(post(&app, "", "/api/sign_in", &fields).await.status(), 200);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tries_at_once_are_no_more_than_one_by_one() {
    let app = TestApp::in_memory().await;
    person(&app, "ada", Role::Viewer).await;
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let request = form(&app, "", "/api/sign_in", &[("name", "ada"), ("password", "wrong wrong")]);
        tries.spawn(async move { request.send().await.unwrap().status().as_u16() });
    }
    let said = tries.join_all().await;
    assert_eq!(said.iter().filter(|status| **status == 422).count(), 5, "{said:?}");
    assert_eq!(said.iter().filter(|status| **status == 429).count(), 15, "{said:?}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sign_in_is_a_new_session_and_signing_out_ends_it_here() {
    let app = TestApp::in_memory().await;
    person(&app, "ada", Role::Viewer).await;
    let (first, second) = (sign_in(&app, "ada").await, sign_in(&app, "ada").await);
    assert_ne!(first, second);
    let reply =
        form(&app, &first, "/api/sign_in", &[("name", "ada"), ("password", PASSWORD)]).send().await.unwrap();
    let third = cookie_of(&reply).unwrap();
    assert!(!known(&app, &first).await, "what somebody may have planted is worth nothing after signing in");
    assert!(known(&app, &third).await);
    let reply = submit(&app, &third, "/", "/api/sign_out", &[]).await;
    assert_eq!(cookie_of(&reply).as_deref(), Some("sid="));
    assert!(!known(&app, &third).await, "a cookie that was kept is worth nothing");
    assert!(known(&app, &second).await);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_by_themselves() {
    let app = TestApp::in_memory().await;
    person(&app, "ada", Role::Viewer).await;
    let (used, unused) = (sign_in(&app, "ada").await, sign_in(&app, "ada").await);
    for _ in 0..29 {
        app.clock.advance(Duration::from_hours(24));
        assert!(known(&app, &used).await);
    }
    assert!(!known(&app, &unused).await, "after a day without use");
    app.clock.advance(Duration::from_hours(24));
    assert!(known(&app, &used).await);
    app.clock.advance(Duration::from_secs(1));
    assert!(!known(&app, &used).await, "after 30 days in any case");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_administrator_takes_away_is_gone_at_once() {
    let app = TestApp::in_memory().await;
    let adm = person(&app, "adm", Role::Administrator).await;
    let ed = person(&app, "ed", Role::Editor).await;
    let id = ed.id.to_string();
    let changes: [(&str, &[(&str, &str)]); 4] = [
        ("/api/set_role", &[("role", "viewer")]),
        ("/api/set_enabled", &[("enabled", "false")]),
        ("/api/reset_two_factor", &[]),
        ("/api/reset_password", &[]),
    ];
    for (path, fields) in changes {
        apply(&app, AccountChange::SetEnabled(ed.id, true)).await;
        let secret = format!("session before {path}");
        session(&app, ed.id, &secret).await;
        let cookie = format!("sid={secret}");
        while !known(&app, &cookie).await {
            breathe().await;
        }
        let fields: Vec<_> = [("account", id.as_str())].into_iter().chain(fields.iter().copied()).collect();
        let reply = post(&app, &adm.cookie, path, &fields).await;
        assert_eq!(reply.status(), 200, "{path}: {}", reply.text().await.unwrap());
        assert!(!known(&app, &cookie).await, "{path}");
    }
    assert_eq!(post(&app, &adm.cookie, "/api/remove_account", &[("account", &id)]).await.status(), 200);
    assert_eq!(post(&app, &adm.cookie, "/api/remove_account", &[("account", &id)]).await.status(), 404);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_a_session_is_kept_while_its_owner_signs_in() {
    let app = TestApp::in_memory().await;
    person(&app, "ed", Role::Editor).await;
    let id = app.track("http://a.example/", 0).await.to_string();
    let page = format!("/t/{id}/edit");
    let typed = [("id", id.as_str()), ("name", "Shop & \"more\""), ("url", "http://b.example/")];
    let reply = submit(&app, "sid=gone", &page, "/api/edit_tracker", &typed).await;
    assert_eq!(reply.status(), 401);
    let html = reply.text().await.unwrap();
    assert!(
        html.contains("What you typed is kept") && html.contains("Shop &amp; &quot;more&quot;"),
        "{html}"
    );
    assert_eq!(app.json(&format!("/v1/trackers/{id}")).await["url"], "http://a.example/");

    let resumed = [
        ("name", "ed"),
        ("password", PASSWORD),
        ("resume-page", page.as_str()),
        ("resume-action", "/api/edit_tracker"),
        ("resume-value-id", id.as_str()),
        ("resume-value-name", "Shop & \"more\""),
        ("resume-value-url", "http://b.example/"),
    ];
    let reply = submit(&app, "", "/login", "/api/sign_in", &resumed).await;
    let cookie = cookie_of(&reply).unwrap();
    let html = reply.text().await.unwrap();
    assert!(
        html.contains("Look it over and save again") && html.contains("Shop &amp; &quot;more&quot;"),
        "{html}"
    );
    let reply = submit(&app, &cookie, &page, "/api/edit_tracker", &typed).await;
    assert_eq!(reply.status(), 303);
    assert_eq!(app.json(&format!("/v1/trackers/{id}")).await["url"], "http://b.example/");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_leads_to_where_one_wanted_and_never_elsewhere() {
    let app = TestApp::in_memory().await;
    person(&app, "ada", Role::Viewer).await;
    let reply = get(&app, "", "/t/1?reach=7d&at=x").await;
    assert_eq!(reply.headers()["location"], "/login?next=%2Ft%2F1%3Freach%3D7d%26at%3Dx");
    for (next, leads) in
        [("/t/1?reach=7d", "/t/1?reach=7d"), ("//evil.example", "/"), ("https://evil.example", "/")]
    {
        let fields = [("name", "ada"), ("password", PASSWORD), ("next", next)];
        let reply = submit(&app, "", "/login", "/api/sign_in", &fields).await;
        assert_eq!(reply.headers()["location"], leads);
    }
    app.stop().await;
}
