//! One story over every implementation of `Records`.

use std::time::Duration;

use domain::{
    Alteration, Batch, Draft, Evidence, Exhibit, Fault, FaultKind, Group, Micros, NewTracker, Outcome, Phase,
    Reason, Recent, Recorded, Records, SHOWN_CHECKS, Status, Timestamp, Tracker, TrackerId, Transition,
    UNDO_FOR, Window,
};
use store::Memory;

use super::harness::{Folder, batch, check, down, tracker};

#[tokio::test]
async fn in_memory() {
    tell(&mut Memory::default()).await;
}

#[tokio::test]
async fn in_sqlite() {
    let folder = Folder::new();
    tell(&mut folder.writer().await).await;
}

async fn tell(records: &mut dyn Records) {
    nothing_is_there_at_first(records).await;
    trackers_are_added_and_changed(records).await;
    checks_come_back_as_they_were_recorded(records).await;
    only_the_newest_are_asked_for(records).await;
    the_past_says_where_time_went(records).await;
    what_was_seen_is_kept_for_the_newest_failures(records).await;
    statuses_replace_each_other(records).await;
    a_removal_can_be_taken_back_in_time(records).await;
    many_are_changed_together(records).await;
    settings_are_kept_with_what_follows_them(records).await;
    what_was_removed_is_gone(records).await;
}

async fn nothing_is_there_at_first(records: &mut dyn Records) {
    assert_eq!(trackers(records).await, []);
    assert_eq!(records.recent(None).await.unwrap(), Recent::default());
    assert!(!records.changed_outside().await.unwrap());
    records.record(&Batch::default()).await.unwrap();
    assert_eq!(records.add(&[], Timestamp(0)).await.unwrap(), []);
}

async fn trackers_are_added_and_changed(records: &mut dyn Records) {
    let new = [everything(), tracker("http://b.example/")];
    let ids = records.add(&new, Timestamp(77)).await.unwrap();
    assert_eq!(ids, [TrackerId(1), TrackerId(2)]);
    let [first, second] = [(1, &new[0]), (2, &new[1])].map(|(id, settings)| Tracker {
        id: TrackerId(id),
        settings: settings.clone(),
        added_at: Timestamp(77),
    });
    assert_eq!(trackers(records).await, [first.clone(), second.clone()]);

    let changed = Tracker {
        settings: NewTracker {
            deadline: Some(Duration::from_millis(1_500)),
            ..tracker("https://c.example/x?y=1")
        },
        ..first
    };
    assert!(records.update(&changed).await.unwrap());
    assert!(records.set_paused(TrackerId(2), true).await.unwrap());
    let after = trackers(records).await;
    assert_eq!(after[0], changed);
    assert!(after[1].settings.paused);
    assert!(records.set_paused(TrackerId(2), false).await.unwrap());
    assert_eq!(trackers(records).await, [changed.clone(), second]);

    let nobody = Tracker { id: TrackerId(9), ..changed };
    assert!(!records.update(&nobody).await.unwrap());
    assert!(!records.set_paused(TrackerId(9), true).await.unwrap());
    assert!(!records.remove(TrackerId(9), Timestamp(0)).await.unwrap());
}

async fn checks_come_back_as_they_were_recorded(records: &mut dyn Records) {
    let mut tolerated = check(1, 2_000, down("a"));
    tolerated.retrying = true;
    let mut retry = check(1, 2_000, down("a"));
    retry.check.name.attempt = 1;
    let mut unasked = check(2, 1_500, Outcome::Unknown(Reason::Overload));
    unasked.check.latency = None;
    // In the order of arrival, which is not that of the due times.
    let recorded = vec![
        check(1, 1_000, Outcome::Up),
        unasked,
        check(2, 500, Outcome::Degraded(Fault::new(FaultKind::Slow, ""))),
        tolerated,
        retry,
    ];
    records.record(&batch(recorded[..2].to_vec())).await.unwrap();
    records.record(&batch(recorded[2..].to_vec())).await.unwrap();
    assert_eq!(records.recent(None).await.unwrap().checks, recorded);
}

