//! Incidents: each span of being down, who was told of it, and what people say of it.

use serde::{Deserialize, Serialize};

use crate::{AlertKind, Evidence, Fault, Timestamp, TrackerId};

/// The number of an incident. Never given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncidentId(pub i64);

/// A span of being down. It is opened and closed by transitions, in their transaction, and by nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Which one.
    pub id: IncidentId,
    /// Whose.
    pub tracker: TrackerId,
    /// The tracker's name; a word for it when the tracker is gone.
    pub name: String,
    /// Due time of the first failed check.
    pub since: Timestamp,
    /// Due time of the check that confirmed it.
    pub opened_at: Timestamp,
    /// Due time of the good check that ended it; absent while it lasts.
    pub closed_at: Option<Timestamp>,
    /// What the confirming check showed.
    pub fault: Option<Fault>,
    /// When somebody said that they know of it, and who.
    pub acknowledged: Option<(Timestamp, String)>,
}

impl Incident {
    /// The end, or now.
    pub fn end(&self, now: Timestamp) -> Timestamp {
        self.closed_at.unwrap_or(now)
    }
}

/// What somebody said of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// When.
    pub at: Timestamp,
    /// Who: the name of an account.
    pub who: String,
    /// A comment; `None` is that they know of it.
    pub comment: Option<String>,
}

/// A message on its way through a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its number.
    pub id: i64,
    /// The channel's name; a word for it when the channel is gone.
    pub channel: String,
    /// What it says.
    pub kind: AlertKind,
    /// Of whom, if of a tracker.
    pub name: String,
    /// The incident that it belongs to.
    pub incident: Option<IncidentId>,
    /// When that happened.
    pub at: Timestamp,
    /// What became of it.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// What the service said last; empty before the first try.
    pub said: String,
    /// When it was done, or is tried next.
    pub moment: Timestamp,
}

/// What became of a message. Words are on users' disks and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is to be sent.
    Waiting,
    /// The service took it.
    Sent,
    /// It was given up.
    Dead,
    /// It was not worth sending any more.
    Dropped,
}

impl DeliveryState {
    /// All, with their words on disk.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Waiting, "waiting"), (Self::Sent, "sent"), (Self::Dead, "dead"), (Self::Dropped, "dropped")];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("waiting", |(_, word)| word)
    }

    /// The state of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, other)| *other == word).map(|(state, _)| *state)
    }
}

/// All that is told of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentStory {
    /// The server's time.
    pub now: Timestamp,
    /// It.
    pub incident: Incident,
    /// What people said, oldest first.
    pub remarks: Vec<Remark>,
    /// Who was told, oldest first.
    pub deliveries: Vec<Delivery>,
    /// What was seen when it began, and at the last good check before, if that is still kept.
    pub evidence: Option<(Evidence, Option<(Timestamp, Evidence)>)>,
}

/// Which incidents are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IncidentQuery {
    /// Only of this tracker.
    pub tracker: Option<TrackerId>,
    /// Only those that last.
    pub open: bool,
    /// Only those before this number.
    pub before: Option<IncidentId>,
    /// How many at most; at least 1.
    pub limit: usize,
}
