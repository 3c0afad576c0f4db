//! Channels and rules, as pages change them.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    Alert, AlertArchive, AlertChange, AlertKind, AlertRule, AlertingView, ChannelId, ChannelTest,
    ChannelView, Clock, Failure, FieldError, IncidentQuery, Invalid, REPLAYED, Replay, RuleId, Scope, Secret,
    StoredChannel, Timestamp, access::Actor, parse_length, ports::Alerting,
};
use notify::{Channel, Sender};
use tokio::sync::watch;

use crate::{
    failure::logged,
    links::Links,
    recorder::{RecorderHandle, Roster},
};

#[derive(Clone)]
pub(super) struct SharedAlerting {
    /// For the log of changes.
    pub(super) by: Actor,
    pub(super) alerts: Arc<dyn AlertArchive>,
    pub(super) recorder: RecorderHandle,
    pub(super) sender: Arc<Sender>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) roster: watch::Receiver<Roster>,
    /// The addresses that messages lead to.
    pub(super) links: Links,
}

/// The most characters of a name.
const NAME: usize = 60;
/// Channels, and rules, that there may be.
const MOST: usize = 200;
/// The newest messages that are shown.
const DELIVERIES: usize = 50;
/// Incidents that a rule is tried on.
const REPLAYED_MOST: usize = 10_000;
/// The longest delay.
const DAY: Duration = Duration::from_hours(24);
/// The shortest time between reminders.
const MINUTE: Duration = Duration::from_mins(1);

#[async_trait]
impl Alerting for SharedAlerting {
    async fn overview(&self) -> Result<AlertingView, Failure> {
        let read = async {
            let channels = self.alerts.channels().await?;
            let (rules, deliveries) =
                (self.alerts.rules().await?, self.alerts.deliveries(None, None, DELIVERIES).await?);
            Ok((channels, rules, deliveries))
        };
        let (channels, rules, deliveries) = read.await.map_err(logged)?;
        let channels = channels.into_iter().filter_map(shown).collect();
        Ok(AlertingView { now: self.clock.now(), kinds: notify::kinds(), channels, rules, deliveries })
    }

    async fn save_channel(
        &self,
        id: Option<ChannelId>,
        fields: Vec<(String, String)>,
    ) -> Result<ChannelId, Failure> {
        let before = self.stored(id).await?;
        let name = name_of(&fields);
        let channel = parse(&fields, before.as_ref());
        let (name, channel) = both(name, channel)?;
        if id.is_none() && self.alerts.channels().await.map_err(logged)?.len() >= MOST {
            return Err(Invalid::one("name", words::channels_many(MOST)).into());
        }
        let kept = StoredChannel {
            id,
            name,
            kind: channel.kind().to_owned(),
            settings: Secret::new(channel.to_json()),
            enabled: is_on(&fields),
        };
        let number = self.change(AlertChange::SaveChannel(kept)).await?;
        Ok(ChannelId(number))
    }

    async fn remove_channel(&self, id: ChannelId) -> Result<(), Failure> {
        self.change(AlertChange::RemoveChannel(id)).await.map(drop)
    }

    async fn try_channel(
        &self,
        id: Option<ChannelId>,
        fields: Vec<(String, String)>,
    ) -> Result<ChannelTest, Failure> {
        let before = self.stored(id).await?;
        let channel = parse(&fields, before.as_ref())?;
        let now = self.clock.now();
        let alert = Alert {
            key: format!("test-{}", now.as_ms()),
            thread: format!("test-{}", now.as_ms()),
            cause: words::alert_tried_by(&self.by.name),
            link: self.links.base().map(ToOwned::to_owned),
            ..Alert::of(AlertKind::Test, now)
        };
        let started = self.clock.monotonic();
        let sent = self.sender.send(&channel, &alert).await;
        let took = self.clock.monotonic().saturating_sub(started);
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        Ok(match sent {
            Ok(receipt) => ChannelTest { was_sent: true, said: receipt.said, took_ms },
            Err(undelivered) => ChannelTest { was_sent: false, said: undelivered.said, took_ms },
        })
    }

