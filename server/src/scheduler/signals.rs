//! Signals on their way from the web to who listens.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{Clock, Failure, Signal, TrackerId};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::timeout,
};

use super::by_hand::Order;
use crate::recorder::{Heard, RecorderHandle, Roster};

/// A signal, and who waits until it is on disk.
pub(super) struct Call {
    pub(super) signal: Signal,
    pub(super) recorded: oneshot::Sender<()>,
}

/// Where signals are brought.
#[derive(Clone)]
pub struct Signals(Arc<Desk>);

struct Desk {
    orders: mpsc::Sender<Order>,
    recorder: RecorderHandle,
    roster: watch::Receiver<Roster>,
    clock: Arc<dyn Clock>,
    /// Signals of each tracker in a second that began then, by the monotonic clock.
    counts: Mutex<HashMap<TrackerId, (Duration, u32)>>,
}

/// Why a signal was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Untaken {
    /// Too many came within a second.
    #[error("too many signals came")]
    Many,
    /// It did not get to the disk in time.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Why a signal is not on disk.
#[derive(Debug, thiserror::Error)]
#[error("a signal was not recorded within {} s", PATIENCE.as_secs())]
struct NotRecorded;

/// Signals of a tracker in a second.
const MOST: u32 = 10;
const WINDOW: Duration = Duration::from_secs(1);
/// How long who calls waits: shorter than the ten seconds that callers usually have.
const PATIENCE: Duration = Duration::from_secs(8);

impl Signals {
    pub(super) fn new(
        orders: mpsc::Sender<Order>,
        recorder: RecorderHandle,
        roster: watch::Receiver<Roster>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self(Arc::new(Desk { orders, recorder, roster, clock, counts: Mutex::default() }))
    }

    /// Hands over what the target of a tracker tells. Returns when it is on disk. Of one that rests it is kept, and means nothing.
    pub async fn tell(&self, tracker: TrackerId, signal: Signal) -> Result<(), Untaken> {
        let rests =
            self.0.roster.borrow().get(&tracker).map(|known| known.rests()).ok_or(Failure::NotFound)?;
        if !self.0.admits(tracker) {
            return Err(Untaken::Many);
        }
        let (recorded, is_recorded) = oneshot::channel();
        let told = async {
            if rests {
                let heard = Heard { tracker, signal, check: None, recorded };
                self.0.recorder.heard(heard).await.ok()?;
            } else {
                let call = Call { signal, recorded };
                self.0.orders.send(Order::Signal(tracker, call)).await.ok()?;
            }
            is_recorded.await.ok()
        };
        let told = timeout(PATIENCE, told).await.ok().flatten();
        let failed = || Failure::Unavailable { doing: words::DOING_SIGNAL, cause: Box::new(NotRecorded) };
        Ok(told.ok_or_else(failed)?)
    }
}

impl Desk {
    fn admits(&self, tracker: TrackerId) -> bool {
        let now = self.clock.monotonic();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.retain(|_, (since, _)| now.saturating_sub(*since) < WINDOW);
        let (_, count) = counts.entry(tracker).or_insert((now, 0));
        *count += 1;
        *count <= MOST
    }
}
