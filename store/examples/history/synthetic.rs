//! Checks as they could have happened, made up from a seed.
//!
//! Latencies are log-normal (median 40 ms, sigma 0.5), one in a hundred ten times as long, at a resolution of 0.1 ms; checks start
//! 0 to 2 ms late, rarely more; one in a thousand fails, in bursts of about ten, some of them repeated.

use domain::{
    Batch, Check, CheckName, Fault, FaultKind, Location, Micros, Outcome, Phases, Recorded, Status,
    Timestamp, TrackerId, Transition,
};

/// 2026-11-23, midnight: when the synthetic time ends or begins.
pub(crate) const EPOCH: i64 = 1_795_392_000_000;

/// Numbers that only seem random (`SplitMix64`).
#[derive(Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Sixteen bits.
    fn short(&mut self) -> u16 {
        let bytes = self.next().to_le_bytes();
        u16::from_le_bytes([bytes[0], bytes[1]])
    }

    /// Between 0 and 1, neither of them.
    fn fraction(&mut self) -> f64 {
        (f64::from(self.short()) + 0.5) / 65_536.0
    }
}

/// A tracker and what it is going through.
struct Subject {
    id: TrackerId,
    step_ms: i64,
    /// When its next check is due.
    next: i64,
    /// Failures that are still to come.
    failing: u16,
    down_since: Option<Timestamp>,
}

/// Makes checks of many trackers.
pub(crate) struct Source {
    chance: Chance,
    /// Draws from the distribution of latencies: drawing from them again is quicker and looks the same.
    latencies: Vec<Micros>,
    subjects: Vec<Subject>,
}

impl Source {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let latencies = (0..65_536).map(|_| latency(&mut chance)).collect();
        Self { chance, latencies, subjects: Vec::new() }
    }

    /// Adds a tracker that is checked this often from a moment on, at a phase of its own.
    pub(crate) fn track(&mut self, id: TrackerId, step_ms: i64, from: i64) {
        let phase = id.0.wrapping_mul(7_919).rem_euclid(step_ms);
        self.subjects.push(Subject { id, step_ms, next: from + phase, failing: 0, down_since: None });
    }

    /// All checks that are due before a moment and were not made yet, in the order of their times.
    pub(crate) fn until(&mut self, end: i64) -> Batch {
        let mut batch = Batch::default();
        for place in 0..self.subjects.len() {
            while self.subjects[place].next < end {
                self.check(place, &mut batch);
            }
        }
        batch.checks.sort_by_key(|recorded| recorded.check.name.due);
        batch.transitions.sort_by_key(|(_, transition)| transition.at());
        batch
    }

    fn check(&mut self, place: usize, batch: &mut Batch) {
        let luck = self.chance.short();
        let latency = self.latencies[usize::from(self.chance.short())];
        let late_ms = self.lateness();
        let subject = &mut self.subjects[place];
        let due = Timestamp(subject.next);
        subject.next += subject.step_ms;
        // One burst of eleven failures on average in eleven thousand checks.
        if subject.failing == 0 && luck < 6 {
            subject.failing = 1 + luck * 4;
        }
        let name = CheckName { tracker: subject.id, due, attempt: 0, location: Location::LOCAL };
        if subject.failing == 0 {
            if let Some(down_since) = subject.down_since.take() {
                batch.transitions.push((subject.id, Transition::Recovered { at: due, down_since }));
                batch.statuses.push((subject.id, Status::Up { since: due }));
            }
            let check =
                Check { name, late_ms, latency: Some(latency), phases: Phases::NONE, outcome: Outcome::Up };
            batch.checks.push(Recorded { check, retrying: false });
            return;
        }
        subject.failing -= 1;
        let fault = fault(luck);
        let check = Check {
            name,
            late_ms,
            latency: Some(latency),
            phases: Phases::NONE,
            outcome: Outcome::Down(fault.clone()),
        };
        let recorded = Recorded { check, retrying: subject.down_since.is_none() };
        batch.checks.push(recorded.clone());
        if subject.down_since.is_none() {
            let mut again = recorded;
            again.check.name.attempt = 1;
            again.retrying = false;
            batch.checks.push(again);
            subject.down_since = Some(due);
            batch
                .transitions
                .push((subject.id, Transition::WentDown { at: due, since: due, fault: fault.clone() }));
            batch.statuses.push((subject.id, Status::Down { since: due, fault }));
        }
    }

    fn lateness(&mut self) -> u32 {
        match self.chance.short() {
            0..=42_000 => 0,
            42_001..=58_000 => 1,
            58_001..=64_800 => 2,
            other => u32::from(other % 23),
        }
    }
}

fn latency(chance: &mut Chance) -> Micros {
    let normal = (-2.0 * chance.fraction().ln()).sqrt() * (std::f64::consts::TAU * chance.fraction()).cos();
    let outlier = if chance.fraction() < 0.01 { 10.0 } else { 1.0 };
    let tenths = (400.0 * (0.5 * normal).exp() * outlier).clamp(1.0, 100_000.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what fits in the line before"
    )]
    let tenths = tenths as u32;
    Micros(tenths * 100)
}

fn fault(luck: u16) -> Fault {
    match luck % 4 {
        0 => Fault::new(FaultKind::Refused, "connection refused"),
        1 => Fault::new(FaultKind::Status(503), "503 Service Unavailable"),
        2 => Fault::new(FaultKind::Reset, "connection reset by peer"),
        _ => Fault::new(FaultKind::Closed, "closed before an answer"),
    }
}
