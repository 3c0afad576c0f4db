//! Lives of the program: it is started over what is on the disk, things happen, and it ends in one way or another.

use std::{sync::Arc, time::Duration};

use domain::{
    AlertChange, Clock, Cron, Deed, Draft, LiveView, Maintenance, Occasion, Records, Rest, RetentionDraft,
    Scope, Stretch, Timestamp, TrackerId, access::Actor,
};
use server::{
    alerts::{self, Dispatcher},
    contacts::Contacts,
    dependencies::Dependencies,
    health::Health,
    links::Links,
    live::SharedView,
    location::{Canary, Location},
    metrics::Metrics,
    recorder::{Edit, Grouping, Recorder, RecorderHandle, Told},
    scheduler::{self, ByHand, Scheduler},
    threads::Threads,
};
use tokio::{
    task::{JoinHandle, JoinSet},
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    bug::{Bug, BuggyDisk, without_maintenance},
    disk::{Shared, WorldDisk},
    net::{WorldCanary, WorldProber},
    plan::{Change, Event, Occurs, Plan},
    post::WorldPost,
    world::{World, WorldClock, millis},
};

/// How a life ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It could not start.
    Failed,
    /// It was killed.
    Killed,
    /// It was stopped, to be started again.
    Stopped,
    /// Its time was over, and it was stopped.
    Over,
}

/// What a life is lived for.
pub(crate) struct Course<'a> {
    pub(crate) plan: &'a Plan,
    /// The next event.
    pub(crate) next: usize,
    /// The age of the world at which it is over.
    pub(crate) until_ms: i64,
    /// Whether anybody is checked. Otherwise it is over as soon as nothing waits to be sent.
    pub(crate) is_checking: bool,
}

/// How often is looked whether all is as it should be.
const LOOK: i64 = 2_000;
/// How long who is stopped may take; as in `server::startup`.
const PATIENCE: Duration = Duration::from_secs(2);
const FLUSH: Duration = Duration::from_secs(10);

/// The program, as it runs.
struct Program {
    world: Arc<World>,
    memory: Shared,
    view: SharedView,
    handle: RecorderHandle,
    stop: CancellationToken,
    recorder: JoinHandle<()>,
    scheduler: Option<JoinHandle<()>>,
    dispatcher: JoinHandle<()>,
    edits: JoinSet<()>,
}

/// One life, to its end. The view is what it showed.
pub(crate) async fn live(
    world: &Arc<World>,
    memory: &Shared,
    later_ms: i64,
    course: &mut Course<'_>,
    shown: &SharedView,
) -> End {
    let born = Instant::now();
    {
        let mut state = world.lock();
        state.time.begin_life(later_ms);
        state.is_dead = false;
        state.answered.fill(false);
        state.life += 1;
        let life = state.life;
        state.disturb();
        state.unsettle();
        state.note("starts", &[life]);
    }
    let clock: Arc<dyn Clock> = Arc::new(WorldClock { world: Arc::clone(world), born });
    tokio::select! {
        biased;
        () = world.died.notified() => End::Killed,
        end = async {
            match Program::start(world, memory, clock, course, shown).await {
                Some(program) => program.live(course).await,
                None => End::Failed,
            }
        } => end,
    }
}

