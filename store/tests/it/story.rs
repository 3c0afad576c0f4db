//! One story over every implementation of `Records`.

use std::time::Duration;

use domain::{
    Act, Alteration, Batch, Draft, Evidence, Exhibit, Fault, FaultKind, FieldChange, Given, Group, Micros,
    NewTracker, Outcome, Phase, Reason, Recent, Recorded, Records, Rest, RestDraft, SHOWN_CHECKS, Signal,
    SignalWord, Status, Timestamp, Tracker, TrackerId, Transition, UNDO_FOR, Window, access::Actor,
};
use store::Memory;

use super::harness::{Folder, batch, check, down, someone, tracker};

mod alerts;

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
    changes_are_remembered(records).await;
    checks_come_back_as_they_were_recorded(records).await;
    only_the_newest_are_asked_for(records).await;
    the_past_says_where_time_went(records).await;
    what_was_seen_is_kept_for_the_newest_failures(records).await;
    signals_come_back_and_the_newest_are_kept(records).await;
    statuses_replace_each_other(records).await;
    alerts::follow_transitions_and_go_their_ways(records).await;
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
    assert_eq!(records.add(&[], &someone(), Timestamp(0)).await.unwrap(), []);
}

async fn trackers_are_added_and_changed(records: &mut dyn Records) {
    let new = [everything(), tracker("http://b.example/")];
    let ids = records.add(&new, &someone(), Timestamp(77)).await.unwrap();
    assert_eq!(ids, [TrackerId(1), TrackerId(2)]);
    let [first, second] = [(1, &new[0]), (2, &new[1])]
        .map(|(id, settings)| Tracker::new(TrackerId(id), settings.clone(), Timestamp(77)));
    assert_eq!(trackers(records).await, [first.clone(), second.clone()]);

    let changed = Tracker {
        settings: NewTracker {
            deadline: Some(Duration::from_millis(1_500)),
            ..tracker("https://c.example/x?y=1")
        },
        ..first.clone()
    };
    let rest = Rest { until: Some(Timestamp(5_000)), reason: "new disk".into() };
    assert!(alter(records, Alteration::settings(&first, changed.settings.clone()), 78).await);
    assert!(alter(records, Alteration::Rests(TrackerId(2), Some(rest.clone())), 79).await);
    let after = trackers(records).await;
    assert_eq!(after[0], changed);
    assert_eq!(after[1].settings.paused.as_ref(), Some(&rest));
    assert!(alter(records, Alteration::Rests(TrackerId(2), None), 80).await);
    assert_eq!(trackers(records).await, [changed.clone(), second]);

    let nobody = Tracker { id: TrackerId(9), ..changed.clone() };
    assert!(!alter(records, Alteration::settings(&nobody, first.settings.clone()), 81).await);
    assert!(!alter(records, Alteration::Rests(TrackerId(9), Some(rest)), 81).await);
    assert!(!alter(records, Alteration::Removed(TrackerId(9)), 81).await);
}

/// After the story so far: who did what is remembered of each tracker, and of none that is not there.
async fn changes_are_remembered(records: &mut dyn Records) {
    let seen = Act::Edited(vec![FieldChange { field: "url".into(), before: "a".into(), after: "b".into() }]);
    let outside = Actor::program("outside");
    records.note(&[(TrackerId(1), seen.clone())], &outside, Timestamp(82)).await.unwrap();
    let archive = records.archive();
    let of_one = archive.changes(TrackerId(1), None, 9).await.unwrap();
    let told: Vec<_> = of_one.iter().map(|change| (change.at.0, change.who.as_str())).collect();
    assert_eq!(told, [(82, "outside"), (78, "someone"), (77, "someone")]);
    assert_eq!((&of_one[0].what, &of_one[2].what), (&seen, &Act::Added));
    assert!(
        matches!(&of_one[1].what, Act::Edited(fields) if fields.iter().any(|field| field.field == "deadline"))
    );
    assert_eq!(archive.changes(TrackerId(1), Some(of_one[0].number), 1).await.unwrap(), of_one[1..2]);
    let of_two = archive.changes(TrackerId(2), None, 9).await.unwrap();
    let acts: Vec<Act> = of_two.into_iter().map(|change| change.what).collect();
    let rest = Rest { until: Some(Timestamp(5_000)), reason: "new disk".into() };
    assert_eq!(acts, [Act::Resumed, Act::Paused(rest), Act::Added]);
    assert_eq!(archive.changes(TrackerId(9), None, 9).await.unwrap(), []);
}

