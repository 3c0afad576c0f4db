//! Where the time of checks went, and what was seen when they failed.

use domain::{Evidence, Exhibit, Micros, Phase};

use super::{ID, app_of, batch, checks, down, up};
use crate::harness::whole;

#[tokio::test]
async fn phases_and_evidence_in_answers() {
    let found = |n: usize| if n < 59 { up(20_000) } else { down("connect to 192.0.2.1:443") };
    let mut checks = checks(30, 60, found);
    for (n, recorded) in (0..).zip(&mut checks).take(59) {
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
    insta::assert_snapshot!("evidence", of("evidence").await);
    insta::assert_snapshot!("evidence_of_nothing", of("evidence?from=-9d&to=-8d").await);
    app.stop().await;
}
