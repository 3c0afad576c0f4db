use domain::{CheckName, Draft, Fault, FaultKind, Location, Mark, Phases, Rest, Trust};

use super::*;

const ID: TrackerId = TrackerId(1);

fn tracker(retries: i64) -> Tracker {
    let draft = Draft { every: Some("1s".into()), retries: Some(retries), ..Draft::of("http://a.example") };
    Tracker::new(ID, draft.parse().unwrap(), Timestamp(0))
}

fn ledger(retries: i64) -> (Ledger, LiveView) {
    let (mut ledger, mut view) = (Ledger::default(), LiveView::new(1));
    ledger.set_trackers(&[Ok(tracker(retries))], &BTreeMap::new(), &mut view);
    (ledger, view)
}

fn check(due: i64, up: bool) -> Check {
    let outcome = if up { Outcome::Up } else { Outcome::Down(Fault::new(FaultKind::Refused, "")) };
    let name = CheckName { tracker: ID, due: Timestamp(due), attempt: 0, location: Location::LOCAL };
    Check { name, late_ms: 0, latency: None, phases: Phases::NONE, outcome }
}

/// The tracker's first slot.
fn phase() -> i64 {
    Slots::new(&tracker(0).settings.schedule, ID).next_after(Timestamp(0)).unwrap().0
}

/// The cells that the view shows, as letters: `u` up, `p` retrying, `d` down, `n` gap.
fn shown(view: &LiveView) -> String {
    let letter = |cell: &Cell| match cell.mark() {
        Mark::Up => 'u',
        Mark::Slow => 's',
        Mark::Retrying => 'p',
        Mark::Down => 'd',
        Mark::Unknown => 'n',
    };
    view.cells(ID).unwrap().map(|cell| letter(&cell)).collect()
}

fn commit(ledger: &mut Ledger, view: &mut LiveView) -> Batch {
    let batch = ledger.batch();
    ledger.adopt(batch.clone(), view);
    batch
}

#[test]
fn nothing_is_shown_before_it_is_adopted() {
    let (mut ledger, mut view) = ledger(1);
    ledger.stage(check(1_000, false));
    assert_eq!((shown(&view).as_str(), view.status(ID)), ("", Some(&Status::Pending)));
    commit(&mut ledger, &mut view);
    assert_eq!(shown(&view), "p");
}

#[test]
fn a_group_folds_in_order_and_says_what_changed() {
    let (mut ledger, mut view) = ledger(1);
    for (n, up) in [true, false, false, false, true].into_iter().enumerate() {
        ledger.stage(check(phase() + i64::try_from(n).unwrap() * 1_000, up));
    }
    assert!(ledger.has_transition());
    let batch = commit(&mut ledger, &mut view);
    assert_eq!(shown(&view), "upddu");
    assert_eq!(batch.transitions.len(), 2);
    assert_eq!(batch.statuses, [(ID, Status::Up { since: Timestamp(phase() + 4_000) })]);
}

#[test]
fn recording_the_same_check_twice_changes_nothing() {
    let (mut ledger, mut view) = ledger(0);
    ledger.stage(check(1_000, true));
    commit(&mut ledger, &mut view);
    ledger.stage(check(1_000, false));
    assert_eq!(ledger.staged(), 0);
    assert_eq!(shown(&view), "u");
}

#[test]
fn missed_slots_show_as_one_gap() {
    let (mut ledger, mut view) = ledger(0);
    for seconds in [0, 1, 9, 10] {
        ledger.stage(check(phase() + seconds * 1_000, true));
    }
    commit(&mut ledger, &mut view);
    assert_eq!(shown(&view), "uunuu");
    let gap = view.cells(ID).unwrap().find(|cell| cell.is_gap()).unwrap();
    assert_eq!(gap.due, Timestamp(phase() + 2_000));
}

