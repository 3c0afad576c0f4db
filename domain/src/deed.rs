//! What is done with many trackers at once, and what is said of it.

use crate::{Rest, Spot, TrackerId};

/// The most trackers that are changed at once.
pub const MOST_AT_ONCE: usize = 1_000;

/// What is done with each of the trackers that were chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Let it rest.
    Pause(Rest),
    /// Wake it.
    Resume,
    /// Remove it.
    Remove,
    /// Change the settings that the fields of a form name: `set` says which, once for each.
    Edit(Vec<(String, String)>),
    /// Give it another place in the order of favourites.
    Place(Spot),
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// What it is taken back by, for ten minutes.
    pub key: u64,
    /// With how many trackers it was done.
    pub trackers: usize,
}

/// What an edit of many trackers would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// The trackers that were chosen, with their names.
    pub trackers: Vec<(TrackerId, String)>,
    /// How many of them would be another than before.
    pub changed: usize,
    /// Each change once.
    pub lines: Vec<PreviewLine>,
}

/// The same change of some trackers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewLine {
    /// The field that changes, as forms and errors call it.
    pub field: String,
    /// What stands there, as forms write it.
    pub before: String,
    /// What would stand there.
    pub after: String,
    /// In how many trackers.
    pub trackers: usize,
}
