//! What programs are told of the past.

use std::sync::Arc;

use domain::{
    Batch, Check, CheckName, Draft, Fault, FaultKind, Location, Micros, Outcome, Phases, Recorded, Records,
    Slots, Timestamp, TrackerId,
};
use serde_json::Value;
use store::Store;

use crate::harness::{ManualClock, START, TestApp};

mod answers;
mod broken;
mod caching;
mod export;
mod pages;
mod seen;
mod wrong;

/// The tracker of these tests.
const ID: TrackerId = TrackerId(1);

/// Checks of a tracker of this interval (seconds), numbered from the oldest: the last of them was due just before [`START`].
/// `found` says what each found and how long it took, in microseconds.
fn checks(every: u32, count: usize, found: impl Fn(usize) -> (Outcome, u32)) -> Vec<Recorded> {
    let slots = Slots::new(&draft(every).parse().unwrap().schedule, ID);
    let length = i64::from(every) * 1_000;
    let first = Timestamp(START.0 - 1 - i64::try_from(count).unwrap() * length);
    let due = slots.after(first).take(count).enumerate().map(|(n, due)| {
        let name = CheckName { tracker: ID, due, attempt: 0, location: Location::LOCAL };
        let (outcome, latency) = found(n);
        let check = Check { name, late_ms: 2, latency: Some(Micros(latency)), phases: Phases::NONE, outcome };
        Recorded { check, retrying: false }
    });
    due.collect()
}

fn draft(every: u32) -> Draft {
    Draft { every: Some(every.to_string()), retries: Some(0), ..Draft::of("http://a.example/") }
}

/// What is recorded with checks: the transitions they cause, and the status they lead to.
fn batch(checks: Vec<Recorded>) -> Batch {
    let policy = domain::Policy { retries: 0, ..domain::Policy::default() };
    let mut batch = Batch::default();
    let mut belief = domain::Belief::default();
    for Recorded { check, .. } in &checks {
        let step = belief.after(check.name.due, &check.outcome, policy, domain::Trust::Full);
        batch.transitions.extend(step.transition.map(|transition| (ID, transition)));
        belief = step.belief;
    }
    Batch { checks, statuses: vec![(ID, belief.status)], ..batch }
}

/// A server that finds these checks of [`ID`] recorded; its clock stands at [`START`].
async fn app_with(every: u32, checks: Vec<Recorded>) -> TestApp {
    app_of(every, batch(checks)).await
}

/// The same with everything that belongs to the checks.
async fn app_of(every: u32, batch: Batch) -> TestApp {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let store = Store::open(&folder.path().join("uptime-tracker.db")).await.unwrap();
    let mut writer = store.into_writer().await.unwrap();
    writer
        .add(&[draft(every).parse().unwrap()], &domain::access::Actor::program("test"), START)
        .await
        .unwrap();
    writer.record(&batch).await.unwrap();
    drop(writer);
    TestApp::over(folder, Arc::new(ManualClock::new())).await
}

fn up(latency: u32) -> (Outcome, u32) {
    (Outcome::Up, latency)
}

fn down(detail: &str) -> (Outcome, u32) {
    (Outcome::Down(Fault::new(FaultKind::Refused, detail)), 500)
}

/// The field of each thing of an array.
fn each<'a>(array: &'a Value, field: &str) -> Vec<&'a Value> {
    array.as_array().unwrap().iter().map(|thing| &thing[field]).collect()
}

/// Milliseconds of seconds as JSON has them.
fn ms(seconds: &Value) -> i64 {
    let text = seconds.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}{fraction:0<3}").parse().unwrap()
}
