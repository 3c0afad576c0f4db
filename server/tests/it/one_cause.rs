//! One cause is told once: trackers that depend on others, and maintenance.

use std::time::Duration;

use domain::Outcome;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    alerts::{Service, app, down, folder},
    harness::TestApp,
};

/// The time of the test's clock, some minutes later, in RFC 3339.
fn in_minutes(app: &TestApp, minutes: u64) -> String {
    use domain::Clock as _;
    app.clock.now().plus(Duration::from_mins(minutes)).to_string()
}

/// Announces a maintenance of all trackers, from now on.
async fn announce(app: &TestApp, minutes: u64) -> i64 {
    let body = json!({"name": "New disk", "from": "now", "lasting": format!("{minutes}m")});
    let reply = app.send(Method::POST, "/v1/maintenances", &body.to_string()).await;
    assert_eq!(reply.status(), 201);
    serde_json::from_str::<Value>(&reply.text().await.unwrap()).unwrap()["id"].as_i64().unwrap()
}

async fn is_over(app: &TestApp) {
    app.until("/v1/trackers/1", |tracker| tracker.get("maintenance").is_none()).await;
}

/// Seconds of each state over the last two hours.
async fn seconds(app: &TestApp) -> Value {
    app.json("/v1/trackers/1/uptime?from=-2h").await["seconds"].clone()
}

#[tokio::test]
async fn what_breaks_in_maintenance_is_told_afterwards_and_its_time_is_outside_the_ratio() {
    let (service, url) = Service::start().await;
    let app = app(&folder(&[&url], |_| ()).await).await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 3).await;
    let until = in_minutes(&app, 10);
    announce(&app, 10).await;
    let tracker = app.until("/v1/trackers/1", |tracker| tracker.get("maintenance").is_some()).await;
    assert_eq!(tracker["maintenance"], json!({"name": "New disk", "until": until}));
    assert_eq!(app.json("/v1/maintenances").await[0]["now"], true);

    app.prober.answer("http://a.example/", down());
    let asked = app.prober.asked();
    app.clock.advance(Duration::from_mins(9));
    let checked = app.send(Method::POST, "/v1/trackers/1/check-now", "").await;
    assert_eq!(checked.status(), 200, "who asks for a check gets it");
    assert_eq!((app.prober.asked() - asked, service.heard().len()), (1, 0));
    assert_ne!(app.json("/v1/trackers/1").await["status"], "down");
    app.clock.advance(Duration::from_secs(61));
    is_over(&app).await;
    service.until(&app, true, |service| !service.heard().is_empty()).await;
    assert_eq!(service.kinds(), ["down"]);
    let seconds = seconds(&app).await;
    let maintenance = seconds["maintenance"].as_f64().unwrap();
    assert!((600.0..603.0).contains(&maintenance), "{seconds}");
    app.stop().await;
}

#[tokio::test]
async fn what_was_down_before_and_still_is_afterwards_is_no_news() {
    let (service, url) = Service::start().await;
    let app = app(&folder(&[&url], |_| ()).await).await;
    let id = app.track("http://a.example/", 0).await;
    app.prober.answer("http://a.example/", down());
    service.until(&app, true, |service| !service.heard().is_empty()).await;
    announce(&app, 10).await;
    app.until("/v1/trackers/1", |tracker| tracker.get("maintenance").is_some()).await;
    app.clock.advance(Duration::from_secs(601));
    is_over(&app).await;
    app.run_until(id, 5).await;
    assert_eq!(service.kinds(), ["down"]);
    app.prober.answer("http://a.example/", Outcome::Up);
    service.until(&app, true, |service| service.heard().len() == 2).await;
    assert_eq!(service.kinds(), ["down", "recovered"]);
    app.stop().await;
}

