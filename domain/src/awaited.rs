//! What signals mean, and their absence: of a target that calls, every check is decided here.
//!
//! Before its first signal nothing is expected of a target. Then the next one is expected an interval after the last, or at the next
//! time of a cron schedule; a grace after that it is missing. A run that began has the same grace to end. What comes after it was
//! missed is late, which is not as bad as not coming at all.

use std::time::Duration;

use crate::{
    Answer, Expectations, Facet, Fault, FaultKind, Finding, Judgement, Micros, NewTracker, Outcome, Phases,
    Policy, Schedule, Signal, SignalWord, Slots, Timestamp, TrackerId, schedule::spoken,
};

/// When signals are expected, and what of them counts as up.
#[derive(Clone, Debug)]
struct Terms {
    schedule: Schedule,
    /// The slots of cron; of intervals the distance alone counts.
    slots: Slots,
    grace: Duration,
    expect: Expectations,
    policy: Policy,
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
    /// Whether it was told that it did not end in its time.
    is_told: bool,
}

/// Runs that may be on at once; of more, the oldest are forgotten.
const MOST_RUNS: usize = 16;
/// How much before its time a signal may come and still be meant for it: clocks differ.
const EARLY: Duration = Duration::from_mins(1);

impl Terms {
    /// When a signal is expected after one that came then.
    fn after(&self, heard: Timestamp) -> Option<Timestamp> {
        if let Some(interval) = self.schedule.interval() {
            return Some(heard.plus(interval));
        }
        let next = self.slots.next_after(heard)?;
        if self.is_for(heard, next) { self.slots.next_after(next) } else { Some(next) }
    }

    /// Whether what comes at a time counts for this expected one: a tenth of the way to the one after it before it, a minute at most.
    fn is_for(&self, at: Timestamp, expected: Timestamp) -> bool {
        let length = self.schedule.interval().unwrap_or_else(|| self.slots.length_of(expected));
        at.plus((length / 10).min(EARLY)) >= expected
    }

    /// Whether a run should have ended by this time.
    fn is_over(&self, run: &Run, at: Timestamp) -> bool {
        run.is_told || run.began.plus(self.grace) <= at
    }

    /// The newest time whose grace is over now.
    fn over_until(&self, now: Timestamp) -> Timestamp {
        let grace = i64::try_from(self.grace.as_millis()).unwrap_or(i64::MAX);
        Timestamp(now.0.saturating_sub(grace))
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
                policy: tracker.policy,
            },
            next: None,
            missed: None,
            runs: Vec::new(),
        })
    }

    /// Takes note of what was heard until `now`, the oldest first, and was recorded with what it meant. `is_missing` says whether a signal
    /// was missing at the end of that.
    #[must_use]
    pub fn after(mut self, signals: &[Signal], is_missing: bool, now: Timestamp) -> Self {
        for signal in signals {
            let _ = self.hear(signal);
        }
        for run in &mut self.runs {
            run.is_told = run.began.plus(self.terms.grace) <= now;
        }
        if let Some(next) = self.next.filter(|_| is_missing) {
            self.missed = Some(next);
            self.next = self.terms.following(next, self.terms.over_until(now));
        }
        self
    }

    /// Nobody could hear until `now`: what was expected meanwhile, or would have been early for what is expected next, may have come, and
    /// runs may have ended.
    pub fn skip(&mut self, now: Timestamp) {
        self.next = self.next.and_then(|next| self.terms.following(next, now));
        if let Some(next) = self.next.filter(|next| self.terms.is_for(now, *next)) {
            self.next = self.terms.following(next, next);
        }
        self.runs.clear();
    }

    /// Whether a signal is expected by now, or a run is on.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.next.is_some_and(|next| next <= now) || self.runs.iter().any(|run| !run.is_told)
    }

    /// When something is missing if no signal comes before; nothing while none is expected.
    pub fn deadline(&self) -> Option<Timestamp> {
        let on = self.runs.iter().filter(|run| !run.is_told).map(|run| run.began);
        on.chain(self.next).map(|from| from.plus(self.terms.grace)).min()
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
        // Who names a run that is on begins it anew; what did not end in its time is not waited for once another begins.
        self.runs.retain(|run| {
            run.name != signal.run || (run.name.is_none() && !self.terms.is_over(run, signal.at))
        });
        let other = self.runs.iter().find(|run| !self.terms.is_over(run, signal.at)).map(|run| run.began);
        if self.runs.len() == MOST_RUNS {
            self.runs.remove(0);
        }
        self.runs.push(Run { name: signal.run.clone(), began: signal.at, is_told: false });
        other
            .map(|began| Outcome::Degraded(Fault::new(FaultKind::Overlap, words::fault_overlap_since(began))))
    }

    fn end(&mut self, signal: &Signal) -> Finding {
        let place = self.runs.iter().position(|run| run.name == signal.run);
        // Who names a run at its beginning and not at its end means the only one.
        let place = place.or_else(|| (signal.run.is_none() && self.runs.len() == 1).then_some(0));
        let run = place.map(|place| self.runs.remove(place));
        // What comes when the next one is expected is that one, even if another was missed.
        let is_next = self.next.is_some_and(|next| self.terms.is_for(signal.at, next));
        let missed = self.missed.take().filter(|_| !is_next);
        if run.is_none() || is_next {
            self.next = self.terms.after(signal.at);
        }
        let took = run.as_ref().map(|run| signal.at.since(run.began));
        let outcome = match signal.word {
            SignalWord::Exit(code) if code != 0 => {
                Outcome::Down(Fault::new(FaultKind::Exit(code), signal.line()))
            }
            SignalWord::Fail => Outcome::Down(Fault::new(FaultKind::Failed, signal.line())),
            _ => self.judged(signal, took).unwrap_or_else(|| late(missed, run.as_ref(), took)),
        };
        let outcome = self.terms.policy.judge(outcome, took.map(Micros::from));
        // Longer ones do not fit, and are told by their signals alone.
        let latency = took.filter(|took| *took < Duration::from_mins(71)).map(Micros::from);
        Finding { outcome, latency, phases: Phases::NONE }
    }

    /// What expectations say against a signal that went well.
    fn judged(&self, signal: &Signal, took: Option<Duration>) -> Option<Outcome> {
        let message = signal.body.as_bytes();
        let message = message.get(..Expectations::MESSAGES_LIMIT).unwrap_or(message);
        let answer = Answer {
            messages: Some(message).filter(|message| !message.is_empty()),
            total: took.map_or(Micros(0), Micros::from),
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
        let (grace, said) = (self.terms.grace, spoken(self.terms.grace));
        let over = self.runs.iter_mut().find(|run| !run.is_told && run.began.plus(grace) == due);
        let fault = if let Some(run) = over {
            run.is_told = true;
            Fault::new(FaultKind::Unfinished, words::fault_unfinished_since(said, run.began))
        } else {
            let next = self.next?;
            let first = *self.missed.get_or_insert(next);
            // One entry for each that is missing; if we are late ourselves, for the newest.
            self.next = self.terms.following(next, self.terms.over_until(now));
            Fault::new(FaultKind::Missing, words::fault_missing_since(said, first))
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
