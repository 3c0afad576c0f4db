//! Targets that call by themselves: nothing is asked.

use std::time::Duration;

use async_trait::async_trait;
use domain::{Finding, Outcome, Reason, Session};

/// Learns nothing: whoever has such a target listens, and does not ask.
pub(crate) struct Push;

#[async_trait]
impl Session for Push {
    async fn ask(&mut self, _deadline: Duration) -> Finding {
        Finding::untimed(Outcome::Unknown(Reason::NotObserved))
    }
}
