//! A setting in a draft.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a draft says about a setting: nothing, that it shall be as if it was never set (`null`), or a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Given<T> {
    /// Absent: the setting stays what it is.
    #[default]
    Keep,
    /// `null`: the setting gets its default.
    Reset,
    /// A value.
    Set(T),
}

impl<T> Given<T> {
    /// Whether it is absent.
    pub fn is_kept(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// The same in a description that is whole: what is absent is not to be kept.
    #[must_use]
    pub fn or_reset(self) -> Self {
        if self.is_kept() { Self::Reset } else { self }
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Reset => None,
        }
    }
}

impl<T> Given<T> {
    /// What becomes of a setting that may be absent.
    pub fn onto(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Keep => before,
            Self::Reset => None,
            Self::Set(value) => Some(value),
        }
    }
}

/// A value where there is one; nothing is said otherwise.
impl<T> From<Option<T>> for Given<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Keep, Self::Set)
    }
}

impl<T: Serialize> Serialize for Given<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(to)
    }
}

/// Only for fields with `#[serde(default)]`: whoever is asked was given.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::deserialize(from).map(|value| value.map_or(Self::Reset, Self::Set))
    }
}
