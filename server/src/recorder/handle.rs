//! How others reach the recorder.

use std::time::Duration;

use domain::{Draft, Failure, NewTracker, TrackerId};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::Arrival;

/// A change that a person asks for.
#[derive(Debug)]
pub enum Edit {
    /// Add trackers, all or none.
    Add(Vec<NewTracker>),
    /// Change the settings that the draft names.
    Change(TrackerId, Box<Draft>),
    /// Let a tracker rest, or wake it.
    Pause(TrackerId, bool),
    /// Remove a tracker; for ten minutes that can be taken back.
    Remove(TrackerId),
    /// Take a removal back.
    Restore(TrackerId),
}

pub(super) type Reply = oneshot::Sender<Result<Vec<TrackerId>, Failure>>;

pub(super) enum Message {
    Check(Arrival),
    Edit(Edit, Reply),
}

/// The recorder has stopped.
#[derive(Debug, thiserror::Error)]
#[error("the program is stopping")]
pub struct Stopped;

/// The disk did not answer.
#[derive(Debug, thiserror::Error)]
#[error("the database did not answer within {} s", EDIT_PATIENCE.as_secs())]
struct TooSlow;

/// How long a person waits for an edit to be on disk.
const EDIT_PATIENCE: Duration = Duration::from_secs(10);

/// A way to the recorder. When the last one is dropped, the recorder ends.
#[derive(Clone)]
pub struct RecorderHandle(mpsc::Sender<Message>);

impl RecorderHandle {
    pub(super) fn new(sender: mpsc::Sender<Message>) -> Self {
        Self(sender)
    }

    /// Hands a check over; waits while the recorder is behind.
    pub async fn check(&self, arrival: Arrival) -> Result<(), Stopped> {
        self.0.send(Message::Check(arrival)).await.map_err(|_| Stopped)
    }

    /// Checks and edits that wait.
    pub fn waiting(&self) -> usize {
        self.0.max_capacity() - self.0.capacity()
    }

    /// Asks for an edit and waits until it is on disk, 10 s at most. Gives the ids of the trackers it was about.
    pub async fn edit(&self, edit: Edit) -> Result<Vec<TrackerId>, Failure> {
        let unavailable = |cause: domain::Cause| Failure::Unavailable { doing: "saving", cause };
        let asked = async {
            let (reply, answer) = oneshot::channel();
            let sent = self.0.send(Message::Edit(edit, reply)).await;
            sent.map_err(|_| unavailable(Box::new(Stopped)))?;
            answer.await.map_err(|_| unavailable(Box::new(Stopped)))?
        };
        timeout(EDIT_PATIENCE, asked).await.unwrap_or_else(|_| Err(unavailable(Box::new(TooSlow))))
    }
}
