//! What people are told, before a channel puts it into its own words; and what a channel asks of who sets it up.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, TrackerId};

/// One message, about one thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// The same whenever this message is sent again, also after a restart; services that understand it take a message once. At most
    /// 100 characters of `a-z`, `0-9` and `-`.
    pub key: String,
    /// The same for all messages about one incident, for services that put them together. Made as `key` is.
    pub thread: String,
    /// What happened.
    pub kind: AlertKind,
    /// Whom it is about; absent for what is about this installation.
    pub tracker: Option<Concerned>,
    /// The number of the incident, if there is one.
    pub incident: Option<i64>,
    /// When it happened.
    pub at: Timestamp,
    /// Due time of the first failed check.
    pub since: Option<Timestamp>,
    /// How long it was down, in milliseconds, when that is over.
    pub lasted_ms: Option<u64>,
    /// Why, as a sentence without its full stop; may be empty.
    pub cause: String,
    /// What was seen: what it is, and what it was. At most ten, each of one line.
    pub evidence: Vec<(String, String)>,
    /// What a digest puts together, a line each. At most fifty.
    pub lines: Vec<String>,
    /// The page that says more, if this installation knows how it is reached.
    pub link: Option<String>,
    /// The page where who gets the message says that they know of it, without an account. A secret of the channel: in no log, on no page.
    #[serde(default, skip_serializing)]
    pub acknowledge: Option<String>,
}

impl Alert {
    /// A message that says nothing but what happened and when.
    pub fn of(kind: AlertKind, at: Timestamp) -> Self {
        Self {
            key: String::new(),
            thread: String::new(),
            kind,
            tracker: None,
            incident: None,
            at,
            since: None,
            lasted_ms: None,
            cause: String::new(),
            evidence: Vec::new(),
            lines: Vec::new(),
            link: None,
            acknowledge: None,
        }
    }
}

/// Of whom a message tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concerned {
    /// Which tracker.
    pub id: TrackerId,
    /// Its name.
    pub name: String,
    /// Its target, without secrets.
    pub target: String,
    /// Its group; empty for none.
    pub group: String,
    /// Its tags.
    pub tags: Vec<String>,
}

/// What happened. Words are on users' disks and in what their programs read; they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A tracker went down.
    Down,
    /// It is down still.
    StillDown,
    /// It is up again.
    Recovered,
    /// It was down, and is up again: both in one, when the first could not be delivered in time.
    WasDown,
    /// It goes up and down so often that each change says little.
    Flapping,
    /// This location sees nothing.
    Blind,
    /// It sees again.
    Seeing,
    /// Several of the above.
    Digest,
    /// Somebody tries a channel.
    Test,
}

impl AlertKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Down,
        Self::StillDown,
        Self::Recovered,
        Self::WasDown,
        Self::Flapping,
        Self::Blind,
        Self::Seeing,
        Self::Digest,
        Self::Test,
    ];

    /// Its word in payloads and on disk.
    pub fn word(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::StillDown => "still_down",
            Self::Recovered => "recovered",
            Self::WasDown => "was_down",
            Self::Flapping => "flapping",
            Self::Blind => "blind",
            Self::Seeing => "seeing",
            Self::Digest => "digest",
            Self::Test => "test",
        }
    }
}

/// A kind of channel, as a form shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelKind {
    /// Its word on disk and in addresses: `webhook`.
    pub word: &'static str,
    /// What it is called: `Webhook`.
    pub title: &'static str,
    /// One line that says what is needed.
    pub help: &'static str,
    /// Its settings.
    pub fields: Vec<ChannelField>,
}

/// A setting of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelField {
    /// As errors call it.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// What helps to fill it; may be empty.
    pub hint: &'static str,
    /// How it is filled.
    pub input: ChannelInput,
    /// Whether it may stay empty.
    pub is_optional: bool,
}

/// How a setting of a channel is filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelInput {
    /// One line.
    Text,
    /// One line that is never shown again; the mask that secrets are shown as stands for what is kept.
    Secret,
    /// Several lines.
    Lines,
    /// One of these: value and words.
    Choice(Vec<(&'static str, &'static str)>),
}
