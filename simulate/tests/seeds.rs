//! Seeds that must hold, seeds that once did not, and planted bugs that must be seen.
//!
//! `UPTIME_SEEDS=1000 UPTIME_FROM=200 cargo test … --test seeds seeds_hold -- --nocapture` runs more of them; `cargo xtask simulate` types
//! that. `UPTIME_LINES=1000` tells more of what happened before a seed failed.

use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    num::NonZero,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

use simulate::{Bug, Fault, Outcome, run};

/// Seeds of an ordinary run.
const SEEDS: u64 = 200;
/// What they must add up to.
const CHECKS: u64 = 1_000_000;
const FAULTS: u64 = 10_000;
/// Seeds within which each planted bug must be seen.
const BUG_SEEDS: u64 = 50;

/// Seeds that failed once, and by what.
const REGRESSIONS: [(u64, &str); 3] = [
    (9, "what was seen of the canaries before the machine slept, which counted afterwards"),
    (42, "maintenance that began anew when the clock was set back, which nobody noticed"),
    (361, "checks that waited for a slow disk while their tracker was paused, and made it down"),
];

/// What a number of seeds add up to.
#[derive(Default)]
struct Total {
    seeds: u64,
    checks: u64,
    transitions: u64,
    messages: u64,
    doubles: u64,
    lives: u64,
    virtual_ms: u128,
    /// Of all traces, in whatever order they came.
    traces: u64,
    faults: BTreeMap<Fault, u64>,
    failed: Vec<u64>,
}

impl Total {
    fn add(&mut self, seed: u64, outcome: &Outcome) {
        self.seeds += 1;
        self.checks += outcome.checks;
        self.transitions += outcome.transitions;
        self.messages += outcome.messages;
        self.doubles += outcome.doubles;
        self.lives += outcome.lives;
        self.virtual_ms += u128::from(outcome.virtual_ms.unsigned_abs());
        self.traces = self.traces.wrapping_add(outcome.trace);
        for (fault, count) in &outcome.faults {
            *self.faults.entry(*fault).or_default() += count;
        }
        if outcome.violation.is_some() {
            self.failed.push(seed);
        }
    }

    fn faults(&self) -> u64 {
        self.faults.values().sum()
    }

    fn said(&self) -> String {
        let mut text = format!(
            "simulated: seeds={} checks={} faults={} transitions={} messages={} doubles={} lives={} hours={} traces={:016x} failed={}",
            self.seeds,
            self.checks,
            self.faults(),
            self.transitions,
            self.messages,
            self.doubles,
            self.lives,
            self.virtual_ms / 3_600_000,
            self.traces,
            self.failed.len(),
        );
        for (fault, count) in &self.faults {
            let _ = write!(text, " {}={count}", fault.word());
        }
        text
    }
}

/// Runs seeds on all processors; hands each outcome over in the order of their ends.
fn each(seeds: std::ops::Range<u64>, bug: Option<Bug>, take: impl Fn(u64, Outcome) -> bool + Sync) {
    let next = AtomicU64::new(seeds.start);
    let threads = thread::available_parallelism().map_or(2, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end || !take(seed, run(seed, bug, false)) {
                        return;
                    }
                }
            });
        }
    });
}

/// What went wrong, with what happened before; the seed is run again for that.
fn story(seed: u64, bug: Option<Bug>) -> String {
    let Outcome { violation, lines, .. } = run(seed, bug, true);
    let shown = usize::try_from(number_from("UPTIME_LINES", 60)).unwrap_or(60);
    let last = lines.len().saturating_sub(shown);
    let lines = lines.get(last..).unwrap_or_default().join("\n");
    format!("{lines}\nseed {seed}: {violation:?}")
}

fn number_from(name: &str, usual: u64) -> u64 {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long it took is only told")]
fn seeds_hold() {
    let started = Instant::now();
    let (from, count) = (number_from("UPTIME_FROM", 0), number_from("UPTIME_SEEDS", SEEDS));
    let total = Mutex::new(Total::default());
    each(from..from + count, None, |seed, outcome| {
        if outcome.violation.is_some() {
            println!("{}", story(seed, None));
        }
        total.lock().unwrap().add(seed, &outcome);
        true
    });
    let mut total = total.into_inner().unwrap();
    total.failed.sort_unstable();
    println!("{}", total.said());
    let (ms, checks) = (started.elapsed().as_millis().max(1), u128::from(total.checks));
    println!("in {}.{} s, {} checks a second", ms / 1_000, ms / 100 % 10, checks * 1_000 / ms);
    assert!(total.failed.is_empty(), "these seeds failed: {:?}", total.failed);
    if (from, count) == (0, SEEDS) {
        assert!(total.checks >= CHECKS, "{} checks are too few", total.checks);
        assert!(total.faults() >= FAULTS, "{} faults are too few", total.faults());
        let kinds: Vec<&Fault> = Fault::ALL.iter().map(|(fault, ..)| fault).collect();
        assert_eq!(total.faults.keys().collect::<Vec<_>>(), kinds, "each kind of fault comes");
        assert!(total.doubles > 0, "answers are lost, so some messages come twice");
    }
}

#[test]
fn the_same_seed_is_the_same_story() {
    for seed in [1, 4, 7] {
        let traces =
            [run(seed, None, false), run(seed, None, true), run(seed, None, false)].map(|of| of.trace);
        assert_eq!(traces, [traces[0]; 3], "seed {seed}");
    }
}

#[test]
fn what_failed_once_holds() {
    for (seed, why) in REGRESSIONS {
        let violation = run(seed, None, false).violation;
        assert_eq!(violation, None, "seed {seed}, which is about {why}: {}", story(seed, None));
    }
}

/// The same seeds hold without them: `seeds_hold` runs those, too.
#[test]
fn planted_bugs_are_seen() {
    let mut unseen = Vec::new();
    for bug in Bug::ALL {
        let found = Mutex::new(None);
        each(0..BUG_SEEDS, Some(bug), |seed, outcome| {
            let mut found = found.lock().unwrap();
            if let (Some(violation), None) = (outcome.violation, found.as_ref()) {
                *found = Some((seed, violation));
            }
            found.is_none()
        });
        match found.into_inner().unwrap() {
            Some((seed, violation)) => {
                println!("{bug:?} is seen by seed {seed}: {} {}", violation.invariant, violation.what);
            }
            None => unseen.push(bug),
        }
    }
    assert_eq!(unseen, Vec::new(), "these bugs would not be seen within {BUG_SEEDS} seeds");
}
