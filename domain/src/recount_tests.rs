use proptest::prelude::*;

use super::*;
use crate::{CheckName, Fault, FaultKind, Location, Outcome, Phases, Reason, TrackerId};

fn check(due: i64, attempt: u16, outcome: Outcome, latency_us: u32) -> Check {
    let name = CheckName { tracker: TrackerId(1), due: Timestamp(due), attempt, location: Location::LOCAL };
    Check { name, late_ms: 0, latency: Some(Micros(latency_us)), phases: Phases::NONE, outcome }
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        8 => Just(Outcome::Up),
        1 => Just(Outcome::Degraded(Fault::new(FaultKind::Slow, ""))),
        2 => Just(Outcome::Down(Fault::new(FaultKind::Refused, ""))),
        1 => Just(Outcome::Unknown(Reason::Overload)),
        1 => Just(Outcome::Unknown(Reason::Paused)),
        1 => Just(Outcome::Unknown(Reason::Stopped)),
    ]
}

/// Entries in order, with pauses between them from milliseconds to days; a retry keeps the due time it repeats.
fn entries() -> impl Strategy<Value = Vec<Check>> {
    let step = prop_oneof![8 => 1..90_000_i64, 1 => 1..200_000_000_i64];
    let entry = (step, 0..6_u16, outcomes(), 1..5_000_000_u32);
    proptest::collection::vec(entry, 0..120).prop_map(|entries| {
        let mut due = 1_790_000_000_000;
        let mut dated = |(step, attempt, outcome, latency): (i64, u16, Outcome, u32)| {
            let attempt = attempt.saturating_sub(4);
            due += if attempt == 0 { step } else { 0 };
            check(due, attempt, outcome, latency)
        };
        entries.into_iter().map(&mut dated).collect()
    })
}

fn recount(grid: Grid, checks: &[Check], limit_ms: Option<u32>) -> Recount {
    let mut recount = Recount::after(grid, None);
    for check in checks {
        recount.add(check, limit_ms);
    }
    recount
}

fn sum(parts: &[(i64, Rollup)]) -> Rollup {
    parts.iter().fold(Rollup::default(), |mut sum, (_, part)| {
        sum.merge(part);
        sum
    })
}

proptest! {
    #[test]
    fn hours_add_up_to_the_wall_clock(checks in entries(), limit in prop::option::of(1..4_000_000_u32)) {
        let parts = recount(Grid::HOURS, &checks, limit).into_parts();
        let scheduled: Vec<i64> =
            checks.iter().filter(|check| check.name.attempt == 0).map(|check| check.name.due.0).collect();
        for (hour, rollup) in parts {
            let (from, to) = (hour * 3_600_000, (hour + 1) * 3_600_000);
            let total = i64::try_from(rollup.tally.total_ms()).unwrap();
            prop_assert!(total <= 3_600_000);
            if scheduled.first().is_some_and(|first| *first <= from) && scheduled.last().is_some_and(|last| *last >= to) {
                prop_assert_eq!(total, 3_600_000);
            }
        }
    }

    #[test]
    fn days_are_the_sums_of_their_hours(checks in entries(), limit in prop::option::of(1..4_000_000_u32)) {
        let hours = recount(Grid::HOURS, &checks, limit).into_parts();
        for (day, rollup) in recount(Grid::DAYS, &checks, limit).into_parts() {
            let of_day: Vec<_> = hours.iter().filter(|(hour, _)| hour.div_euclid(24) == day).cloned().collect();
            let sum = sum(&of_day);
            prop_assert_eq!(sum.counts, rollup.counts);
            prop_assert_eq!(sum.latencies, rollup.latencies);
            let known = |tally: Tally| Tally { unknown_ms: 0, ..tally };
            prop_assert_eq!(known(sum.tally), known(rollup.tally));
        }
    }

    #[test]
    fn stopping_and_going_on_changes_nothing(checks in entries(), cut in 0..120_usize, limit in prop::option::of(1..4_000_000_u32)) {
        let whole = recount(Grid::HOURS, &checks, limit);
        let (early, late) = checks.split_at(cut.min(checks.len()));
        let first = recount(Grid::HOURS, early, limit);
        let mut second = Recount::after(Grid::HOURS, first.holding());
        for check in late {
            second.add(check, limit);
        }
        prop_assert_eq!(second.holding(), whole.holding());
        let mut merged = std::collections::BTreeMap::<i64, Rollup>::new();
        for (hour, rollup) in first.into_parts().into_iter().chain(second.into_parts()) {
            merged.entry(hour).or_default().merge(&rollup);
        }
        prop_assert_eq!(merged.into_iter().collect::<Vec<_>>(), whole.into_parts());
    }

    #[test]
    fn any_window_is_divided_without_rest(checks in entries(), mut edges in proptest::collection::vec(0..3_000_000_000_i64, 2..8)) {
        edges.sort_unstable();
        let edges: Vec<Timestamp> = edges.into_iter().map(|ms| Timestamp(1_790_000_000_000 + ms)).collect();
        let mut parts = recount(Grid::Edges(edges.clone()), &checks, Some(60_000));
        let mut whole = recount(Grid::Edges(vec![edges[0], *edges.last().unwrap()]), &checks, Some(60_000));
        parts.hold_until(*edges.last().unwrap());
        whole.hold_until(*edges.last().unwrap());
        let (parts, whole) = (sum(&parts.into_parts()), sum(&whole.into_parts()));
        prop_assert_eq!(parts.counts, whole.counts);
        prop_assert_eq!(Tally { unknown_ms: 0, ..parts.tally }, Tally { unknown_ms: 0, ..whole.tally });
    }
}

#[test]
fn a_clock_that_was_set_by_years_makes_no_row_for_each_hour() {
    let checks = [check(0, 0, Outcome::Up, 1), check(1_790_000_000_000, 0, Outcome::Up, 1)];
    assert_eq!(recount(Grid::HOURS, &checks, Some(60_000)).into_parts().len(), 2);
}
