//! What the settings tell of the data: how much there is, how long it is kept, the backups, and what trackers are sorted by.

use crate::Timestamp;

/// The data as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Storage {
    /// The size of the database with its log, in bytes; absent when it is in memory.
    pub database_bytes: Option<u64>,
    /// What can still be written on its disk, in bytes, if that is known.
    pub free_bytes: Option<u64>,
    /// Checks and gaps that are kept, one by one.
    pub checks: u64,
    /// When the oldest of them was due.
    pub oldest: Option<Timestamp>,
    /// How long what is kept.
    pub limits: Vec<Limit>,
    /// What is backed up; absent when the database is in memory.
    pub backups: Option<Backups>,
}

/// How long something is kept, or how large it may become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// As forms and errors call it.
    pub name: &'static str,
    /// What an administrator said; empty for what is usual.
    pub said: String,
    /// What is usual.
    pub usual: String,
    /// What the command line says, which wins.
    pub fixed: Option<String>,
}

/// The backups of the database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backups {
    /// All that are kept, the newest first.
    pub kept: Vec<Backup>,
    /// How many daily ones are kept; 0 when none are made.
    pub daily: usize,
    /// When the one that is being made was begun, and how many bytes of it there are.
    pub running: Option<(Timestamp, u64)>,
    /// Why the last one that was asked for was not made.
    pub problem: Option<String>,
}

/// A backup that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Of its file, in the folder of the backups.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// When it was made.
    pub at: Timestamp,
    /// Why.
    pub kind: BackupKind,
}

/// Why a backup was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackupKind {
    /// By the server every day, or by the command line. The oldest go by themselves.
    Daily,
    /// Somebody asked for it on the page. It stays until somebody deletes it.
    ByHand,
    /// Before an update changed the database.
    BeforeUpdate,
}

/// What trackers are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// A tracker has any number of them.
    Tag,
    /// A tracker is in one or none.
    Group,
}

impl Label {
    /// Its name in forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Group => "group",
        }
    }

    /// The one that a form names.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Tag, Self::Group].into_iter().find(|label| label.word() == word)
    }
}

/// All tags and groups by their names, each with how many trackers have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    /// Tags.
    pub tags: Vec<(String, usize)>,
    /// Groups; trackers without one are not told of.
    pub groups: Vec<(String, usize)>,
}
