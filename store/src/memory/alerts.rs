//! Incidents, channels, rules and messages without a disk.

use domain::{
    AlertChange, AlertKind, AlertRule, ChannelId, Delivery, DeliveryState, Incident, IncidentId,
    IncidentQuery, Maintenance, MaintenanceId, Outgoing, Remark, RuleId, Settled, StoredChannel, Timestamp,
    ToldSoFar, TrackerId, Transition, Waiting, access::Actor,
};

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Alerts {
    incidents: Vec<(Incident, Vec<Remark>)>,
    channels: Vec<StoredChannel>,
    rules: Vec<AlertRule>,
    maintenances: Vec<Maintenance>,
    messages: Vec<Message>,
    last_channel: i64,
    last_rule: i64,
    last_maintenance: i64,
}

#[derive(Debug)]
struct Message {
    waiting: Waiting,
    state: DeliveryState,
    said: String,
}

impl Alerts {
    /// What the triggers of the database do.
    pub(super) fn transition(&mut self, tracker: TrackerId, name: String, transition: &Transition) {
        let open = |incident: &&mut (Incident, Vec<Remark>)| {
            incident.0.tracker == tracker && incident.0.closed_at.is_none()
        };
        let open = self.incidents.iter_mut().find(open);
        match (transition, open) {
            (Transition::WentDown { at, since, fault }, None) => {
                let id = IncidentId(i64::try_from(self.incidents.len()).unwrap_or(i64::MAX) + 1);
                let (since, opened_at, fault) = (*since, *at, Some(fault.clone()));
                let incident = Incident {
                    id,
                    tracker,
                    name,
                    since,
                    opened_at,
                    closed_at: None,
                    fault,
                    acknowledged: None,
                };
                self.incidents.push((incident, Vec::new()));
            }
            (Transition::Recovered { at, .. }, Some((incident, _))) => incident.closed_at = Some(*at),
            _ => {}
        }
    }

    pub(super) fn apply(&mut self, change: &AlertChange, by: &Actor, at: Timestamp) -> Option<i64> {
        match change {
            AlertChange::SaveChannel(channel) => self.save_channel(channel),
            AlertChange::RemoveChannel(id) => {
                let count = self.channels.len();
                self.channels.retain(|channel| channel.id != Some(*id));
                for message in
                    self.messages.iter_mut().filter(|message| message.waiting.outgoing.channel == *id)
                {
                    if message.state == DeliveryState::Waiting {
                        message.state = DeliveryState::Dropped;
                        "the channel was removed".clone_into(&mut message.said);
                        message.waiting.next_at = at;
                    }
                }
                (self.channels.len() < count).then_some(id.0)
            }
            AlertChange::SaveRule(rule) => self.save_rule(rule),
            AlertChange::RemoveRule(id) => {
                let count = self.rules.len();
                self.rules.retain(|rule| rule.id != Some(*id));
                (self.rules.len() < count).then_some(id.0)
            }
            AlertChange::Announce(maintenance) => self.announce(maintenance),
            AlertChange::Withdraw(id) => {
                let count = self.maintenances.len();
                self.maintenances.retain(|maintenance| maintenance.id != Some(*id));
                (self.maintenances.len() < count).then_some(id.0)
            }
            AlertChange::Acknowledge(id) => {
                let (incident, remarks) = self.incident_mut(*id)?;
                if incident.acknowledged.is_none() {
                    incident.acknowledged = Some((at, by.name.clone()));
                    remarks.push(Remark { at, who: by.name.clone(), comment: None });
                }
                Some(id.0)
            }
            AlertChange::Comment(id, comment) => {
                let (_, remarks) = self.incident_mut(*id)?;
                remarks.push(Remark { at, who: by.name.clone(), comment: Some(comment.clone()) });
                Some(id.0)
            }
            AlertChange::Send(all) => {
                self.enqueue(all);
                None
            }
            AlertChange::Settle(all) => {
                for settled in all {
                    self.settle(settled, at);
                }
                None
            }
            AlertChange::Resend(id) => {
                let is_it = |message: &&mut Message| {
                    message.waiting.id == *id && message.state == DeliveryState::Dead
                };
                let message = self.messages.iter_mut().find(is_it)?;
                message.state = DeliveryState::Waiting;
                (message.waiting.attempts, message.waiting.next_at) = (0, at);
                Some(*id)
            }
        }
    }

    fn incident_mut(&mut self, id: IncidentId) -> Option<&mut (Incident, Vec<Remark>)> {
        self.incidents.iter_mut().find(|(incident, _)| incident.id == id)
    }

    fn save_channel(&mut self, channel: &StoredChannel) -> Option<i64> {
        let Some(id) = channel.id else {
            self.last_channel += 1;
            self.channels.push(StoredChannel { id: Some(ChannelId(self.last_channel)), ..channel.clone() });
            return Some(self.last_channel);
        };
        let known = self.channels.iter_mut().find(|known| known.id == Some(id))?;
        known.clone_from(channel);
        Some(id.0)
    }

    fn save_rule(&mut self, rule: &AlertRule) -> Option<i64> {
        let Some(id) = rule.id else {
            self.last_rule += 1;
            self.rules.push(AlertRule { id: Some(RuleId(self.last_rule)), ..rule.clone() });
            return Some(self.last_rule);
        };
        let known = self.rules.iter_mut().find(|known| known.id == Some(id))?;
        known.clone_from(rule);
        Some(id.0)
    }