async fn only_the_newest_are_asked_for(records: &mut dyn Records) {
    let before = records.recent(None).await.unwrap().checks;
    let many: Vec<Recorded> = (0..100).map(|n| check(1, 10_000 + n, Outcome::Up)).collect();
    records.record(&batch(many.clone())).await.unwrap();
    let expected: Vec<Recorded> = before
        .into_iter()
        .filter(|recorded| recorded.check.name.tracker == TrackerId(2))
        .chain(many[100 - SHOWN_CHECKS..].iter().cloned())
        .collect();
    assert_eq!(records.recent(None).await.unwrap().checks, expected);
}

/// A check whose phases are known.
fn timed(due: i64, took: u32, outcome: Outcome) -> Recorded {
    let mut recorded = check(2, due, outcome);
    recorded.check.latency = Some(Micros(took));
    recorded.check.phases.add(Phase::Connect, Micros(took / 4));
    recorded.check.phases.add(Phase::FirstByte, Micros(took / 2));
    recorded
}

async fn the_past_says_where_time_went(records: &mut dyn Records) {
    const HOUR_MS: i64 = 3_600_000;
    let id = TrackerId(2);
    let mut checks: Vec<Recorded> =
        (0..90).map(|n| timed(HOUR_MS + n * 1_000, 4_000 + u32::try_from(n).unwrap(), Outcome::Up)).collect();
    checks.push(timed(HOUR_MS + 90_000, 40, down("a")));
    checks.push(timed(2 * HOUR_MS, 8_000, Outcome::Degraded(Fault::new(FaultKind::Slow, ""))));
    records.record(&batch(checks.clone())).await.unwrap();
    let newest = records.recent(Some(id)).await.unwrap().checks;
    assert_eq!(newest[..], checks[checks.len() - newest.len()..], "phases survive");
    let window = Window::new(Timestamp(HOUR_MS), Timestamp(3 * HOUR_MS));
    let holdings = records.archive().holdings().await.unwrap();
    for sealed in [false, true] {
        let archive = records.archive();
        assert_eq!(archive.holdings().await.unwrap(), holdings, "however they lie; sealed {sealed}");
        let phases = archive.phases(id, window).await.unwrap();
        assert_eq!(
            phases.map(|phase| phase.count),
            [0, 91, 0, 91, 0],
            "failures are left out; sealed {sealed}"
        );
        assert_eq!(phases[3].took.max, Some(Micros(4_000)));
        let first = Window::new(Timestamp(HOUR_MS + 5), Timestamp(HOUR_MS + 6));
        assert_eq!(archive.phases(id, first).await.unwrap()[1].count, 90, "the whole hour");
        let slow = archive.slow(id, window, 10).await.unwrap();
        let told: Vec<_> = slow.iter().map(|timing| (timing.due.0 - HOUR_MS, timing.failed)).collect();
        assert_eq!(
            told,
            [(HOUR_MS, false), (89_000, false), (59_000, false), (90_000, true)],
            "sealed {sealed}"
        );
        assert_eq!(slow[0].phases, checks[91].check.phases);
        assert_eq!(archive.slow(id, window, 1).await.unwrap(), slow[..1]);
        while records.tend(Timestamp(4 * HOUR_MS)).await.unwrap() {}
    }
}

async fn what_was_seen_is_kept_for_the_newest_failures(records: &mut dyn Records) {
    let id = TrackerId(2);
    let exhibit = |at: i64| Exhibit {
        tracker: id,
        at: Timestamp(at),
        failure: Evidence { url: format!("http://b.example/{at}"), status: Some(500), ..Evidence::default() },
        last_good: (at % 2 == 0)
            .then(|| (Timestamp(at - 1), Evidence { body: Some("'\0ö".into()), ..Evidence::default() })),
    };
    let exhibits: Vec<Exhibit> = (0..120).map(exhibit).collect();
    records.record(&Batch { exhibits: exhibits.clone(), ..Batch::default() }).await.unwrap();
    let archive = records.archive();
    let all = Window::new(Timestamp(0), Timestamp(1_000));
    let mut expected = exhibits[20..].to_vec();
    expected.reverse();
    assert_eq!(archive.exhibits(id, all, 1_000).await.unwrap(), expected);
    assert_eq!(archive.exhibits(id, all, 2).await.unwrap(), expected[..2]);
    let some = Window::new(Timestamp(118), Timestamp(119));
    assert_eq!(archive.exhibits(id, some, 9).await.unwrap(), [exhibit(118)]);
    assert_eq!(archive.exhibits(TrackerId(1), all, 9).await.unwrap(), []);
}