#[tokio::test]
async fn what_waits_for_its_delay_waits_for_the_end_of_maintenance() {
    let (service, url) = Service::start().await;
    let app = app(&folder(&[&url], |rule| rule.delay = Duration::from_mins(2)).await).await;
    let id = app.track("http://a.example/", 0).await;
    app.prober.answer("http://a.example/", down());
    app.run_until(id, 3).await;
    assert_eq!(app.json("/v1/trackers/1").await["status"], "down");
    announce(&app, 10).await;
    app.until("/v1/trackers/1", |tracker| tracker.get("maintenance").is_some()).await;
    app.clock.advance(Duration::from_mins(9));
    for _ in 0..200 {
        crate::harness::breathe().await;
    }
    assert_eq!(service.heard().len(), 0);
    service.until(&app, true, |service| !service.heard().is_empty()).await;
    assert_eq!(service.kinds(), ["down"]);
    app.stop().await;
}

#[tokio::test]
async fn maintenance_into_which_the_clock_is_set_back_lasts_again() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 3).await;
    announce(&app, 10).await;
    app.until("/v1/trackers/1", |tracker| tracker.get("maintenance").is_some()).await;
    app.clock.advance(Duration::from_secs(601));
    is_over(&app).await;
    app.clock.step(-300_000);
    app.until("/v1/trackers/1", |tracker| tracker.get("maintenance").is_some()).await;
    app.stop().await;
}

#[tokio::test]
async fn maintenance_that_ended_while_nothing_ran_lasts_no_longer() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 3).await;
    announce(&app, 10).await;
    app.until("/v1/trackers/1", |tracker| tracker.get("maintenance").is_some()).await;
    let app = app.restart(Duration::from_mins(30)).await;
    is_over(&app).await;
    app.run_until(id, 2).await;
    let seconds = seconds(&app).await;
    let (maintenance, unknown) = (&seconds["maintenance"], &seconds["unknown"]);
    assert!((595.0..602.0).contains(&maintenance.as_f64().unwrap()), "{seconds}");
    assert!(unknown.as_f64().unwrap() > 1_190.0, "{seconds}");
    app.stop().await;
}

