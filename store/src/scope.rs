//! Which trackers something is about, as its column.

use domain::{Scope, TrackerId};
use serde::{Deserialize, Serialize};

/// JSON: what it names.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Column {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    trackers: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
}

impl From<&Scope> for Column {
    fn from(scope: &Scope) -> Self {
        let trackers = scope.trackers.iter().map(|id| id.0).collect();
        Self { trackers, groups: scope.groups.clone(), tags: scope.tags.clone() }
    }
}

impl From<Column> for Scope {
    fn from(Column { trackers, groups, tags }: Column) -> Self {
        Self { trackers: trackers.into_iter().map(TrackerId).collect(), groups, tags }
    }
}
