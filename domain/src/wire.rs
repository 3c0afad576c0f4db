//! What a page and the server say to each other about the live view.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    Cell, InMaintenance, Rest, SHOWN_CHECKS, State, Status, Timestamp, TrackerId, Uptime, uptime::newest_due,
};

/// The most trackers that one poll may name.
pub const VISIBLE_LIMIT: usize = 100;
/// Trackers on one page of the list.
pub const PAGE_SIZE: usize = 100;

/// A point in the life of the live view: which run of the server, and how many commits into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Chosen by chance at each start of the server.
    pub boot: u32,
    /// Commits since then.
    pub commit: u64,
}

/// A browser's poll.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveRequest {
    /// What the browser has; absent, or of another run, asks for everything.
    #[serde(default)]
    pub cursor: Option<Cursor>,
    /// The trackers that it shows; at most [`VISIBLE_LIMIT`].
    pub visible: Vec<TrackerId>,
}

/// What changed since the cursor of a poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveAnswer {
    /// To be sent with the next poll.
    pub cursor: Cursor,
    /// The server's time.
    pub now: Timestamp,
    /// Over all trackers, shown or not.
    pub totals: Totals,
    /// The visible trackers that changed.
    pub changes: Vec<Change>,
    /// Which client the server has; a page of another should be loaded again. Empty where nobody serves one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Why nothing can be recorded at the moment, as sentences for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// One tracker's news.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Forget what you have; this is the tracker.
    Whole(TrackerView),
    /// Add this to what you have.
    Delta(TrackerDelta),
    /// The tracker is no more.
    Gone(TrackerId),
}

/// How many trackers are in which status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    /// All trackers.
    pub trackers: u32,
    /// Up, and not paused.
    pub up: u32,
    /// Retrying, and not paused.
    pub retrying: u32,
    /// Down, and not paused.
    pub down: u32,
    /// Of these, those of which somebody said that they know.
    #[serde(skip_serializing_if = "is_none")]
    pub acknowledged: u32,
    /// Without a check so far, and not paused.
    pub pending: u32,
    /// Failing while a tracker that they depend on is down.
    #[serde(skip_serializing_if = "is_none")]
    pub blocked: u32,
    /// In maintenance, and not paused.
    #[serde(skip_serializing_if = "is_none")]
    pub maintenance: u32,
    /// Paused.
    pub paused: u32,
    /// Trackers that cannot be checked as they stand.
    pub broken: u32,
    /// Due time of the newest check of any tracker.
    pub newest: Option<Timestamp>,
    /// The commit that last added or removed a tracker, or moved one. When it grows, the list is read anew.
    pub listed: u64,
}

impl Totals {
    /// Counts one more.
    pub fn count(&mut self, state: State) {
        self.trackers += 1;
        let counted = match state {
            State::Up => &mut self.up,
            State::Retrying => &mut self.retrying,
            State::Down => &mut self.down,
            State::Waiting => &mut self.pending,
            State::Blocked => &mut self.blocked,
            State::Maintenance => &mut self.maintenance,
            State::Paused => &mut self.paused,
            State::Problem => &mut self.broken,
        };
        *counted += 1;
    }
}

// The signature is serde's.
#[expect(clippy::trivially_copy_pass_by_ref)]
fn is_none(count: &u32) -> bool {
    *count == 0
}

/// One page of the list of trackers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackerPage {
    /// To be sent with the first poll.
    pub cursor: Cursor,
    /// The server's time.
    pub now: Timestamp,
    /// Over all trackers, on this page or not.
    pub totals: Totals,
    /// Counted from 1; the last page when a higher one was asked for.
    pub page: u32,
    /// At least 1.
    pub pages: u32,
    /// How many trackers are on all its pages together.
    pub matching: u32,
    /// At most [`PAGE_SIZE`]; those of a group stand together.
    pub trackers: Vec<TrackerView>,
    /// The groups on this page, in their order.
    pub heads: Vec<Head>,
    /// Some that need somebody and are not on this page, without their cells.
    pub elsewhere: Vec<TrackerView>,
    /// What could be asked for instead. Only the server shows that.
    #[serde(skip)]
    pub facets: Facets,
}

/// A group of trackers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its name; empty for trackers without a group.
    pub name: String,
    /// Over all of its trackers, on this page or not.
    pub totals: Totals,
}

/// What a list could be filtered by, and how many would be left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Each state, whichever is asked for.
    pub states: Vec<(State, u32)>,
    /// The tags of those that are shown, the most frequent first.
    pub tags: Vec<(String, u32)>,
    /// All groups by name, with all of their trackers.
    pub groups: Vec<(String, u32)>,
}

/// A tracker with its newest checks, as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackerView {
    /// Which one.
    pub id: TrackerId,
    /// What it is.
    pub about: About,
    /// What we believe about it.
    pub status: Status,
    /// Whether it goes up and down so often that each change says little.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flapping: bool,
    /// Its newest checks and the gaps between them, oldest first; at most [`SHOWN_CHECKS`].
    pub cells: Vec<Cell>,
}

/// A tracker's settings as they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its name.
    pub name: String,
    /// The group it stands in; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Its tags, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Its place in the order of favourites, if that is not its number. Only the server orders.
    #[serde(skip)]
    pub place: Option<i64>,
    /// Its target, without secrets.
    pub target: String,
    /// Its schedule in words: `every 30 s`.
    pub schedule: String,
    /// Its interval in milliseconds; absent for cron.
    pub interval_ms: Option<u64>,
    /// Which answers count as up: statuses alone, like `200-299`, or expectations in their normal form.
    pub expect: String,
    /// How long a probe may take, in milliseconds.
    pub deadline_ms: u64,
    /// Failures in a row that are tolerated.
    pub retries: u16,
    /// Who was told of the outage that lasts, and what came of it; see [`crate::receipts`]. Empty for who may not know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub told: String,
    /// Whether it rests, and how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<Rest>,
    /// The maintenance that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maintenance: Option<InMaintenance>,
    /// The name of the tracker that it depends on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Why it cannot be checked as it stands in the database.
    pub problem: Option<String>,
    /// The first tracker that has the same target, if that is another one. Allowed, and said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<TrackerId>,
}

/// What happened to one tracker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackerDelta {
    /// Which one.
    pub id: TrackerId,
    /// Its status, when that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Whether it flaps, when that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flapping: Option<bool>,
    /// Its settings, when they changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// New cells, oldest first; at most [`SHOWN_CHECKS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<Cell>,
}

impl TrackerView {
    /// Adds a delta: a snapshot with the deltas after it equals the newer snapshot.
    pub fn apply(&mut self, delta: TrackerDelta) {
        if let Some(status) = delta.status {
            self.status = status;
        }
        if let Some(flapping) = delta.flapping {
            self.flapping = flapping;
        }
        if let Some(about) = delta.about {
            self.about = about;
        }
        self.cells.extend(delta.cells);
        let surplus = self.cells.len().saturating_sub(SHOWN_CHECKS);
        self.cells.drain(..surplus);
    }

    /// How it stands.
    pub fn state(&self) -> State {
        State::of(&self.about, &self.status, self.cells.last().map(|cell| &cell.outcome))
    }

    /// Uptime over the shown cells, by the rule *observed time*.
    pub fn uptime(&self) -> Uptime {
        Uptime::over(&self.cells, self.about.interval_ms.map(Duration::from_millis))
    }

    /// Due time of the newest check.
    pub fn newest(&self) -> Option<Timestamp> {
        newest_due(&self.cells)
    }
}
