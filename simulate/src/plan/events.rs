//! What each kind of fault does, and when it is over.

use domain::{Interval, Rest, Timestamp};

use super::{Answer, Change, Disk, Edge, Event, Fault, Manner, Occurs, Plan, Resolver, Rng, millis, policy};

/// When the first thing may go wrong: everybody has been up once.
const FIRST: i64 = 25_000;

/// When something begins, and when it ends if it is short, or long.
#[derive(Clone, Copy)]
struct Time {
    at: i64,
    short: i64,
    long: i64,
}

impl Plan {
    /// Faults at times by chance, each with its end.
    pub(super) fn all_events(&self, rng: &mut Rng) -> Vec<(i64, Event)> {
        let mut events = Vec::new();
        let count = rng.between(50, 80);
        let whole: i64 = Fault::ALL.iter().map(|(_, _, weight)| weight).sum();
        for _ in 0..count {
            let mut lot = rng.between(0, whole - 1);
            let drawn = Fault::ALL.iter().find(|(_, _, weight)| {
                lot -= weight;
                lot < 0
            });
            let Some((fault, ..)) = drawn else { continue };
            let at = rng.between(FIRST, self.span_ms);
            events.push((at, Event::Begins(*fault)));
            self.add(rng, *fault, at, &mut events);
        }
        events.sort_by_key(|(at, _)| *at);
        events
    }

    fn add(&self, rng: &mut Rng, fault: Fault, at: i64, events: &mut Vec<(i64, Event)>) {
        let last = i64::try_from(self.trackers.len()).unwrap_or(1) - 1;
        let place = usize::try_from(rng.between(0, last)).unwrap_or(0);
        let time = Time { at, short: at + rng.between(500, 20_000), long: at + rng.between(2_000, 150_000) };
        match fault {
            Fault::Target | Fault::Slow | Fault::Flap | Fault::Many => {
                self.of_targets(rng, fault, time, place, events);
            }
            Fault::Channel => self.channel(rng, at, time.long, events),
            Fault::Pause => self.pause(rng, (at, time.long), place, events),
            Fault::Maintenance => self.maintenance(rng, at, place, events),
            Fault::Edit | Fault::Remove | Fault::Alerting | Fault::Acknowledge => {
                of_people(rng, fault, time, place, events);
            }
            _ => of_machine(rng, fault, time, events),
        }
    }

    fn of_targets(
        &self,
        rng: &mut Rng,
        fault: Fault,
        time: Time,
        place: usize,
        events: &mut Vec<(i64, Event)>,
    ) {
        let bad = [Answer::Refuses, Answer::Hangs, Answer::Fails];
        if fault == Fault::Many {
            let answer = rng.pick(&bad);
            for target in (0..self.targets).filter(|_| rng.percent(60)) {
                events.push((time.at, Event::Target(target, answer)));
                events.push((time.short + 40_000, Event::Target(target, Answer::Well)));
            }
            return;
        }
        let (answer, until) = match fault {
            Fault::Slow => (Answer::Slowly(rng.pick(&[300, 600, 2_500, 15_000])), time.long),
            Fault::Flap => {
                (Answer::Flaps(rng.pick(&[1_500, 5_000, 12_000])), time.at + rng.between(30_000, 200_000))
            }
            _ => (rng.pick(&bad), time.long),
        };
        events.push((time.at, Event::Target(place, answer)));
        events.push((until, Event::Target(place, Answer::Well)));
    }

    fn channel(&self, rng: &mut Rng, at: i64, until: i64, events: &mut Vec<(i64, Event)>) {
        let last = i64::try_from(self.channels.len()).unwrap_or(1) - 1;
        let place = usize::try_from(rng.between(0, last)).unwrap_or(0);
        let manner = rng.pick(&[
            Manner::Busy(None),
            Manner::Busy(Some(0)),
            Manner::Busy(Some(4_000)),
            Manner::Busy(Some(45_000)),
            Manner::Busy(Some(1_000_000_000)),
            Manner::Broken,
            Manner::Broken,
            Manner::Refuses,
            Manner::TakesAndResets,
            Manner::TakesAndResets,
            Manner::TakesAndHangs,
            Manner::Hangs,
            Manner::Slow(9_000),
        ]);
        events.push((at, Event::Service(place, manner)));
        events.push((until, Event::Service(place, Manner::Well)));
    }