    async fn save_rule(&self, id: Option<RuleId>, fields: Vec<(String, String)>) -> Result<RuleId, Failure> {
        let rule = AlertRule { id, ..read_rule(&fields, &self.channels().await?)? };
        if id.is_none() && self.alerts.rules().await.map_err(logged)?.len() >= MOST {
            return Err(Invalid::one("name", words::rules_many(MOST)).into());
        }
        self.change(AlertChange::SaveRule(rule)).await.map(RuleId)
    }

    async fn replay(&self, fields: Vec<(String, String)>) -> Result<Replay, Failure> {
        let known = self.channels().await?;
        let rule = read_rule(&fields, &known)?;
        let now = self.clock.now();
        let from = Timestamp(now.0.saturating_sub(i64::try_from(REPLAYED.as_millis()).unwrap_or(i64::MAX)));
        let query = IncidentQuery { limit: REPLAYED_MOST, ..IncidentQuery::default() };
        let incidents = self.alerts.incidents(query).await.map_err(logged)?;
        let roster = self.roster.borrow().clone();
        Ok(Replay::of(&rule, &incidents, |id| Some(roster.get(&id)?.subject()), from, now))
    }

    async fn remove_rule(&self, id: RuleId) -> Result<(), Failure> {
        self.change(AlertChange::RemoveRule(id)).await.map(drop)
    }

    async fn resend(&self, delivery: i64) -> Result<(), Failure> {
        self.change(AlertChange::Resend(delivery)).await.map(drop)
    }
}

impl SharedAlerting {
    async fn change(&self, change: AlertChange) -> Result<i64, Failure> {
        let done = self.recorder.alert(change, self.by.clone()).await.map_err(logged)?;
        done.ok_or(Failure::NotFound)
    }

    async fn channels(&self) -> Result<Vec<ChannelId>, Failure> {
        let all = self.alerts.channels().await.map_err(logged)?;
        Ok(all.iter().filter_map(|channel| channel.id).collect())
    }

    async fn stored(&self, id: Option<ChannelId>) -> Result<Option<StoredChannel>, Failure> {
        let Some(id) = id else { return Ok(None) };
        let all = self.alerts.channels().await.map_err(logged)?;
        all.into_iter().find(|channel| channel.id == Some(id)).map(Some).ok_or(Failure::NotFound)
    }
}

/// The channel that a form describes; what cannot be read of a former one does not keep a secret.
fn parse(fields: &[(String, String)], before: Option<&StoredChannel>) -> Result<Channel, Invalid> {
    let former = before.and_then(|before| Channel::from_json(before.settings.expose()).ok());
    Channel::parse(value(fields, "kind"), fields, former.as_ref())
}

fn shown(stored: StoredChannel) -> Option<ChannelView> {
    let StoredChannel { id, name, kind, settings, enabled } = stored;
    let (fields, problem) = match Channel::from_json(settings.expose()) {
        Ok(channel) => (channel.fields(), None),
        Err(_) if settings.is_sealed() => {
            let problem = words::CHANNEL_SEALED;
            (Vec::new(), Some(problem.to_owned()))
        }
        Err(broken) => (Vec::new(), Some(broken.to_string())),
    };
    Some(ChannelView { id: id?, name, kind, enabled, fields, problem })
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().rev().find(|(other, _)| other == name).map_or("", |(_, value)| value.trim())
}

fn is_on(fields: &[(String, String)]) -> bool {
    value(fields, "enabled") == "true"
}

fn name_of(fields: &[(String, String)]) -> Result<String, Invalid> {
    let name = value(fields, "name");
    let problem = match name.chars().count() {
        0 => words::ALERTING_NAME_MISSING.to_owned(),
        1..=NAME if name.chars().any(char::is_control) => words::ALERTING_NAME_CONTROL.to_owned(),
        1..=NAME => return Ok(name.to_owned()),
        _ => words::field_name_long(NAME),
    };
    Err(Invalid::one("name", problem))
}

fn both<A, B>(one: Result<A, Invalid>, other: Result<B, Invalid>) -> Result<(A, B), Invalid> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (one, other) => {
            let problems = one.err().into_iter().chain(other.err()).flat_map(|invalid| invalid.0);
            Err(Invalid(problems.collect()))
        }
    }
}

