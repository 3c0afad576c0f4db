//! What a probe is asked and what it answers. The code that asks is the crate `probe`.

use std::time::Duration;

use async_trait::async_trait;

use crate::{ExpectedStatuses, Micros, Outcome, Target};

/// One question to a target.
#[derive(Clone, Debug)]
pub struct ProbeRequest {
    /// Whom to ask.
    pub target: Target,
    /// Which answers count as up.
    pub expect: ExpectedStatuses,
    /// When to give up, counted from the start of the probe.
    pub deadline: Duration,
}

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The verdict.
    pub outcome: Outcome,
    /// From the start of the probe to its verdict; absent when nothing was asked.
    pub latency: Option<Micros>,
}

/// Asks targets. One kind of probe per implementation.
#[async_trait]
pub trait Prober: Send + Sync {
    /// Asks once. Never fails and never panics: whatever happens is a finding. Ends within the deadline, give or take the
    /// scheduler's delay.
    async fn probe(&self, request: &ProbeRequest) -> Finding;
}
