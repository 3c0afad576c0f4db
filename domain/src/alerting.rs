//! Who is told what: channels, and the rules that lead to them.

use std::{collections::BTreeMap, time::Duration};

use crate::{Alert, AlertKind, Scope, Secret, Subject, Timestamp, TrackerId};

/// The number of a channel. Never given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(pub i64);

/// The number of a rule. Never given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub i64);

/// A way to tell people, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredChannel {
    /// Its number; absent before it is kept.
    pub id: Option<ChannelId>,
    /// How people call it.
    pub name: String,
    /// The word of its kind.
    pub kind: String,
    /// Its settings, as its kind writes them.
    pub settings: Secret,
    /// Whether it is used.
    pub enabled: bool,
}

/// A channel as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelView {
    /// Its number.
    pub id: ChannelId,
    /// How people call it.
    pub name: String,
    /// The word of its kind.
    pub kind: String,
    /// Whether it is used.
    pub enabled: bool,
    /// Its settings, secrets masked.
    pub fields: Vec<(String, String)>,
    /// Why it cannot be used as it stands in the database.
    pub problem: Option<String>,
}

/// All that pages show of who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertingView {
    /// The server's time.
    pub now: Timestamp,
    /// All kinds of channels, in the order in which they are offered.
    pub kinds: Vec<crate::ChannelKind>,
    /// All channels.
    pub channels: Vec<ChannelView>,
    /// All rules.
    pub rules: Vec<AlertRule>,
    /// The newest messages, the newest first; at most 50.
    pub deliveries: Vec<crate::Delivery>,
}

/// What a channel said to a message that somebody tried it with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelTest {
    /// Whether it took the message.
    pub was_sent: bool,
    /// What it said, as a sentence without its full stop.
    pub said: String,
    /// How long that took, in milliseconds.
    pub took_ms: u64,
}

/// What a channel was told of an incident.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ToldSoFar {
    /// When it took the last message.
    pub last_sent: Option<Timestamp>,
    /// Reminders that it took.
    pub reminders: u32,
    /// Whether a message waits.
    pub is_waiting: bool,
}

/// Who is told about which trackers, when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRule {
    /// Its number; absent before it is kept.
    pub id: Option<RuleId>,
    /// How people call it.
    pub name: String,
    /// Which trackers it is about.
    pub scope: Scope,
    /// Where it leads.
    pub channels: Vec<ChannelId>,
    /// How long a tracker has to be down before anybody is told; at most a day.
    pub delay: Duration,
    /// How long after that people are told again, until somebody acknowledges it; each time twice as long. Absent for never.
    pub remind: Option<Duration>,
    /// Where a message goes that could not be delivered.
    pub fallback: Option<ChannelId>,
    /// Whether it counts.
    pub enabled: bool,
}

/// What a rule would have told over some time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replay {
    /// Outages of which people would have been told.
    pub outages: usize,
    /// Outages that were over before the rule's delay.
    pub too_short: usize,
    /// Reminders of those that lasted.
    pub reminders: usize,
    /// Who it would have been about, the most frequent first: number, name, outages.
    pub trackers: Vec<(TrackerId, String, usize)>,
}

/// How one channel is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// How long it waits first.
    pub delay: Duration,
    /// How long until it is told again, the first time.
    pub remind: Option<Duration>,
    /// Where it goes if this channel fails.
    pub fallback: Option<ChannelId>,
}

/// A message that is to be sent: what happened, and through which channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Through which channel.
    pub channel: ChannelId,
    /// Of whom, if of a tracker.
    pub tracker: Option<TrackerId>,
    /// Not before this time.
    pub not_before: Timestamp,
    /// Where it goes if that fails.
    pub fallback: Option<ChannelId>,
    /// What it says. Its key and its incident are known when it is kept.
    pub alert: Alert,
}