    fn announce(&mut self, maintenance: &Maintenance) -> Option<i64> {
        let Some(id) = maintenance.id else {
            self.last_maintenance += 1;
            let id = Some(MaintenanceId(self.last_maintenance));
            self.maintenances.push(Maintenance { id, ..maintenance.clone() });
            return Some(self.last_maintenance);
        };
        let known = self.maintenances.iter_mut().find(|known| known.id == Some(id))?;
        known.clone_from(maintenance);
        Some(id.0)
    }

    pub(super) fn maintenances(&self) -> Vec<Maintenance> {
        self.maintenances.clone()
    }

    pub(super) fn enqueue(&mut self, all: &[Outgoing]) {
        for outgoing in all {
            let id = i64::try_from(self.messages.len()).unwrap_or(i64::MAX) + 1;
            let newest = || {
                let of_tracker = |(incident, _): &&(Incident, _)| Some(incident.tracker) == outgoing.tracker;
                self.incidents.iter().rev().find(of_tracker).map(|(incident, _)| incident.id.0)
            };
            let incident = outgoing.alert.incident.or_else(newest);
            let mut outgoing = outgoing.clone();
            outgoing.alert.incident = incident;
            outgoing.alert.key = format!("memory-m{id}");
            outgoing.alert.thread = match incident {
                Some(incident) => format!("memory-i{incident}"),
                None => format!("memory-m{id}"),
            };
            let waiting =
                Waiting { id, attempts: 0, next_at: outgoing.not_before, held_until: None, outgoing };
            self.messages.push(Message { waiting, state: DeliveryState::Waiting, said: String::new() });
        }
    }

    fn settle(&mut self, settled: &Settled, at: Timestamp) {
        let is_it = |message: &&mut Message| {
            message.waiting.id == settled.id && message.state == DeliveryState::Waiting
        };
        if let Some(message) = self.messages.iter_mut().find(is_it) {
            message.state = settled.state;
            message.waiting.attempts += u32::from(settled.tried);
            message.waiting.next_at =
                if settled.state == DeliveryState::Waiting { settled.next_at } else { at };
            message.said.clone_from(&settled.said);
        }
    }

    pub(super) fn incidents(&self, query: IncidentQuery) -> Vec<Incident> {
        let incidents = self.incidents.iter().rev().map(|(incident, _)| incident);
        let wanted = incidents.filter(|incident| {
            query.tracker.is_none_or(|id| incident.tracker == id)
                && (!query.open || incident.closed_at.is_none())
                && query.before.is_none_or(|before| incident.id < before)
        });
        wanted.take(query.limit).cloned().collect()
    }

    pub(super) fn incident(&self, id: IncidentId) -> Option<(Incident, Vec<Remark>)> {
        self.incidents.iter().find(|(incident, _)| incident.id == id).cloned()
    }

    pub(super) fn deliveries(
        &self,
        incident: Option<IncidentId>,
        state: Option<DeliveryState>,
        limit: usize,
    ) -> Vec<Delivery> {
        let is_wanted = |message: &&Message| {
            incident.is_none_or(|id| message.waiting.outgoing.alert.incident == Some(id.0))
                && state.is_none_or(|state| message.state == state)
        };
        let mut found: Vec<Delivery> =
            self.messages.iter().filter(is_wanted).map(|message| self.delivery(message)).collect();
        if incident.is_none() {
            found.reverse();
        }
        found.truncate(limit);
        found
    }

    pub(super) fn deliveries_of_open(&self, limit: usize) -> Vec<(TrackerId, Delivery)> {
        let open = |message: &Message| {
            let id = message.waiting.outgoing.alert.incident?;
            let (incident, _) = self.incidents.iter().find(|(incident, _)| incident.id.0 == id)?;
            incident.closed_at.is_none().then(|| (incident.tracker, self.delivery(message)))
        };
        let all: Vec<_> = self.messages.iter().filter_map(open).collect();
        all.into_iter().rev().take(limit).rev().collect()
    }

    fn delivery(&self, message: &Message) -> Delivery {
        let Message { waiting, state, said } = message;
        let alert = &waiting.outgoing.alert;
        let channel = self.channels.iter().find(|channel| channel.id == Some(waiting.outgoing.channel));
        Delivery {
            id: waiting.id,
            channel: channel
                .map_or_else(|| "a channel that was removed".into(), |channel| channel.name.clone()),
            kind: alert.kind,
            name: alert.tracker.as_ref().map(|tracker| tracker.name.clone()).unwrap_or_default(),
            incident: alert.incident.map(IncidentId),
            at: alert.at,
            state: *state,
            attempts: waiting.attempts,
            said: said.clone(),
            moment: waiting.next_at,
        }
    }

    pub(super) fn told(&self, incident: IncidentId, channel: ChannelId) -> ToldSoFar {
        let is_it = |message: &&Message| {
            let outgoing = &message.waiting.outgoing;
            outgoing.channel == channel && outgoing.alert.incident == Some(incident.0)
        };
        let mut told = ToldSoFar::default();
        for message in self.messages.iter().filter(is_it) {
            told.is_waiting |= message.state == DeliveryState::Waiting;
            if message.state == DeliveryState::Sent {
                told.last_sent = told.last_sent.max(Some(message.waiting.next_at));
                told.reminders += u32::from(message.waiting.outgoing.alert.kind == AlertKind::StillDown);
            }
        }
        told
    }

    pub(super) fn waiting(&self, limit: usize) -> Vec<Waiting> {
        let waiting = self.messages.iter().filter(|message| message.state == DeliveryState::Waiting);
        waiting.take(limit).map(|message| message.waiting.clone()).collect()
    }

    pub(super) fn channels(&self) -> Vec<StoredChannel> {
        self.channels.clone()
    }

    pub(super) fn rules(&self) -> Vec<AlertRule> {
        self.rules.clone()
    }
}
