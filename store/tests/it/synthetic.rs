//! Checks that everybody who knows the number of their batch can make again: whoever recorded them, and whoever wants to know
//! whether they are all there.

use std::collections::BTreeMap;

use domain::{
    Archive, CheckQuery, Draft, Grid, Micros, NewTracker, Order, Outcome, Period, Reason, Recorded, Recount,
    Rollup, Timestamp, TrackerId, Window,
};

use super::harness::{check, down};

/// 2026-11-23, noon.
pub(super) const START: i64 = 1_795_435_200_000;
/// The time that a batch covers.
const SPAN_MS: i64 = 10_000;
/// After so many batches, half an hour passes unobserved: then everything is ripe to be sealed.
const BATCHES: i64 = 24;
const PAUSE_MS: i64 = 1_800_000;

/// How often each tracker is checked.
pub(super) const EVERY: [(i64, &str, i64); 3] = [(30, "1s", 1_000), (15, "2s", 2_000), (5, "60s", 60_000)];

/// Numbers that only seem random.
#[derive(Clone)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    /// A number below `limit`.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) >> 8).unwrap() % limit
    }
}

/// The trackers, which get the ids from 1 on.
pub(super) fn trackers() -> Vec<NewTracker> {
    let settings = |every: &str| Draft { every: Some(every.to_owned()), ..Draft::of("http://a.example") };
    let each = EVERY.iter().flat_map(|(count, every, _)| (0..*count).map(|_| settings(every)));
    each.map(|draft| draft.parse().unwrap()).collect()
}

/// Each tracker and the milliseconds between its checks.
pub(super) fn steps() -> Vec<(TrackerId, i64)> {
    let steps = EVERY.iter().flat_map(|(count, _, step)| (0..*count).map(|_| *step));
    (1..).map(TrackerId).zip(steps).collect()
}

/// When a batch begins; the one after it begins when it ends, or half an hour later.
pub(super) fn begin(batch: i64) -> i64 {
    START + batch * SPAN_MS + batch / BATCHES * PAUSE_MS
}

/// What is recorded as one batch, in the order of time.
pub(super) fn batch(number: i64) -> Vec<Recorded> {
    let from = begin(number);
    let mut all = Vec::new();
    for (tracker, step) in steps() {
        if number % BATCHES == 0 && number > 0 {
            let last = begin(number - 1) + SPAN_MS;
            all.push(Recorded::gap(tracker, Timestamp(last), Reason::Stopped));
        }
        let phase = (tracker.0 * 7_919).rem_euclid(step);
        let mut due = from + (phase - from).rem_euclid(step);
        while due < from + SPAN_MS {
            checks(tracker, due, &mut all);
            due += step;
        }
    }
    all.sort_by_key(|recorded| recorded.check.name.due);
    all
}

/// The check of a slot, and sometimes its repetition.
fn checks(tracker: TrackerId, due: i64, all: &mut Vec<Recorded>) {
    let mut chance = Chance::new((tracker.0 * 1_000_003 + due).cast_unsigned());
    let outcome = match chance.below(100) {
        0 | 1 => down(["no route", "reset", "late", "refused"][chance.below(4)]),
        2 => Outcome::Unknown(Reason::Overload),
        3 => Outcome::Degraded(domain::Fault::new(domain::FaultKind::Slow, "")),
        _ => Outcome::Up,
    };
    let is_down = outcome.is_up() == Some(false);
    let mut recorded = check(tracker.0, due, outcome);
    let latency = u32::try_from(20_000 + chance.below(40_000)).unwrap();
    recorded.check.latency = recorded.check.outcome.is_up().map(|_| Micros(latency));
    recorded.check.late_ms = u32::try_from(chance.below(3)).unwrap();
    recorded.retrying = is_down;
    all.push(recorded.clone());
    if is_down {
        recorded.check.name.attempt = 1;
        recorded.retrying = false;
        all.push(recorded);
    }
}

/// Everything that batches brought, tracker by tracker.
#[derive(Default)]
pub(super) struct Expected {
    /// How many batches.
    pub(super) batches: i64,
    pub(super) checks: usize,
    pub(super) of: BTreeMap<TrackerId, Vec<Recorded>>,
}

impl Expected {
    pub(super) fn add_batch(&mut self) {
        for recorded in batch(self.batches) {
            self.checks += 1;
            self.of.entry(recorded.check.name.tracker).or_default().push(recorded);
        }
        self.batches += 1;
    }

    /// What a plain recount says.
    pub(super) fn periods(&self, tracker: TrackerId, step_ms: i64, edges: &[Timestamp]) -> Vec<Period> {
        let mut recount = Recount::after(Grid::Edges(edges.to_vec()), None);
        for recorded in self.of.get(&tracker).into_iter().flatten() {
            recount.add(&recorded.check, Some(u32::try_from(step_ms).unwrap()));
        }
        recount.hold_until(edges[edges.len() - 1]);
        let mut rollups = vec![Rollup::default(); edges.len() - 1];
        for (number, rollup) in recount.into_parts() {
            rollups[usize::try_from(number).unwrap()] = rollup;
        }
        let windows = edges.windows(2).map(|ends| Window::new(ends[0], ends[1]));
        windows.zip(&rollups).map(|(window, rollup)| rollup.period(window)).collect()
    }
}

/// Everything that an archive has of a tracker, page by page. Fails when a number is missing or there twice.
pub(super) async fn everything(archive: &dyn Archive, id: TrackerId) -> Vec<Recorded> {
    let window = Window::new(Timestamp(0), Timestamp(i64::MAX));
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let query = CheckQuery { window, order: Order::OldestFirst, after, limit: 2_000 };
        let page = archive.checks(id, query).await.unwrap();
        after = page.checks.last().map(|entry| entry.number);
        for entry in page.checks {
            assert_eq!(entry.number, found.len() as u64, "tracker {id}: the numbers have a hole");
            found.push(entry.recorded);
        }
        if !page.more {
            return found;
        }
    }
}
