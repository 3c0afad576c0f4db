//! What is told of this installation itself: that it sees nothing, and that it sees again.

use domain::{Alert, AlertChange, AlertKind, Outgoing};

use super::Dispatcher;

impl Dispatcher {
    /// One notice when this location goes blind, and one when it sees again, through every channel that is used.
    pub(super) async fn notice(&mut self) {
        let blindness = self.tools.health.blindness();
        if blindness.is_some() == self.was_blind {
            return;
        }
        self.was_blind = blindness.is_some();
        let kind = if blindness.is_some() { AlertKind::Blind } else { AlertKind::Seeing };
        let now = self.tools.clock.now();
        let channels = match self.tools.archive.channels().await {
            Ok(channels) => channels,
            Err(failure) => {
                tracing::warn!(
                    cause = crate::failure::chain(&failure),
                    "nobody is told what this location sees"
                );
                return;
            }
        };
        let alert = Alert { cause: blindness.unwrap_or_default(), ..Alert::of(kind, now) };
        let all = channels.into_iter().filter(|channel| channel.enabled).filter_map(|channel| {
            let alert = alert.clone();
            Some(Outgoing { channel: channel.id?, tracker: None, not_before: now, fallback: None, alert })
        });
        self.tools.change(AlertChange::Send(all.collect())).await;
    }
}
