//! How others reach the recorder.

use std::{sync::Arc, time::Duration};

use domain::{
    AlertChange, Clock, Deed, Defaults, Done, Draft, Failure, NewTracker, Relabel, Rest, RetentionDraft,
    TrackerId, access::Actor,
};
use tokio::{
    sync::{
        mpsc::{self, error::TrySendError},
        oneshot,
    },
    time::timeout,
};

use super::{Arrival, heard::Heard, undo::UndoList};

/// A change that a person asks for.
#[derive(Debug)]
pub enum Edit {
    /// Add trackers, all or none.
    Add(Vec<NewTracker>),
    /// Change the settings that the draft names.
    Change(TrackerId, Box<Draft>),
    /// Let a tracker rest, or wake it.
    Rest(TrackerId, Option<Rest>),
    /// Remove a tracker; for ten minutes that can be taken back.
    Remove(TrackerId),
    /// Take a removal back.
    Restore(TrackerId),
    /// Do something with all of them.
    Many(Vec<TrackerId>, Deed),
    /// Rename a tag or a group of all trackers, or take it away.
    Relabel(Relabel),
    /// Take back what was done with many.
    Undo(u64),
    /// Keep what is recorded for so long.
    Keep(RetentionDraft),
    /// Let new trackers start with these, and those follow that are as usual.
    Defaults(Box<Defaults>),
    /// Change who is told, or note what became of it.
    Alert(Box<AlertChange>),
}

/// What an edit did.
pub(super) struct Edited {
    /// The trackers it was about.
    pub(super) ids: Vec<TrackerId>,
    /// What takes it back, if that was done with many.
    pub(super) undo: Option<u64>,
    /// The number of what was kept, if it was none of a tracker.
    pub(super) number: Option<i64>,
}

impl Edited {
    pub(super) fn of(ids: Vec<TrackerId>) -> Self {
        Self { ids, undo: None, number: None }
    }
}

pub(super) type Reply = oneshot::Sender<Result<Edited, Failure>>;

pub(super) enum Message {
    Check(Arrival),
    Heard(Box<Heard>),
    Edit(Edit, Actor, Reply),
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
pub struct RecorderHandle {
    inbox: mpsc::Sender<Message>,
    undos: UndoList,
    clock: Arc<dyn Clock>,
}

impl RecorderHandle {
    pub(super) fn new(inbox: mpsc::Sender<Message>, undos: UndoList, clock: Arc<dyn Clock>) -> Self {
        Self { inbox, undos, clock }
    }

    /// Hands a check over, at once if there is room; what is returned waits while the recorder is behind. That is rare, and each of ten
    /// thousand drivers would keep room for the check that waits, so it is boxed.
    pub fn check(&self, arrival: Arrival) -> impl Future<Output = Result<(), Stopped>> + Send + '_ {
        let waiting = match self.inbox.try_send(Message::Check(arrival)) {
            Ok(()) => Ok(None),
            Err(TrySendError::Full(message)) => Ok(Some(Box::pin(self.inbox.send(message)))),
            Err(TrySendError::Closed(_)) => Err(Stopped),
        };
        async move {
            match waiting? {
                Some(waiting) => waiting.await.map_err(|_| Stopped),
                None => Ok(()),
            }
        }
    }

    /// Hands a signal over; waits while the recorder is behind.
    pub async fn heard(&self, heard: Heard) -> Result<(), Stopped> {
        self.inbox.send(Message::Heard(Box::new(heard))).await.map_err(|_| Stopped)
    }

    /// Checks and edits that wait.
    pub fn waiting(&self) -> usize {
        self.inbox.max_capacity() - self.inbox.capacity()
    }

    /// Asks for an edit by somebody and waits until it is on disk, 10 s at most. Gives the ids of the trackers it was about.
    pub async fn edit(&self, edit: Edit, by: Actor) -> Result<Vec<TrackerId>, Failure> {
        self.ask(edit, by).await.map(|edited| edited.ids)
    }

    /// Does something with all of these trackers in one transaction, as [`Self::edit`] does.
    pub async fn change(&self, ids: Vec<TrackerId>, deed: Deed, by: Actor) -> Result<Done, Failure> {
        let edited = self.ask(Edit::Many(ids, deed), by).await?;
        Ok(Done { key: edited.undo.unwrap_or_default(), trackers: edited.ids.len() })
    }

    /// Renames a tag or a group of all trackers, or takes it away, as [`Self::change`] does.
    pub async fn relabel(&self, relabel: Relabel, by: Actor) -> Result<Done, Failure> {
        let edited = self.ask(Edit::Relabel(relabel), by).await?;
        Ok(Done { key: edited.undo.unwrap_or_default(), trackers: edited.ids.len() })
    }

    /// Changes who is told, or notes what became of it, as [`Self::edit`] does. Gives the number of what was kept; `None` when there is no
    /// such thing.
    pub async fn alert(&self, change: AlertChange, by: Actor) -> Result<Option<i64>, Failure> {
        self.ask(Edit::Alert(Box::new(change)), by).await.map(|edited| edited.number)
    }

    /// What a key takes back, as a sentence. Nothing when it is too late.
    pub fn undoable(&self, key: u64) -> Option<String> {
        self.undos.said(key, self.clock.monotonic())
    }

    async fn ask(&self, edit: Edit, by: Actor) -> Result<Edited, Failure> {
        let unavailable = |cause: domain::Cause| Failure::Unavailable { doing: words::DOING_SAVING, cause };
        let asked = async {
            let (reply, answer) = oneshot::channel();
            let sent = self.inbox.send(Message::Edit(edit, by, reply)).await;
            sent.map_err(|_| unavailable(Box::new(Stopped)))?;
            answer.await.map_err(|_| unavailable(Box::new(Stopped)))?
        };
        timeout(EDIT_PATIENCE, asked).await.unwrap_or_else(|_| Err(unavailable(Box::new(TooSlow))))
    }
}
