//! Whole answers, and what they must add up to.

use serde_json::{Value, json};

use super::{app_with, checks, down, each, ms, up};
use crate::harness::{TestApp, whole};

/// A day of checks every 30 s: ten minutes down in it, one answer slow.
async fn day() -> TestApp {
    let found = |n: usize| match n {
        1_000..1_020 => down("connect to 192.0.2.1:443"),
        1_500 => up(5_000_000),
        n => up(20_000 + u32::try_from(n % 10).unwrap() * 1_000),
    };
    app_with(30, checks(30, 2_880, found)).await
}

#[tokio::test]
async fn a_day_in_answers() {
    let app = day().await;
    let of = async |path: &str| whole(app.get(&format!("/v1/trackers/{path}")).await).await;
    insta::assert_snapshot!("uptime", of("1/uptime").await);
    insta::assert_snapshot!("uptime_by_checks", of("1/uptime?rule=checks&from=-16h&to=-15h").await);
    insta::assert_snapshot!("uptime_of_nothing", of("1/uptime?from=-9d&to=-8d").await);
    insta::assert_snapshot!("series", of("1/series?points=3&last=24h").await);
    insta::assert_snapshot!("days", of("1/days?days=2&zone=america/new_york").await);
    insta::assert_snapshot!("days_of_all", of("days?days=2").await);
    insta::assert_snapshot!("checks_page", of("1/checks?last=1h&limit=2").await);
    insta::assert_snapshot!("transitions", of("1/transitions").await);
    insta::assert_snapshot!("next_failure", of("1/failure?after=-24h").await);
    insta::assert_snapshot!("no_failure", of("1/failure?after=-1h").await);
    app.stop().await;
}

#[tokio::test]
async fn rules_differ_and_are_named() {
    let found = |n: usize| match n % 4 {
        0 => (domain::Outcome::Degraded(domain::Fault::new(domain::FaultKind::Slow, "")), 1),
        1 => down(""),
        _ => up(1),
    };
    let app = app_with(30, checks(30, 120, found)).await;
    for (rule, percent, minutes) in
        [("observed_time", "75.00", 15.0), ("full_service_time", "50.00", 30.0), ("checks", "75.00", 15.0)]
    {
        let answer = app.json(&format!("/v1/trackers/1/uptime?rule={rule}&last=1h")).await;
        assert_eq!(answer["rule"], rule);
        assert!(answer["rule_text"].as_str().unwrap().len() > 40, "{answer}");
        let near =
            answer["uptime"].as_str().unwrap().parse::<f64>().unwrap() - percent.parse::<f64>().unwrap();
        let late = answer["downtime_minutes"].as_f64().unwrap() - minutes;
        // The first result began before the window, the last one may hold beyond it.
        assert!(near.abs() < 0.7 && late.abs() < 0.6, "{answer}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_series_keeps_a_spike_and_adds_up_to_the_whole() {
    let app = day().await;
    for (points, step) in [(2_000, 60), (240, 360), (24, 3_600), (1, 604_800)] {
        let series = app.json(&format!("/v1/trackers/1/series?points={points}")).await;
        assert_eq!(series["step_s"], step, "{points}");
        let buckets = series["points"].as_array().unwrap();
        assert!(buckets.len() <= points, "{points}: {}", buckets.len());
        let slowest: Vec<&Value> = buckets
            .iter()
            .map(|bucket| &bucket["latency_ms"]["max"])
            .filter(|max| **max == json!(5_000.0))
            .collect();
        assert_eq!(slowest.len(), 1, "{points}");
        let whole = app.json("/v1/trackers/1/uptime").await;
        for state in ["up", "degraded", "down", "unknown", "paused", "maintenance"] {
            let sum: i64 = buckets.iter().map(|bucket| ms(&bucket["seconds"][state])).sum();
            assert_eq!(sum, ms(&whole["seconds"][state]), "{points} {state}");
        }
        assert_eq!(buckets.iter().map(|bucket| bucket["failed"].as_i64().unwrap()).sum::<i64>(), 20);
    }
    app.stop().await;
}

#[tokio::test]
async fn days_are_those_of_the_zone() {
    let app = day().await;
    let days = app.json("/v1/trackers/1/days?days=330&zone=Europe/Berlin").await;
    let length = |date: &str| {
        let day = days["days"].as_array().unwrap().iter().find(|day| day["date"] == date).unwrap();
        day["seconds"].as_object().unwrap().values().map(ms).sum::<i64>() / 3_600_000
    };
    for (date, hours) in [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-23", 13)] {
        assert_eq!(length(date), hours, "{date}");
    }
    assert_eq!((&days["zone"], days["days"].as_array().unwrap().len()), (&json!("Europe/Berlin"), 330));
    let howe = app.json("/v1/trackers/1/days?days=60&zone=Australia/Lord_Howe").await;
    let half = howe["days"].as_array().unwrap().iter().find(|day| day["date"] == "2026-10-04").unwrap();
    assert_eq!(half["seconds"]["unknown"], json!(23.5 * 3_600.0));
    let apia = app.json("/v1/trackers/1/days?days=3660&zone=Pacific/Apia").await;
    assert_eq!(apia["days"].as_array().unwrap().len(), 3_660);
    app.stop().await;
}

#[tokio::test]
async fn the_days_of_all_come_in_pages() {
    let app = TestApp::start().await;
    for n in 0..5 {
        app.track(&format!("http://{n}.example/"), 0).await;
    }
    let mut path = "/v1/trackers/days?days=7&limit=2".to_owned();
    let mut found = Vec::new();
    loop {
        let reply = app.get(&path).await;
        let next = super::pages::next(&reply);
        let page: Value = reply.json().await.unwrap();
        assert!(page.as_array().unwrap().iter().all(|strip| strip["days"].as_array().unwrap().len() == 7));
        found.extend(each(&page, "tracker").into_iter().cloned());
        match next {
            Some(next) => path = next,
            None => break,
        }
    }
    assert_eq!(found, [1, 2, 3, 4, 5].map(Value::from));
    app.stop().await;
}
