//! Signals on their way to the disk, with what they mean.

use domain::{Signal, TrackerId};
use tokio::sync::oneshot;

use super::Arrival;

/// A signal that came, and the check that it is, if it is one.
#[derive(Debug)]
pub struct Heard {
    /// Whose.
    pub tracker: TrackerId,
    /// What was said.
    pub signal: Signal,
    /// What it means.
    pub check: Option<Arrival>,
    /// Told when it is on disk; dropped when it does not get there.
    pub recorded: oneshot::Sender<()>,
}

/// Signals of the group in hand, and who waits for them.
#[derive(Default)]
pub(super) struct Signals {
    staged: Vec<(TrackerId, Signal)>,
    waiting: Vec<oneshot::Sender<()>>,
}

impl Signals {
    /// Takes a signal into the group in hand. Gives the check that goes with it.
    pub(super) fn stage(&mut self, heard: Heard) -> Option<Arrival> {
        self.staged.push((heard.tracker, heard.signal));
        self.waiting.push(heard.recorded);
        heard.check
    }

    /// Those of the group in hand, to be recorded.
    pub(super) fn take(&mut self) -> Vec<(TrackerId, Signal)> {
        std::mem::take(&mut self.staged)
    }

    /// Says that they are on disk.
    pub(super) fn acknowledge(&mut self) {
        // Who waited may have gone away.
        for recorded in self.waiting.drain(..) {
            let _ = recorded.send(());
        }
    }
}
