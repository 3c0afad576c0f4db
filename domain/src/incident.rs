//! Incidents: each span of being down, who was told of it, and what people say of it.

use serde::{Deserialize, Serialize};

use crate::{AlertKind, Evidence, Fault, Timestamp, TrackerId};

/// The number of an incident. Never given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncidentId(pub i64);

/// A span of being down. It is opened and closed by transitions, in their transaction, and by nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Which one.
    pub id: IncidentId,
    /// Whose.
    pub tracker: TrackerId,
    /// The tracker's name; a word for it when the tracker is gone.
    pub name: String,
    /// Due time of the first failed check.
    pub since: Timestamp,
    /// Due time of the check that confirmed it.
    pub opened_at: Timestamp,
    /// Due time of the good check that ended it; absent while it lasts.
    pub closed_at: Option<Timestamp>,
    /// What the confirming check showed.
    pub fault: Option<Fault>,
    /// When somebody said that they know of it, and who.
    pub acknowledged: Option<(Timestamp, String)>,
}

impl Incident {
    /// The end, or now.
    pub fn end(&self, now: Timestamp) -> Timestamp {
        self.closed_at.unwrap_or(now)
    }
}

/// What who has a signed link may see of an incident, and do: say that they know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedIncident {
    /// Its tracker.
    pub name: String,
    /// Due time of the first failed check.
    pub since: Timestamp,
    /// When it was over, if it is.
    pub closed_at: Option<Timestamp>,
    /// When somebody said that they know of it.
    pub acknowledged_at: Option<Timestamp>,
}

/// What somebody said of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// When.
    pub at: Timestamp,
    /// Who: the name of an account.
    pub who: String,
    /// A comment; `None` is that they know of it.
    pub comment: Option<String>,
}

/// A message on its way through a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its number.
    pub id: i64,
    /// The channel's name; a word for it when the channel is gone.
    pub channel: String,
    /// What it says.
    pub kind: AlertKind,
    /// Of whom, if of a tracker.
    pub name: String,
    /// The incident that it belongs to.
    pub incident: Option<IncidentId>,
    /// When that happened.
    pub at: Timestamp,
    /// What became of it.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// What the service said last; empty before the first try.
    pub said: String,
    /// When it was done, or is tried next.
    pub moment: Timestamp,
}

/// What became of a message. Words are on users' disks and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is to be sent.
    Waiting,
    /// The service took it.
    Sent,
    /// It was given up.
    Dead,
    /// It was not worth sending any more.
    Dropped,
}

impl DeliveryState {
    /// All, with their words on disk.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Waiting, "waiting"), (Self::Sent, "sent"), (Self::Dead, "dead"), (Self::Dropped, "dropped")];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("waiting", |(_, word)| word)
    }

    /// The state of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, other)| *other == word).map(|(state, _)| *state)
    }
}

/// All that is told of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentStory {
    /// The server's time.
    pub now: Timestamp,
    /// It.
    pub incident: Incident,
    /// What people said, oldest first.
    pub remarks: Vec<Remark>,
    /// Who was told, oldest first.
    pub deliveries: Vec<Delivery>,
    /// What was seen when it began, and at the last good check before, if that is still kept.
    pub evidence: Option<(Evidence, Option<(Timestamp, Evidence)>)>,
}

/// One thing that happened in an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// The first check failed; it was not believed yet.
    Failed,
    /// It is down.
    Confirmed,
    /// Somebody was told, or is to be told.
    Told(&'a Delivery),
    /// Somebody said that they know of it: the name of an account, empty for who may not read names.
    Acknowledged(&'a str),
    /// Somebody said something: who, and what.
    Commented(&'a str, &'a str),
    /// It is up again.
    Recovered,
}

impl IncidentStory {
    /// What happened, oldest first; at the same time in the order of cause and effect.
    pub fn timeline(&self) -> Vec<(Timestamp, Event<'_>)> {
        let incident = &self.incident;
        let failed = (incident.since < incident.opened_at).then_some((incident.since, Event::Failed));
        let confirmed = Some((incident.opened_at, Event::Confirmed));
        let recovered = incident.closed_at.map(|at| (at, Event::Recovered));
        let mut events: Vec<_> = [failed, confirmed, recovered].into_iter().flatten().collect();
        events.extend(self.deliveries.iter().map(|delivery| (delivery.told_at(), Event::Told(delivery))));
        events.extend(incident.acknowledged.iter().map(|(at, who)| (*at, Event::Acknowledged(who))));
        events.extend(self.remarks.iter().filter_map(|remark| {
            Some((remark.at, Event::Commented(&remark.who, remark.comment.as_deref()?)))
        }));
        events.sort_by_key(|(at, _)| *at);
        events
    }
}

impl Delivery {
    /// When it was told. What waits has not been yet; it stands where it began to wait.
    fn told_at(&self) -> Timestamp {
        if self.state == DeliveryState::Waiting { self.at } else { self.moment }
    }
}

/// Which incidents are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IncidentQuery {
    /// Only of this tracker.
    pub tracker: Option<TrackerId>,
    /// Only those that last.
    pub open: bool,
    /// Only those before this number.
    pub before: Option<IncidentId>,
    /// How many at most; at least 1.
    pub limit: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(id: i64, state: DeliveryState, at: i64, moment: i64) -> Delivery {
        Delivery {
            id,
            channel: "mail".into(),
            kind: AlertKind::Down,
            name: "Shop".into(),
            incident: Some(IncidentId(1)),
            at: Timestamp(at),
            state,
            attempts: 1,
            said: String::new(),
            moment: Timestamp(moment),
        }
    }

    #[test]
    fn a_timeline_tells_causes_before_effects() {
        let remark = |at, comment: Option<&str>| Remark {
            at: Timestamp(at),
            who: "Ada".into(),
            comment: comment.map(Into::into),
        };
        let mut story = IncidentStory {
            now: Timestamp(100),
            incident: Incident {
                id: IncidentId(1),
                tracker: TrackerId(7),
                name: "Shop".into(),
                since: Timestamp(10),
                opened_at: Timestamp(20),
                closed_at: Some(Timestamp(60)),
                fault: None,
                acknowledged: Some((Timestamp(40), "Ada".into())),
            },
            remarks: vec![remark(40, None), remark(70, Some("disk"))],
            deliveries: vec![
                told(1, DeliveryState::Waiting, 20, 90),
                told(2, DeliveryState::Sent, 20, 30),
                told(3, DeliveryState::Sent, 60, 61),
            ],
            evidence: None,
        };
        let word = |(at, event): (Timestamp, Event<'_>)| {
            let word = match event {
                Event::Failed => "failed".to_owned(),
                Event::Confirmed => "confirmed".to_owned(),
                Event::Told(delivery) => format!("told {}", delivery.id),
                Event::Acknowledged(who) => format!("known to {who}"),
                Event::Commented(who, what) => format!("{who}: {what}"),
                Event::Recovered => "recovered".to_owned(),
            };
            format!("{} {word}", at.0)
        };
        let all: Vec<String> = story.timeline().into_iter().map(word).collect();
        assert_eq!(
            all,
            [
                "10 failed",
                "20 confirmed",
                "20 told 1",
                "30 told 2",
                "40 known to Ada",
                "60 recovered",
                "61 told 3",
                "70 Ada: disk",
            ]
        );
        story.incident.since = Timestamp(20);
        assert_eq!(story.timeline().first(), Some(&(Timestamp(20), Event::Confirmed)));
    }
}