async fn statuses_replace_each_other(records: &mut dyn Records) {
    let fault = Fault::new(FaultKind::Status(503), "busy");
    let retrying = Status::Retrying { since: Timestamp(5), failures: 2, up_since: None };
    let down = Status::Down { since: Timestamp(5), fault: fault.clone() };
    let up = Status::Up { since: Timestamp(9) };
    let went_down = Transition::WentDown { at: Timestamp(6), since: Timestamp(5), fault };
    let recovered = Transition::Recovered { at: Timestamp(9), down_since: Timestamp(5) };
    for (statuses, transitions) in [
        (vec![(1, Status::Pending), (2, retrying)], vec![]),
        (vec![(2, down.clone())], vec![(2, went_down)]),
        (vec![(1, up.clone()), (1, down.clone()), (1, up.clone())], vec![(1, recovered)]),
    ] {
        let batch = Batch {
            checks: Vec::new(),
            transitions: transitions
                .into_iter()
                .map(|(id, transition)| (TrackerId(id), transition))
                .collect(),
            statuses: statuses.into_iter().map(|(id, status)| (TrackerId(id), status)).collect(),
            exhibits: Vec::new(),
        };
        records.record(&batch).await.unwrap();
    }
    let statuses = records.recent(None).await.unwrap().statuses;
    assert_eq!(statuses, [(TrackerId(1), up), (TrackerId(2), down)]);
}

async fn a_removal_can_be_taken_back_in_time(records: &mut dyn Records) {
    let before = (trackers(records).await, records.recent(None).await.unwrap());
    assert!(!records.restore(TrackerId(2), Timestamp(0)).await.unwrap(), "it was not removed");
    assert!(records.remove(TrackerId(2), Timestamp(1_000)).await.unwrap());
    assert_eq!(trackers(records).await.len(), 1);
    assert_eq!(records.recent(Some(TrackerId(2))).await.unwrap(), Recent::default());
    assert_eq!(records.purge(Timestamp(999)).await.unwrap(), []);
    assert!(records.restore(TrackerId(2), Timestamp(999)).await.unwrap());
    assert_eq!((trackers(records).await, records.recent(None).await.unwrap()), before);
    let of_two = records.recent(Some(TrackerId(2))).await.unwrap();
    assert!(!of_two.checks.is_empty());
    assert!(of_two.checks.iter().all(|recorded| recorded.check.name.tracker == TrackerId(2)));
    assert_eq!(of_two.statuses.len(), 1);
}

async fn many_are_changed_together(records: &mut dyn Records) {
    let before = (trackers(records).await, records.recent(None).await.unwrap());
    let mut grouped = before.0[0].clone();
    grouped.settings.group = Group::parse("Home").unwrap();
    let nobody = Tracker { id: TrackerId(9), ..grouped.clone() };
    let all = [
        Alteration::Settings(Box::new(grouped.clone())),
        Alteration::Settings(Box::new(nobody)),
        Alteration::Paused(TrackerId(2), true),
        Alteration::Removed(TrackerId(8)),
    ];
    let now = Timestamp(1_000);
    assert_eq!(records.alter(&all, now).await.unwrap(), [TrackerId(1), TrackerId(2)]);
    let after = trackers(records).await;
    assert_eq!((&after[0], after[1].settings.paused), (&grouped, true));

    let all = [Alteration::Removed(TrackerId(1)), Alteration::Removed(TrackerId(2))];
    assert_eq!(records.alter(&all, now).await.unwrap().len(), 2);
    assert_eq!(trackers(records).await, []);
    let late = Timestamp(1_000 + i64::try_from(UNDO_FOR.as_millis()).unwrap());
    let restored = [1, 2].map(|id| Alteration::Restored(TrackerId(id)));
    let back = [
        restored.as_slice(),
        &[Alteration::Settings(Box::new(before.0[0].clone())), Alteration::Paused(TrackerId(2), false)],
    ];
    let in_time = Timestamp(late.0 - 1);
    assert_eq!(records.alter(&back.concat(), in_time).await.unwrap().len(), 4);
    assert_eq!((trackers(records).await, records.recent(None).await.unwrap()), before);
    assert_eq!(records.alter(&[], now).await.unwrap(), []);
    records.alter(&all[1..], now).await.unwrap();
    assert_eq!(records.alter(&restored[1..], late).await.unwrap(), [], "ten minutes are over");
    assert!(records.restore(TrackerId(2), Timestamp(0)).await.unwrap());
}

