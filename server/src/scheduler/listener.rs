//! The life of a tracker whose target calls: wait for a signal or for the time by which one should have come.

use std::time::Duration;

use domain::{
    Awaited, Blame, Check, CheckName, Evidence, FaultKind, Finding, Location, Outcome, Reason, Signal,
    Status, Timestamp, Tracker, Trust,
};
use std::sync::Arc;
use tokio::{sync::mpsc, time::sleep};

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
/// How long the check by hand of a parent may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long it waits before it reads again what could not be read.
const AGAIN: Duration = Duration::from_secs(1);

/// How a wait ended.
enum Waited {
    /// A signal came.
    Called(Call),
    /// None came in its time.
    Due,
    /// The wall clock was set, or the machine slept.
    Jumped(Reason),
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
                Waited::Jumped(reason) => {
                    let now = self.tools.clock.now();
                    self.newest = now;
                    self.awaited.skip(now);
                    self.record(now, Finding::untimed(Outcome::Unknown(reason)), Trust::Full).await;
                }
                Waited::Stop => return,
            }
        }
    }

    /// Goes on where the signals that are kept end. `false` when the program stops before they could be read.
    async fn resume(&mut self, has_slept: bool) -> bool {
        let id = self.tracker.id;
        let mut signals = loop {
            if let Ok(signals) = self.tools.archive.signals(id, Signal::KEPT).await.map_err(logged) {
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
            let newest = view.cells(id).and_then(|mut cells| cells.next_back().cloned());
            let is_missing = matches!(
                view.status(id),
                Some(Status::Down { fault, .. }) if fault.kind == FaultKind::Missing
            );
            (newest, is_missing)
        };
        self.awaited = self.awaited.clone().after(&signals, is_missing);
        self.newest = newest.as_ref().map_or(self.newest, |cell| cell.due);
        let now = self.tools.clock.now();
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
            let (now, deadline) = (clock.now(), self.awaited.deadline());
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
            match (nap.end(&*clock), call) {
                (Some(reason), None) => {
                    tracing::warn!(tracker = %self.tracker.id, "the time between is a gap: {}", reason.sentence());
                    return Waited::Jumped(reason);
                }
                (Some(_), Some(call)) => {
                    self.awaited.skip(clock.now());
                    return Waited::Called(call);
                }
                (None, Some(call)) => return Waited::Called(call),
                (None, None) => {}
            }
        }
    }

    /// A signal, as a check if it is one.
    async fn take(&mut self, Call { signal, recorded }: Call) {
        let tracker = self.tracker.id;
        let check = match self.awaited.hear(&signal) {
            None => None,
            Some(finding) => {
                let outcome = self.tracker.settings.policy.judge(finding.outcome, finding.latency);
                if outcome == Outcome::Up && self.is_repeated(&signal) {
                    let _ = recorded.send(());
                    return;
                }
                let due = self.due(signal.at);
                let seen = self.seen(&outcome, due, &signal);
                Some(Arrival {
                    check: self.check(due, Finding { outcome, ..finding }),
                    trust: Trust::Full,
                    seen,
                })
            }
        };
        if self.tools.recorder.heard(Heard { tracker, signal, check, recorded }).await.is_err() {
            tracing::error!(%tracker, "a signal came after the recorder had stopped");
        }
    }

    /// Whether a good signal says nothing that the last entry did not say a moment ago.
    fn is_repeated(&self, signal: &Signal) -> bool {
        let was_good = self.last_good.as_ref().is_some_and(|(due, _)| *due == self.newest);
        was_good && signal.body.is_empty() && signal.at.since(self.newest) < AT_ONCE
    }

    /// No two entries are due at the same time.
    fn due(&mut self, at: Timestamp) -> Timestamp {
        self.newest = at.max(Timestamp(self.newest.0.saturating_add(1)));
        self.newest
    }

    /// What came with a signal that brings the tracker down; what is good is remembered.
    fn seen(&mut self, outcome: &Outcome, due: Timestamp, signal: &Signal) -> Option<Box<Seen>> {
        let body = Some(signal.body.as_str()).filter(|body| !body.is_empty());
        let evidence = Evidence {
            url: self.tracker.settings.target.to_string(),
            peer: signal.from.clone(),
            body: body.map(|body| body[..body.floor_char_boundary(Evidence::BODY_LIMIT)].to_owned()),
            ..Evidence::default()
        };
        if outcome.is_up() == Some(true) {
            self.last_good = Some((due, evidence));
            return None;
        }
        (!self.is_down()).then(|| Box::new(Seen { failure: evidence, last_good: self.last_good.clone() }))
    }

    /// That no signal came, or that a run did not end.
    async fn note_absence(&mut self) {
        let now = self.tools.clock.now();
        let Some((deadline, mut finding)) = self.awaited.overdue(now) else { return };
        let due = self.due(deadline);
        // Who sees nothing hears nothing.
        if self.tools.location.is_blind_now().await {
            finding.outcome = Outcome::Unknown(Reason::Blind);
        } else if may_be_blocked(&self.tracker, &finding.outcome)
            && let Blame::Blocked(_) = self.tools.dependencies.blame(&self.tracker, due, PATIENCE).await
        {
            finding.outcome = Outcome::Unknown(Reason::Blocked);
        }
        self.record(due, finding, Trust::Full).await;
    }

    async fn record(&self, due: Timestamp, finding: Finding, trust: Trust) {
        let arrival = Arrival { check: self.check(due, finding), trust, seen: None };
        if self.tools.recorder.check(arrival).await.is_err() {
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
