//! One's own account: password, second factor, sessions, tokens; and that nobody reaches another's.

use std::time::Duration;

use totp_rs::{Builder, Secret as Seed, Totp};

use super::*;

fn totp(secret: &str) -> Totp {
    Builder::new().with_secret(Seed::try_from_base32(secret).unwrap()).build().unwrap()
}

/// The code of a phone at the test's time.
fn code(app: &TestApp, secret: &str) -> String {
    use domain::Clock as _;
    totp(secret).generate(u64::try_from(app.clock.now().as_ms()).unwrap() / 1_000).to_string()
}

/// What stands between two texts.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}")).1;
    rest.split_once(after).unwrap().0
}

/// Turns two-factor sign-in on, and gives session, secret and recovery codes.
pub(super) async fn turn_on(app: &TestApp, cookie: &str) -> (String, String, Vec<String>) {
    let reply = submit(app, cookie, "/settings/account", "/api/begin_two_factor", &[]).await;
    assert_eq!(reply.status(), 303);
    let page = get(app, cookie, "/settings/account").await.text().await.unwrap();
    let secret = between(&page, "type the secret into it: <code>", "</code>").replace(' ', "");
    let wrong =
        submit(app, cookie, "/settings/account", "/api/confirm_two_factor", &[("code", "000000")]).await;
    assert_eq!(wrong.status(), 422);
    let fields = [("code", code(app, &secret))];
    let fields = fields.each_ref().map(|(name, code)| (*name, code.as_str()));
    let reply = submit(app, cookie, "/settings/account", "/api/confirm_two_factor", &fields).await;
    assert_eq!(reply.status(), 200);
    let cookie = cookie_of(&reply).unwrap();
    let page = reply.text().await.unwrap();
    let list = between(&page, "Your recovery codes", "</ul>");
    let codes: Vec<_> =
        list.split("<code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    (cookie, secret, codes)
}

/// The first step of signing in; gives what stands for the password.
async fn ticket(app: &TestApp) -> String {
    let reply = post(app, "", "/api/sign_in", &[("name", "ada"), ("password", PASSWORD)]).await;
    assert!(cookie_of(&reply).is_none(), "the password alone lets nobody in");
    let shown: serde_json::Value = reply.json().await.unwrap();
    shown["SecondFactor"]["ticket"].as_str().unwrap().to_owned()
}

async fn second(app: &TestApp, ticket: &str, code: &str) -> Response {
    post(app, "", "/api/second_factor", &[("ticket", ticket), ("code", code)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_asked_for_and_each_code_is_taken_once() {
    let app = TestApp::in_memory().await;
    let ada = person(&app, "ada", Role::Viewer).await;
    let (cookie, secret, codes) = turn_on(&app, &ada.cookie).await;
    assert_eq!(get(&app, &ada.cookie, "/settings/account").await.status(), 303, "older sessions have ended");
    assert_eq!(get(&app, &cookie, "/settings/account").await.status(), 200);

    let used = code(&app, &secret);
    assert_eq!(second(&app, &ticket(&app).await, &used).await.status(), 422, "the code that turned it on");
    app.clock.advance(Duration::from_mins(1));
    let fresh = code(&app, &secret);
    let mut replays = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let ticket = ticket(&app).await;
        let request = form(&app, "", "/api/second_factor", &[("ticket", &ticket), ("code", &fresh)]);
        replays.spawn(async move { request.send().await.unwrap().status() == 200 });
    }
    let let_in = replays.join_all().await.into_iter().filter(|is_in| *is_in).count();
    assert_eq!(let_in, 1, "of four at once with the same code");

    app.clock.advance(Duration::from_mins(20));
    let recovery = codes[3].to_lowercase().replace('-', " ");
    assert_eq!(second(&app, &ticket(&app).await, &recovery).await.status(), 200);
    assert_eq!(second(&app, &ticket(&app).await, &recovery).await.status(), 422);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_worth_five_tries_and_five_minutes() {
    let app = TestApp::in_memory().await;
    let ada = person(&app, "ada", Role::Viewer).await;
    let (_, secret, _) = turn_on(&app, &ada.cookie).await;
    app.clock.advance(Duration::from_mins(1));
    let first = ticket(&app).await;
    for _ in 0..5 {
        assert_eq!(second(&app, &first, "000000").await.status(), 422);
    }
    app.clock.advance(Duration::from_mins(1));
    let said = second(&app, &first, &code(&app, &secret)).await.text().await.unwrap();
    assert!(said.contains("took too long"), "{said}");
    let late = ticket(&app).await;
    app.clock.advance(Duration::from_mins(5));
    assert_eq!(second(&app, &late, &code(&app, &secret)).await.status(), 422);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_by_who_knows_it_and_that_ends_all_other_sessions() {
    let app = TestApp::in_memory().await;
    let ada = person(&app, "ada", Role::Viewer).await;
    let other = sign_in(&app, "ada").await;
    let change = |current: &'static str, new: &'static str| {
        form(&app, &ada.cookie, "/api/change_password", &[("current_password", current), ("password", new)])
    };
    let reply = change("wrong wrong wrong", "another fine phrase").send().await.unwrap();
    assert_eq!(reply.status(), 422);
    assert_eq!(change(PASSWORD, "short").send().await.unwrap().status(), 422);
    let reply = change(PASSWORD, "another fine phrase").send().await.unwrap();
    assert_eq!(reply.status(), 200);
    let cookie = cookie_of(&reply).unwrap();
    for (cookie, status) in [(&cookie, 200), (&other, 303), (&ada.cookie, 303)] {
        assert_eq!(get(&app, cookie, "/settings/account").await.status(), status);
    }
    let old = post(&app, "", "/api/sign_in", &[("name", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(old.status(), 422);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_does_what_it_may_and_ends() {
    let app = TestApp::in_memory().await;
    let ed = person(&app, "ed", Role::Editor).await;
    let fields = [("token_name", "Grafana <b>"), ("role", "viewer"), ("days", "30")];
    let page =
        submit(&app, &ed.cookie, "/settings/tokens", "/api/add_token", &fields).await.text().await.unwrap();
    let token = between(&page, "<code>ut_", "</code>");
    let token = format!("ut_{token}");
    let again = get(&app, &ed.cookie, "/settings/tokens").await.text().await.unwrap();
    assert!(!again.contains(&token) && again.contains("Grafana &lt;b&gt;"), "{again}");
    let ask = |method: reqwest::Method, path: &str| {
        app.stranger.request(method, app.url(path)).bearer_auth(&token).body(r#"{"url": "a.example"}"#)
    };
    assert_eq!(ask(reqwest::Method::GET, "/v1/trackers").send().await.unwrap().status(), 200);
    assert_eq!(ask(reqwest::Method::POST, "/v1/trackers").send().await.unwrap().status(), 403);
    assert_eq!(ask(reqwest::Method::GET, "/settings/account").send().await.unwrap().status(), 403);
    let more = [("token_name", "root"), ("role", "administrator")];
    assert_eq!(
        post(&app, &ed.cookie, "/api/add_token", &more).await.status(),
        403,
        "more than its owner may"
    );
    app.clock.advance(Duration::from_hours(24 * 30));
    assert_eq!(ask(reqwest::Method::GET, "/v1/trackers").send().await.unwrap().status(), 401);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_what_is_another_s() {
    let app = TestApp::in_memory().await;
    let ada = person(&app, "ada", Role::Administrator).await;
    let eve = person(&app, "eve", Role::Viewer).await;
    post(&app, &ada.cookie, "/api/add_token", &[("token_name", "t"), ("role", "viewer")]).await;
    let known = app.accounts.load().await.unwrap();
    for session in known.sessions.iter().filter(|session| session.account == ada.id) {
        let reply =
            post(&app, &eve.cookie, "/api/end_session", &[("session", &session.id.to_string())]).await;
        assert_eq!(reply.status(), 404);
    }
    for token in &known.tokens {
        let reply = post(&app, &eve.cookie, "/api/remove_token", &[("token", &token.id.to_string())]).await;
        assert_eq!(reply.status(), 404);
    }
    for id in ["../1", "-1", "1 OR 1=1", "99999999999999999999", ""] {
        assert_eq!(
            post(&app, &eve.cookie, "/api/remove_token", &[("token", id)]).await.status(),
            404,
            "{id}"
        );
    }
    let id = eve.id.to_string();
    let more = [("account", id.as_str()), ("role", "administrator")];
    assert_eq!(post(&app, &eve.cookie, "/api/set_role", &more).await.status(), 403);
    let after = app.accounts.load().await.unwrap();
    assert_eq!((after.sessions.len(), after.tokens.len()), (known.sessions.len(), known.tokens.len()));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_name_leaves_its_place_in_a_page() {
    let app = TestApp::in_memory().await;
    let adm = person(&app, "adm", Role::Administrator).await;
    for name in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</title><b>",
        "{{7*7}}",
        "=cmd|' /C'!A0",
    ] {
        let fields = [("name", name), ("password", PASSWORD), ("role", "viewer")];
        assert_eq!(post(&app, &adm.cookie, "/api/add_account", &fields).await.status(), 200, "{name}");
    }
    let page = get(&app, &adm.cookie, "/settings/accounts").await.text().await.unwrap();
    for bad in ["<script>alert", "<img src=x", "</title><b>"] {
        assert!(!page.contains(bad), "{bad}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
    app.stop().await;
}
