//! Trackers that go up and down for long: after the notice that they do, people hear every half hour what they missed meanwhile.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    Alert, AlertChange, AlertKind, Batch, Outgoing, Timestamp, TrackerId, Transition, access::Actor,
};

use super::{Recorder, telling::concerned};

/// Those that flap, as of the newest commit.
#[derive(Default)]
pub(super) struct Flapping(BTreeMap<TrackerId, Spell>);

/// What people were not told yet.
struct Spell {
    told_at: Timestamp,
    outages: u32,
}

/// How often people hear of it.
const EVERY: Duration = Duration::from_mins(30);

impl Flapping {
    /// Those that flapped already when the program started. How often they were down before is not known.
    pub(super) fn resume(all: impl Iterator<Item = TrackerId>, now: Timestamp) -> Self {
        Self(all.map(|id| (id, Spell { told_at: now, outages: 0 })).collect())
    }

    /// Takes note of a batch that is on disk, and of those that flap with it or end that.
    pub(super) fn note(&mut self, turned: &[(TrackerId, bool)], batch: &Batch, now: Timestamp) {
        for (id, flaps) in turned {
            if *flaps {
                self.0.insert(*id, Spell { told_at: now, outages: 0 });
            } else {
                self.0.remove(id);
            }
        }
        if self.0.is_empty() {
            return;
        }
        for (id, transition) in &batch.transitions {
            if let (Some(spell), Transition::WentDown { .. }) = (self.0.get_mut(id), transition) {
                spell.outages += 1;
            }
        }
    }

    /// Whose half hour is over, with the outages in it. The next one begins.
    fn due(&mut self, now: Timestamp) -> Vec<(TrackerId, u32)> {
        // Told in a time that is still to come: the clock was set back.
        let is_due = |spell: &Spell| now < spell.told_at || now.since(spell.told_at) >= EVERY;
        let due = self.0.iter_mut().filter(|(_, spell)| is_due(spell));
        due.map(|(id, spell)| {
            let outages = std::mem::replace(spell, Spell { told_at: now, outages: 0 }).outages;
            (*id, outages)
        })
        .collect()
    }
}

impl Recorder {
    /// Tells what was missed, where it is time. One that rests is no news.
    pub(super) async fn tell_of_flapping(&mut self) {
        if self.refused.is_some() {
            return;
        }
        let now = self.clock.now();
        let due = self.flapping.due(now);
        let roster = self.roster.borrow().clone();
        let flapping = due.iter().filter_map(|(id, outages)| Some((roster.get(id)?, *outages)));
        let all: Vec<Outgoing> = flapping
            .filter(|(tracker, _)| !tracker.rests())
            .flat_map(|(tracker, outages)| {
                let cause = words::alert_flapped(outages, EVERY.as_secs() / 60);
                let tracker_of = Some(concerned(tracker));
                let alert = Alert { tracker: tracker_of, cause, ..Alert::of(AlertKind::Flapping, now) };
                self.telling.send(tracker, &alert, now)
            })
            .collect();
        if all.is_empty() {
            return;
        }
        if let Err(failure) = self.alert(&AlertChange::Send(all), &Actor::program("alerts")).await {
            self.health.storage_failed(&failure);
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{Fault, FaultKind};

    use super::*;

    const ID: TrackerId = TrackerId(1);

    fn minutes(count: i64) -> Timestamp {
        Timestamp(count * 60_000)
    }

    fn outages(count: usize) -> Batch {
        let (at, fault) = (Timestamp(0), Fault::new(FaultKind::Refused, ""));
        let went_down = (ID, Transition::WentDown { at, since: at, fault });
        Batch { transitions: vec![went_down; count], ..Batch::default() }
    }

    #[test]
    fn each_half_hour_is_told_with_its_outages_until_it_ends() {
        let mut flapping = Flapping::default();
        flapping.note(&[], &outages(5), minutes(0));
        assert_eq!(flapping.due(minutes(90)), [], "it does not flap");
        flapping.note(&[(ID, true)], &outages(1), minutes(100));
        flapping.note(&[], &outages(2), minutes(110));
        assert_eq!(flapping.due(minutes(129)), []);
        assert_eq!(flapping.due(minutes(130)), [(ID, 3)]);
        assert_eq!(flapping.due(minutes(131)), []);
        assert_eq!(flapping.due(minutes(160)), [(ID, 0)]);
        flapping.note(&[(ID, false)], &outages(1), minutes(170));
        assert_eq!(flapping.due(minutes(900)), []);
    }
}