/// Makes one change; `false` when there is no such tracker.
async fn alter(records: &mut dyn Records, alteration: Alteration, at: i64) -> bool {
    !records.alter(&[alteration], &someone(), Timestamp(at)).await.unwrap().is_empty()
}

/// Takes a removal back that happened after `since`.
async fn restore(records: &mut dyn Records, id: i64, since: i64) -> bool {
    let at = since + i64::try_from(UNDO_FOR.as_millis()).unwrap();
    alter(records, Alteration::Restored(TrackerId(id)), at).await
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

async fn signals_come_back_and_the_newest_are_kept(records: &mut dyn Records) {
    let id = TrackerId(1);
    let signal = |second: i64| Signal {
        at: Timestamp(second * 1_000),
        word: if second % 2 == 0 { SignalWord::Start } else { SignalWord::Exit(3) },
        run: (second % 3 == 0).then(|| format!("run-{second}")),
        from: (second % 5 == 0).then(|| "192.0.2.1".to_owned()),
        body: format!("line {second}\nmore"),
    };
    let archive = records.archive();
    assert_eq!(archive.signals(id, 10).await.unwrap(), []);
    let signals = |seconds: std::ops::Range<i64>| seconds.map(|second| (id, signal(second))).collect();
    // With checks and without.
    records.record(&Batch { signals: signals(0..7), ..Batch::default() }).await.unwrap();
    records
        .record(&Batch { signals: signals(7..8), ..batch(vec![check(9, 900, Outcome::Up)]) })
        .await
        .unwrap();
    let expected: Vec<Signal> = (0..8).rev().map(signal).collect();
    assert_eq!(archive.signals(id, 10).await.unwrap(), expected);
    assert_eq!(archive.signals(id, 2).await.unwrap(), expected[..2]);
    assert_eq!(archive.signals(TrackerId(2), 2).await.unwrap(), []);
    records.record(&Batch { signals: signals(8..130), ..Batch::default() }).await.unwrap();
    let kept = archive.signals(id, 1_000).await.unwrap();
    assert_eq!((kept.len(), &kept[0], &kept[99]), (Signal::KEPT, &signal(129), &signal(30)));
    let log = |second| (id, Signal { word: SignalWord::Log, ..signal(second) });
    records.record(&Batch { signals: (200..320).map(log).collect(), ..Batch::default() }).await.unwrap();
    let kept = archive.signals(id, 1_000).await.unwrap();
    let logs = kept.iter().filter(|signal| signal.word == SignalWord::Log).count();
    assert_eq!((kept.len(), logs, &kept[100]), (2 * Signal::KEPT, Signal::KEPT, &signal(129)));
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
            alerts: Vec::new(),
            signals: Vec::new(),
        };
        records.record(&batch).await.unwrap();
    }
    let statuses = records.recent(None).await.unwrap().statuses;
    assert_eq!(statuses, [(TrackerId(1), up), (TrackerId(2), down)]);
}

