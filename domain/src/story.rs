//! What a page tells of a tracker's past.

use serde::{Deserialize, Serialize};

use crate::{Cell, Evidence, Fault, LoggedChange, Period, Phases, Signal, Timestamp, Timing};

/// How far the chart looks back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// 24 hours.
    #[default]
    Day,
    /// 7 days.
    Week,
    /// 30 days.
    Month,
    /// 90 days.
    Quarter,
    /// 365 days.
    Year,
}

impl Reach {
    /// Every reach, the shortest first.
    pub const ALL: [Self; 5] = [Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// The word in addresses and on the page: `24h`, `7d`, `30d`, `90d`, `1y`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
            Self::Quarter => "90d",
            Self::Year => "1y",
        }
    }

    /// The reach that an address names.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reach| reach.word() == word)
    }

    /// Its length in days.
    pub fn days(self) -> u16 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 30,
            Self::Quarter => 90,
            Self::Year => 365,
        }
    }
}

/// What of a tracker's past is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryRequest {
    /// How far the chart looks back.
    pub reach: Reach,
    /// A moment to go back to.
    pub at: Option<Timestamp>,
}

/// A tracker's past, as a page tells it. All times are UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// The server's time; every window ends here.
    pub now: Timestamp,
    /// What was asked for.
    pub request: StoryRequest,
    /// The last 24 hours, 7, 30, 90 and 365 days, in the order of [`Reach::ALL`].
    pub periods: Vec<Period>,
    /// The chart's points, oldest first: consecutive, of equal length but for the ends.
    pub chart: Vec<Period>,
    /// The last 90 days, oldest first; the last one is today so far.
    pub days: Vec<Period>,
    /// The newest outages, the newest first; at most 20.
    pub outages: Vec<Outage>,
    /// The bar of the moment that was asked for.
    pub moment: Option<Moment>,
    /// How long each phase of a good check usually takes: the medians of the last 24 hours.
    pub phases: Phases,
    /// The slowest good checks of the last 24 hours, the slowest first; at most 10. Where their time went is known.
    pub slowest: Vec<Timing>,
    /// What was seen when it went down last, if that is still kept.
    pub failure: Option<LastFailure>,
    /// Its settings as the fields of its form. Nothing secret is in them.
    pub settings: Vec<(String, String)>,
    /// Who changed what, the newest first; at most 20. Empty for who may not see that.
    pub changes: Vec<LoggedChange>,
    /// What its target told by itself; nothing of one that is asked.
    pub calls: Option<Calls>,
}

/// How a target calls, and what it told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// The URL that it calls, or its path where nobody said how this installation is reached; for who may change the tracker.
    pub url: Option<String>,
    /// Its signals, the newest first; at most 20. Empty for who may not see what targets answer.
    pub signals: Vec<Signal>,
}

/// How the program itself is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// The program's version.
    pub version: String,
    /// For how long it has been running.
    pub running_for: std::time::Duration,
    /// Trackers there are.
    pub trackers: usize,
    /// The size of the database with its log, in bytes; absent when it is in memory.
    pub database_bytes: Option<u64>,
    /// How long after its time the latest check of the last seconds began, in milliseconds.
    pub late_ms: u32,
    /// Checks and edits that wait to be recorded.
    pub waiting: usize,
    /// What keeps the program from doing its work, as sentences.
    pub problems: Vec<String>,
}

/// What was seen when a tracker went down, and before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastFailure {
    /// Due time of the check that confirmed it.
    pub at: Timestamp,
    /// Why it was down, if that is still kept.
    pub fault: Option<Fault>,
    /// What that check saw.
    pub seen: Evidence,
    /// What the last good check saw, and when it was due.
    pub last_good: Option<(Timestamp, Evidence)>,
}

/// A stretch of being down, from its first failure to the first good check after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// Due time of the first failure.
    pub from: Timestamp,
    /// Due time of the good check that ended it; absent while it lasts.
    pub until: Option<Timestamp>,
    /// What confirmed it, if that is still kept.
    pub fault: Option<Fault>,
}

/// The bar of a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The moment that was asked for.
    pub at: Timestamp,
    /// The 60 newest cells that were due until then, oldest first.
    pub cells: Vec<Cell>,
    /// The newest failure before the cells.
    pub earlier_failure: Option<Timestamp>,
    /// The first failure after the moment.
    pub later_failure: Option<Timestamp>,
    /// A moment whose bar ends where this one begins.
    pub earlier: Option<Timestamp>,
    /// A moment whose bar begins where this one ends.
    pub later: Option<Timestamp>,
}
