//! Announced maintenance: stretches of time in which trackers are not checked, nobody is told anything of them, and the time is in
//! neither part of any ratio. What was down before and still is afterwards is no news.

use serde::{Deserialize, Serialize};

use crate::{Scope, Timestamp};

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
    /// Which trackers it is about.
    pub scope: Scope,
    /// How many trackers that are today.
    pub trackers: usize,
    /// The occurrence that lasts, or the next one, and those after it; at most three. None when it is over for good.
    pub next: Vec<Stretch>,
    /// Whether it lasts.
    pub is_now: bool,
    /// What its form holds: `from`, `until`, `cron`, `zone`, `lasting` and the others, as [`MaintenanceDraft`] reads them.
    pub fields: Vec<(String, String)>,
}

/// All that was announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plans {
    /// The server's time.
    pub now: Timestamp,
    /// What lasts or is still to come, the nearest first; then what is over.
    pub maintenances: Vec<MaintenanceView>,
}

impl MaintenanceView {
    /// What a field of its form holds.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }
}