async fn a_removal_can_be_taken_back_in_time(records: &mut dyn Records) {
    let before = (trackers(records).await, records.recent(None).await.unwrap());
    assert!(!restore(records, 2, 0).await, "it was not removed");
    assert!(alter(records, Alteration::Removed(TrackerId(2)), 1_000).await);
    assert_eq!(trackers(records).await.len(), 1);
    assert_eq!(records.recent(Some(TrackerId(2))).await.unwrap(), Recent::default());
    assert_eq!(records.purge(Timestamp(999)).await.unwrap(), []);
    assert!(restore(records, 2, 999).await);
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
        Alteration::settings(&before.0[0], grouped.settings.clone()),
        Alteration::settings(&nobody, grouped.settings.clone()),
        Alteration::Rests(TrackerId(2), Some(Rest::default())),
        Alteration::Removed(TrackerId(8)),
    ];
    let now = Timestamp(1_000);
    assert_eq!(records.alter(&all, &someone(), now).await.unwrap(), [TrackerId(1), TrackerId(2)]);
    let after = trackers(records).await;
    assert_eq!((&after[0], after[1].settings.paused.is_some()), (&grouped, true));

    let all = [Alteration::Removed(TrackerId(1)), Alteration::Removed(TrackerId(2))];
    assert_eq!(records.alter(&all, &someone(), now).await.unwrap().len(), 2);
    assert_eq!(trackers(records).await, []);
    let late = Timestamp(1_000 + i64::try_from(UNDO_FOR.as_millis()).unwrap());
    let restored = [1, 2].map(|id| Alteration::Restored(TrackerId(id)));
    let back = [
        restored.as_slice(),
        &[
            Alteration::settings(&grouped, before.0[0].settings.clone()),
            Alteration::Rests(TrackerId(2), None),
        ],
    ];
    let in_time = Timestamp(late.0 - 1);
    assert_eq!(records.alter(&back.concat(), &someone(), in_time).await.unwrap().len(), 4);
    assert_eq!((trackers(records).await, records.recent(None).await.unwrap()), before);
    assert_eq!(records.alter(&[], &someone(), now).await.unwrap(), []);
    records.alter(&all[1..], &someone(), now).await.unwrap();
    assert_eq!(records.alter(&restored[1..], &someone(), late).await.unwrap(), [], "ten minutes are over");
    assert!(restore(records, 2, 0).await);
}

async fn settings_are_kept_with_what_follows_them(records: &mut dyn Records) {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let set = |name: &str, value: Option<&str>| (name.to_owned(), value.map(ToOwned::to_owned));
    assert_eq!(records.settings().await.unwrap(), []);
    let before = trackers(records).await;
    let mut grouped = before[0].clone();
    grouped.settings.group = Group::parse("Follows").unwrap();
    let follow = [Alteration::settings(&before[0], grouped.settings.clone())];
    let settings = [set("keep_checks", Some("30d")), set("default.every", Some("1m")), set("none", None)];
    records.set(&settings, &follow, &someone(), Timestamp(1)).await.unwrap();
    let stored = [pair("default.every", "1m"), pair("keep_checks", "30d")];
    assert_eq!(records.settings().await.unwrap(), stored);
    assert_eq!(trackers(records).await[0], grouped);
    let back = [Alteration::settings(&grouped, before[0].settings.clone())];
    let settings = [set("keep_checks", None), set("default.every", Some("5m"))];
    records.set(&settings, &back, &someone(), Timestamp(1)).await.unwrap();
    assert_eq!(records.settings().await.unwrap(), [pair("default.every", "5m")]);
    assert_eq!(trackers(records).await, before);
}

async fn what_was_removed_is_gone(records: &mut dyn Records) {
    assert!(alter(records, Alteration::Removed(TrackerId(2)), 1_000).await);
    assert!(!alter(records, Alteration::Removed(TrackerId(2)), 2_000).await);
    assert!(!alter(records, Alteration::Rests(TrackerId(2), None), 0).await);
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
    assert!(!restore(records, 2, 0).await, "it is gone for good");
    let next = records.add(&[tracker("d.example")], &someone(), Timestamp(0)).await.unwrap();
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
        paused: Given::Set(RestDraft { until: Some("5000".into()), reason: Some("new disk".into()) }),
        parent: Given::Set(TrackerId(2)),
    };
    draft.parse().unwrap()
}
