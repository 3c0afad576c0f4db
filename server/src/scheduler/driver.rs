//! The life of one tracker: wait for its slot, ask, hand the check over.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use domain::{
    Advice, Blame, Check, CheckName, FaultKind, Finding, Location, Outcome, Reason, Session, Slots, Status,
    Timestamp, Tracker, Trust, host_of, may_be_ours,
};
use tokio::time::Instant;

use super::{
    Tools,
    by_hand::{Done, Hand},
    heartbeat::{Heartbeat, LATE},
    nap::Nap,
};
use crate::{
    dependencies::may_be_blocked,
    recorder::{Arrival, Seen},
};

/// Drives one tracker. It asks one question at a time, so a tracker never overlaps itself; a slow target delays nobody
/// else, because everybody else has a driver of their own.
pub(super) struct Driver {
    tracker: Arc<Tracker>,
    slots: Slots,
    session: Box<dyn Session>,
    /// Whom it asks; none for this machine itself.
    host: Option<Arc<str>>,
    /// Whether its host was told to fail.
    is_suspect: bool,
    /// When the check was due whose answer the session remembers.
    last_good: Option<Timestamp>,
    /// Whether it is noted whom it talks to.
    is_noted: bool,
    heartbeat: Arc<Heartbeat>,
    /// Where checks by hand are asked for.
    hand: Arc<Hand>,
    /// Who waits for the next check.
    asked: Vec<Done>,
    /// Whether they wait for the next slot, because a check by hand had no time to end before it.
    waits_for_slot: bool,
    /// Due time and attempt of the newest check.
    newest: Option<(Timestamp, u16)>,
    tools: Tools,
}

/// Slots that are recorded as missed by overload before the rest becomes a gap.
const OVERLOAD_LIMIT: usize = 60;
/// Who asks for a check that is due so soon anyway, gets that one: a check by hand must not make it late.
const SOON: Duration = Duration::from_secs(1);

/// How a wait ended.
enum Waited {
    /// It is time.
    Due,
    /// Somebody wants a check before that.
    Asked,
    /// The wall clock was set, or the machine slept: slots are counted from now.
    Jumped(Reason),
    /// The program stops.
    Stop,
}

fn nothing_learnt(reason: Reason) -> Finding {
    Finding::untimed(Outcome::Unknown(reason))
}

impl Driver {
    /// A driver, and where checks by hand are asked for as long as it is there.
    pub(super) fn new(
        tracker: Arc<Tracker>,
        tools: Tools,
        heartbeat: Arc<Heartbeat>,
    ) -> (Box<Self>, Weak<Hand>) {
        let slots = Slots::new(&tracker.settings.schedule, tracker.id);
        let session = tools.prober.prepare(tracker.settings.plan());
        let host = host_of(&tracker.settings.target);
        let hand = Arc::<Hand>::default();
        let door = Arc::downgrade(&hand);
        let driver = Self {
            tracker,
            slots,
            session,
            host,
            is_suspect: false,
            last_good: None,
            is_noted: false,
            heartbeat,
            hand,
            asked: Vec::new(),
            waits_for_slot: false,
            newest: None,
            tools,
        };
        (Box::new(driver), door)
    }

    /// Checks once, for who asked: the driver of a tracker that rests.
    pub(super) async fn once(mut self: Box<Self>, done: Done) {
        self.asked.push(done);
        self.check_by_hand(None).await;
    }

    /// Runs until the program stops or the schedule ends. `at_once` starts with a check that nobody scheduled.
    pub(super) async fn run(mut self: Box<Self>, at_once: bool) {
        let mut last = self.tools.clock.now();
        if at_once {
            self.check_slot(last).await;
        }
        // A schedule that has ended leaves nothing to do.
        while let Some(due) = self.slots.next_after(last) {
            let now = self.tools.clock.now();
            if last.since(now) > Nap::STEP {
                // Set back while a probe was on its way: the next slot may be as far away as that.
                last = now;
                self.skip(now, now, Reason::ClockStep).await;
                continue;
            }
            match self.wait(due).await {
                Waited::Stop => return,
                Waited::Asked => self.check_by_hand(Some(due)).await,
                Waited::Jumped(reason) => {
                    last = self.tools.clock.now();
                    self.skip(due.min(last), last, reason).await;
                }
                Waited::Due => last = self.serve(due).await,
            }
        }
    }

