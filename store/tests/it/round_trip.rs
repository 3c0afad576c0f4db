//! What is recorded is what is read, whatever it is and however much.

use domain::{
    Batch, Check, CheckName, Fault, FaultKind, Location, Micros, Outcome, Phase, Phases, Reason, Recorded,
    Records, Status, Timestamp, TlsFault, TrackerId,
};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use sqlx::query_scalar;

use super::harness::{Folder, batch, check, down, someone, tracker};

fn kinds() -> impl Strategy<Value = FaultKind> {
    prop_oneof![
        prop::sample::select(vec![
            FaultKind::Dns,
            FaultKind::Refused,
            FaultKind::Unreachable,
            FaultKind::Reset,
            FaultKind::Closed,
            FaultKind::Timeout(Phase::Resolve),
            FaultKind::Timeout(Phase::Connect),
            FaultKind::Timeout(Phase::FirstByte),
            FaultKind::Timeout(Phase::Body),
            FaultKind::Tls(TlsFault::Expired),
            FaultKind::Protocol,
            FaultKind::Redirects,
        ]),
        any::<u16>().prop_map(FaultKind::Status),
    ]
}

fn faults() -> impl Strategy<Value = Fault> {
    (kinds(), any::<String>()).prop_map(|(kind, detail)| Fault::new(kind, detail))
}

fn outcomes() -> impl Strategy<Value = (Outcome, bool)> {
    let reasons = prop::sample::select(vec![
        Reason::Overload,
        Reason::FileDescriptors,
        Reason::Network,
        Reason::Resolver,
        Reason::NotObserved,
        Reason::NotRecorded,
    ]);
    prop_oneof![
        Just((Outcome::Up, false)),
        Just((Outcome::Degraded(Fault::new(FaultKind::Slow, "")), false)),
        (faults(), any::<bool>()).prop_map(|(fault, retrying)| (Outcome::Down(fault), retrying)),
        reasons.prop_map(|reason| (Outcome::Unknown(reason), false)),
    ]
}

prop_compose! {
    fn recorded()(
        due in any::<i64>(),
        attempt in any::<u16>(),
        location in any::<u16>(),
        late_ms in any::<u32>(),
        latency in any::<Option<u32>>(),
        (outcome, retrying) in outcomes(),
    ) -> Recorded {
        let name = CheckName { tracker: TrackerId(1), due: Timestamp(due), attempt, location: Location(location) };
        Recorded { check: Check { name, late_ms, latency: latency.map(Micros), phases: Phases::NONE, outcome }, retrying }
    }
}

fn statuses() -> impl Strategy<Value = Status> {
    let time = || any::<i64>().prop_map(Timestamp);
    prop_oneof![
        Just(Status::Pending),
        time().prop_map(|since| Status::Up { since }),
        (time(), any::<u16>(), proptest::option::of(time()))
            .prop_map(|(since, failures, up_since)| { Status::Retrying { since, failures, up_since } }),
        (time(), faults()).prop_map(|(since, fault)| Status::Down { since, fault }),
    ]
}

#[test]
fn every_check_and_status_survives_the_disk() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config::with_cases(48));
    let cases = (vec(recorded(), 0..60), statuses());
    let result = runner.run(&cases, |(checks, status)| {
        let recent = runtime.block_on(async {
            let folder = Folder::new();
            let mut writer = folder.writer().await;
            writer.add(&[tracker("a.example")], &someone(), Timestamp(0)).await.unwrap();
            let batch = Batch { statuses: vec![(TrackerId(1), status.clone())], ..batch(checks.clone()) };
            writer.record(&batch).await.unwrap();
            // Nothing may come out of what the writer remembers.
            writer.close().await.unwrap();
            folder.writer().await.recent(None).await.unwrap()
        });
        prop_assert_eq!(recent.checks, checks);
        prop_assert_eq!(recent.statuses, vec![(TrackerId(1), status)]);
        Ok::<(), TestCaseError>(())
    });
    result.unwrap();
}

#[tokio::test]
async fn batches_of_every_size_arrive_whole_and_in_order() {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let mut due = 0;
    for size in [1, 6, 7, 8, 57, 249, 250, 251, 307, 1_000] {
        let checks = (due..due + size).map(|due| match due % 3 {
            0 => check(due % 10, due, down(&format!("{}", due % 7))),
            _ => check(due % 10, due, Outcome::Up),
        });
        writer.record(&batch(checks.collect())).await.unwrap();
        due += size;
    }
    let mut hand = folder.by_hand().await;
    let dues: Vec<i64> =
        query_scalar("SELECT due FROM checks ORDER BY id").fetch_all(&mut hand).await.unwrap();
    assert_eq!(dues, (0..due).collect::<Vec<_>>());
    let faults: i64 = query_scalar("SELECT count(*) FROM faults").fetch_one(&mut hand).await.unwrap();
    assert_eq!(faults, 7);
}

#[tokio::test]
async fn the_walk_back_finds_the_rare_among_the_many() {
    const MANY: i64 = 25_000;
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    writer.add(&[tracker("rare.example"), tracker("busy.example")], &someone(), Timestamp(0)).await.unwrap();
    let rare = check(1, 0, Outcome::Up);
    let busy: Vec<Recorded> = (0..MANY).map(|due| check(2, due, Outcome::Up)).collect();
    writer.record(&batch(vec![rare.clone()])).await.unwrap();
    writer.record(&batch(busy.clone())).await.unwrap();
    let found = writer.recent(None).await.unwrap().checks;
    assert_eq!(found[0], rare);
    assert_eq!(found[1..], busy[busy.len() - 60..]);

    // Rows have left the old end.
    sqlx::query("DELETE FROM checks WHERE id <= 12345").execute(&mut folder.by_hand().await).await.unwrap();
    assert_eq!(writer.recent(None).await.unwrap().checks, busy[busy.len() - 60..]);

    let mut hasty = writer.with_recent_limit(std::time::Duration::ZERO);
    assert_eq!(hasty.recent(None).await.unwrap().checks, []);
}
