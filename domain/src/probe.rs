//! Asking a target, as the scheduler sees it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{Evidence, Expectations, HttpOptions, Micros, Outcome, Phases, Target, Watcher};

/// Whom to ask, how, and which answers count as up. Made once for each tracker and for each change of its settings, not for
/// each check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Whom to ask.
    pub target: Target,
    /// How.
    pub http: Arc<HttpOptions>,
    /// Which answers count as up.
    pub expect: Expectations,
    /// Whether connections are kept from one probe to the next.
    pub keeps_connections: bool,
}

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The verdict.
    pub outcome: Outcome,
    /// From the start of the probe to its verdict; absent when nothing was asked.
    pub latency: Option<Micros>,
    /// Where that time went.
    pub phases: Phases,
}

impl Finding {
    /// Nothing was asked, so there are no times.
    pub fn untimed(outcome: Outcome) -> Self {
        Self { outcome, latency: None, phases: Phases::NONE }
    }
}

/// Asks targets. One kind of probe per implementation.
pub trait Prober: Send + Sync {
    /// Makes ready to ask a target again and again. Asks nothing yet, and does not fail: what is wrong with a plan is found
    /// when it is asked.
    fn prepare(&self, plan: Plan) -> Box<dyn Session>;
}

/// One tracker's way of asking its target, with what it keeps from one probe to the next.
#[async_trait]
pub trait Session: Send {
    /// Asks once. Never fails and never panics: whatever happens is a finding. Ends within the deadline, give or take the
    /// scheduler's delay.
    async fn ask(&mut self, deadline: Duration) -> Finding;

    /// Tells what it does from the next probe on. Who is watched looks at the whole answer, even when its head decides.
    fn watch(&mut self, _watcher: Watcher) {}

    /// What the newest probe saw. Put together when it is asked for: who asks every second, asks only about failures.
    fn evidence(&self) -> Option<Evidence> {
        None
    }

    /// Remembers what the newest probe saw as the last good answer. Cheap: called after every good check.
    fn remember(&mut self) {}

    /// What was remembered last.
    fn last_good(&self) -> Option<Evidence> {
        None
    }
}