    async fn wait(&mut self, due: Timestamp) -> Waited {
        loop {
            self.hand.take(&mut self.asked);
            let nap = Nap::begin(&*self.tools.clock);
            let wall = self.tools.clock.now();
            if self.tools.stop.is_cancelled() {
                return Waited::Stop;
            }
            if wall >= due {
                return Waited::Due;
            }
            if !self.asked.is_empty() && !self.waits_for_slot && due.since(wall) >= SOON {
                return Waited::Asked;
            }
            tokio::select! {
                biased;
                () = self.tools.stop.cancelled() => return Waited::Stop,
                () = self.hand.asked() => {}
                () = self.tools.clock.sleep(due.since(wall).min(Nap::LONGEST)) => {}
            }
            if let Some(reason) = nap.end(&*self.tools.clock) {
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
            self.skip(current, now, Reason::Overload).await;
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
            let failed = self.conclude((due, attempt), started, finding, due.plus(length)).await;
            let now = self.tools.clock.now();
            let next_attempt = now.plus(self.tracker.settings.policy.retry_after);
            // By a clock that was set back meanwhile all of them would.
            let fits = due.since(now) <= Nap::STEP && next_attempt.plus(nominal) <= due.plus(length);
            if !failed || !fits || !self.waits_for_retry(next_attempt).await {
                return;
            }
        }
    }

    /// A check that was asked for. It has to end before the next slot; what did not answer in so short a time may in that one's.
    async fn check_by_hand(&mut self, until: Option<Timestamp>) {
        let now = self.tools.clock.now();
        let nominal = self.tracker.settings.deadline(self.slots.length_of(now));
        let left = until.map_or(nominal, |until| until.since(now));
        let finding = self.ask(nominal, left).await;
        if left < nominal && finding.outcome == Outcome::Unknown(Reason::Overload) {
            self.waits_for_slot = true;
            return;
        }
        let attempt = match self.newest {
            Some((due, attempt)) if due == now => attempt.saturating_add(1).max(CheckName::BY_HAND),
            _ => CheckName::BY_HAND,
        };
        self.conclude((now, attempt), now, finding, now.plus(left)).await;
    }

    /// Judges what was found and hands it over. Says whether it is a failure.
    async fn conclude(
        &mut self,
        (due, attempt): (Timestamp, u16),
        started: Timestamp,
        mut finding: Finding,
        until: Timestamp,
    ) -> bool {
        let trust = self.judge(&mut finding, due, until).await;
        if finding.outcome.is_up() == Some(true) {
            self.session.remember();
            self.last_good = Some(due);
            self.note_contact();
        }
        let failed = finding.outcome.is_up() == Some(false);
        self.is_noted &= !failed;
        self.record(due, attempt, started, finding, trust).await;
        (self.newest, self.waits_for_slot) = (Some((due, attempt)), false);
        let name = self.name(due, attempt);
        for done in self.asked.drain(..) {
            // Who asked may have gone away.
            let _ = done.send(name);
        }
        failed
    }

    /// Asks once. A probe that started late has less time than it should, and one whose timers were late did not wait as it should;
    /// what it then misses is our fault.
    async fn ask(&mut self, nominal: Duration, left: Duration) -> Finding {
        let deadline = nominal.min(left);
        let started = Instant::now();
        let finding = self.session.ask(deadline).await;
        let timed_out = match &finding.outcome {
            Outcome::Down(fault) => matches!(fault.kind, FaultKind::Timeout(_)),
            _ => false,
        };
        let is_late = deadline < nominal.mul_f64(0.9)
            || started.elapsed() > deadline + LATE
            || self.heartbeat.was_late_since(started);
        if timed_out && is_late { nothing_learnt(Reason::Overload) } else { finding }
    }

    /// Makes a finding a verdict: by what this location sees, then by the policy, then by what it depends on. Says how a failure is to be
    /// taken.
    async fn judge(&mut self, finding: &mut Finding, due: Timestamp, until: Timestamp) -> Trust {
        let advice = self.advise(&finding.outcome, until).await;
        let policy = self.tracker.settings.policy;
        finding.outcome = match (advice, std::mem::replace(&mut finding.outcome, Outcome::Up)) {
            (Advice::Blind, _) => Outcome::Unknown(Reason::Blind),
            (_, outcome) => policy.judge(outcome, finding.latency),
        };
        let mut is_held = matches!(advice, Advice::Hold | Advice::Look);
        if may_be_blocked(&self.tracker, &finding.outcome) {
            let patience = until.since(self.tools.clock.now());
            // Boxed, as all that only failures need: each of ten thousand drivers would keep room for it.
            match Box::pin(self.tools.dependencies.blame(&self.tracker, due, patience)).await {
                Blame::Free => {}
                Blame::Unclear(_) => is_held = true,
                Blame::Blocked(_) => finding.outcome = Outcome::Unknown(Reason::Blocked),
            }
        }
        // Who rests is looked at, but does not go down.
        if is_held || self.tracker.rests() { Trust::Held } else { Trust::Full }
    }

    /// Asks whether a failure may be our own. A good answer costs nothing here.
    async fn advise(&mut self, outcome: &Outcome, until: Timestamp) -> Advice {
        let Some(host) = &self.host else { return Advice::Believe };
        match outcome {
            Outcome::Down(fault) if may_be_ours(fault.kind) => {}
            Outcome::Unknown(_) => return Advice::Believe,
            // Also a failure that proves contact.
            _ => {
                if std::mem::take(&mut self.is_suspect) {
                    self.tools.location.succeeded(host);
                }
                return Advice::Believe;
            }
        }
        if self.tracker.settings.policy.upside_down || self.tracker.rests() || self.is_down() {
            // It was not up, so it says nothing about others.
            return if self.tools.location.is_blind() { Advice::Blind } else { Advice::Believe };
        }
        self.is_suspect = true;
        let patience = until.since(self.tools.clock.now());
        Box::pin(self.tools.location.advise(host, self.tracker.settings.schedule.interval(), patience)).await
    }

    fn note_contact(&mut self) {
        if !std::mem::replace(&mut self.is_noted, true)
            && let Some(seen) = self.session.evidence()
        {
            self.tools.contacts.note(self.tracker.id, &seen);
        }
    }

    fn is_down(&self) -> bool {
        self.tools.view.read().status(self.tracker.id).is_some_and(Status::is_down)
    }

    /// What was seen, for a failure that may bring the tracker down.
    fn seen(&self, finding: &Finding) -> Option<Box<Seen>> {
        if finding.outcome.is_up() != Some(false) || self.is_down() {
            return None;
        }
        let failure = self.session.evidence()?;
        Some(Box::new(Seen { failure, last_good: self.last_good.zip(self.session.last_good()) }))
    }

    /// Waits until the next attempt; `false` when there is nothing left to find out, or no time.
    async fn waits_for_retry(&mut self, at: Timestamp) -> bool {
        // Who asks for a check gets the retry at once.
        let due = matches!(self.wait(at).await, Waited::Due | Waited::Asked);
        let view = self.tools.view.read();
        due && view.status(self.tracker.id).is_some_and(Status::is_retrying)
    }

    /// Records that nothing was learnt at a slot.
    async fn skip(&mut self, due: Timestamp, now: Timestamp, reason: Reason) {
        self.record(due, 0, now, nothing_learnt(reason), Trust::Full).await;
    }

    /// Hands a check over. What is returned waits where the recorder is behind.
    fn record(
        &self,
        due: Timestamp,
        attempt: u16,
        started: Timestamp,
        finding: Finding,
        trust: Trust,
    ) -> impl Future<Output = ()> + Send + '_ {
        let seen = self.seen(&finding);
        let name = self.name(due, attempt);
        let late_ms = u32::try_from(started.since(due).as_millis()).unwrap_or(u32::MAX);
        // A retry is late by design; only the scheduled check says something about this machine.
        let is_gap = matches!(finding.outcome, Outcome::Unknown(reason) if reason.is_gap());
        let late_ms = if attempt == 0 && !is_gap { late_ms } else { 0 };
        let Finding { outcome, latency, phases } = finding;
        let check = Check { name, late_ms, latency, phases, outcome };
        let recorded = self.tools.recorder.check(Arrival { check, trust, seen });
        let id = self.tracker.id;
        async move {
            if recorded.await.is_err() {
                tracing::error!(tracker = %id, "a check came after the recorder had stopped");
            }
        }
    }

    fn name(&self, due: Timestamp, attempt: u16) -> CheckName {
        CheckName { tracker: self.tracker.id, due, attempt, location: Location::LOCAL }
    }
}