#[test]
fn after_a_restart_the_verdicts_stand_and_the_time_between_is_a_gap() {
    let (mut before, mut view) = ledger(0);
    before.stage(check(1_000, false));
    let batch = commit(&mut before, &mut view);
    let (mut after, mut view) = ledger(0);
    let recent = Recent { checks: batch.checks, statuses: batch.statuses };
    after.restore(recent, Some(Reason::Stopped), &mut view);
    assert_eq!(
        (shown(&view).as_str(), view.status(ID).is_some_and(|s| matches!(s, Status::Down { .. }))),
        ("d", true)
    );
    after.stage(check(1_000, false));
    after.stage(check(60_000, false));
    let batch = commit(&mut after, &mut view);
    assert_eq!((shown(&view).as_str(), batch.transitions.len()), ("dnd", 0));
    assert_eq!(batch.checks[0].check.outcome, Outcome::Unknown(Reason::Stopped));
}

#[test]
fn a_paused_tracker_rests_until_its_next_check() {
    let (mut ledger, mut view) = ledger(0);
    ledger.stage(check(phase(), true));
    let paused = |paused: Option<Rest>| {
        let mut tracker = tracker(0);
        tracker.settings.paused = paused;
        [Ok(tracker)]
    };
    ledger.set_trackers(&paused(Some(Rest::default())), &BTreeMap::new(), &mut view);
    ledger.stage_rests(Timestamp(phase() + 2_500));
    ledger.stage_rests(Timestamp(phase() + 3_500));
    ledger.set_trackers(&paused(None), &BTreeMap::new(), &mut view);
    ledger.stage_rests(Timestamp(phase() + 8_500));
    ledger.stage(check(phase() + 9_000, true));
    let batch = commit(&mut ledger, &mut view);
    let told: Vec<(i64, &Outcome)> = batch
        .checks
        .iter()
        .map(|recorded| (recorded.check.name.due.0 - phase(), &recorded.check.outcome))
        .collect();
    assert_eq!(
        told,
        [
            (0, &Outcome::Up),
            (1_000, &Outcome::Unknown(Reason::NotObserved)),
            (2_500, &Outcome::Unknown(Reason::Paused)),
            (9_000, &Outcome::Up),
        ]
    );
}

#[test]
fn a_removed_tracker_leaves_nothing_behind() {
    let (mut ledger, mut view) = ledger(0);
    ledger.set_trackers(&[], &BTreeMap::new(), &mut view);
    ledger.stage(check(1_000, true));
    assert_eq!((ledger.staged(), view.ids().count()), (0, 0));
}

fn arrival(due: i64, up: bool, trust: Trust) -> Arrival {
    let failure = domain::Evidence { url: format!("seen at {due}"), ..domain::Evidence::default() };
    let seen = (!up).then(|| Box::new(Seen { failure, last_good: None }));
    Arrival { trust, seen, ..Arrival::from(check(due, up)) }
}

#[test]
fn what_was_seen_is_kept_exactly_when_the_tracker_goes_down() {
    let (mut ledger, mut view) = ledger(1);
    for (n, up) in [true, false, true, false, false, false, true].into_iter().enumerate() {
        ledger.stage(arrival(phase() + i64::try_from(n).unwrap() * 1_000, up, Trust::Full));
    }
    let batch = commit(&mut ledger, &mut view);
    let seen: Vec<(i64, &str)> =
        batch.exhibits.iter().map(|exhibit| (exhibit.at.0 - phase(), exhibit.failure.url.as_str())).collect();
    assert_eq!(seen, [(4_000, format!("seen at {}", phase() + 4_000).as_str())]);
    assert_eq!(commit(&mut ledger, &mut view).exhibits, [], "once");
}

#[test]
fn a_failure_that_is_held_is_tolerated() {
    let (mut ledger, mut view) = ledger(0);
    ledger.stage(arrival(phase(), true, Trust::Full));
    ledger.stage(arrival(phase() + 1_000, false, Trust::Held));
    let batch = commit(&mut ledger, &mut view);
    assert_eq!((shown(&view).as_str(), batch.transitions.len(), batch.exhibits.len()), ("up", 0, 0));
}

#[test]
fn flapping_is_shown_and_resumed_from_what_was_recorded() {
    let (mut before, mut view) = ledger(0);
    for n in 0..30 {
        before.stage(check(phase() + n * 1_000, n % 2 == 0));
    }
    let batch = commit(&mut before, &mut view);
    assert!(view.tracker(ID).unwrap().flapping);
    let (mut after, mut view) = ledger(0);
    after.restore(Recent { checks: batch.checks, statuses: batch.statuses }, None, &mut view);
    assert!(view.tracker(ID).unwrap().flapping);
    for n in 30..60 {
        after.stage(check(phase() + n * 1_000, true));
    }
    commit(&mut after, &mut view);
    assert!(!view.tracker(ID).unwrap().flapping);
}

