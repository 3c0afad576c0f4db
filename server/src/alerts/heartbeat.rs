//! The dead man's switch: an address outside is asked every minute while all is well here. When it hears nothing, that service tells people:
//! a program that is gone cannot.

use std::{sync::Arc, time::Duration};

use domain::{Clock, Secret};
use notify::Sender;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::health::Health;

/// How often it is asked.
const EVERY: Duration = Duration::from_mins(1);

/// Asks until the program stops. While something keeps the program from its work nobody is asked: then silence is the message.
pub(crate) async fn beat(
    url: Secret,
    sender: Arc<Sender>,
    health: Arc<Health>,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
) {
    let mut was_heard = true;
    loop {
        let problems = health.problems(clock.monotonic());
        if problems.is_empty() {
            let heard = sender.ping(&url).await;
            // Once when it begins, not every minute.
            if let (Err(undelivered), true) = (&heard, was_heard) {
                tracing::warn!("the heartbeat is not heard: {}", undelivered.said);
            }
            was_heard = heard.is_ok();
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(EVERY) => {}
        }
    }
}
