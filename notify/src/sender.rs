//! What sends.

use domain::{Alert, EgressPolicy};

use crate::{Channel, Receipt, Undelivered};

/// Sends messages. One for the process.
///
/// It follows no redirects, reads at most 64 KiB of an answer, waits 10 seconds for a connection and as long for an answer, 30 for the
/// whole, and connects to no address that the policy forbids.
#[derive(Debug)]
pub struct Sender {
    pub(crate) egress: EgressPolicy,
}

/// Why there is no sender.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The client could not be made.
    #[error("the client that sends alerts could not be made")]
    Client(#[from] reqwest::Error),
}

impl Sender {
    /// A sender that obeys this policy.
    pub fn new(egress: EgressPolicy) -> Result<Self, BuildError> {
        Ok(Self { egress })
    }

    /// Sends a message by a channel. Dropping the future calls it off; whether the message arrived is then unknown.
    pub async fn send(&self, channel: &Channel, alert: &Alert) -> Result<Receipt, Undelivered> {
        let _ = self.egress;
        channel.send(self, alert).await
    }
}
