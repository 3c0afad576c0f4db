//! What the pages may ask of the server. The server provides [`Services`]; a server function is one call on one of them.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    Cell, Deed, Done, Failure, ListRequest, LiveAnswer, LiveRequest, Preview, Story, StoryRequest, TrackerId,
    TrackerPage, TrackerView, Worth,
};

/// Everything the pages may ask.
#[derive(Clone)]
pub struct Services {
    /// Changing trackers.
    pub trackers: Arc<dyn Trackers>,
    /// Following them.
    pub live: Arc<dyn Live>,
    /// Looking back.
    pub past: Arc<dyn Past>,
}

/// Changing trackers. Every call returns after the change is on disk.
#[async_trait]
pub trait Trackers: Send + Sync {
    /// Adds a tracker for each of the targets, one a line, with the default schedule; all of them or none.
    async fn add(&self, targets: String) -> Result<Vec<TrackerId>, Failure>;

    /// A tracker's settings as the fields of a form, called as errors call them. Nothing secret is in them.
    async fn fields(&self, id: TrackerId) -> Result<Vec<(String, String)>, Failure>;

    /// What its policy is worth, and what others would be.
    async fn worths(&self, id: TrackerId) -> Result<Vec<Worth>, Failure>;

    /// Changes a tracker by the fields of its form; a secret that is still masked stays what it was.
    async fn edit(&self, id: TrackerId, fields: Vec<(String, String)>) -> Result<(), Failure>;

    /// Lets a tracker rest, or wakes it. Doing it twice changes nothing.
    async fn set_paused(&self, id: TrackerId, paused: bool) -> Result<(), Failure>;

    /// Removes a tracker. For ten minutes that can be taken back.
    async fn remove(&self, id: TrackerId) -> Result<(), Failure>;

    /// Takes a removal back.
    async fn restore(&self, id: TrackerId) -> Result<(), Failure>;

    /// Does something with all of these trackers, in one transaction; those that are gone are left out. At most
    /// [`crate::MOST_AT_ONCE`].
    async fn change(&self, ids: Vec<TrackerId>, deed: Deed) -> Result<Done, Failure>;

    /// What the fields of a form would change in these trackers; `set` names the fields that count.
    async fn preview(&self, ids: Vec<TrackerId>, fields: Vec<(String, String)>) -> Result<Preview, Failure>;

    /// Takes back what was done with many.
    async fn undo(&self, key: u64) -> Result<(), Failure>;

    /// What a key takes back, as a sentence: `12 trackers are paused.` Nothing when it is too late.
    fn undoable(&self, key: u64) -> Option<String>;
}

/// Following trackers. Reads memory only.
#[async_trait]
pub trait Live: Send + Sync {
    /// What changed since the request's cursor.
    async fn poll(&self, request: LiveRequest) -> Result<LiveAnswer, Failure>;

    /// One page of the list.
    async fn list(&self, request: ListRequest) -> Result<TrackerPage, Failure>;

    /// One tracker with its newest checks.
    async fn tracker(&self, id: TrackerId) -> Result<TrackerView, Failure>;

    /// The name of a tracker that was removed and can be restored.
    async fn removed(&self, id: TrackerId) -> Result<String, Failure>;

    /// A tracker's newest checks, oldest first; at most [`crate::SHOWN_CHECKS`].
    async fn last_checks(&self, id: TrackerId) -> Result<Vec<Cell>, Failure>;

    /// Why nothing can be recorded at the moment, as sentences for people.
    fn trouble(&self) -> Option<String>;
}

/// Looking back at what was recorded.
#[async_trait]
pub trait Past: Send + Sync {
    /// What a page tells of a tracker's past.
    async fn story(&self, id: TrackerId, request: StoryRequest) -> Result<Story, Failure>;
}
