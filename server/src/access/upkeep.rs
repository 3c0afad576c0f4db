//! What has to be done now and then: noticing what others changed, and writing down what was used.

use std::{sync::Arc, time::Duration};

use domain::{Failure, Timestamp};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{Access, IDLE, LONGEST, lock};

/// How often the database is asked whether the command line changed something.
const LOOK_OUTSIDE: Duration = Duration::from_secs(1);
/// How often it is written when sessions and tokens were used. Others notice every write, so not often.
const WRITE_EVERY: Duration = Duration::from_mins(5);

impl Access {
    /// Works until the program stops, then writes down what was used last.
    pub(crate) async fn upkeep(self: Arc<Self>, stop: CancellationToken) {
        let mut look = interval(LOOK_OUTSIDE);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut write = interval(WRITE_EVERY);
        write.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first comes at once.
        write.tick().await;
        let mut is_known = true;
        loop {
            let done = tokio::select! {
                () = stop.cancelled() => break,
                _ = look.tick() => self.look_outside().await,
                _ = write.tick() => self.write_used().await,
            };
            // A disk that is full is full for long; the log says so once.
            match done {
                Err(failure) if is_known => {
                    drop(crate::failure::logged(failure));
                    is_known = false;
                }
                Err(_) => {}
                Ok(()) => is_known = true,
            }
        }
        if let Err(failure) = self.write_used().await {
            drop(crate::failure::logged(failure));
        }
    }

    async fn look_outside(&self) -> Result<(), Failure> {
        if self.records.revision().await? == self.known().all.revision { Ok(()) } else { self.reload().await }
    }

    async fn write_used(&self) -> Result<(), Failure> {
        let used = std::mem::take(&mut *lock(&self.used));
        let now = self.clock.now();
        let before =
            |time: Duration| Timestamp(now.as_ms() - i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 2));
        let sessions: Vec<_> = used.sessions.iter().map(|(id, at)| (*id, *at)).collect();
        let tokens: Vec<_> = used.tokens.iter().map(|(id, at)| (*id, *at)).collect();
        let known = self.known();
        let (idle, oldest) = (before(IDLE), before(LONGEST));
        let some_are_over =
            known.all.sessions.iter().any(|session| session.seen_at < idle || session.made_at < oldest);
        if sessions.is_empty() && tokens.is_empty() && !some_are_over {
            return Ok(());
        }
        let written = self.records.touch(&sessions, &tokens, idle, oldest).await;
        match written {
            Ok(()) => self.reload().await,
            Err(failure) => {
                // Nothing of it is lost: what was used since counts, the rest is written next time.
                let mut newer = lock(&self.used);
                for (id, at) in used.sessions {
                    newer.sessions.entry(id).or_insert(at);
                }
                for (id, at) in used.tokens {
                    newer.tokens.entry(id).or_insert(at);
                }
                Err(failure)
            }
        }
    }
}
