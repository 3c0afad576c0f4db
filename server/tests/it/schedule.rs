//! What is probed when.

use std::time::Duration;

use domain::{Outcome, Reason};
use reqwest::Method;

use crate::harness::{START, TestApp, breathe};

#[tokio::test]
async fn a_new_tracker_is_checked_at_once_and_then_every_second() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.until(&format!("/v1/trackers/{id}/checks"), |checks| checks.as_array().unwrap().len() == 1).await;
    assert_eq!(app.dues(id).await, [START.0]);
    app.run_until(id, 12).await;
    let dues = app.dues(id).await;
    let slots = &dues[1..];
    assert!(slots.windows(2).all(|pair| pair[1] - pair[0] == 1_000), "{dues:?}");
    assert!(slots[0] - START.0 <= 1_000);
    app.stop().await;
}

#[tokio::test]
async fn a_hanging_target_delays_nobody_else() {
    let app = TestApp::start().await;
    app.prober.hang("http://hangs.example/");
    let hanging = app.track("http://hangs.example/", 0).await;
    let lively = app.track("http://lively.example/", 0).await;
    app.run_until(lively, 10).await;
    assert_eq!(app.outcomes(hanging).await.len(), 0);
}

#[tokio::test]
async fn pausing_and_resuming_take_effect_without_a_restart() {
    let app = TestApp::start().await;
    let (paused, other) = (app.track("http://a.example/", 0).await, app.track("http://b.example/", 0).await);
    app.run_until(paused, 3).await;
    let reply = app.send(Method::PATCH, &format!("/v1/trackers/{paused}"), r#"{"paused": true}"#).await;
    assert_eq!(reply.status(), 200);
    let before = app.outcomes(paused).await.len();
    let others = app.outcomes(other).await.len();
    app.run_until(other, others + 5).await;
    assert!(app.outcomes(paused).await.len() <= before + 1, "one check may have been in flight");
    let before = app.outcomes(paused).await.len();
    app.send(Method::PATCH, &format!("/v1/trackers/{paused}"), r#"{"paused": false}"#).await;
    // Without any time passing: who resumes wants to see it.
    app.until(&format!("/v1/trackers/{paused}/checks"), |checks| checks.as_array().unwrap().len() > before)
        .await;
    app.stop().await;
}

#[tokio::test]
async fn an_edited_schedule_is_followed_at_once() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 3).await;
    app.send(Method::PATCH, &format!("/v1/trackers/{id}"), r#"{"every": "10s"}"#).await;
    let before = app.dues(id).await.len();
    app.run_until(id, before + 4).await;
    let dues = app.dues(id).await;
    let last: Vec<i64> = dues.windows(2).rev().take(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(last, [10_000, 10_000], "{dues:?}");
    app.stop().await;
}

#[tokio::test]
async fn a_failure_between_far_slots_is_tried_again_before_it_counts() {
    let app = TestApp::start().await;
    app.prober.refuse("http://a.example/");
    let body = r#"{"url": "http://a.example/", "every": "60s", "retries": 2}"#;
    let id =
        app.send(Method::POST, "/v1/trackers", body).await.json::<serde_json::Value>().await.unwrap()["id"]
            .clone();
    let path = format!("/v1/trackers/{id}");
    for _ in 0..200 {
        if app.json(&path).await["status"] == "down" {
            break;
        }
        app.clock.advance(Duration::from_millis(100));
        breathe().await;
    }
    let checks = app.json(&format!("{path}/checks")).await;
    let attempts: Vec<i64> =
        checks.as_array().unwrap().iter().map(|check| check["attempt"].as_i64().unwrap()).collect();
    assert_eq!(attempts, [0, 1, 2]);
    assert_eq!(app.json(&path).await["status"], "down");
    app.stop().await;
}

#[tokio::test]
async fn a_clock_that_is_set_leaves_a_gap_and_no_storm() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 3).await;
    app.clock.step(3_600_000);
    app.run_until(id, 8).await;
    let dues = app.dues(id).await;
    let jumps: Vec<i64> =
        dues.windows(2).map(|pair| pair[1] - pair[0]).filter(|distance| *distance > 1_000).collect();
    assert_eq!(jumps.len(), 1, "{dues:?}");
    assert!(app.outcomes(id).await.iter().all(|outcome| outcome == "up"));
    app.stop().await;
}

#[tokio::test]
async fn a_gap_says_why_nobody_looked() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 3).await;
    app.clock.step(3_600_000);
    app.run_until(id, 6).await;
    app.clock.suspend(7_200_000);
    app.run_until(id, 9).await;
    let pause = |paused| {
        let body = format!(r#"{{"paused": {paused}}}"#);
        app.http.patch(app.url(&format!("/v1/trackers/{id}"))).body(body).send()
    };
    assert_eq!(pause(true).await.unwrap().status(), 200);
    app.clock.advance(Duration::from_mins(10));
    assert_eq!(pause(false).await.unwrap().status(), 200);
    app.run_until(id, 12).await;
    let app = app.restart(Duration::from_mins(30)).await;
    app.run_until(id, 15).await;
    let entries = app.json(&format!("/v1/trackers/{id}/checks?last=1d&limit=1000")).await;
    let entries = entries.as_array().unwrap();
    let gaps: Vec<&str> = entries.iter().filter_map(|entry| entry["reason"].as_str()).collect();
    assert_eq!(gaps, ["clock_step", "suspended", "paused", "stopped"], "{entries:?}");
    let told = app.json(&format!("/v1/trackers/{id}/uptime?last=1d")).await;
    let paused = told["seconds"]["paused"].as_f64().unwrap();
    assert!((590.0..=602.0).contains(&paused), "{told}");
    assert_eq!(told["uptime"], "100", "what nobody looked at is in no ratio: {told}");
    app.stop().await;
}

#[tokio::test]
async fn a_slot_that_could_not_start_is_ours() {
    let app = TestApp::start().await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 3).await;
    // Three slots pass while nobody was woken: wall and monotonic time agree, so this is no step of the clock.
    app.clock.advance(Duration::from_secs(3));
    app.run_until(id, 7).await;
    let outcomes = app.outcomes(id).await;
    assert!(outcomes.contains(&"unknown".to_owned()), "{outcomes:?}");
    let status = app.json(&format!("/v1/trackers/status?tracker_id={id}")).await;
    assert!(status.as_array().unwrap().iter().all(|up| up == true), "unknown is left out: {status}");
    assert_eq!(app.json(&format!("/v1/trackers/{id}")).await["status"], "up");
    app.stop().await;
}

#[tokio::test]
async fn our_own_trouble_never_makes_a_target_down() {
    let app = TestApp::start().await;
    app.prober.answer("http://a.example/", Outcome::Unknown(Reason::Network));
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 4).await;
    assert_eq!(app.json(&format!("/v1/trackers/{id}")).await["status"], "pending");
    app.stop().await;
}
