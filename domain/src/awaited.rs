//! What signals mean, and their absence: of a target that calls, every check is decided here.
//!
//! Before its first signal nothing is expected of a target. Then the next one is expected an interval after the last, or at the next
//! time of a cron schedule; a grace after that it is missing. A run that began has the same grace to end. What comes after it was
//! missed is late, which is not as bad as not coming at all.

use std::time::Duration;

use crate::{
    Answer, Expectations, Facet, Fault, FaultKind, Finding, Judgement, Micros, NewTracker, Outcome, Phases,
    Schedule, Signal, SignalWord, Slots, Timestamp, TrackerId, schedule::spoken,
};

/// When signals are expected, and what of them counts as up.
#[derive(Clone, Debug)]
struct Terms {
    schedule: Schedule,
    /// The slots of cron; of intervals the distance alone counts.
    slots: Slots,
    grace: Duration,
    expect: Expectations,
}

/// What is expected of one target that calls.
#[derive(Clone, Debug)]
pub struct Awaited {
    terms: Terms,
    /// When the next signal is expected; nothing before the first one.
    next: Option<Timestamp>,
    /// When the first of those was expected that did not come.
    missed: Option<Timestamp>,
    /// Runs that began, the oldest first.
    runs: Vec<Run>,
}

#[derive(Clone, Debug)]
struct Run {
    name: Option<String>,
    began: Timestamp,
    /// When it has to be over; nothing when its end may have come unheard.
    until: Option<Timestamp>,
    /// Whether it was told that it did not end in its time.
    is_told: bool,
}

/// Runs that may be on at once; of more, the oldest are forgotten.
const MOST_RUNS: usize = 16;
/// How much before a time of cron a signal may come and still be meant for it: clocks differ.
const EARLY: Duration = Duration::from_mins(1);

impl Terms {
    /// When a signal is expected after one that came then.
    fn after(&self, heard: Timestamp) -> Option<Timestamp> {
        if let Some(interval) = self.schedule.interval() {
            return Some(heard.plus(interval));
        }
        let next = self.slots.next_after(heard)?;
        let early = (self.slots.length_of(next) / 10).min(EARLY);
        if next.since(heard) <= early { self.slots.next_after(next) } else { Some(next) }
    }

    /// The first expected time after `now`, when signals are expected then and at the times after.
    fn following(&self, next: Timestamp, now: Timestamp) -> Option<Timestamp> {
        match self.schedule.interval() {
            _ if next > now => Some(next),
            Some(interval) => {
                let behind = now.since(next).as_millis() / interval.as_millis().max(1) + 1;
                let behind = u32::try_from(behind).unwrap_or(u32::MAX);
                Some(next.plus(interval.saturating_mul(behind)))
            }
            None => self.slots.next_after(now),
        }
    }
}

impl Awaited {
    /// What is expected of a tracker's target before it was ever heard; nothing of one that is asked.
    pub fn of(tracker: &NewTracker) -> Option<Self> {
        tracker.target.kind().has(Facet::Signals).then(|| Self {
            terms: Terms {
                schedule: tracker.schedule.clone(),
                slots: Slots::new(&tracker.schedule, TrackerId(0)),
                grace: tracker.grace(),
                expect: tracker.expect.clone(),
            },
            next: None,
            missed: None,
            runs: Vec::new(),
        })
    }

    /// Takes note of what was heard before, the oldest first. `is_missing` says whether a signal was missing at the end of that.
    #[must_use]
    pub fn after(mut self, signals: &[Signal], is_missing: bool) -> Self {
        for signal in signals {
            // What it meant was recorded then.
            let _ = self.hear(signal);
        }
        self.missed = self.next.filter(|_| is_missing);
        self
    }

    /// Nobody listened until `now`: what was expected meanwhile may have come, and runs may have ended.
    pub fn skip(&mut self, now: Timestamp) {
        self.next = self.next.and_then(|next| self.terms.following(next, now));
        for run in &mut self.runs {
            run.until = None;
        }
    }

    /// When something is missing if no signal comes before; nothing while none is expected.
    pub fn deadline(&self) -> Option<Timestamp> {
        let next = self.next.map(|next| next.plus(self.terms.grace));
        self.runs.iter().filter_map(|run| run.until).chain(next).min()
    }

    /// By when something would have been missing after an entry that was due then.
    pub fn missing_after(&self, due: Timestamp) -> Option<Timestamp> {
        Some(self.terms.after(due)?.plus(self.terms.grace))
    }