    fn pause(&self, rng: &mut Rng, (at, until): (i64, i64), place: usize, events: &mut Vec<(i64, Event)>) {
        let places: Vec<usize> =
            if rng.percent(30) { (0..self.trackers.len()).step_by(2).collect() } else { vec![place] };
        let ends_itself = rng.percent(40);
        let end = ends_itself.then(|| Timestamp(self.start_ms + until));
        let rest = Rest { until: end, reason: String::new() };
        events.push((at, Event::Edit(Change::Rest(places.clone(), Some(rest)))));
        if !ends_itself {
            events.push((until, Event::Edit(Change::Rest(places, None))));
        }
    }

    fn maintenance(&self, rng: &mut Rng, at: i64, place: usize, events: &mut Vec<(i64, Event)>) {
        let places = match rng.between(0, 9) {
            0 => Vec::new(),
            1..=2 => (0..self.trackers.len()).step_by(2).collect(),
            _ => (place..self.trackers.len()).take(3).collect(),
        };
        let is_recurring = rng.percent(20);
        let occurs = if is_recurring {
            Occurs::Minutes(rng.pick(&[2, 5]))
        } else {
            Occurs::Once { ahead: rng.pick(&[0, 0, 5_000, 40_000]), lasts: rng.between(15_000, 120_000) }
        };
        events.push((at, Event::Edit(Change::Announce(places, occurs))));
        if is_recurring || rng.percent(35) {
            events.push((at + rng.between(10_000, 150_000), Event::Edit(Change::Withdraw)));
        }
    }
}

/// What happens to this machine and its surroundings.
fn of_machine(rng: &mut Rng, fault: Fault, time: Time, events: &mut Vec<(i64, Event)>) {
    let Time { at, short, long } = time;
    let mut during = |begin: Event, until: i64, end: Event| events.extend([(at, begin), (until, end)]);
    match fault {
        Fault::Network => during(Event::Away(true), short + rng.between(0, 60_000), Event::Away(false)),
        Fault::Resolver => {
            let resolver = rng.pick(&[Resolver::Silent, Resolver::Silent, Resolver::Lies]);
            during(Event::Resolver(resolver), short, Event::Resolver(Resolver::Well));
        }
        Fault::Descriptors => during(Event::Descriptors(false), short, Event::Descriptors(true)),
        Fault::Canary => {
            let canary = usize::try_from(rng.between(0, 2)).unwrap_or(0);
            during(Event::Canary(canary, true), long, Event::Canary(canary, false));
        }
        Fault::DiskFull => during(Event::Disk(Disk::Full), short, Event::Disk(Disk::Well)),
        Fault::DiskSlow => {
            let disk = Disk::Slow(rng.pick(&[200, 1_500, 6_000]));
            during(Event::Disk(disk), short, Event::Disk(Disk::Well));
        }
        Fault::DiskBroken => during(Event::Disk(Disk::Broken), short, Event::Disk(Disk::Well)),
        Fault::ClockStep => {
            let ms = rng.pick(&[3_000, 65_000, 3_600_000, 86_400_000]) + rng.between(0, 900);
            let ms = if rng.percent(50) { ms } else { -ms };
            events.push((at, Event::Step(ms)));
            // Mostly somebody finds that out.
            if rng.percent(70) {
                events.push((short, Event::Step(-ms)));
            }
        }
        Fault::Suspend => events.push((at, Event::Suspend(rng.between(3_000, 400_000)))),
        Fault::KillAtEdge => events.push((at, Event::Arm(rng.pick(&Edge::ALL)))),
        Fault::Restart => events.push((at, Event::Restart)),
        _ => events.push((at, Event::Kill)),
    }
}

/// What people do.
fn of_people(rng: &mut Rng, fault: Fault, time: Time, place: usize, events: &mut Vec<(i64, Event)>) {
    let Time { at, short, .. } = time;
    let mut edit = |at: i64, change: Change| events.push((at, Event::Edit(change)));
    match fault {
        Fault::Edit if rng.percent(60) => edit(at, Change::Policy(place, policy(rng))),
        Fault::Edit => {
            let secs = rng.pick(&[1, 2, 4, 7, 15]);
            edit(at, Change::Every(place, Interval::from_secs(secs).unwrap_or(Interval::SECOND)));
        }
        Fault::Remove => {
            edit(at, Change::Remove(place));
            edit(short, Change::Restore(place));
        }
        Fault::Alerting if rng.percent(50) => {
            edit(at, Change::Channel(1, false));
            edit(short, Change::Channel(1, true));
        }
        Fault::Alerting => edit(at, Change::Delay(1, millis(rng.pick(&[0, 5_000, 30_000])))),
        _ => edit(at, Change::Acknowledge),
    }
}
