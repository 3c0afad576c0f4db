//! What sends a message, as the dispatcher sees it.

use async_trait::async_trait;
use domain::Alert;
use notify::{Channel, Receipt, Sender, Undelivered};

/// Sends messages. Dropping the future calls a message off; whether it arrived is then unknown.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Sends a message by a channel. The key of the message is the same whenever it is sent again.
    async fn send(&self, channel: &Channel, alert: &Alert) -> Result<Receipt, Undelivered>;
}

#[async_trait]
impl Messenger for Sender {
    async fn send(&self, channel: &Channel, alert: &Alert) -> Result<Receipt, Undelivered> {
        Sender::send(self, channel, alert).await
    }
}