    /// What a signal means as a check; nothing for one that only begins a run or says something.
    pub fn hear(&mut self, signal: &Signal) -> Option<Finding> {
        match signal.word {
            SignalWord::Log => None,
            SignalWord::Start => self.begin(signal).map(Finding::untimed),
            SignalWord::Success | SignalWord::Fail | SignalWord::Exit(_) => Some(self.end(signal)),
        }
    }

    fn begin(&mut self, signal: &Signal) -> Option<Outcome> {
        self.next = self.terms.after(signal.at);
        // Who names a run that is on begins it anew.
        self.runs.retain(|run| run.name.is_none() || run.name != signal.run);
        let other = self.runs.iter().find(|run| !run.is_told && run.until.is_some()).map(|run| run.began);
        if self.runs.len() == MOST_RUNS {
            self.runs.remove(0);
        }
        let until = Some(signal.at.plus(self.terms.grace));
        self.runs.push(Run { name: signal.run.clone(), began: signal.at, until, is_told: false });
        other
            .map(|began| Outcome::Degraded(Fault::new(FaultKind::Overlap, words::fault_overlap_since(began))))
    }

    fn end(&mut self, signal: &Signal) -> Finding {
        let place = self.runs.iter().position(|run| run.name == signal.run);
        // Who names a run at its beginning and not at its end means the only one.
        let place = place.or_else(|| (signal.run.is_none() && self.runs.len() == 1).then_some(0));
        let run = place.map(|place| self.runs.remove(place));
        if run.is_none() {
            self.next = self.terms.after(signal.at);
        }
        let missed = self.missed.take();
        let took = run.as_ref().map(|run| signal.at.since(run.began));
        // Longer ones do not fit, and are told by their signals alone.
        let latency = took.filter(|took| *took < Duration::from_mins(71)).map(Micros::from);
        let outcome = match signal.word {
            SignalWord::Exit(code) if code > 0 => {
                Outcome::Down(Fault::new(FaultKind::Exit(code), signal.line()))
            }
            SignalWord::Fail => Outcome::Down(Fault::new(FaultKind::Failed, signal.line())),
            _ => self.judged(signal, latency).unwrap_or_else(|| late(missed, run.as_ref(), took)),
        };
        Finding { outcome, latency, phases: Phases::NONE }
    }

    /// What expectations say against a signal that went well.
    fn judged(&self, signal: &Signal, latency: Option<Micros>) -> Option<Outcome> {
        let answer = Answer {
            messages: Some(signal.body.as_bytes()),
            total: latency.unwrap_or(Micros(0)),
            address: signal.from.as_ref().and_then(|from| from.parse().ok()),
            ..Answer::default()
        };
        match self.terms.expect.judge(&answer) {
            Judgement::Met => None,
            Judgement::Degraded(miss) => Some(Outcome::Degraded(miss.fault())),
            Judgement::Down(miss) => Some(Outcome::Down(miss.fault())),
        }
    }

    /// What it means that nothing came until the deadline, if that is over: a check that is due then.
    pub fn overdue(&mut self, now: Timestamp) -> Option<(Timestamp, Finding)> {
        let due = self.deadline().filter(|due| *due <= now)?;
        let grace = spoken(self.terms.grace);
        let fault = if let Some(run) = self.runs.iter_mut().find(|run| run.until == Some(due)) {
            run.until = None;
            run.is_told = true;
            Fault::new(FaultKind::Unfinished, words::fault_unfinished_since(grace, run.began))
        } else {
            let next = self.next?;
            let first = *self.missed.get_or_insert(next);
            // One entry for each that is missing; if we are late ourselves, for the newest.
            let over = Timestamp(now.0.saturating_sub(due.0.saturating_sub(next.0)));
            self.next = self.terms.following(next, over);
            Fault::new(FaultKind::Missing, words::fault_missing_since(grace, first))
        };
        Some((due, Finding::untimed(Outcome::Down(fault))))
    }
}

/// Whether what went well came in its time.
fn late(missed: Option<Timestamp>, run: Option<&Run>, took: Option<Duration>) -> Outcome {
    let detail = match (missed, run.filter(|run| run.is_told).and(took)) {
        (_, Some(took)) => words::fault_late_run(spoken(took)),
        (Some(missed), None) => words::fault_late_since(missed),
        (None, None) => return Outcome::Up,
    };
    Outcome::Degraded(Fault::new(FaultKind::Late, detail))
}

#[cfg(test)]
#[path = "awaited_tests.rs"]
mod tests;
