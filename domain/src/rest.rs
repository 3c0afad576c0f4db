//! How long a tracker rests, and why.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A tracker that rests is not checked; its time is outside every ratio.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rest {
    /// When it wakes by itself; absent when somebody has to wake it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why, for people; empty when nobody said. At most 200 characters on one line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}
