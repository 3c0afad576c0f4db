//! Where the time of checks went, and what was seen when they failed.

use std::collections::BTreeSet;

use domain::{Evidence, Exhibit, Micros, Phase};
use serde_json::{Value, json};

use super::{ID, app_of, batch, checks, down, up};
use crate::harness::whole;

#[tokio::test]
async fn phases_and_evidence_in_answers() {
    let found = |n: usize| if n < 59 { up(20_000) } else { down("connect to 192.0.2.1:443") };
    let mut checks = checks(30, 60, found);
    for (n, recorded) in (0..).zip(&mut checks) {
        recorded.check.phases.add(Phase::Connect, Micros(1_000 + n));
        recorded.check.phases.add(Phase::FirstByte, Micros(18_000 + n));
    }
    let (last_good, at) = (checks[58].check.name.due, checks[59].check.name.due);
    let seen = |status: Option<u16>| Evidence {
        url: "http://a.example/".into(),
        addresses: vec!["192.0.2.1".into()],
        status,
        headers: vec![("content-type".into(), "text/plain".into())],
        body: status.map(|_| "<b>ok</b>".into()),
        ..Evidence::default()
    };
    let exhibit =
        Exhibit { tracker: ID, at, failure: seen(None), last_good: Some((last_good, seen(Some(200)))) };
    let mut batch = batch(checks);
    batch.exhibits.push(exhibit);
    let app = app_of(30, batch).await;
    let of = async |path: &str| whole(app.get(&format!("/v1/trackers/1/{path}")).await).await;
    insta::assert_snapshot!("phases", of("phases?last=1h").await);
    insta::assert_snapshot!("phases_of_nothing", of("phases?from=-9d&to=-8d").await);
    let told = app.json("/v1/trackers/1/checks?last=1h&limit=100").await;
    let told = told.as_array().unwrap();
    let minute = |check: &Value| check["due_ms"].as_i64().unwrap() / 60_000;
    let minutes = told.iter().map(minute).collect::<BTreeSet<_>>();
    let kept: Vec<_> = told.iter().filter(|check| check.get("phases").is_some()).collect();
    assert_eq!(kept.iter().map(|check| minute(check)).collect::<BTreeSet<_>>(), minutes);
    assert_eq!(kept.len(), minutes.len() + 1, "one of each minute, and the failure");
    assert_eq!(kept[0]["phases"], json!({ "connect": 1.0, "first_byte": 18.0 }));
    insta::assert_snapshot!("evidence", of("evidence").await);
    insta::assert_snapshot!("evidence_of_nothing", of("evidence?from=-9d&to=-8d").await);
    app.stop().await;
}
