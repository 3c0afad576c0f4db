//! The archive over SQLite must say what a plain recount in memory says, whatever is sealed, merged or read again.

use domain::{
    Archive, Batch, CheckQuery, Direction, Draft, Fault, FaultKind, NewTracker, Numbered, Order, Outcome,
    Phase, Reason, Recorded, Records, Timestamp, TrackerId, Transition, Window,
};
use proptest::prelude::*;
use store::{Memory, Writer};

use super::harness::{Folder, check, down, someone};

/// 2026-11-23, noon.
const START: i64 = 1_795_435_200_000;
const TRACKERS: [(&str, Option<&str>, i64); 3] =
    [("1s", None, 1_000), ("60s", None, 60_000), ("", Some("0 0 * * * *"), 3_600_000)];

fn settings(every: &str, cron: Option<&str>) -> NewTracker {
    let draft = Draft {
        every: cron.is_none().then(|| every.to_owned()),
        cron: cron.map(ToOwned::to_owned),
        ..Draft::of("http://a.example")
    };
    draft.parse().unwrap()
}

/// What happens next.
#[derive(Clone, Debug)]
enum Event {
    /// A tracker is checked this often, with these outcomes over and over.
    Checks { tracker: usize, count: u16, outcomes: Vec<Outcome> },
    /// Nothing for this many minutes.
    Quiet(i64),
    /// Housekeeping, until there is nothing to do.
    Tend,
    /// The program is started again.
    Restart,
    /// The clock is set back by this many milliseconds.
    SetBack(i64),
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        12 => Just(Outcome::Up),
        1 => Just(Outcome::Degraded(Fault::new(FaultKind::Slow, ""))),
        2 => "[a-c]".prop_map(|detail| down(&detail)),
        1 => Just(Outcome::Unknown(Reason::Overload)),
        1 => prop::sample::select(vec![Reason::Paused, Reason::Stopped]).prop_map(Outcome::Unknown),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (0..3_usize, 1..900_u16, proptest::collection::vec(outcome(), 1..12))
            .prop_map(|(tracker, count, outcomes)| Event::Checks { tracker, count, outcomes }),
        2 => (1..3_000_i64).prop_map(Event::Quiet),
        3 => Just(Event::Tend),
        1 => Just(Event::Restart),
        1 => (1..7_200_000_i64).prop_map(Event::SetBack),
    ]
}

/// The same happening to both.
struct Pair {
    folder: Folder,
    writer: Option<Writer>,
    memory: Memory,
    ids: Vec<TrackerId>,
    now: i64,
}

impl Pair {
    async fn new() -> Self {
        let folder = Folder::new();
        let (mut writer, mut memory) = (folder.writer().await, Memory::default());
        let trackers = TRACKERS.map(|(every, cron, _)| settings(every, cron));
        let ids = writer.add(&trackers, &someone(), Timestamp(START)).await.unwrap();
        assert_eq!(memory.add(&trackers, &someone(), Timestamp(START)).await.unwrap(), ids);
        Self { folder, writer: Some(writer), memory, ids, now: START }
    }

    fn writer(&mut self) -> &mut Writer {
        self.writer.as_mut().unwrap()
    }

    async fn happens(&mut self, event: &Event) {
        match event {
            Event::Checks { tracker, count, outcomes } => self.checks(*tracker, *count, outcomes).await,
            Event::Quiet(minutes) => self.now += minutes * 60_000,
            Event::Tend => self.tend().await,
            Event::Restart => {
                self.writer.take().unwrap().close().await.unwrap();
                self.writer = Some(self.folder.writer().await);
            }
            Event::SetBack(ms) => self.now -= ms,
        }
    }

    async fn tend(&mut self) {
        let now = Timestamp(self.now);
        while self.writer().tend(now).await.unwrap() {}
    }

    async fn checks(&mut self, tracker: usize, count: u16, outcomes: &[Outcome]) {
        let (id, step) = (self.ids[tracker], TRACKERS[tracker].2);
        let mut recorded: Vec<Recorded> = Vec::new();
        for (n, outcome) in (0..count).zip(outcomes.iter().cycle()) {
            self.now += step;
            let mut entry = check(id.0, self.now, outcome.clone());
            entry.check.latency = outcome.is_up().map(|_| domain::Micros(100 * u32::from(n) % 70_000 + 300));
            if n % 5 != 0 {
                entry.check.phases.add(Phase::FirstByte, domain::Micros(40 * u32::from(n)));
            }
            recorded.push(entry.clone());
            if outcome.is_up() == Some(false) {
                entry.check.name.attempt = 1;
                entry.retrying = n % 3 == 0;
                recorded.push(entry);
            }
        }
        let last = recorded.last().unwrap().check.name.due;
        let transitions = vec![(id, Transition::Recovered { at: last, down_since: Timestamp(START) })];
        for (n, checks) in recorded.chunks(311).enumerate() {
            let transitions = if n == 0 { transitions.clone() } else { Vec::new() };
            let batch = Batch { checks: checks.to_vec(), transitions, ..Batch::default() };
            self.writer().record(&batch).await.unwrap();
            self.memory.record(&batch).await.unwrap();
        }
    }

