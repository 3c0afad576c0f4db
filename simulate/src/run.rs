//! A seed, from its plan to its verdict.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    AlertChange, AlertRule, DeliveryState, Recorded, Records as _, Timestamp, TrackerId, Transition,
    access::Actor,
};
use futures::executor::block_on;
use store::Memory;
use tokio::runtime::Builder;

use crate::{
    bug::Bug,
    checker::{Violation, recount, shown},
    disk::Shared,
    fault::Fault,
    life::{Course, End, empty_view, live},
    plan::{Event, Plan},
    world::{Answer, Disk, Manner, Resolver, State, World},
};

/// What came of a seed.
#[derive(Debug)]
pub struct Outcome {
    /// A number that is the same when the same happened.
    pub trace: u64,
    /// What must never be, and was.
    pub violation: Option<Violation>,
    /// The last things that happened, if somebody wants to read them.
    pub lines: Vec<String>,
    /// Checks that were recorded.
    pub checks: u64,
    /// Transitions that were recorded.
    pub transitions: u64,
    /// Messages that services took.
    pub messages: u64,
    /// Of those, how many came twice because an answer was lost.
    pub doubles: u64,
    /// How often the program was started.
    pub lives: u64,
    /// How long that took in the world, in milliseconds.
    pub virtual_ms: i64,
    /// Faults by their kind.
    pub faults: BTreeMap<Fault, u64>,
}

/// How long everything is well before the end.
const CALM: i64 = 150_000;
/// Longer than any message waits for its next try.
const DRAIN: i64 = 3 * 3_600_000;

/// Runs a seed, with a planted bug if one is named; `has_lines` keeps what happened last, to be read.
pub fn run(seed: u64, bug: Option<Bug>, has_lines: bool) -> Outcome {
    let plan = Plan::of(seed);
    let world = World::new(&plan, seed, bug, has_lines);
    let memory = Shared::new(furnished(&plan));
    let mut course = Course { plan: &plan, next: 0, until_ms: plan.span_ms, is_checking: true };
    lives(&world, &memory, &mut course);
    world.lock().calm();
    course.next = plan.events.len();
    course.until_ms = world.lock().age_ms() + CALM;
    lives(&world, &memory, &mut course);
    course.is_checking = false;
    course.until_ms = world.lock().age_ms() + DRAIN;
    lives(&world, &memory, &mut course);
    let mut state = world.lock();
    state.finish(&memory);
    let trace = std::mem::take(&mut state.trace);
    let checker = &state.checker;
    Outcome {
        trace: trace.hash(),
        violation: checker.violation.clone(),
        lines: trace.into_lines(),
        checks: checker.checks,
        transitions: checker.transitions,
        messages: checker.messages,
        doubles: checker.doubles,
        lives: state.life.unsigned_abs(),
        virtual_ms: state.age_ms(),
        faults: state.faults.clone(),
    }
}

/// A disk with what was set up before.
fn furnished(plan: &Plan) -> Memory {
    let mut memory = Memory::default();
    let (by, at) = (Actor::program("set-up"), Timestamp(plan.start_ms));
    // Memory neither waits nor fails.
    let _ = block_on(memory.add(&plan.trackers, &by, at));
    let channels = plan.channels.iter().cloned().map(AlertChange::SaveChannel);
    let rules = plan.rules.iter().map(|rule| AlertChange::SaveRule(AlertRule { id: None, ..rule.clone() }));
    for change in channels.chain(rules) {
        let _ = block_on(memory.alert(&change, &by, at));
    }
    memory
}

/// Lives until the course is over.
fn lives(world: &Arc<World>, memory: &Shared, course: &mut Course<'_>) {
    let mut later = 0;
    loop {
        let view = empty_view();
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        let Ok(runtime) = runtime else {
            return world.lock().checker.fail("I10", 0, "there is no runtime".into());
        };
        let end = runtime.block_on(async {
            let end = live(world, memory, later, course, &view).await;
            let mut state = world.lock();
            state.is_dead = true;
            state.health = None;
            state.time.end_life();
            end
        });
        drop(runtime);
        let mut state = world.lock();
        let now = state.age_ms();
        state.checker.survived(now, &shown(&view), memory);
        state.skip_to(course);
        if end == End::Over || state.checker.violation.is_some() {
            return;
        }
        later = match end {
            End::Failed => 1_000,
            _ if state.rng.percent(20) => state.rng.between(20_000, 120_000),
            _ => state.rng.between(100, 4_000),
        };
    }
}

