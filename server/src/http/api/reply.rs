//! What programs get. Kept apart from the pages' wire, so that either can change without the other.

use domain::{Status, TrackerView};
use serde::Serialize;

/// A tracker.
#[derive(Debug, Serialize)]
pub(in crate::http) struct TrackerReply {
    id: i64,
    name: String,
    url: String,
    schedule: String,
    /// Seconds; null for cron.
    every: Option<u64>,
    expect: String,
    /// Seconds.
    deadline: f64,
    retries: u16,
    paused: bool,
    /// `pending`, `up`, `retrying` or `down`.
    status: &'static str,
    /// UTC, RFC 3339.
    since: Option<String>,
    /// Percent of the observed time of the newest 60 checks; null when nothing was observed.
    uptime: Option<String>,
    /// Why it cannot be checked as it stands in the database.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// The first tracker of the same URL, if that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate_of: Option<i64>,
}

impl From<TrackerView> for TrackerReply {
    fn from(tracker: TrackerView) -> Self {
        let uptime = tracker.uptime();
        let (status, since) = match &tracker.status {
            Status::Pending => ("pending", None),
            Status::Up { since } => ("up", Some(since)),
            Status::Retrying { since, .. } => ("retrying", Some(since)),
            Status::Down { since, .. } => ("down", Some(since)),
        };
        let since = since.map(ToString::to_string);
        let about = tracker.about;
        Self {
            id: tracker.id.0,
            name: about.name,
            url: about.target,
            schedule: about.schedule,
            every: about.interval_ms.map(|ms| ms / 1_000),
            expect: about.expect,
            deadline: std::time::Duration::from_millis(about.deadline_ms).as_secs_f64(),
            retries: about.retries,
            paused: about.paused,
            status,
            since,
            uptime: uptime.is_known().then(|| uptime.to_string()),
            problem: about.problem,
            duplicate_of: about.duplicate_of.map(|id| id.0),
        }
    }
}
