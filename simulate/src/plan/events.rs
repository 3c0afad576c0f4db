//! What each kind of fault does, and when it is over.

use domain::{Interval, Rest, Timestamp};

use super::{Answer, Change, Disk, Edge, Event, Fault, Manner, Plan, Resolver, Rng, millis, policy};

/// When the first thing may go wrong: everybody has been up once.
const FIRST: i64 = 25_000;

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
        let short = at + rng.between(500, 20_000);
        let long = at + rng.between(2_000, 150_000);
        let mut during = |begin: Event, until: i64, end: Event| {
            events.push((at, begin));
            events.push((until, end));
        };
        match fault {
            Fault::Target => {
                let answer = rng.pick(&[Answer::Refuses, Answer::Hangs, Answer::Fails]);
                during(Event::Target(place, answer), long, Event::Target(place, Answer::Well));
            }
            Fault::Slow => {
                let answer = Answer::Slowly(rng.pick(&[300, 600, 2_500, 15_000]));
                during(Event::Target(place, answer), long, Event::Target(place, Answer::Well));
            }
            Fault::Flap => {
                let answer = Answer::Flaps(rng.pick(&[1_500, 5_000, 12_000]));
                during(
                    Event::Target(place, answer),
                    at + rng.between(30_000, 200_000),
                    Event::Target(place, Answer::Well),
                );
            }
            Fault::Many => {
                let answer = rng.pick(&[Answer::Refuses, Answer::Hangs, Answer::Fails]);
                for target in 0..self.targets {
                    if rng.percent(60) {
                        events.push((at, Event::Target(target, answer)));
                        events.push((short + 40_000, Event::Target(target, Answer::Well)));
                    }
                }
            }
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
            Fault::Kill => events.push((at, Event::Kill)),
            Fault::KillAtEdge => events.push((at, Event::Arm(rng.pick(&Edge::ALL)))),
            Fault::Restart => events.push((at, Event::Restart)),
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
            Fault::Channel => self.channel(rng, at, long, events),
            Fault::Pause => self.pause(rng, (at, long), place, events),
            Fault::Edit => {
                let change = if rng.percent(60) {
                    Change::Policy(place, policy(rng))
                } else {
                    let secs = rng.pick(&[1, 2, 4, 7, 15]);
                    Change::Every(place, Interval::from_secs(secs).unwrap_or(Interval::SECOND))
                };
                events.push((at, Event::Edit(change)));
            }
            Fault::Remove => {
                events.push((at, Event::Edit(Change::Remove(place))));
                events.push((short, Event::Edit(Change::Restore(place))));
            }
            Fault::Alerting => {
                if rng.percent(50) {
                    during(
                        Event::Edit(Change::Channel(1, false)),
                        short,
                        Event::Edit(Change::Channel(1, true)),
                    );
                } else {
                    let delay = millis(rng.pick(&[0, 5_000, 30_000]));
                    events.push((at, Event::Edit(Change::Delay(1, delay))));
                }
            }
            Fault::Acknowledge => events.push((at, Event::Edit(Change::Acknowledge))),
        }
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
}