    /// Asks both the same, and wants the same.
    async fn agree(&mut self, cuts: &[u32], limit: usize) {
        // Reading the rows of a former run is part of housekeeping.
        self.tend().await;
        let (archive, plain) = (self.writer().archive(), self.memory.archive());
        let span = self.now - START + 1;
        let mut edges: Vec<Timestamp> =
            cuts.iter().map(|cut| Timestamp(START + i64::from(*cut) * (span / 1_000).max(1))).collect();
        edges.push(Timestamp(self.now.max(START)));
        edges.sort_unstable();
        for id in &self.ids {
            let told = archive.periods(*id, &edges).await.unwrap();
            assert_eq!(told, plain.periods(*id, &edges).await.unwrap(), "periods of {id} between {edges:?}");
            let window = Window::new(edges[0], edges[edges.len() - 1]);
            for order in [Order::OldestFirst, Order::NewestFirst] {
                let told = page_through(&*archive, *id, window, order, limit).await;
                assert_eq!(told, page_through(&*plain, *id, window, order, usize::MAX).await);
            }
            for direction in [Direction::Earlier, Direction::Later] {
                let at = edges[edges.len() / 2];
                let told = archive.failure(*id, at, direction).await.unwrap();
                assert_eq!(told, plain.failure(*id, at, direction).await.unwrap(), "{direction:?} of {at:?}");
            }
            let told = archive.phases(*id, window).await.unwrap();
            assert_eq!(told, plain.phases(*id, window).await.unwrap());
            // A minute in which something was sealed may have one more.
            let told = archive.slow(*id, window, usize::MAX).await.unwrap();
            let wanted = plain.slow(*id, window, usize::MAX).await.unwrap();
            assert!(wanted.iter().all(|timing| told.contains(timing)), "{wanted:?} instead of {told:?}");
            let told = archive.transitions(*id, window, 3).await.unwrap();
            assert_eq!(told, plain.transitions(*id, window, 3).await.unwrap());
        }
        let last = Timestamp(self.now);
        let told = archive.days(&self.ids, last, 9).await.unwrap();
        assert_eq!(told, plain.days(&self.ids, last, 9).await.unwrap());
    }
}

async fn page_through(
    archive: &dyn Archive,
    id: TrackerId,
    window: Window,
    order: Order,
    limit: usize,
) -> Vec<Numbered> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = archive.checks(id, CheckQuery { window, order, after, limit }).await.unwrap();
        after = page.checks.last().map(|entry| entry.number);
        found.extend(page.checks);
        if !page.more {
            return found;
        }
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_archive_says_what_a_recount_says(
        events in proptest::collection::vec(event().prop_filter("time is monotonic", |event| !matches!(event, Event::SetBack(_))), 1..14),
        cuts in proptest::collection::vec(0..1_000_u32, 1..8),
        limit in prop::sample::select(vec![7_usize, 100, 5_000]),
    ) {
        run(async {
            let mut pair = Pair::new().await;
            for event in &events {
                pair.happens(event).await;
            }
            pair.agree(&cuts, limit).await;
        });
    }

    #[test]
    fn a_clock_that_is_set_back_loses_and_doubles_no_entry(
        events in proptest::collection::vec(event(), 1..14),
    ) {
        run(async {
            let mut pair = Pair::new().await;
            for event in &events {
                pair.happens(event).await;
            }
            pair.tend().await;
            let always = Window::new(Timestamp(0), Timestamp(i64::MAX));
            let (archive, plain) = (pair.writer().archive(), pair.memory.archive());
            for id in &pair.ids {
                for order in [Order::OldestFirst, Order::NewestFirst] {
                    let told = page_through(&*archive, *id, always, order, 400).await;
                    let wanted = page_through(&*plain, *id, always, order, usize::MAX).await;
                    assert_eq!(told, wanted);
                }
            }
        });
    }
}
