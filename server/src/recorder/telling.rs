//! Who is told of a transition: worked out before it is recorded, so that the messages are in its transaction.

use std::{collections::HashSet, sync::Arc};

use domain::{
    Alert, AlertArchive, AlertChange, AlertKind, AlertRule, Batch, Belief, ChannelId, Concerned, Evidence,
    Failure, IncidentId, Outgoing, Status, Timestamp, Tracker, Transition, access::Actor, routes,
};

use super::Recorder;

/// Rules, and the channels that are used.
#[derive(Default)]
pub(super) struct Telling {
    rules: Vec<AlertRule>,
    channels: HashSet<ChannelId>,
}

/// Characters of a line of evidence.
const LINE: usize = 200;

impl Recorder {
    /// Changes who is told, or notes what became of it.
    pub(super) async fn alert(&mut self, change: &AlertChange, by: &Actor) -> Result<Option<i64>, Failure> {
        if let AlertChange::Send(all) = change
            && !are_due(self.records.alerts(), all).await?
        {
            return Ok(None);
        }
        let number = self.records.alert(change, by, self.clock.now()).await?;
        self.receipts.are_old = true;
        if matches!(change, AlertChange::Announce(_) | AlertChange::Withdraw(_)) {
            self.load_calendar().await;
            self.reload_logged().await;
            // What was held back may go out now.
            self.outbox.notify_one();
        } else if !matches!(
            change,
            AlertChange::Settle(_) | AlertChange::Acknowledge(_) | AlertChange::Comment(..)
        ) {
            self.load_rules().await;
            self.outbox.notify_one();
        }
        Ok(number)
    }

    /// Reads rules and channels anew. When that fails, those of before count.
    pub(super) async fn load_rules(&mut self) {
        let archive = self.records.alerts();
        let read = async { Ok::<_, Failure>((archive.rules().await?, archive.channels().await?)) };
        match read.await {
            Ok((rules, channels)) => {
                let used = channels.into_iter().filter(|channel| channel.enabled);
                self.telling = Telling { rules, channels: used.filter_map(|channel| channel.id).collect() };
            }
            Err(failure) => self.health.storage_failed(&failure),
        }
    }

    /// The messages about a batch: of each transition one. While a tracker flaps there are none; one says that it begins to, and one what
    /// is so when that ends.
    pub(super) fn alerts_of(&self, batch: &Batch) -> Vec<Outgoing> {
        if self.telling.rules.is_empty() {
            return Vec::new();
        }
        let roster = self.roster.borrow();
        let now = self.clock.now();
        let mut alerts = Vec::new();
        for (id, transition) in &batch.transitions {
            let Some(tracker) = roster.get(id) else { continue };
            if self.ledger.flaps(*id) != (false, false) {
                continue;
            }
            let exhibit = batch.exhibits.iter().find(|exhibit| exhibit.tracker == *id);
            let seen = exhibit.map(|exhibit| evidence(&exhibit.failure)).unwrap_or_default();
            let alert = of_transition(tracker, transition, seen);
            alerts.extend(self.telling.send(tracker, &alert, now));
        }
        for (id, (at, belief)) in self.ledger.turned() {
            if let Some(tracker) = roster.get(&id) {
                alerts.extend(self.telling.send(tracker, &of_flapping(tracker, at, belief), now));
            }
        }
        alerts
    }
}

/// Whether messages are still due. Reminders are not when it was over, or somebody knew of it, before they came here.
async fn are_due(archive: Arc<dyn AlertArchive>, all: &[Outgoing]) -> Result<bool, Failure> {
    let reminders = all.iter().filter(|outgoing| outgoing.alert.kind == AlertKind::StillDown);
    for id in reminders.filter_map(|outgoing| outgoing.alert.incident) {
        let incident = archive.incident(IncidentId(id)).await?;
        if incident.is_some_and(|(it, _)| it.closed_at.is_some() || it.acknowledged.is_some()) {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Telling {
    pub(super) fn send(&self, tracker: &Tracker, alert: &Alert, now: Timestamp) -> Vec<Outgoing> {
        let routes =
            routes(&self.rules, tracker.subject()).into_iter().filter(|(id, _)| self.channels.contains(id));
        let outgoing = |(channel, route): (ChannelId, domain::Route)| {
            let began = alert.since.filter(|_| alert.kind == AlertKind::Down);
            let not_before = began.map_or(now, |since| since.plus(route.delay).max(now));
            let alert = alert.clone();
            Outgoing { channel, tracker: Some(tracker.id), not_before, fallback: route.fallback, alert }
        };
        routes.map(outgoing).collect()
    }
}

/// What is said of one that begins to flap, or ends that.
fn of_flapping(tracker: &Tracker, at: Timestamp, belief: &Belief) -> Alert {
    let (since, cause) = match &belief.status {
        Status::Down { since, fault } => (Some(*since), fault.to_string()),
        Status::Pending | Status::Up { .. } | Status::Retrying { .. } => (None, String::new()),
    };
    let kind = match (belief.is_flapping(), since) {
        (true, _) => AlertKind::Flapping,
        (false, Some(_)) => AlertKind::Down,
        (false, None) => AlertKind::Recovered,
    };
    Alert { tracker: Some(concerned(tracker)), since, cause, ..Alert::of(kind, at) }
}

/// What is said of a transition.
fn of_transition(tracker: &Tracker, transition: &Transition, evidence: Vec<(String, String)>) -> Alert {
    let (kind, at, since, cause, lasted) = match transition {
        Transition::WentDown { at, since, fault } => (AlertKind::Down, *at, *since, fault.to_string(), None),
        Transition::Recovered { at, down_since } => {
            (AlertKind::Recovered, *at, *down_since, String::new(), Some(at.since(*down_since)))
        }
    };
    let ms = |length: std::time::Duration| u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
    Alert {
        tracker: Some(concerned(tracker)),
        since: Some(since),
        lasted_ms: lasted.map(ms),
        cause,
        evidence,
        ..Alert::of(kind, at)
    }
}

/// A tracker as messages name it.
pub(crate) fn concerned(tracker: &Tracker) -> Concerned {
    let settings = &tracker.settings;
    Concerned {
        id: tracker.id,
        name: settings.shown_name().to_string(),
        target: settings.target.to_string(),
        group: settings.group.as_str().to_owned(),
        tags: settings.tags.as_slice().to_vec(),
    }
}

/// What was seen, in a few lines.
fn evidence(seen: &Evidence) -> Vec<(String, String)> {
    let first_line =
        |body: &String| body.lines().map(str::trim).find(|line| !line.is_empty()).map(ToOwned::to_owned);
    let lines = [
        (words::ALERT_ASKED, Some(seen.url.clone()).filter(|url| !url.is_empty())),
        (words::ALERT_ADDRESS, seen.peer.clone()),
        (words::ALERT_STATUS, seen.status.map(|status| status.to_string())),
        (words::ALERT_CERTIFICATE, seen.tls.as_ref().and_then(|tls| tls.problem.clone())),
        (words::ALERT_ANSWER, seen.body.as_ref().and_then(first_line)),
    ];
    let cut = |text: String| text.chars().filter(|c| !c.is_control()).take(LINE).collect();
    lines.into_iter().filter_map(|(name, value)| Some((name.to_owned(), cut(value?)))).collect()
}
