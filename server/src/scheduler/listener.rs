//! The life of a tracker whose target calls: wait for a signal or for the time by which one should have come.

use std::{borrow::Cow, sync::Arc, time::Duration};

use domain::{
    Awaited, Blame, Check, CheckName, Evidence, FaultKind, Finding, Location, Outcome, Reason, Signal,
    Status, Timestamp, Tracker, Trust,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{sleep, timeout},
};

use super::{Tools, nap::Nap, signals::Call};
use crate::{
    dependencies::may_be_blocked,
    failure::logged,
    recorder::{Arrival, Heard, Seen},
};

/// Listens for one target.
pub(super) struct Listener {
    tracker: Arc<Tracker>,
    awaited: Awaited,
    calls: mpsc::Receiver<Call>,
    /// The newest entry's due time: no two have the same.
    newest: Timestamp,
    /// The newest good signal that was recorded, with what it brought.
    last_good: Option<(Timestamp, Evidence)>,
    tools: Tools,
}

/// Signals that may wait for their listener.
const CALLS: usize = 16;
/// Good signals that follow each other faster than this are one check.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How long a signal may take to the disk. Who called waits a little longer.
const PATIENCE: Duration = Duration::from_secs(6);
/// How long the check by hand of a parent may take.
const OF_PARENT: Duration = Duration::from_secs(4);
/// How long after its time a signal may still be on its way here.
const ON_ITS_WAY: Duration = Duration::from_secs(2);
/// How long it waits before it reads again what could not be read.
const AGAIN: Duration = Duration::from_secs(1);

/// How a wait ended.
enum Waited {
    /// A signal came.
    Called(Call),
    /// None came in its time.
    Due,
    /// The program stops.
    Stop,
}

impl Listener {
    /// A listener and where signals are brought; nothing for a tracker that is asked.
    pub(super) fn new(tracker: &Arc<Tracker>, tools: &Tools) -> Option<(Self, mpsc::Sender<Call>)> {
        let awaited = Awaited::of(&tracker.settings)?;
        let (call, calls) = mpsc::channel(CALLS);
        let (tracker, tools) = (tracker.clone(), tools.clone());
        let newest = Timestamp(i64::MIN);
        Some((Self { tracker, awaited, calls, newest, last_good: None, tools }, call))
    }

    /// Listens until the program stops. `has_slept` says that nobody did until now.
    pub(super) async fn run(mut self, has_slept: bool) {
        if !self.resume(has_slept).await {
            return;
        }
        loop {
            match self.wait().await {
                Waited::Called(call) => self.take(call).await,
                Waited::Due => self.note_absence().await,
                Waited::Stop => return,
            }
        }
    }

    /// What was expected in a time that went its own way may have come.
    async fn jump(&mut self, reason: Reason) {
        tracing::warn!(tracker = %self.tracker.id, "the time between is a gap: {}", reason.sentence());
        // Also where the clock was set back: what comes now is due now.
        self.newest = self.tools.clock.now();
        self.awaited.skip(self.newest);
        self.record(self.newest, Outcome::Unknown(reason)).await;
    }

    /// Goes on where the signals that are kept end. `false` when the program stops before they could be read.
    async fn resume(&mut self, has_slept: bool) -> bool {
        let id = self.tracker.id;
        let mut signals = loop {
            if let Ok(signals) = self.tools.archive.signals(id, 2 * Signal::KEPT).await.map_err(logged) {
                break signals;
            }
            tokio::select! {
                () = self.tools.stop.cancelled() => return false,
                () = sleep(AGAIN) => {}
            }
        };
        signals.reverse();
        let (newest, is_missing) = {
            let view = self.tools.view.read();
            let newest = view.cells(id).and_then(|mut cells| cells.next_back().map(Cow::into_owned));
            let is_missing = matches!(
                view.status(id),
                Some(Status::Down { fault, .. }) if fault.kind == FaultKind::Missing
            );
            (newest, is_missing)
        };
        let now = self.tools.clock.now();
        self.awaited = self.awaited.clone().after(&signals, is_missing, now);
        self.newest = newest.as_ref().map_or(self.newest, |cell| cell.due);
        let was_away =
            newest.is_some_and(|cell| matches!(cell.outcome, Outcome::Unknown(reason) if reason.is_gap()));
        // With other settings something may be late by now that was not expected then.
        if has_slept || was_away || self.awaited.deadline().is_some_and(|deadline| deadline <= now) {
            self.awaited.skip(now);
        }
        true
    }

