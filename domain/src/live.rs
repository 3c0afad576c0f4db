//! The live view: status and newest checks of every tracker, in memory.
//!
//! It changes only after a commit, and by whole commits; so what a browser was shown is on disk. Everything in it
//! remembers the commit that brought it, which makes an answer to any cursor of this run a walk over the visible trackers.

mod cells;
mod list;

use std::{
    borrow::Cow,
    collections::{BTreeMap, VecDeque},
};

use self::cells::Cells;
use crate::{
    About, Cell, Change, Cursor, LiveAnswer, LiveRequest, Status, Timestamp, Totals, TrackerDelta, TrackerId,
    TrackerView, uptime::newest_due,
};

/// How many cells are kept and shown for each tracker.
pub const SHOWN_CHECKS: usize = 60;

/// Status and newest checks of every tracker.
#[derive(Clone, Debug)]
pub struct LiveView {
    cursor: Cursor,
    listed: u64,
    /// Boxed, because half of the places of such a map are empty.
    entries: BTreeMap<TrackerId, Box<Entry>>,
    /// Names of trackers that were removed in this run and can be restored.
    removed: BTreeMap<TrackerId, String>,
    /// Whether the newest checks over all trackers were up, oldest first; unknown ones are left out.
    newest: VecDeque<(TrackerId, bool)>,
}

#[derive(Clone, Debug)]
struct Entry {
    added: u64,
    about: Stamped<About>,
    /// What can be found in it.
    text: String,
    status: Stamped<Status>,
    flapping: Stamped<bool>,
    /// Whether somebody said that they know that it is down.
    acknowledged: bool,
    cells: Cells,
}

/// A value and the commit that brought it.
#[derive(Clone, Debug)]
struct Stamped<T> {
    commit: u64,
    value: T,
}

impl LiveView {
    /// An empty view of a new run. `boot` is chosen by chance, so that cursors of other runs are recognised.
    pub fn new(boot: u32) -> Self {
        Self {
            cursor: Cursor { boot, commit: 0 },
            listed: 0,
            entries: BTreeMap::new(),
            removed: BTreeMap::new(),
            newest: VecDeque::new(),
        }
    }

    /// Starts the next commit: what is changed until the next call belongs to it.
    pub fn begin_commit(&mut self) {
        self.cursor.commit += 1;
    }

    /// Adds a tracker, or replaces its settings if they differ.
    ///
    /// Who was told is no setting: see [`Self::set_told`].
    pub fn set_about(&mut self, id: TrackerId, mut about: About) {
        let commit = self.cursor.commit;
        if let Some(entry) = self.entries.get(&id) {
            about.told.clone_from(&entry.about.value.told);
        }
        match self.entries.get_mut(&id) {
            Some(entry) if entry.about.value == about => {}
            Some(entry) => {
                // What decides where it stands in a list.
                let key = |about: &About| {
                    (about.name.clone(), about.group.clone(), about.tags.clone(), about.place)
                };
                if key(&entry.about.value) != key(&about) {
                    self.listed = commit;
                }
                entry.text = list::text(&about);
                entry.about = Stamped { commit, value: about };
            }
            None => {
                self.removed.remove(&id);
                let entry = Box::new(Entry {
                    added: commit,
                    text: list::text(&about),
                    about: Stamped { commit, value: about },
                    status: Stamped { commit, value: Status::Pending },
                    flapping: Stamped { commit, value: false },
                    acknowledged: false,
                    cells: Cells::default(),
                });
                self.entries.insert(id, entry);
                self.listed = commit;
            }
        }
    }

    /// Removes a tracker and its checks.
    pub fn remove(&mut self, id: TrackerId) {
        if let Some(entry) = self.entries.remove(&id) {
            self.removed.insert(id, entry.about.value.name);
            self.listed = self.cursor.commit;
            self.newest.retain(|(tracker, _)| *tracker != id);
        }
    }

    /// Forgets the name of a tracker that cannot be restored any more.
    pub fn forget(&mut self, id: TrackerId) {
        self.removed.remove(&id);
    }

    /// The name of a tracker that was removed in this run and can be restored.
    pub fn removed(&self, id: TrackerId) -> Option<&str> {
        self.removed.get(&id).map(String::as_str)
    }

    /// Sets a tracker's status. Nothing happens when the tracker is gone.
    pub fn set_status(&mut self, id: TrackerId, status: Status) {
        let commit = self.cursor.commit;
        if let Some(entry) = self.entries.get_mut(&id)
            && entry.status.value != status
        {
            entry.status = Stamped { commit, value: status };
        }
    }