#[test]
fn maintenance_begins_when_it_was_announced_for_and_leaves_out_what_is_due_in_it() {
    let (mut ledger, mut view) = ledger(0);
    ledger.stage(check(phase(), true));
    commit(&mut ledger, &mut view);
    let stretch = Stretch { from: Timestamp(phase() + 2_500), until: Timestamp(phase() + 9_000) };
    let in_maintenance = Some(domain::InMaintenance { name: "disk".into(), until: stretch.until });
    ledger.plan([(ID, Some(stretch))]);
    for n in 1..5 {
        ledger.stage(check(phase() + n * 1_000, n < 3));
    }
    ledger.set_trackers(
        &[Ok(Tracker { maintenance: in_maintenance, ..tracker(0) })],
        &BTreeMap::new(),
        &mut view,
    );
    ledger.stage_rests(Timestamp(phase() + 4_200));
    ledger.stage_rests(Timestamp(phase() + 4_300));
    let batch = commit(&mut ledger, &mut view);
    let dues: Vec<i64> = batch.checks.iter().map(|recorded| recorded.check.name.due.0 - phase()).collect();
    assert_eq!((dues, batch.transitions.len()), (vec![1_000, 2_000, 2_500], 0));
    assert_eq!(batch.checks[2].check.outcome, Outcome::Unknown(Reason::Maintenance));

    // Over while nothing ran.
    ledger.set_trackers(&[Ok(tracker(0))], &BTreeMap::new(), &mut view);
    ledger.stage_ends(|_, at| (at == stretch.from).then_some(stretch.until));
    let batch = commit(&mut ledger, &mut view);
    let gap = &batch.checks[0].check;
    assert_eq!((gap.name.due, &gap.outcome), (stretch.until, &Outcome::Unknown(Reason::Stopped)));
}

#[test]
fn slots_that_come_again_when_the_clock_is_set_back_are_recorded_again() {
    let (mut ledger, mut view) = ledger(0);
    let dues = |batch: Batch| -> Vec<i64> {
        batch.checks.iter().map(|recorded| (recorded.check.name.due.0 - phase()) / 1_000).collect()
    };
    for second in [0, 1, 2, 3] {
        ledger.stage(check(phase() + second * 1_000, true));
    }
    commit(&mut ledger, &mut view);
    for second in [1, 1, 2, 2, 3, 4] {
        ledger.stage(check(phase() + second * 1_000, true));
    }
    assert_eq!(dues(commit(&mut ledger, &mut view)), [1, 2, 3, 4]);
}

#[test]
fn who_begins_or_ends_to_flap_is_named_once() {
    let (mut ledger, mut view) = ledger(0);
    let mut turns = Vec::new();
    for n in 0..60 {
        ledger.stage(check(phase() + n * 1_000, n > 20 || n % 2 == 0));
        let batch = ledger.batch();
        let turned = ledger.turned();
        turns.extend(turned.into_iter().map(|(id, (at, belief))| (id, at, belief.is_flapping())));
        ledger.adopt(batch, &mut view);
    }
    let [(ID, began, true), (ID, ended, false)] = turns.as_slice() else { panic!("{turns:?}") };
    assert!(began.0 < phase() + 20_000 && ended.0 > phase() + 20_000, "{turns:?}");
}

#[test]
fn what_was_on_its_way_when_it_began_to_rest_makes_nobody_down() {
    let (mut ledger, mut view) = ledger(0);
    ledger.stage(check(phase(), true));
    commit(&mut ledger, &mut view);
    let mut resting = tracker(0);
    resting.settings.paused = Some(Rest::default());
    ledger.set_trackers(&[Ok(resting)], &BTreeMap::new(), &mut view);
    ledger.stage(check(phase() + 1_000, false));
    assert!(commit(&mut ledger, &mut view).transitions.is_empty());
}