    async fn wait(&mut self) -> Waited {
        loop {
            if self.tools.stop.is_cancelled() {
                return Waited::Stop;
            }
            // Whoever called in time is heard before it is said that nobody did.
            if let Ok(call) = self.calls.try_recv() {
                return Waited::Called(call);
            }
            let clock = self.tools.clock.clone();
            let now = clock.now();
            let deadline = self.awaited.deadline().map(|deadline| deadline.plus(ON_ITS_WAY));
            if deadline.is_some_and(|deadline| deadline <= now) {
                return Waited::Due;
            }
            let nap = Nap::begin(&*clock);
            let length = deadline.map_or(Nap::LONGEST, |deadline| deadline.since(now).min(Nap::LONGEST));
            let call = tokio::select! {
                biased;
                () = self.tools.stop.cancelled() => return Waited::Stop,
                Some(call) = self.calls.recv() => Some(call),
                () = clock.sleep(length) => None,
            };
            if let Some(reason) = nap.end(&*clock) {
                self.jump(reason).await;
            }
            // Who sees nothing may not be heard by targets either.
            let now = clock.now();
            if self.tools.location.is_blind() && self.awaited.waits(now) {
                self.awaited.skip(now);
                let due = self.due(now);
                self.record(due, Outcome::Unknown(Reason::Blind)).await;
            }
            if let Some(call) = call {
                return Waited::Called(call);
            }
        }
    }

    /// A signal, as a check if it is one. What it changes counts when it is on disk, or will be; who called is answered then.
    async fn take(&mut self, Call { signal, recorded }: Call) {
        let (mut awaited, before) = (self.awaited.clone(), (self.newest, self.last_good.clone()));
        let finding = awaited.hear(&signal).filter(|finding| self.is_news(&finding.outcome, signal.at));
        let check = finding.map(|finding| {
            let due = self.due(signal.at);
            let seen = self.seen(&finding.outcome, due, &signal);
            Arrival { check: self.check(due, finding), trust: Trust::Full, seen }
        });
        let (done, is_done) = oneshot::channel();
        let heard = Heard { tracker: self.tracker.id, signal, check, recorded: done };
        if self.tools.recorder.heard(heard).await.is_err() {
            tracing::error!(tracker = %self.tracker.id, "a signal came after the recorder had stopped");
            return;
        }
        match timeout(PATIENCE, is_done).await {
            Ok(Ok(())) => {
                self.awaited = awaited;
                // Who called may have gone away.
                let _ = recorded.send(());
            }
            // It was refused, so whoever called comes again.
            Ok(Err(_)) => (self.newest, self.last_good) = before,
            // It will be recorded, but who called cannot wait for that.
            Err(_) => self.awaited = awaited,
        }
    }

    /// Whether it is worth a check: not that all is still well a moment later, nor, of one that is down, that it begins something.
    fn is_news(&self, outcome: &Outcome, at: Timestamp) -> bool {
        match outcome {
            Outcome::Up => {
                let was_good = self.last_good.as_ref().is_some_and(|(due, _)| *due == self.newest);
                !was_good || at.since(self.newest) >= AT_ONCE
            }
            Outcome::Degraded(fault) if fault.kind == FaultKind::Overlap => !self.is_down(),
            _ => true,
        }
    }

    /// No two entries are due at the same time.
    fn due(&mut self, at: Timestamp) -> Timestamp {
        self.newest = at.max(Timestamp(self.newest.0.saturating_add(1)));
        self.newest
    }

    /// What came with a signal that brings the tracker down; what is good is remembered.
    fn seen(&mut self, outcome: &Outcome, due: Timestamp, signal: &Signal) -> Option<Box<Seen>> {
        let body = signal.body.as_str();
        let end = body.ceil_char_boundary(body.len().saturating_sub(Evidence::BODY_LIMIT));
        let body = body.get(end..).filter(|body| !body.is_empty());
        let evidence = Evidence {
            url: self.tracker.settings.target.to_string(),
            peer: signal.from.clone(),
            body: body.map(ToOwned::to_owned),
            ..Evidence::default()
        };
        if outcome.is_up() == Some(true) {
            self.last_good = Some((due, evidence));
            return None;
        }
        (!self.is_down()).then(|| Box::new(Seen { failure: evidence, last_good: self.last_good.clone() }))
    }

    /// That no signal came, or that a run did not end. What that is no evidence for may have come unheard.
    async fn note_absence(&mut self) {
        let now = self.tools.clock.now();
        let mut awaited = self.awaited.clone();
        let Some((deadline, finding)) = awaited.overdue(now) else { return };
        let due = self.due(deadline);
        if self.tools.location.is_blind_now().await {
            self.awaited.skip(now);
            return self.record(due, Outcome::Unknown(Reason::Blind)).await;
        }
        if may_be_blocked(&self.tracker, &finding.outcome)
            && let Blame::Blocked(_) = self.tools.dependencies.blame(&self.tracker, due, OF_PARENT).await
        {
            self.awaited.skip(now);
            return self.record(due, Outcome::Unknown(Reason::Blocked)).await;
        }
        self.awaited = awaited;
        self.record(due, finding.outcome).await;
    }

    async fn record(&self, due: Timestamp, outcome: Outcome) {
        let check = self.check(due, Finding::untimed(outcome));
        if self.tools.recorder.check(check.into()).await.is_err() {
            tracing::error!(tracker = %self.tracker.id, "a check came after the recorder had stopped");
        }
    }

    fn check(&self, due: Timestamp, Finding { outcome, latency, phases }: Finding) -> Check {
        let name = CheckName { tracker: self.tracker.id, due, attempt: 0, location: Location::LOCAL };
        Check { name, late_ms: 0, latency, phases, outcome }
    }

    fn is_down(&self) -> bool {
        self.tools.view.read().status(self.tracker.id).is_some_and(Status::is_down)
    }
}