impl Program {
    async fn start(
        world: &Arc<World>,
        memory: &Shared,
        clock: Arc<dyn Clock>,
        course: &Course<'_>,
        view: &SharedView,
    ) -> Option<Self> {
        let health = Arc::new(Health::default());
        let disk = WorldDisk { world: Arc::clone(world), memory: memory.clone() };
        let bug = world.lock().bug;
        let records: Box<dyn Records> = match bug {
            Some(bug) => Box::new(BuggyDisk::new(disk, bug)),
            None => Box::new(disk),
        };
        let (checks, archive) = (records.archive(), records.alerts());
        let grouping = Grouping { commit_every: course.plan.commit_every, keep: course.plan.keep };
        let (metrics, retention) = (Arc::new(Metrics::default()), RetentionDraft::default());
        let (recorder, handle, Told { roster, outbox, .. }) = Recorder::start(
            records,
            clock.clone(),
            health.clone(),
            metrics,
            view.clone(),
            grouping,
            retention,
        )
        .await
        .ok()?;
        {
            let mut state = world.lock();
            state.health = Some(health.clone());
            state.compare(view);
        }
        let stop = CancellationToken::new();
        let recorder = tokio::spawn(recorder.run());
        let messenger = Arc::new(WorldPost { world: Arc::clone(world), memory: memory.clone() });
        let fate = Arc::clone(world);
        let told_of = match bug {
            Some(Bug::HeldSent) => without_maintenance(roster.clone()),
            _ => roster.clone(),
        };
        let dispatcher = Dispatcher::new(alerts::Tools {
            archive,
            recorder: handle.clone(),
            roster: told_of,
            clock: clock.clone(),
            health: health.clone(),
            messenger,
            chance: Arc::new(move || fate.lock().rng.unit()),
            outbox,
            links: Links::new(None, &[0; 32]),
            stop: stop.clone(),
        });
        let dispatcher = tokio::spawn(dispatcher.run());
        let canary =
            |number| -> Arc<dyn Canary> { Arc::new(WorldCanary { world: Arc::clone(world), number }) };
        let scheduler = course.is_checking.then(|| {
            let canaries = (0..course.plan.canaries).map(canary).collect();
            let location = Location::new(canaries, clock.clone(), view.clone(), roster.clone(), health);
            let (by_hand, orders) = ByHand::new(roster.clone(), view.clone(), clock.clone());
            let dependencies = Dependencies::new(roster.clone(), view.clone(), clock.clone(), by_hand);
            let tools = scheduler::Tools {
                contacts: Contacts::default(),
                clock,
                prober: Arc::new(WorldProber(Arc::clone(world))),
                recorder: handle.clone(),
                archive: checks,
                view: view.clone(),
                location: Arc::new(location),
                dependencies: Arc::new(dependencies),
                stop: stop.clone(),
            };
            let threads = Arc::new(Threads::of_caller());
            tokio::spawn(Scheduler::new(tools, threads, roster, orders).run())
        });
        let (world, memory, view) = (Arc::clone(world), memory.clone(), view.clone());
        let edits = JoinSet::new();
        Some(Self { world, memory, view, handle, stop, recorder, scheduler, dispatcher, edits })
    }

    /// Lets happen what happens, until this life is over.
    async fn live(mut self, course: &mut Course<'_>) -> End {
        let mut look_at = 0;
        loop {
            let now = self.world.lock().age_ms();
            while let Some((at, event)) = course.plan.events.get(course.next).filter(|(at, _)| *at <= now) {
                course.next += 1;
                let _ = at;
                match event {
                    Event::Restart => return self.stop(End::Stopped).await,
                    Event::Kill => self.world.kill(),
                    Event::Edit(change) => self.edit(course.plan, change),
                    event => self.world.lock().apply(event),
                }
                self.world.alive().await;
            }
            if now >= look_at {
                look_at = now + LOOK;
                let mut state = self.world.lock();
                if self.scheduler.is_some() {
                    state.look();
                }
                state.compare(&self.view);
                state.is_bounded(self.handle.waiting());
            }
            let is_idle = !course.is_checking && self.memory.waiting().is_empty();
            if now >= course.until_ms || is_idle || self.world.lock().checker.violation.is_some() {
                return self.stop(End::Over).await;
            }
            let next = course.plan.events.get(course.next).map_or(i64::MAX, |(at, _)| *at);
            let pause = next.min(look_at).min(course.until_ms) - now;
            sleep(millis(pause.max(1))).await;
        }
    }

    /// Stops as `server::startup` does.
    async fn stop(mut self, end: End) -> End {
        self.world.lock().note("stops", &[]);
        self.stop.cancel();
        if let Some(scheduler) = self.scheduler {
            let _ = scheduler.await;
        }
        let _ = timeout(PATIENCE, self.dispatcher).await;
        self.edits.shutdown().await;
        drop(self.handle);
        let _ = timeout(FLUSH, self.recorder).await;
        end
    }

