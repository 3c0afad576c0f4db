//! What a rule would have told: the outages of the past, gone through again.

use std::time::Duration;

use crate::{AlertRule, Incident, Replay, Subject, Timestamp, TrackerId, delivery::reminder_at};

/// How far back a rule is tried.
pub const REPLAYED: Duration = Duration::from_hours(24 * 30);

impl Replay {
    /// Goes through incidents that were opened since `from`. `subject` says what a tracker is today; nothing for one that is gone.
    pub fn of<'a>(
        rule: &AlertRule,
        incidents: &[Incident],
        subject: impl Fn(TrackerId) -> Option<Subject<'a>>,
        from: Timestamp,
        now: Timestamp,
    ) -> Self {
        let mut replay = Self::default();
        let is_meant = |incident: &&Incident| {
            incident.opened_at >= from
                && subject(incident.tracker).is_some_and(|subject| rule.scope.holds(subject))
        };
        for incident in incidents.iter().filter(is_meant) {
            let told_at = incident.since.plus(rule.delay).max(incident.opened_at);
            let over_at = incident.closed_at.unwrap_or(now);
            if over_at < told_at {
                replay.too_short += 1;
                continue;
            }
            replay.outages += 1;
            let known_at = incident.acknowledged.as_ref().map_or(over_at, |(at, _)| over_at.min(*at));
            replay.reminders += rule.remind.map_or(0, |first| reminders(told_at, first, known_at));
            match replay.trackers.iter_mut().find(|(id, ..)| *id == incident.tracker) {
                Some((.., count)) => *count += 1,
                None => replay.trackers.push((incident.tracker, incident.name.clone(), 1)),
            }
        }
        replay.trackers.sort_by(|one, other| other.2.cmp(&one.2).then_with(|| one.1.cmp(&other.1)));
        replay
    }
}

/// Reminders between the first message and the end. There are few: each comes after twice as long, and at least one a day.
fn reminders(told_at: Timestamp, first: Duration, until: Timestamp) -> usize {
    let mut last = told_at;
    let next = |count: u32| {
        last = reminder_at(last, first, count);
        last
    };
    (0..1_000).map(next).take_while(|at| *at < until).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IncidentId, Scope};

    const MINUTE: i64 = 60_000;
    const NOW: Timestamp = Timestamp(1_000 * MINUTE);

    fn incident(tracker: i64, since: i64, closed: Option<i64>) -> Incident {
        Incident {
            id: IncidentId(since),
            tracker: TrackerId(tracker),
            name: format!("t{tracker}"),
            since: Timestamp(since * MINUTE),
            opened_at: Timestamp(since * MINUTE + 10_000),
            closed_at: closed.map(|at| Timestamp(at * MINUTE)),
            fault: None,
            acknowledged: None,
        }
    }

    fn rule(delay: u64, remind: Option<u64>) -> AlertRule {
        AlertRule {
            id: None,
            name: String::new(),
            scope: Scope { trackers: vec![TrackerId(1), TrackerId(2)], ..Scope::default() },
            channels: Vec::new(),
            delay: Duration::from_mins(delay),
            remind: remind.map(Duration::from_mins),
            fallback: None,
            enabled: true,
        }
    }

    fn replay(rule: &AlertRule, incidents: &[Incident]) -> Replay {
        let subject = |id: TrackerId| (id.0 < 9).then_some(Subject { id, group: "", tags: &[] });
        Replay::of(rule, incidents, subject, Timestamp(10 * MINUTE), NOW)
    }

    #[test]
    fn outages_of_those_it_is_about_count_when_they_lasted_long_enough() {
        let all = [
            incident(1, 5, Some(50)),
            incident(1, 20, Some(22)),
            incident(1, 30, Some(40)),
            incident(2, 60, None),
            incident(2, 50, Some(58)),
            incident(2, 45, Some(51)),
            incident(3, 70, None),
            incident(9, 70, None),
        ];
        let told = replay(&rule(5, None), &all);
        assert_eq!((told.outages, told.too_short, told.reminders), (4, 1, 0));
        let named: Vec<(&str, usize)> =
            told.trackers.iter().map(|(_, name, count)| (name.as_str(), *count)).collect();
        assert_eq!(named, [("t2", 3), ("t1", 1)]);
        assert_eq!(replay(&rule(0, None), &all).outages, 5);
    }

    #[test]
    fn reminders_come_after_twice_as_long_until_somebody_knows() {
        // Told at 100:10; again after 10, 20, 40 minutes.
        let lasting = incident(1, 100, Some(180));
        assert_eq!(replay(&rule(0, Some(10)), std::slice::from_ref(&lasting)).reminders, 3);
        let known = Incident { acknowledged: Some((Timestamp(115 * MINUTE), String::new())), ..lasting };
        assert_eq!(replay(&rule(0, Some(10)), &[known]).reminders, 1);
    }
}
