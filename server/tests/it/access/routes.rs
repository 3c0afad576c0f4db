//! Every address × role × whether reading is open.

use domain::access::Need;

use super::*;

/// Pages, one for each kind of address.
const PAGES: [(&str, Need); 20] = [
    ("/", Need::Look),
    ("/?page=2", Need::Look),
    ("/t/999", Need::Look),
    ("/t/999/edit", Need::Change),
    ("/ui", Need::Look),
    ("/login", Need::Nothing),
    ("/settings", Need::OwnAccount),
    ("/settings/account", Need::OwnAccount),
    ("/settings/tokens", Need::OwnAccount),
    ("/settings/general", Need::Administer),
    ("/settings/defaults", Need::Administer),
    ("/settings/tags", Need::Change),
    ("/settings/accounts", Need::Administer),
    ("/settings/data", Need::Administer),
    ("/settings/about", Need::Inspect),
    ("/incidents?open=1", Need::Look),
    ("/incidents/999", Need::Look),
    ("/alerts", Need::Change),
    ("/alerts/channel?kind=mail", Need::Administer),
    ("/alerts/rule", Need::Administer),
];

/// What would change who is signed in, or what is open, while the table is walked; other tests have them.
const WALKED_ELSEWHERE: [&str; 2] = ["/api/sign_out", "/api/set_reading"];

/// `+` it is answered, `s` sign in first, `-` it is forbidden.
fn wanted(need: Need, role: Option<Role>, reading: Reading) -> char {
    let has = |needed: Role| match role {
        None => 's',
        Some(role) if role < needed => '-',
        Some(_) => '+',
    };
    match need {
        Need::Nothing => '+',
        Need::Look if reading == Reading::Everyone => '+',
        Need::Look | Need::Inspect | Need::OwnAccount => has(Role::Viewer),
        Need::Change => has(Role::Editor),
        Need::Administer => has(Role::Administrator),
    }
}

fn got(reply: &Response) -> char {
    match reply.status().as_u16() {
        401 => 's',
        403 => '-',
        303 if reply.headers()["location"].to_str().unwrap().starts_with("/login") => 's',
        _ => '+',
    }
}

async fn set_reading(app: &TestApp, reading: Reading) {
    let form = app.http.post(app.url("/api/set_reading"));
    let value = if reading == Reading::Everyone { "true" } else { "false" };
    let form =
        form.header("content-type", "application/x-www-form-urlencoded").body(format!("reading={value}"));
    assert_eq!(form.send().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_is_for_whom_its_need_says() {
    let app = TestApp::in_memory().await;
    let mut people = vec![(None, String::new())];
    for (name, role) in [("vera", Role::Viewer), ("ed", Role::Editor), ("adm", Role::Administrator)] {
        people.push((Some(role), person(&app, name, role).await.cookie));
    }
    let listed = server::http::listed();
    assert!(listed.len() > 40, "{}", listed.len());
    for reading in [Reading::Accounts, Reading::Everyone] {
        set_reading(&app, reading).await;
        for (role, cookie) in &people {
            for &(method, path, need) in &listed {
                let wanted = wanted(need, *role, reading);
                if wanted == '+' && WALKED_ELSEWHERE.contains(&path) {
                    continue;
                }
                let url = app.url(&path.replace("{id}", "999"));
                let request =
                    app.stranger.request(method.parse().unwrap(), url).header("origin", app.url(""));
                let request = if cookie.is_empty() { request } else { request.header("cookie", cookie) };
                let reply =
                    request.header("content-type", "application/json").body("{}").send().await.unwrap();
                assert_eq!(
                    got(&reply),
                    wanted,
                    "{method} {path} as {role:?}, {reading:?}: {}",
                    reply.status()
                );
            }
            for (path, need) in PAGES {
                let reply = get(&app, cookie, path).await;
                assert_eq!(got(&reply), wanted(need, *role, reading), "page {path} as {role:?}, {reading:?}");
            }
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn a_new_server_function_has_to_say_what_it_needs() {
    let listed = server::http::listed();
    for (path, method) in server_fn::axum::server_fn_paths() {
        assert_eq!(method, reqwest::Method::POST, "{path}: what changes something must not be a link");
        assert!(listed.iter().any(|(_, listed, _)| *listed == path), "{path} is in no table of needs");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_targets_answered_is_not_for_everybody() {
    let app = TestApp::in_memory().await;
    let id = app.track("http://a.example/", 0).await;
    app.prober.refuse("http://a.example/");
    app.run_until(id, 2).await;
    set_reading(&app, Reading::Everyone).await;
    let path = format!("/v1/trackers/{id}/evidence");
    assert_eq!(app.http.get(app.url(&path)).send().await.unwrap().status(), 200);
    assert_eq!(app.stranger.get(app.url(&path)).send().await.unwrap().status(), 401);
    let page = get(&app, "", &format!("/t/{id}")).await.text().await.unwrap();
    assert!(page.contains("a.example") && !page.contains("?failed"), "{page}");
    let known = app.get(&format!("/t/{id}")).await.text().await.unwrap();
    assert!(known.contains("?failed"), "{known}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_alone_does_not_prove_where_a_change_comes_from() {
    let app = TestApp::in_memory().await;
    let ed = person(&app, "ed", Role::Editor).await;
    let url = app.url("/api/add_tracker");
    let add = || {
        let request = app.stranger.post(&url).header("cookie", &ed.cookie).body("url=a.example");
        request.header("content-type", "application/x-www-form-urlencoded")
    };
    assert_eq!(add().send().await.unwrap().status(), 403, "nothing says where it comes from");
    for (name, value) in
        [("origin", "http://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
    {
        assert_eq!(add().header(name, value).send().await.unwrap().status(), 403, "{name}: {value}");
    }
    let upgrade = app.stranger.get(app.url("/")).header("cookie", &ed.cookie);
    let upgrade = upgrade.header("connection", "upgrade").header("upgrade", "websocket");
    assert_eq!(upgrade.header("origin", "http://evil.example").send().await.unwrap().status(), 403);
    assert_eq!(add().header("sec-fetch-site", "same-origin").send().await.unwrap().status(), 200);
    app.stop().await;
}
