//! A tracker: one tracked target with its schedule, its expectations and its rules.

use std::{sync::Arc, time::Duration};

use crate::{
    About, Expectations, Facet, Group, HttpOptions, InMaintenance, Invalid, Plan, Policy, Rest, Schedule,
    Subject, Tags, Target, Timestamp, TrackerId, TrackerName, http::CANNOT_BE_READ, schedule::spoken,
};

/// The settings of a tracker that has no number yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTracker {
    /// How people call it; its target's label when nobody named it.
    pub name: Option<TrackerName>,
    /// The group it stands in.
    pub group: Group,
    /// What else it belongs to.
    pub tags: Tags,
    /// Its place in the order of favourites; its number when absent, so new ones stand last.
    pub place: Option<i64>,
    /// Whom it asks.
    pub target: Target,
    /// How. Those who are asked alike may [share](HttpOptions::shared) this.
    pub http: Arc<HttpOptions>,
    /// When.
    pub schedule: Schedule,
    /// Which answers count as up.
    pub expect: Expectations,
    /// How long a probe may take; 10 s when absent. Never longer than the time to the next slot.
    pub deadline: Option<Duration>,
    /// How many failures make it down.
    pub policy: Policy,
    /// Whether it rests, and how long.
    pub paused: Option<Rest>,
    /// The tracker without which it cannot work.
    pub parent: Option<TrackerId>,
}

/// A tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracker {
    /// Its number.
    pub id: TrackerId,
    /// Its settings.
    pub settings: NewTracker,
    /// When it was added.
    pub added_at: Timestamp,
    /// The maintenance that it is in. Known to who has the calendar; not kept with the tracker.
    pub maintenance: Option<InMaintenance>,
}

impl Tracker {
    /// A tracker as it is kept.
    pub fn new(id: TrackerId, settings: NewTracker, added_at: Timestamp) -> Self {
        Self { id, settings, added_at, maintenance: None }
    }

    /// Of whom something may be.
    pub fn subject(&self) -> Subject<'_> {
        Subject { id: self.id, group: self.settings.group.as_str(), tags: self.settings.tags.as_slice() }
    }

    /// Whether nobody checks it by its schedule: a person let it rest, or it is in maintenance.
    pub fn rests(&self) -> bool {
        self.settings.paused.is_some() || self.maintenance.is_some()
    }
}

/// How long a probe may take when nothing else is said.
pub(crate) const DEFAULT_DEADLINE: Duration = Duration::from_secs(10);

impl NewTracker {
    /// A tracker of a target with the defaults: every 30 s, what is usual of its kind, three tries. Signals are expected once a day.
    pub fn of(target: Target) -> Self {
        let kind = target.kind();
        Self {
            name: None,
            group: Group::default(),
            tags: Tags::default(),
            place: None,
            expect: Expectations::of(kind),
            target,
            http: HttpOptions::default().shared(),
            schedule: Schedule::of(kind),
            deadline: None,
            policy: Policy::of(kind),
            paused: None,
            parent: None,
        }
    }

    /// The name that is shown.
    pub fn shown_name(&self) -> TrackerName {
        self.name.clone().unwrap_or_else(|| TrackerName::from_label(&self.target.label()))
    }

    /// How long a probe may take when the next slot comes after `until_next`; so a tracker never overlaps itself.
    pub fn deadline(&self, until_next: Duration) -> Duration {
        self.deadline.unwrap_or(DEFAULT_DEADLINE).min(until_next)
    }

    /// How late a signal may come, and how long a run may take, of a target that calls: what was said, or a quarter of the interval,
    /// 10 s at least and an hour at most; an hour where there is no interval.
    pub fn grace(&self) -> Duration {
        let hour = Duration::from_hours(1);
        let usual = self.schedule.interval().map_or(hour, |interval| interval / 4);
        self.http.grace.unwrap_or(usual.clamp(Duration::from_secs(10), hour))
    }

    /// What to ask, for who wants an answer now. The error is about the field `url`, of a target that is not asked.
    pub fn question(&self) -> Result<Plan, Invalid> {
        if self.target.kind().has(Facet::Asked) {
            return Ok(self.plan());
        }
        Err(Invalid::one("url", words::FIELD_URL_UNASKED))
    }

    /// What to ask.
    pub fn plan(&self) -> Plan {
        Plan {
            target: self.target.clone(),
            http: Arc::clone(&self.http),
            expect: self.expect.clone(),
            keeps_connections: self.http.connections.are_kept(self.schedule.interval()),
        }
    }

    /// Why nobody can be asked as these settings stand, as a sentence about one of their fields: a secret that storage could not read.
    pub fn problem(&self) -> Option<String> {
        self.http.sealed_field().map(|field| format!("{field}: {CANNOT_BE_READ}"))
    }

    /// The settings as they are shown.
    pub fn about(&self) -> About {
        let is_asked = self.target.kind().has(Facet::Asked);
        let interval = self.schedule.interval().filter(|_| is_asked);
        let ms = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        About {
            name: self.shown_name().to_string(),
            group: self.group.as_str().to_owned(),
            tags: self.tags.as_slice().to_vec(),
            place: self.place,
            target: self.target.to_string(),
            schedule: if is_asked {
                self.schedule.to_string()
            } else {
                words::schedule_signals(spoken(self.grace()), &self.schedule)
            },
            interval_ms: interval.map(ms),
            expect: self.expect.to_string(),
            deadline_ms: ms(self.deadline(interval.unwrap_or(Duration::MAX))),
            retries: self.policy.retries,
            told: String::new(),
            paused: self.paused.clone(),
            maintenance: None,
            parent: None,
            problem: self.problem(),
            duplicate_of: None,
        }
    }
}
