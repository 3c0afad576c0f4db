//! Announced maintenance: stretches of time in which trackers are not checked, nobody is told anything of them, and the time is in
//! neither part of any ratio. What was down before and still is afterwards is no news.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

#[cfg(feature = "server")]
mod calendar;
#[cfg(feature = "server")]
mod draft;

#[cfg(feature = "server")]
pub use self::{
    calendar::{Calendar, Maintenance, Occasion},
    draft::MaintenanceDraft,
};

/// The number of a maintenance. Never given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaintenanceId(pub i64);

/// The maintenance that a tracker is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InMaintenance {
    /// What people call it.
    pub name: String,
    /// When it ends.
    pub until: Timestamp,
}

/// One occurrence of a maintenance: from its first moment to the first after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// When it begins.
    pub from: Timestamp,
    /// When it is over.
    pub until: Timestamp,
}

impl Stretch {
    /// Whether a moment is in it.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// A maintenance as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaintenanceView {
    /// Its number.
    pub id: MaintenanceId,
    /// What people call it.
    pub name: String,
    /// When, in words: `once`, `cron 0 3 * * 0 in Europe/Berlin, for 2 h`.
    pub when: String,
    /// Which trackers, in words; nothing for all.
    pub which: String,
    /// How many trackers that are today.
    pub trackers: usize,
    /// This occurrence, or the next ones; nothing when it is over for good. At most three.
    pub next: Vec<Stretch>,
    /// What its form holds.
    pub fields: Vec<(String, String)>,
}