async fn settings_are_kept_with_what_follows_them(records: &mut dyn Records) {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let set = |name: &str, value: Option<&str>| (name.to_owned(), value.map(ToOwned::to_owned));
    assert_eq!(records.settings().await.unwrap(), []);
    let before = trackers(records).await;
    let mut grouped = before[0].clone();
    grouped.settings.group = Group::parse("Follows").unwrap();
    let follow = [Alteration::Settings(Box::new(grouped.clone()))];
    let settings = [set("keep_checks", Some("30d")), set("default.every", Some("1m")), set("none", None)];
    records.set(&settings, &follow, Timestamp(1)).await.unwrap();
    let stored = [pair("default.every", "1m"), pair("keep_checks", "30d")];
    assert_eq!(records.settings().await.unwrap(), stored);
    assert_eq!(trackers(records).await[0], grouped);
    let back = [Alteration::Settings(Box::new(before[0].clone()))];
    let settings = [set("keep_checks", None), set("default.every", Some("5m"))];
    records.set(&settings, &back, Timestamp(1)).await.unwrap();
    assert_eq!(records.settings().await.unwrap(), [pair("default.every", "5m")]);
    assert_eq!(trackers(records).await, before);
}

async fn what_was_removed_is_gone(records: &mut dyn Records) {
    assert!(records.remove(TrackerId(2), Timestamp(1_000)).await.unwrap());
    assert!(!records.remove(TrackerId(2), Timestamp(2_000)).await.unwrap());
    assert!(!records.set_paused(TrackerId(2), true).await.unwrap());
    // A check that was in flight when its tracker was removed.
    let late = Batch {
        statuses: vec![(TrackerId(2), Status::Up { since: Timestamp(1) })],
        ..batch(vec![check(2, 20_000, Outcome::Up)])
    };
    records.record(&late).await.unwrap();
    let Recent { checks, statuses } = records.recent(None).await.unwrap();
    assert!(checks.iter().all(|recorded| recorded.check.name.tracker == TrackerId(1)));
    assert_eq!(statuses.len(), 1);
    assert_eq!(records.purge(Timestamp(1_000)).await.unwrap(), [TrackerId(2)]);
    while records.tend(Timestamp(0)).await.unwrap() {}
    let all = Window::new(Timestamp(0), Timestamp(i64::MAX));
    assert_eq!(records.archive().exhibits(TrackerId(2), all, 9).await.unwrap(), []);
    assert!(!records.restore(TrackerId(2), Timestamp(0)).await.unwrap(), "it is gone for good");
    let next = records.add(&[tracker("d.example")], Timestamp(0)).await.unwrap();
    assert_eq!(next, [TrackerId(3)], "a number is never given again");
    assert!(!records.changed_outside().await.unwrap());
}

async fn trackers(records: &mut dyn Records) -> Vec<Tracker> {
    let all = records.trackers().await.unwrap();
    all.into_iter().map(Result::unwrap).collect()
}

const HTTP: &str = r#"{"method": "POST", "body": "ping", "redirects": 0, "auth": {"basic": {"user": "u", "password": "p"}}}"#;

/// A tracker with nothing at its default.
fn everything() -> NewTracker {
    let draft = Draft {
        url: Some("https://a.example/health".into()),
        name: Some("Shop <b>'\"; DROP TABLE trackers;--".into()),
        group: Some("Küche <b>".into()),
        tags: Some(vec!["prod".into(), "a 'b'".into()]),
        place: Some(7),
        every: None,
        cron: Some("*/5 6-18 * * 1-5".into()),
        zone: Some("Europe/Berlin".into()),
        expect: Some("200-299,401".into()),
        deadline: Some("2500ms".into()),
        retries: Some(0),
        retry: Some("90s".into()),
        successes: Some(3),
        slow: Some("800ms".into()),
        upside_down: Some(true),
        http: Some(serde_json::from_str(HTTP).unwrap()),
        paused: Some(true),
    };
    draft.parse().unwrap()
}