#[tokio::test]
async fn maintenance_is_announced_changed_and_withdrawn_by_programs() {
    let app = TestApp::start().await;
    app.track("http://a.example/", 0).await;
    let body = json!({"name": "Backup", "cron": "0 3 * * 0", "zone": "Europe/Berlin", "lasting": "90m", "trackers": [1]});
    let reply = app.send(Method::POST, "/v1/maintenances", &body.to_string()).await;
    assert_eq!(reply.status(), 201);
    let weekly = app.json("/v1/maintenances/1").await;
    assert_eq!(
        (&weekly["lasting"], &weekly["now"], &weekly["concerned"]),
        (&json!("90m"), &json!(false), &json!(1))
    );
    assert_eq!(
        weekly["next"][0],
        json!({"from": "2026-11-29T02:00:00.000Z", "until": "2026-11-29T03:30:00.000Z"})
    );
    let body = json!({"name": "Backup", "from": "2026-12-01 03:00", "until": "2026-12-01 04:00"});
    assert_eq!(app.send(Method::PUT, "/v1/maintenances/1", &body.to_string()).await.status(), 200);
    assert_eq!(app.json("/v1/maintenances/1").await["next"].as_array().unwrap().len(), 1);
    for (body, field) in
        [(r#"{"name": ""}"#, "name"), (r#"{"name": "x", "from": "soon", "lasting": "1h"}"#, "from")]
    {
        let reply = app.send(Method::POST, "/v1/maintenances", body).await;
        assert_eq!(reply.status(), 422);
        let text = reply.text().await.unwrap();
        assert!(text.contains(&format!("\"{field}\"")), "{text}");
    }
    assert_eq!(app.send(Method::DELETE, "/v1/maintenances/1", "").await.status(), 204);
    assert_eq!(app.send(Method::DELETE, "/v1/maintenances/1", "").await.status(), 404);
    app.stop().await;
}

/// A tracker that depends on another one.
async fn behind(app: &TestApp, parent: i64, url: &str) -> i64 {
    let body = json!({"url": url, "every": 1, "retries": 0, "parent": parent});
    let reply = app.send(Method::POST, "/v1/trackers", &body.to_string()).await;
    assert_eq!(reply.status(), 201);
    serde_json::from_str::<Value>(&reply.text().await.unwrap()).unwrap()["id"].as_i64().unwrap()
}

#[tokio::test]
async fn what_fails_behind_a_parent_that_is_down_is_blocked_and_not_told() {
    let (service, url) = Service::start().await;
    let app = app(&folder(&[&url], |_| ()).await).await;
    let router = app.track("http://router.example/", 0).await;
    let shop = behind(&app, router, "http://shop.example/").await;
    for n in 0..9 {
        app.track(&format!("http://well-{n}.example/"), 0).await;
    }
    app.run_until(shop, 3).await;
    app.prober.answer("http://shop.example/", down());
    app.prober.answer("http://router.example/", down());
    service.until(&app, true, |service| !service.heard().is_empty()).await;
    app.run_until(shop, 10).await;
    assert_eq!(service.heard().len(), 1, "{:?}", service.heard());
    assert_eq!(service.heard()[0].1["tracker"]["name"], "router.example");
    let tracker = app.json(&format!("/v1/trackers/{shop}")).await;
    assert_eq!((&tracker["blocked"], &tracker["parent"]), (&json!(true), &json!(router)));
    assert_ne!(tracker["status"], "down");
    let seconds = app.json(&format!("/v1/trackers/{shop}/uptime?from=-1h")).await["seconds"].clone();
    assert_eq!(seconds["down"], 0.0, "{seconds}");

    // The router is back, the shop is not: that is news.
    app.prober.answer("http://router.example/", Outcome::Up);
    service.until(&app, true, |service| service.heard().len() == 3).await;
    let heard = service.heard();
    let line = |(_, told): &(String, Value)| format!("{} {}", told["tracker"]["name"], told["kind"]);
    let mut told: Vec<String> = heard[1..].iter().map(line).collect();
    told.sort();
    assert_eq!(told, [r#""router.example" "recovered""#, r#""shop.example" "down""#]);
    app.stop().await;
}

#[tokio::test]
async fn a_parent_that_is_seldom_checked_is_asked_when_something_behind_it_fails() {
    let (service, url) = Service::start().await;
    let app = app(&folder(&[&url], |_| ()).await).await;
    let body = r#"{"url": "http://router.example/", "every": 3600, "retries": 1}"#;
    assert_eq!(app.send(Method::POST, "/v1/trackers", body).await.status(), 201);
    let shop = behind(&app, 1, "http://shop.example/").await;
    for n in 0..9 {
        app.track(&format!("http://well-{n}.example/"), 0).await;
    }
    app.run_until(shop, 3).await;
    app.prober.answer("http://shop.example/", down());
    app.prober.answer("http://router.example/", down());
    service.until(&app, true, |service| !service.heard().is_empty()).await;
    assert_eq!(service.heard()[0].1["tracker"]["name"], "router.example");
    app.run_until(shop, 10).await;
    assert_eq!(service.heard().len(), 1);
    app.stop().await;
}

#[tokio::test]
async fn a_parent_that_works_hides_nothing() {
    let (service, url) = Service::start().await;
    let app = app(&folder(&[&url], |_| ()).await).await;
    let router = app.track("http://router.example/", 0).await;
    let shop = behind(&app, router, "http://shop.example/").await;
    app.run_until(shop, 3).await;
    app.prober.answer("http://shop.example/", down());
    service.until(&app, true, |service| !service.heard().is_empty()).await;
    assert_eq!(service.heard()[0].1["tracker"]["name"], "shop.example");
    app.stop().await;
}

#[tokio::test]
async fn nothing_depends_on_itself_or_on_nobody() {
    let app = TestApp::start().await;
    let first = app.track("http://a.example/", 0).await;
    let second = behind(&app, first, "http://b.example/").await;
    for (id, parent, said) in [
        (first, second, "depends on this one already"),
        (first, first, "cannot depend on itself"),
        (first, 99, "no such tracker"),
    ] {
        let body = json!({"parent": parent}).to_string();
        let reply = app.send(Method::PATCH, &format!("/v1/trackers/{id}"), &body).await;
        assert_eq!(reply.status(), 422);
        let text = reply.text().await.unwrap();
        assert!(text.contains(said) && text.contains("\"parent\""), "{text}");
    }
    let reply = app.send(Method::PATCH, &format!("/v1/trackers/{second}"), r#"{"parent": null}"#).await;
    assert!(!reply.text().await.unwrap().contains("parent"));
    app.stop().await;
}
