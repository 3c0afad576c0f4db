//! What is remembered of changes to a tracker: who did what, and when.

use serde::{Deserialize, Serialize};

use crate::{Rest, Timestamp};

/// Something that was done to a tracker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedChange {
    /// Rises with time, over all trackers.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Who: the name of an account, or what it was that nobody did.
    pub who: String,
    /// What.
    pub what: Act,
}

/// What was done. Words are on users' disks and never change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// It was added.
    Added,
    /// Settings were changed.
    Edited(Vec<FieldChange>),
    /// It was let rest.
    Paused(Rest),
    /// It was woken.
    Resumed,
    /// It was removed.
    Removed,
    /// Its removal was taken back.
    Restored,
}

/// A setting that was changed. Secrets are masked in both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// As forms and errors call it.
    pub field: String,
    /// What stood there, as forms write it.
    pub before: String,
    /// What stands there.
    pub after: String,
}