    /// Says whether somebody knows that a tracker is down. Nothing happens when the tracker is gone.
    pub fn set_acknowledged(&mut self, id: TrackerId, acknowledged: bool) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.acknowledged = acknowledged;
        }
    }

    /// Says who was told of a tracker's outage. Nothing happens when the tracker is gone.
    pub fn set_told(&mut self, id: TrackerId, told: &str) {
        let commit = self.cursor.commit;
        if let Some(entry) = self.entries.get_mut(&id)
            && entry.about.value.told != told
        {
            entry.about.commit = commit;
            told.clone_into(&mut entry.about.value.told);
        }
    }

    /// Says whether a tracker flaps. Nothing happens when the tracker is gone.
    pub fn set_flapping(&mut self, id: TrackerId, flapping: bool) {
        let commit = self.cursor.commit;
        if let Some(entry) = self.entries.get_mut(&id)
            && entry.flapping.value != flapping
        {
            entry.flapping = Stamped { commit, value: flapping };
        }
    }

    /// Appends a check or a gap to a tracker's cells. Nothing happens when the tracker is gone.
    pub fn push(&mut self, id: TrackerId, cell: Cell) {
        let commit = self.cursor.commit;
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        if let Some(up) = cell.outcome.is_up() {
            if self.newest.len() == SHOWN_CHECKS {
                self.newest.pop_front();
            }
            self.newest.push_back((id, up));
        }
        entry.cells.push(commit, cell);
    }

    /// Answers a poll: everything that the cursor's owner lacks about its visible trackers. Reads at most
    /// [`crate::VISIBLE_LIMIT`] of them.
    pub fn answer(&self, request: &LiveRequest, now: Timestamp) -> LiveAnswer {
        let known = request
            .cursor
            .filter(|cursor| cursor.boot == self.cursor.boot && cursor.commit <= self.cursor.commit);
        let visible = request.visible.iter().take(crate::VISIBLE_LIMIT);
        let changes = visible.filter_map(|id| self.change(*id, known)).collect();
        LiveAnswer {
            cursor: self.cursor,
            now,
            totals: self.totals(),
            changes,
            version: String::new(),
            trouble: None,
        }
    }

    /// One tracker.
    pub fn tracker(&self, id: TrackerId) -> Option<TrackerView> {
        self.entries.get(&id).map(|entry| entry.view(id))
    }

    /// A tracker's settings as they are shown.
    pub fn about(&self, id: TrackerId) -> Option<&About> {
        self.entries.get(&id).map(|entry| &entry.about.value)
    }

    /// A tracker's cells, oldest first.
    pub fn cells(&self, id: TrackerId) -> Option<impl DoubleEndedIterator<Item = Cow<'_, Cell>>> {
        self.entries.get(&id).map(|entry| entry.cells.iter())
    }

    /// A tracker's status.
    pub fn status(&self, id: TrackerId) -> Option<&Status> {
        self.entries.get(&id).map(|entry| &entry.status.value)
    }

    /// Whether the newest checks over all trackers were up, oldest first; at most [`SHOWN_CHECKS`].
    pub fn newest(&self) -> impl Iterator<Item = bool> {
        self.newest.iter().map(|(_, up)| *up)
    }

    /// The trackers in the view, oldest first.
    pub fn ids(&self) -> impl Iterator<Item = TrackerId> {
        self.entries.keys().copied()
    }

    /// Counts over all trackers.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals { listed: self.listed, ..Totals::default() };
        for entry in self.entries.values() {
            totals.count(entry.state());
            totals.acknowledged += u32::from(entry.acknowledged && entry.state() == crate::State::Down);
            let newest = newest_due(entry.cells.iter().rev().take(2));
            totals.newest = totals.newest.max(newest);
        }
        totals
    }

    fn change(&self, id: TrackerId, known: Option<Cursor>) -> Option<Change> {
        let Some(entry) = self.entries.get(&id) else {
            return Some(Change::Gone(id));
        };
        match known {
            Some(cursor) if entry.added <= cursor.commit => entry.since(id, cursor.commit).map(Change::Delta),
            _ => Some(Change::Whole(entry.view(id))),
        }
    }
}

impl Entry {
    fn view(&self, id: TrackerId) -> TrackerView {
        TrackerView {
            id,
            about: self.about.value.clone(),
            status: self.status.value.clone(),
            flapping: self.flapping.value,
            cells: self.cells.all(),
        }
    }

    fn since(&self, id: TrackerId, commit: u64) -> Option<TrackerDelta> {
        let delta = TrackerDelta {
            id,
            status: self.status.newer_than(commit),
            flapping: self.flapping.newer_than(commit),
            about: self.about.newer_than(commit),
            cells: self.cells.since(commit),
        };
        let has_news = delta.status.is_some()
            || delta.flapping.is_some()
            || delta.about.is_some()
            || !delta.cells.is_empty();
        has_news.then_some(delta)
    }
}

impl<T: Clone> Stamped<T> {
    fn newer_than(&self, commit: u64) -> Option<T> {
        (self.commit > commit).then(|| self.value.clone())
    }
}

#[cfg(test)]
#[path = "live/tests.rs"]
mod tests;
