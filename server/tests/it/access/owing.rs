//! Administrators who need a second factor before they administer.

use super::{own::turn_on, *};

const OWN: &str = "/settings/account";
const GENERAL: &str = "/settings/general";

/// Waits until the server has noticed what the command line did: a page of the settings answers with this status.
async fn until(app: &TestApp, cookie: &str, status: u16) {
    for _ in 0..2_000 {
        if get(app, cookie, GENERAL).await.status() == status {
            return;
        }
        breathe().await;
    }
    panic!("{GENERAL} never answered {status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_without_a_second_factor_is_led_to_it_and_administers_nothing_before() {
    let app = TestApp::in_memory().await;
    let adm = person(&app, "adm", Role::Administrator).await;
    let ed = person(&app, "ed", Role::Editor).await;
    let token =
        post(&app, &adm.cookie, "/api/add_token", &[("token_name", "t"), ("role", "administrator")]).await;
    let token: serde_json::Value = token.json().await.unwrap();
    let token = token["Token"]["secret"].as_str().unwrap().to_owned();
    let rule = [("two_factor", "true")];
    assert_eq!(submit(&app, &adm.cookie, GENERAL, "/api/require_two_factor", &rule).await.status(), 303);

    let led = get(&app, &adm.cookie, GENERAL).await;
    assert_eq!(
        (led.status().as_u16(), &led.headers()["location"]),
        (303, &"/settings/account#two-factor".parse().unwrap())
    );
    let own = get(&app, &adm.cookie, OWN).await.text().await.unwrap();
    assert!(own.contains("Administrators need two-factor sign-in here"), "{own}");
    assert!(!get(&app, &ed.cookie, OWN).await.text().await.unwrap().contains("Administrators need"));
    let eve = [("name", "eve"), ("password", "correct horse battery"), ("role", "viewer")];
    for (path, fields) in [("/api/add_account", &eve[..]), ("/api/require_two_factor", &[])] {
        let refused = submit(&app, &adm.cookie, OWN, path, fields).await;
        assert_eq!(refused.status(), 403, "{path}");
        assert!(refused.text().await.unwrap().contains("Turn it on under Settings"), "{path}");
        let program = app.stranger.post(app.url(path)).bearer_auth(&token);
        let program = program.header("content-type", "application/x-www-form-urlencoded").body("name=eve");
        assert_eq!(program.send().await.unwrap().status(), 403, "{path} by a token");
    }
    let more = [("token_name", "root"), ("role", "administrator")];
    assert_eq!(post(&app, &adm.cookie, "/api/add_token", &more).await.status(), 403, "no way around it");
    // What an editor may, they may.
    let tracker =
        app.stranger.post(app.url("/v1/trackers")).bearer_auth(&token).body(r#"{"url": "a.example"}"#);
    assert_eq!(tracker.header("content-type", "application/json").send().await.unwrap().status(), 201);
    assert_eq!(app.accounts.load().await.unwrap().accounts.len(), 3, "root, adm and ed");

    let (cookie, ..) = turn_on(&app, &adm.cookie).await;
    assert_eq!(get(&app, &cookie, GENERAL).await.status(), 200);
    let made = app.stranger.post(app.url("/api/add_account")).bearer_auth(&token);
    let made = made.header("content-type", "application/x-www-form-urlencoded");
    let made = made.body("name=eve&password=correct+horse+battery&role=viewer").send().await.unwrap();
    assert_eq!(made.status(), 200, "its token is an administrator's again");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_locked_out_by_it() {
    let app = TestApp::in_memory().await;
    let adm = person(&app, "adm", Role::Administrator).await;
    apply(&app, AccountChange::RequireTwoFactor(true)).await;
    until(&app, &adm.cookie, 303).await;
    let (cookie, ..) = turn_on(&app, &adm.cookie).await;
    assert_eq!(get(&app, &cookie, GENERAL).await.status(), 200);
    // The phone and the codes are lost: `user disable-2fa`, then name and password are enough to get in and enrol again.
    apply(&app, AccountChange::ClearTwoFactor(adm.id)).await;
    let mut cookie = String::new();
    for _ in 0..2_000 {
        let reply = post(&app, "", "/api/sign_in", &[("name", "adm"), ("password", PASSWORD)]).await;
        if let Some(session) = cookie_of(&reply) {
            cookie = session;
            break;
        }
        app.clock.advance(std::time::Duration::from_mins(20));
        breathe().await;
    }
    assert_eq!(get(&app, &cookie, OWN).await.status(), 200);
    until(&app, &cookie, 303).await;
    // Or the rule is taken back: `user require-2fa off`.
    apply(&app, AccountChange::RequireTwoFactor(false)).await;
    until(&app, &cookie, 200).await;
    app.stop().await;
}