/// A change of who is told, or of what became of it.
#[cfg(feature = "server")]
#[derive(Clone, Debug)]
pub enum AlertChange {
    /// Keep a channel, a new one or another form of one.
    SaveChannel(StoredChannel),
    /// Forget a channel; what waits for it is given up.
    RemoveChannel(ChannelId),
    /// Keep a rule, a new one or another form of one.
    SaveRule(AlertRule),
    /// Forget a rule.
    RemoveRule(RuleId),
    /// Announce a maintenance, a new one or another form of one.
    Announce(Box<crate::Maintenance>),
    /// Forget a maintenance; one that lasts is over.
    Withdraw(crate::MaintenanceId),
    /// Say that somebody knows of an incident. Doing it twice changes nothing.
    Acknowledge(crate::IncidentId),
    /// Say something of an incident.
    Comment(crate::IncidentId, String),
    /// Send messages.
    Send(Vec<Outgoing>),
    /// Note what became of messages.
    Settle(Vec<Settled>),
    /// Try a message again that was given up.
    Resend(i64),
}

/// What became of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The number of the message.
    pub id: i64,
    /// What it is now.
    pub state: crate::DeliveryState,
    /// Whether it was tried.
    pub tried: bool,
    /// When it is tried next, if it waits.
    pub next_at: Timestamp,
    /// What the service said.
    pub said: String,
}

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its number: older ones have smaller ones.
    pub id: i64,
    /// Tries so far.
    pub attempts: u32,
    /// Not before this time.
    pub next_at: Timestamp,
    /// The end of the maintenance that its tracker is in: nobody is told of trouble meanwhile. Known to who has the trackers; not kept.
    pub held_until: Option<Timestamp>,
    /// What is to be sent.
    pub outgoing: Outgoing,
}

/// How each channel is told of a tracker: once, however many rules lead there; then the one that waits shortest counts.
pub fn routes(rules: &[AlertRule], subject: Subject<'_>) -> BTreeMap<ChannelId, Route> {
    let mut routes: BTreeMap<ChannelId, Route> = BTreeMap::new();
    for rule in rules.iter().filter(|rule| rule.enabled && rule.scope.holds(subject)) {
        for channel in &rule.channels {
            let new = Route { delay: rule.delay, remind: rule.remind, fallback: rule.fallback };
            let known = routes.entry(*channel).or_insert(new);
            known.delay = known.delay.min(new.delay);
            known.remind = match (known.remind, new.remind) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
            known.fallback = known.fallback.or(new.fallback);
        }
    }
    routes
}

impl AlertKind {
    /// Whether it says that something is over, and so has to wait for what said that it began.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Recovered | Self::WasDown | Self::Seeing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(channels: &[i64], delay: u64) -> AlertRule {
        AlertRule {
            id: None,
            name: String::new(),
            scope: Scope::default(),
            channels: channels.iter().copied().map(ChannelId).collect(),
            delay: Duration::from_secs(delay),
            remind: None,
            fallback: None,
            enabled: true,
        }
    }

    #[test]
    fn a_channel_is_told_once_by_the_rule_that_waits_shortest() {
        let subject = Subject { id: TrackerId(7), group: "", tags: &[] };
        let remind = |secs| Some(Duration::from_secs(secs));
        let rules = [
            AlertRule { remind: remind(600), ..rule(&[1, 2], 60) },
            AlertRule { remind: remind(60), fallback: Some(ChannelId(3)), ..rule(&[1], 5) },
            AlertRule { enabled: false, ..rule(&[4], 0) },
        ];
        let routes = routes(&rules, subject);
        assert_eq!(routes.keys().map(|id| id.0).collect::<Vec<_>>(), [1, 2]);
        let first = Route { delay: Duration::from_secs(5), remind: remind(60), fallback: Some(ChannelId(3)) };
        assert_eq!(routes[&ChannelId(1)], first);
        assert_eq!(routes[&ChannelId(2)].delay, Duration::from_mins(1));
    }
}