/// The rule that a form describes. `known` are the channels that there are.
fn read_rule(fields: &[(String, String)], known: &[ChannelId]) -> Result<AlertRule, Invalid> {
    let mut problems: Vec<FieldError> = Vec::new();
    let mut keep = |field: &'static str, problem: &str| problems.push(FieldError::new(field, problem));
    let channel = |text: &str| text.parse().ok().map(ChannelId).filter(|id| known.contains(id));
    let channels = fields.iter().filter(|(name, _)| name == "channel").map(|(_, id)| channel(id));
    let channels: Vec<Option<ChannelId>> = channels.collect();
    if channels.is_empty() || channels.iter().any(Option::is_none) {
        keep("channel", words::RULE_CHANNEL_MISSING);
    }
    let length = |name: &str| match value(fields, name) {
        "" => Some(None),
        text => parse_length(text).map(Some),
    };
    let delay = length("delay").map(Option::unwrap_or_default).filter(|delay| *delay <= DAY);
    if delay.is_none() {
        keep("delay", words::RULE_DELAY_WRONG);
    }
    let remind =
        length("remind").filter(|remind| remind.is_none_or(|remind| (MINUTE..=7 * DAY).contains(&remind)));
    if remind.is_none() {
        keep("remind", words::RULE_REMIND_WRONG);
    }
    let fallback = match value(fields, "fallback") {
        "" => Some(None),
        text => channel(text).map(Some),
    };
    if fallback.is_none() {
        keep("fallback", words::RULE_FALLBACK_WRONG);
    }
    let scope = Scope::parse(value(fields, "tags"), value(fields, "groups"), value(fields, "trackers"));
    let name = name_of(fields);
    problems.extend(scope.as_ref().err().into_iter().flat_map(|invalid| invalid.0.clone()));
    problems.extend(name.as_ref().err().into_iter().flat_map(|invalid| invalid.0.clone()));
    match (name, scope) {
        (Ok(name), Ok(scope)) if problems.is_empty() => Ok(AlertRule {
            id: None,
            name,
            scope,
            channels: channels.into_iter().flatten().collect(),
            delay: delay.unwrap_or_default(),
            remind: remind.flatten(),
            fallback: fallback.flatten(),
            enabled: is_on(fields),
        }),
        _ => Err(Invalid(problems)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<AlertRule, Vec<String>> {
        let fields: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let named = |invalid: Invalid| invalid.0.into_iter().map(|error| error.field).collect();
        read_rule(&fields, &[ChannelId(1), ChannelId(2)]).map_err(named)
    }

    #[test]
    fn a_form_is_read_into_a_rule() {
        let rule = read(&[
            ("name", " Ops "),
            ("tags", "Prod, eu"),
            ("groups", "Home, Shop"),
            ("trackers", "7, 9"),
            ("channel", "1"),
            ("channel", "2"),
            ("delay", "5m"),
            ("remind", "1h"),
            ("fallback", "2"),
            ("enabled", "false"),
            ("enabled", "true"),
        ]);
        let rule = rule.unwrap();
        assert_eq!((rule.name.as_str(), rule.enabled, rule.fallback), ("Ops", true, Some(ChannelId(2))));
        assert_eq!((rule.scope.tags, rule.scope.groups.len()), (vec!["eu".to_owned(), "prod".to_owned()], 2));
        assert_eq!(
            (rule.scope.trackers, rule.channels.len()),
            (vec![domain::TrackerId(7), domain::TrackerId(9)], 2)
        );
        assert_eq!((rule.delay.as_secs(), rule.remind.map(|remind| remind.as_secs())), (300, Some(3_600)));
        assert!(!read(&[("name", "a"), ("channel", "1")]).unwrap().enabled);
    }

    #[test]
    fn all_that_is_wrong_is_named_at_once() {
        let wrong = read(&[
            ("trackers", "seven"),
            ("channel", "9"),
            ("delay", "2d"),
            ("remind", "1s"),
            ("fallback", "8"),
            ("tags", &"x".repeat(31)),
        ]);
        assert_eq!(
            wrong.unwrap_err(),
            ["channel", "delay", "remind", "fallback", "trackers", "tags", "name"]
        );
        assert_eq!(read(&[("name", "a")]).unwrap_err(), ["channel"]);
    }
}
