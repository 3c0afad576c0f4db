//! Telling people again of what lasts, until somebody says that they know of it.

use std::time::Duration;

use domain::{
    Alert, AlertChange, AlertKind, AlertRule, ChannelId, Failure, Incident, IncidentQuery, Outgoing,
    Timestamp, Tracker, reminder_at, routes,
};

use super::Dispatcher;
use crate::recorder::concerned;

/// How often that is looked at.
pub(super) const LOOK: Duration = Duration::from_secs(15);
/// Incidents that are looked at.
const MOST: usize = 10_000;

impl Dispatcher {
    pub(super) async fn remind(&self) {
        if let Err(failure) = self.try_to_remind().await {
            tracing::warn!(cause = crate::failure::chain(&failure), "reminders are put off");
        }
    }

    async fn try_to_remind(&self) -> Result<(), Failure> {
        let rules = self.tools.archive.rules().await?;
        if !rules.iter().any(|rule| rule.enabled && rule.remind.is_some()) {
            return Ok(());
        }
        let open = IncidentQuery { open: true, limit: MOST, ..IncidentQuery::default() };
        let roster = self.tools.roster.borrow().clone();
        let now = self.tools.clock.now();
        let mut all = Vec::new();
        for incident in self.tools.archive.incidents(open).await? {
            let tracker = roster.get(&incident.tracker).filter(|tracker| !tracker.rests());
            if let Some(tracker) = tracker.filter(|_| incident.acknowledged.is_none()) {
                all.extend(self.due(&rules, &incident, tracker, now).await?);
            }
        }
        if !all.is_empty() {
            self.tools.change(AlertChange::Send(all)).await;
        }
        Ok(())
    }

    /// Reminders of one incident that are due.
    async fn due(
        &self,
        rules: &[AlertRule],
        incident: &Incident,
        tracker: &Tracker,
        now: Timestamp,
    ) -> Result<Vec<Outgoing>, Failure> {
        let mut due = Vec::new();
        for (channel, route) in routes(rules, tracker.subject()) {
            let Some(first) = route.remind else { continue };
            let told = self.tools.archive.told(incident.id, channel).await?;
            // Whoever was not told, or is about to be, is not reminded.
            let Some(last) = told.last_sent.filter(|_| !told.is_waiting) else { continue };
            // Told in a time that is still to come: the clock was set back.
            if last > now || reminder_at(last, first, told.reminders) <= now {
                due.push(outgoing(channel, route.fallback, incident, tracker, now));
            }
        }
        Ok(due)
    }
}

fn outgoing(
    channel: ChannelId,
    fallback: Option<ChannelId>,
    incident: &Incident,
    tracker: &Tracker,
    now: Timestamp,
) -> Outgoing {
    let alert = Alert {
        tracker: Some(concerned(tracker)),
        incident: Some(incident.id.0),
        since: Some(incident.since),
        lasted_ms: u64::try_from(now.since(incident.since).as_millis()).ok(),
        cause: incident.fault.as_ref().map(ToString::to_string).unwrap_or_default(),
        ..Alert::of(AlertKind::StillDown, now)
    };
    Outgoing { channel, tracker: Some(tracker.id), not_before: now, fallback, alert }
}
