//! What programs get. Kept apart from the pages' wire, so that either can change without the other.

use std::time::Duration;

use domain::{HttpDraft, Secrets, State, Status, Tracker, TrackerView};
use serde::Serialize;

/// A tracker.
#[derive(Debug, Serialize)]
pub(in crate::http) struct TrackerReply {
    id: i64,
    name: String,
    /// Empty for none.
    group: String,
    tags: Vec<String>,
    url: String,
    schedule: String,
    /// Seconds; null for cron.
    every: Option<u64>,
    expect: String,
    /// Seconds.
    deadline: f64,
    retries: u16,
    #[serde(flatten)]
    settings: Option<SettingsReply>,
    paused: bool,
    /// When it wakes by itself: UTC, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_until: Option<String>,
    /// Why it rests, if somebody said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_reason: Option<String>,
    /// The maintenance that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    maintenance: Option<MaintenanceReply>,
    /// Whether it fails while a tracker that it depends on is down.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    blocked: bool,
    /// The number of the tracker that it depends on.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<i64>,
    /// In the order of favourites.
    place: i64,
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

/// A maintenance that lasts.
#[derive(Debug, Serialize)]
struct MaintenanceReply {
    name: String,
    /// UTC, RFC 3339.
    until: String,
}

/// What only a tracker has that can be checked.
#[derive(Debug, Serialize)]
struct SettingsReply {
    /// Seconds.
    retry: f64,
    successes: u16,
    /// Seconds; null for never.
    slow: Option<f64>,
    upside_down: bool,
    /// What differs from the defaults; secrets are masked.
    http: HttpDraft,
}

impl From<&Tracker> for SettingsReply {
    fn from(tracker: &Tracker) -> Self {
        let policy = tracker.settings.policy;
        Self {
            retry: policy.retry_after.as_secs_f64(),
            successes: policy.successes,
            slow: policy.slow_after.as_ref().map(Duration::as_secs_f64),
            upside_down: policy.upside_down,
            http: tracker.settings.http.draft(Secrets::Masked),
        }
    }
}

impl TrackerReply {
    /// `settings` is absent for a tracker that cannot be checked.
    pub(in crate::http) fn new(tracker: TrackerView, settings: Option<&Tracker>) -> Self {
        let uptime = tracker.uptime();
        let (status, since) = match &tracker.status {
            Status::Pending => ("pending", None),
            Status::Up { since } => ("up", Some(since)),
            Status::Retrying { since, .. } => ("retrying", Some(since)),
            Status::Down { since, .. } => ("down", Some(since)),
        };
        let since = since.map(ToString::to_string);
        let blocked = tracker.state() == State::Blocked;
        let about = tracker.about;
        let rest = about.paused.clone().unwrap_or_default();
        Self {
            id: tracker.id.0,
            name: about.name,
            group: about.group,
            tags: about.tags,
            url: about.target,
            schedule: about.schedule,
            every: about.interval_ms.map(|ms| ms / 1_000),
            expect: about.expect,
            deadline: Duration::from_millis(about.deadline_ms).as_secs_f64(),
            retries: about.retries,
            settings: settings.map(SettingsReply::from),
            paused: about.paused.is_some(),
            paused_until: rest.until.map(|at| at.to_string()),
            paused_reason: Some(rest.reason).filter(|reason| !reason.is_empty()),
            maintenance: about.maintenance.map(|maintenance| MaintenanceReply {
                name: maintenance.name,
                until: maintenance.until.to_string(),
            }),
            blocked,
            parent: settings.and_then(|tracker| tracker.settings.parent).map(|id| id.0),
            place: about.place.unwrap_or(tracker.id.0),
            status,
            since,
            uptime: uptime.is_known().then(|| uptime.to_string()),
            problem: about.problem,
            duplicate_of: about.duplicate_of.map(|id| id.0),
        }
    }
}