impl State {
    /// Something happens.
    pub(crate) fn apply(&mut self, event: &Event) {
        match event {
            Event::Begins(fault) => {
                *self.faults.entry(*fault).or_default() += 1;
                return self.note(fault.word(), &[]);
            }
            Event::Target(target, answer) => {
                let now = i64::from(*answer != Answer::Well);
                self.note("target", &[i64::try_from(*target).unwrap_or(0), now]);
                if let Some(known) = self.truth.targets.get_mut(*target) {
                    *known = *answer;
                }
                return self.disturb_target(*target);
            }
            Event::Service(service, manner) => {
                let number = i64::try_from(*service).unwrap_or(0) + 1;
                self.note("service", &[number, i64::from(*manner != Manner::Well)]);
                if let Some(known) = self.services.get_mut(*service) {
                    known.manner = *manner;
                }
                return;
            }
            Event::Away(is_away) => {
                let now = self.age_ms();
                self.note("away", &[i64::from(*is_away)]);
                self.truth.away_since = is_away.then(|| self.truth.away_since.unwrap_or(now));
            }
            Event::Resolver(resolver) => {
                self.note("resolver", &[i64::from(*resolver != Resolver::Well)]);
                self.truth.resolver = *resolver;
            }
            Event::Descriptors(has) => {
                self.note("descriptors", &[i64::from(*has)]);
                self.truth.has_descriptors = *has;
            }
            Event::Canary(canary, is_silent) => {
                self.note("canary", &[i64::try_from(*canary).unwrap_or(0), i64::from(*is_silent)]);
                if let Some(known) = self.truth.silent_canaries.get_mut(*canary) {
                    *known = *is_silent;
                }
            }
            Event::Arm(edge) => self.armed.push(*edge),
            Event::Disk(disk) => {
                self.note("disk", &[i64::from(*disk != Disk::Well)]);
                self.disk = *disk;
                self.unsettle();
            }
            Event::Step(ms) => {
                self.note("step", &[*ms]);
                self.time.step(*ms);
                self.checker.epoch += u32::from(*ms < 0);
                self.unsettle();
                self.services.iter_mut().for_each(|service| service.rests = None);
            }
            Event::Suspend(ms) => {
                self.note("suspend", &[*ms]);
                self.time.suspend(*ms);
                self.unsettle();
            }
            Event::Kill | Event::Restart | Event::Edit(_) => return,
        }
        self.disturb();
    }

    /// The world goes on while the program does not run.
    fn skip_to(&mut self, course: &mut Course<'_>) {
        let now = self.age_ms();
        while let Some((_, event)) = course.plan.events.get(course.next).filter(|(at, _)| *at <= now) {
            course.next += 1;
            self.apply(event);
        }
    }

    /// From now on all is well.
    fn calm(&mut self) {
        self.note("calm", &[]);
        self.unsettle();
        self.armed.clear();
        self.disk = Disk::Well;
        self.truth.targets.fill(Answer::Well);
        self.truth.away_since = None;
        self.truth.resolver = Resolver::Well;
        self.truth.has_descriptors = true;
        self.truth.silent_canaries.fill(false);
        self.services.iter_mut().for_each(|service| service.manner = Manner::Well);
        self.disturb();
    }

    /// I10: queues are bounded.
    pub(crate) fn is_bounded(&mut self, waiting: usize) {
        if waiting > 20_000 {
            let now = self.age_ms();
            self.checker.fail("I10", now, format!("{waiting} checks wait for the recorder"));
        }
    }

    /// What must be so at the end.
    fn finish(&mut self, memory: &Shared) {
        if self.checker.violation.is_some() {
            return;
        }
        let now = self.age_ms();
        if let Some(left) = memory.deliveries().iter().find(|row| row.state == DeliveryState::Waiting) {
            let what = format!(
                "message {} ({}) still waits for its next try at {}",
                left.id,
                left.kind.word(),
                left.moment
            );
            self.checker.fail("I5", now, what);
        }
        if let Err(what) = incidents_follow(memory) {
            self.checker.fail("I3", now, what);
        }
        if self.checker.epoch == 0
            && let Err(what) = self.time_adds_up(memory)
        {
            self.checker.fail("I9", now, what);
        }
    }

    fn time_adds_up(&self, memory: &Shared) -> Result<(), String> {
        let all = memory.lock().checks();
        let archive = memory.lock().archive();
        let mut by_tracker: BTreeMap<TrackerId, Vec<&Recorded>> = BTreeMap::new();
        for recorded in &all {
            by_tracker.entry(recorded.check.name.tracker).or_default().push(recorded);
        }
        let end = self.time.wall();
        for (id, entries) in by_tracker {
            let Some(watched) = self.checker.trackers.get(&id) else { continue };
            let Some(settings) = &watched.settings else { continue };
            let is_sorted = entries
                .iter()
                .filter(|entry| entry.check.name.attempt == 0)
                .is_sorted_by_key(|entry| entry.check.name.due);
            if !is_sorted {
                continue;
            }
            let first = entries.first().map_or(end, |entry| entry.check.name.due);
            let counted = recount(&entries, settings.schedule.interval(), end);
            let told = block_on(archive.periods(id, &[first, end])).unwrap_or_default();
            let told = told.first().map(|period| period.tally).unwrap_or_default();
            if told != counted {
                return Err(format!("tracker {id}: {told:?} instead of {counted:?}"));
            }
        }
        Ok(())
    }
}

/// I3: each span of being down is one incident.
fn incidents_follow(memory: &Shared) -> Result<(), String> {
    let mut wanted: BTreeMap<TrackerId, Vec<(Timestamp, Option<Timestamp>)>> = BTreeMap::new();
    for (id, transition) in memory.lock().transitions() {
        let spans = wanted.entry(id).or_default();
        let is_open = spans.last().is_some_and(|(_, end)| end.is_none());
        match transition {
            Transition::WentDown { at, .. } if !is_open => spans.push((at, None)),
            Transition::Recovered { at, .. } if is_open => {
                spans.last_mut().into_iter().for_each(|(_, end)| *end = Some(at));
            }
            other => return Err(format!("tracker {id}: {other:?} does not follow what was before")),
        }
    }
    let mut found: BTreeMap<TrackerId, Vec<(Timestamp, Option<Timestamp>)>> = BTreeMap::new();
    for incident in memory.incidents().iter().rev() {
        found.entry(incident.tracker).or_default().push((incident.opened_at, incident.closed_at));
    }
    if wanted == found { Ok(()) } else { Err("incidents are not what transitions say".into()) }
}
