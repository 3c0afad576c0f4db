//! How long a refusal takes: it must not tell whether there is an account of a name.

use std::time::Duration;

use tokio::time::Instant;

use super::*;

/// Tries of each kind.
const TRIES: usize = 300;

/// Says the medians and quartiles; people judge, for a machine that does something else at the time would fail a test. Each try counts
/// as the first, as the clock of the limits is the test's.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures: cargo test -p server --test it access::timing -- --ignored --nocapture"]
async fn of_a_known_and_an_unknown_name() {
    let app = TestApp::in_memory().await;
    let known = [("name", "known"), ("password", PASSWORD), ("role", "viewer")];
    let made = app
        .http
        .post(app.url("/api/add_account"))
        .header("content-type", "application/x-www-form-urlencoded");
    let made = made.body(serde_urlencoded::to_string(known).unwrap()).send().await.unwrap();
    assert_eq!(made.status(), 200, "its password is hashed as it is in life");
    let mut took: [Vec<Duration>; 2] = Default::default();
    for round in 0..TRIES + 10 {
        for (kind, name) in ["known", "nobody"].into_iter().enumerate() {
            app.clock.advance(Duration::from_mins(20));
            let form = form(&app, "", "/api/sign_in", &[("name", name), ("password", "wrong wrong wrong")]);
            let started = Instant::now();
            let reply = form.send().await.unwrap();
            let length = started.elapsed();
            assert_eq!(reply.status(), 422, "{name}");
            if round >= 10 {
                took[kind].push(length);
            }
        }
    }
    for (times, name) in took.iter_mut().zip(["known", "unknown"]) {
        times.sort_unstable();
        let at = |share: usize| times[times.len() * share / 100];
        eprintln!("{name} name: median {:?}, quartiles {:?} to {:?}", at(50), at(25), at(75));
    }
    app.stop().await;
}