    /// Somebody changes something. Whether that works is nobody's business here.
    fn edit(&mut self, plan: &Plan, change: &Change) {
        let handle = self.handle.clone();
        let by = Actor::program("somebody");
        let id = |place: &usize| TrackerId(i64::try_from(*place).unwrap_or(0) + 1);
        self.world.lock().note("edit", &[]);
        let edit = match change {
            Change::Rest(places, rest) => Edit::Many(places.iter().map(id).collect(), deed(rest.as_ref())),
            Change::Policy(place, policy) => {
                let draft = Draft {
                    retries: Some(policy.retries.into()),
                    retry: Some(format!("{}s", policy.retry_after.as_secs())),
                    successes: Some(policy.successes.into()),
                    ..Draft::default()
                };
                Edit::Change(id(place), Box::new(draft))
            }
            Change::Every(place, interval) => {
                let every = Some(format!("{}s", interval.as_secs()));
                Edit::Change(id(place), Box::new(Draft { every, ..Draft::default() }))
            }
            Change::Remove(place) => Edit::Remove(id(place)),
            Change::Restore(place) => Edit::Restore(id(place)),
            Change::Channel(place, enabled) => {
                let Some(channel) = plan.channels.get(*place) else { return };
                let number = i64::try_from(*place).unwrap_or(0) + 1;
                let id = Some(domain::ChannelId(number));
                let channel = domain::StoredChannel { id, enabled: *enabled, ..channel.clone() };
                Edit::Alert(Box::new(AlertChange::SaveChannel(channel)))
            }
            Change::Delay(place, delay) => {
                let Some(rule) = plan.rules.get(*place) else { return };
                let rule = domain::AlertRule { delay: *delay, ..rule.clone() };
                Edit::Alert(Box::new(AlertChange::SaveRule(rule)))
            }
            Change::Acknowledge => {
                let is_new = |incident: &domain::Incident| {
                    incident.closed_at.is_none() && incident.acknowledged.is_none()
                };
                let Some(incident) = self.memory.incidents().into_iter().find(is_new) else { return };
                Edit::Alert(Box::new(AlertChange::Acknowledge(incident.id)))
            }
            Change::Announce(places, occurs) => {
                let trackers = places.iter().map(id).collect();
                let now = self.world.lock().time.wall();
                let Some(announced) = maintenance(trackers, *occurs, now) else { return };
                Edit::Alert(Box::new(AlertChange::Announce(Box::new(announced))))
            }
            Change::Withdraw => {
                let newest = self.memory.maintenances().into_iter().filter_map(|kept| kept.id).max();
                let Some(newest) = newest else { return };
                Edit::Alert(Box::new(AlertChange::Withdraw(newest)))
            }
        };
        self.edits.spawn(async move { drop(handle.edit(edit, by).await) });
    }
}

fn deed(rest: Option<&Rest>) -> Deed {
    rest.map_or(Deed::Resume, |rest| Deed::Pause(rest.clone()))
}

fn maintenance(trackers: Vec<TrackerId>, occurs: Occurs, now: Timestamp) -> Option<Maintenance> {
    let when = match occurs {
        Occurs::Once { ahead, lasts } => {
            let from = now.plus(millis(ahead));
            Occasion::Once(Stretch { from, until: from.plus(millis(lasts)) })
        }
        Occurs::Minutes(every) => {
            let cron = Cron::parse(&format!("*/{every} * * * *"), "UTC").ok()?;
            Occasion::Recurring(Box::new(cron), Duration::from_mins(1))
        }
    };
    let scope = Scope { trackers, ..Scope::default() };
    Some(Maintenance { id: None, name: "maintenance".into(), scope, when })
}

/// A view for a program that starts.
pub(crate) fn empty_view() -> SharedView {
    SharedView::new(LiveView::new(7))
}
