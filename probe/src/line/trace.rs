//! How far a probe has come, and where its time goes.

use std::{sync::Arc, time::Duration};

use domain::{Fault, FaultKind, Micros, Outcome, Phase, Phases, Progress, Reason, Watcher};
use tokio::time::Instant;

use super::{seen::Seen, stream::Stream, tls::Shown};
use crate::fault;

/// The course of one probe. Written while it runs, so that it tells as much when the deadline ends it.
pub(crate) struct Trace {
    /// Where the time went.
    pub(crate) phases: Phases,
    /// What the probe is waiting for.
    pub(crate) phase: Phase,
    /// Who is to blame for what goes wrong now.
    pub(crate) blame: Blame,
    /// What it saw.
    pub(crate) seen: Seen,
    /// What the newest encrypted connection showed: the next one mostly shows the same.
    pub(crate) chain: Option<Arc<Shown>>,
    /// The connection that the server was asked to close.
    pub(crate) parting: Option<Stream>,
    /// Who wants to be told.
    pub(crate) watcher: Option<Watcher>,
    started: Instant,
    /// When the deadline passes.
    pub(crate) until: Instant,
    /// How long it may still wait for others of its kind: a tenth of the whole deadline, so that the target has the rest.
    pub(crate) patience: Duration,
    /// When the phase began.
    pub(crate) since: Instant,
    is_running: bool,
}

/// Who is talked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blame {
    /// The target, or a host that it redirects to.
    Target,
    /// The proxy, or the target through it.
    Proxy,
    /// Who gives out tokens.
    SignIn,
    /// A name server of this machine's own.
    NameServer,
    /// Ourselves: no descriptor is left for a connection.
    Descriptors,
}

impl Trace {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        Self {
            phases: Phases::NONE,
            phase: Phase::FirstByte,
            blame: Blame::Target,
            seen: Seen::default(),
            chain: None,
            parting: None,
            watcher: None,
            started: now,
            until: now,
            patience: Duration::ZERO,
            since: now,
            is_running: false,
        }
    }

    /// Begins a probe.
    pub(crate) fn begin(&mut self, deadline: Duration) {
        let now = Instant::now();
        (self.until, self.patience) = (now + deadline, deadline / 10);
        (self.started, self.since, self.is_running) = (now, now, true);
        (self.phases, self.phase, self.blame) = (Phases::NONE, Phase::FirstByte, Blame::Target);
        self.seen.forget();
    }

    /// What was waited for has come; now this is waited for.
    pub(crate) fn enter(&mut self, phase: Phase) {
        self.enter_knowing(phase, String::new);
    }

    /// The same, with what was learnt. That is only put together for who watches.
    pub(crate) fn enter_knowing(&mut self, phase: Phase, what: impl FnOnce() -> String) {
        let (passed, took) = (self.phase, self.lap());
        self.phase = phase;
        // What a proxy or a giver of tokens does is no step of the target's.
        if self.blame == Blame::Target {
            self.tell(|| Progress::Passed { phase: passed, took, what: what() });
        }
    }

    /// Tells who watches.
    pub(crate) fn tell(&self, what: impl FnOnce() -> Progress) {
        if let Some(watcher) = &self.watcher {
            watcher(what());
        }
    }

    /// Goes on where another one is now, with its time.
    pub(crate) fn branch(&mut self, from: &Self) {
        (self.phases, self.phase) = (from.phases, from.phase);
        (self.until, self.patience) = (from.until, from.patience);
        (self.started, self.since, self.is_running) = (from.started, from.since, true);
    }

    /// Becomes another one that branched off.
    pub(crate) fn follow(&mut self, branch: Self) {
        (self.phases, self.phase) = (branch.phases, branch.phase);
        (self.started, self.since) = (branch.started, branch.since);
        (self.seen, self.is_running) = (branch.seen, false);
    }

    /// Begins to ask the target, after something that is no phase of it.
    pub(crate) fn resume(&mut self) {
        self.lap();
        (self.phases, self.phase, self.blame) = (Phases::NONE, Phase::FirstByte, Blame::Target);
        self.seen.forget();
    }

    /// How long until the deadline.
    pub(crate) fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// Leaves out a time in which nothing was asked of anybody.
    pub(crate) fn set_aside(&mut self, waited: Duration) {
        self.patience = self.patience.saturating_sub(waited);
        self.started += waited;
        self.since += waited;
    }

    /// Ends the probe, if it has not ended yet. What it waits for is counted as far as it came.
    pub(crate) fn stop(&mut self) {
        if self.is_running {
            self.lap();
            self.is_running = false;
        }
    }

    /// Ends the probe at the beginning of the phase it is in, which is not waited for.
    pub(crate) fn stop_here(&mut self) {
        self.is_running = false;
    }

    /// From the start to the last change of phase.
    pub(crate) fn total(&self) -> Duration {
        self.since - self.started
    }

    /// The verdict over a deadline that passes now.
    pub(crate) fn deadline(&self) -> Outcome {
        self.blame(fault::deadline(self.phase))
    }

    /// Lays a fault at the right door.
    pub(crate) fn blame(&self, outcome: Outcome) -> Outcome {
        match (self.blame, outcome) {
            (Blame::NameServer, Outcome::Down(_)) => Outcome::Unknown(Reason::Resolver),
            (Blame::Descriptors, _) => Outcome::Unknown(Reason::FileDescriptors),
            (Blame::Proxy, Outcome::Down(fault)) if fault.kind != FaultKind::Proxy => {
                Outcome::Down(Fault::new(FaultKind::Proxy, fault.to_string()))
            }
            (Blame::SignIn, Outcome::Down(fault)) if fault.kind != FaultKind::SignIn => {
                Outcome::Down(Fault::new(FaultKind::SignIn, fault.to_string()))
            }
            (_, outcome) => outcome,
        }
    }

    fn lap(&mut self) -> Micros {
        let now = Instant::now();
        let took = (now - self.since).into();
        self.phases.add(self.phase, took);
        self.since = now;
        took
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_set_aside_is_no_ones_time() {
        let mut trace = Trace::new();
        trace.begin(Duration::from_secs(1));
        trace.phase = Phase::Connect;
        advance(Duration::from_millis(60)).await;
        trace.set_aside(Duration::from_millis(60));
        advance(Duration::from_millis(5)).await;
        let mut branch = Trace::new();
        branch.branch(&trace);
        advance(Duration::from_millis(30)).await;
        branch.set_aside(Duration::from_millis(30));
        branch.enter(Phase::FirstByte);
        branch.stop();
        trace.follow(branch);
        assert_eq!(trace.phases.get(Phase::Connect), Some(Micros(5_000)));
        assert_eq!((trace.total(), trace.left()), (Duration::from_millis(5), Duration::from_millis(905)));
        assert_eq!(trace.patience, Duration::from_millis(40), "what branches wait is theirs");
    }
}
