//! The life of one tracker: wait for its slot, ask, hand the check over.

use std::{sync::Arc, time::Duration};

use domain::{
    Check, CheckName, FaultKind, Finding, Location, Outcome, Reason, Session, Slots, Status, Timestamp,
    Tracker,
};

use super::Tools;

/// Drives one tracker. It asks one question at a time, so a tracker never overlaps itself; a slow target delays nobody
/// else, because everybody else has a driver of their own.
pub(super) struct Driver {
    tracker: Arc<Tracker>,
    slots: Slots,
    session: Box<dyn Session>,
    tools: Tools,
}

/// The longest sleep in one piece, so that a clock that was set is noticed.
const NAP: Duration = Duration::from_secs(30);
/// Wall and monotonic time may drift apart by this much in one nap; more is a step of the clock or a suspend.
const STEP: Duration = Duration::from_secs(2);
/// Slots that are recorded as missed by overload before the rest becomes a gap.
const OVERLOAD_LIMIT: usize = 60;

/// How a wait ended.
enum Waited {
    /// It is time.
    Due,
    /// The wall clock was set, or the machine slept: slots are counted from now.
    Jumped(Reason),
    /// The program stops.
    Stop,
}

fn nothing_learnt(reason: Reason) -> Finding {
    Finding::untimed(Outcome::Unknown(reason))
}

impl Driver {
    pub(super) fn new(tracker: Arc<Tracker>, tools: Tools) -> Self {
        let slots = Slots::new(&tracker.settings.schedule, tracker.id);
        let session = tools.prober.prepare(tracker.settings.plan());
        Self { tracker, slots, session, tools }
    }

    /// Runs until the program stops or the schedule ends. `at_once` starts with a check that nobody scheduled.
    pub(super) async fn run(mut self, at_once: bool) {
        let mut last = self.tools.clock.now();
        if at_once {
            self.check_slot(last).await;
        }
        // A schedule that has ended leaves nothing to do.
        while let Some(due) = self.slots.next_after(last) {
            match self.wait(due).await {
                Waited::Stop => return,
                Waited::Jumped(reason) => {
                    last = self.tools.clock.now();
                    self.record(due.min(last), 0, last, nothing_learnt(reason)).await;
                }
                Waited::Due => last = self.serve(due).await,
            }
        }
    }

    async fn wait(&mut self, due: Timestamp) -> Waited {
        loop {
            let clock = &self.tools.clock;
            let (wall, monotonic, asleep) = (clock.now(), clock.monotonic(), clock.asleep());
            if self.tools.stop.is_cancelled() {
                return Waited::Stop;
            }
            if wall >= due {
                return Waited::Due;
            }
            tokio::select! {
                () = self.tools.stop.cancelled() => return Waited::Stop,
                () = self.tools.clock.sleep(due.since(wall).min(NAP)) => {}
            }
            let slept = self.tools.clock.monotonic().saturating_sub(monotonic);
            let (now, expected) = (self.tools.clock.now(), wall.plus(slept));
            if now.since(expected) > STEP || expected.since(now) > STEP {
                let has_slept = self.tools.clock.asleep().saturating_sub(asleep) > STEP;
                let reason = if has_slept { Reason::Suspended } else { Reason::ClockStep };
                tracing::warn!(tracker = %self.tracker.id, "the time between is a gap: {}", reason.sentence());
                return Waited::Jumped(reason);
            }
        }
    }

    /// Checks a slot that is due, after recording those before it that could not start in their time. Gives the slot that
    /// was served last.
    async fn serve(&mut self, due: Timestamp) -> Timestamp {
        let now = self.tools.clock.now();
        let mut current = due;
        let mut missed = 0;
        while let Some(next) = self.slots.next_after(current).filter(|next| *next <= now) {
            if missed == OVERLOAD_LIMIT {
                return now;
            }
            missed += 1;
            self.record(current, 0, now, nothing_learnt(Reason::Overload)).await;
            current = next;
        }
        self.check_slot(current).await;
        current
    }

    /// The scheduled check of a slot, and its retries as far as they fit before the next slot.
    async fn check_slot(&mut self, due: Timestamp) {
        let length = self.slots.length_of(due);
        let nominal = self.tracker.settings.deadline(length);
        for attempt in 0..=self.tracker.settings.policy.retries {
            let started = self.tools.clock.now();
            let left = length.saturating_sub(started.since(due));
            let finding = self.ask(nominal, left).await;
            let failed = finding.outcome.is_up() == Some(false);
            self.record(due, attempt, started, finding).await;
            let next_attempt = self.tools.clock.now().plus(self.tracker.settings.policy.retry_after);
            let fits = next_attempt.plus(nominal) <= due.plus(length);
            if !failed || !fits || !self.waits_for_retry(next_attempt).await {
                return;
            }
        }
    }

    /// Asks once. A probe that started late has less time than it should; what it then misses is our fault.
    async fn ask(&mut self, nominal: Duration, left: Duration) -> Finding {
        let deadline = nominal.min(left);
        let mut finding = self.session.ask(deadline).await;
        let timed_out = match &finding.outcome {
            Outcome::Down(fault) => matches!(fault.kind, FaultKind::Timeout(_)),
            _ => false,
        };
        if timed_out && deadline < nominal.mul_f64(0.9) {
            return nothing_learnt(Reason::Overload);
        }
        finding.outcome = self.tracker.settings.policy.judge(finding.outcome, finding.latency);
        if finding.outcome.is_up() == Some(true) {
            self.session.remember();
        }
        finding
    }

    /// Waits until the next attempt; `false` when there is nothing left to find out, or no time.
    async fn waits_for_retry(&mut self, at: Timestamp) -> bool {
        let due = matches!(self.wait(at).await, Waited::Due);
        let view = self.tools.view.read();
        due && view.status(self.tracker.id).is_some_and(Status::is_retrying)
    }

    async fn record(&mut self, due: Timestamp, attempt: u16, started: Timestamp, finding: Finding) {
        let name = CheckName { tracker: self.tracker.id, due, attempt, location: Location::LOCAL };
        let late_ms = u32::try_from(started.since(due).as_millis()).unwrap_or(u32::MAX);
        // A retry is late by design; only the scheduled check says something about this machine.
        let is_gap = matches!(finding.outcome, Outcome::Unknown(reason) if reason.is_gap());
        let late_ms = if attempt == 0 && !is_gap { late_ms } else { 0 };
        let Finding { outcome, latency, phases } = finding;
        let check = Check { name, late_ms, latency, phases, outcome };
        if self.tools.recorder.check(check).await.is_err() {
            tracing::error!(tracker = %self.tracker.id, "a check came after the recorder had stopped");
        }
    }
}
