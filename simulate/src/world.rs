//! What is true in a simulated world, and its time. One lock around all of it; nothing runs at the same time anyway.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use domain::{Clock, Failure, Timestamp};
use server::health::Health;
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

use crate::{
    bug::Bug,
    checker::Checker,
    fault::{Edge, Fault},
    plan::Plan,
    rng::Rng,
    trace::Trace,
};

/// A world.
pub(crate) struct World {
    state: Mutex<State>,
    /// Told when the program has died.
    pub(crate) died: Notify,
}

/// All that is true.
pub(crate) struct State {
    pub(crate) rng: Rng,
    pub(crate) trace: Trace,
    pub(crate) time: Time,
    pub(crate) truth: Truth,
    pub(crate) disk: Disk,
    pub(crate) services: Vec<Service>,
    /// Edges at which the program dies when it reaches them.
    pub(crate) armed: Vec<Edge>,
    pub(crate) is_dead: bool,
    /// Which canaries have answered since the program was started.
    pub(crate) answered: Vec<bool>,
    /// How many times the program was started.
    pub(crate) life: i64,
    /// What the running program says of itself.
    pub(crate) health: Option<Arc<Health>>,
    pub(crate) checker: Checker,
    pub(crate) faults: BTreeMap<Fault, u64>,
    /// The planted bug.
    pub(crate) bug: Option<Bug>,
    /// What was done within the same millisecond.
    busy: (i64, u32),
}

/// The world's clocks, in milliseconds.
#[derive(Debug)]
pub(crate) struct Time {
    /// The wall clock's time when the world began.
    start_ms: i64,
    /// When the running program was started, by its runtime's clock.
    born: Option<Instant>,
    /// The age of the world when the running program was started, later suspends included.
    base_ms: i64,
    /// How wrong the wall clock is.
    skew_ms: i64,
    /// How long the machine slept.
    asleep_ms: i64,
}

/// What targets and our own machine would say if one asked them.
#[derive(Debug)]
pub(crate) struct Truth {
    pub(crate) targets: Vec<Answer>,
    /// Behind which other target each of them stands.
    pub(crate) behind: Vec<Option<usize>>,
    /// Since when our network is away.
    pub(crate) away_since: Option<i64>,
    /// Whether the name server is silent, or lies.
    pub(crate) resolver: Resolver,
    pub(crate) has_descriptors: bool,
    pub(crate) silent_canaries: Vec<bool>,
}

/// How a target answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Well,
    /// After so many milliseconds.
    Slowly(i64),
    Refuses,
    Hangs,
    /// With status 500.
    Fails,
    /// Well and not, for so many milliseconds each.
    Flaps(i64),
}

/// How the name server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resolver {
    Well,
    Silent,
    /// That there is no such name.
    Lies,
}

/// How the disk does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disk {
    Well,
    /// Nothing can be written.
    Full,
    /// Each commit takes so many milliseconds.
    Slow(i64),
    /// Nothing can be written or read.
    Broken,
}

/// How a service behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Well,
    /// 429; the service names so many milliseconds to wait, or none.
    Busy(Option<i64>),
    /// 500.
    Broken,
    /// 401.
    Refuses,
    /// It takes the message, and the answer is lost.
    TakesAndResets,
    /// It takes the message, and never answers.
    TakesAndHangs,
    /// It never answers.
    Hangs,
    /// It answers after so many milliseconds.
    Slow(i64),
}

/// A service that messages are sent to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    pub(crate) manner: Manner,
    /// When it may be asked again, if it said so, and in which life it said that.
    pub(crate) rests: Option<(i64, i64)>,
}

impl World {
    pub(crate) fn new(plan: &Plan, seed: u64, bug: Option<Bug>, has_lines: bool) -> Arc<Self> {
        let state = State {
            rng: Rng::new(seed ^ 0x00C0_FFEE),
            trace: Trace::new(has_lines),
            time: Time { start_ms: plan.start_ms, born: None, base_ms: 0, skew_ms: 0, asleep_ms: 0 },
            truth: Truth {
                targets: vec![Answer::Well; plan.targets],
                behind: plan.behind.clone(),
                away_since: None,
                resolver: Resolver::Well,
                has_descriptors: true,
                silent_canaries: vec![false; plan.canaries],
            },
            disk: Disk::Well,
            services: vec![Service { manner: Manner::Well, rests: None }; plan.channels.len()],
            armed: Vec::new(),
            is_dead: false,
            answered: vec![false; plan.canaries],
            life: 0,
            health: None,
            checker: Checker::new(plan),
            faults: BTreeMap::new(),
            bug,
            busy: (0, 0),
        };
        Arc::new(Self { state: Mutex::new(state), died: Notify::new() })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The program dies at once: whatever it does next, it does not do.
    pub(crate) fn kill(&self) {
        let mut state = self.lock();
        state.is_dead = true;
        let now = state.time.age_ms();
        state.trace.note(now, "killed", &[]);
        self.died.notify_one();
    }

    /// Goes on unless the program is dead; then nothing ever comes back from here.
    pub(crate) async fn alive(&self) {
        let is_dead = {
            let mut state = self.lock();
            state.count_step();
            state.is_dead
        };
        if is_dead {
            std::future::pending::<()>().await;
        }
    }

    /// Passes an edge; the program dies there if that was planned.
    pub(crate) async fn pass(&self, edge: Edge) {
        let dies = {
            let mut state = self.lock();
            let armed = state.armed.iter().position(|armed| *armed == edge);
            armed.map(|place| state.armed.swap_remove(place)).is_some()
        };
        if dies {
            self.kill();
        }
        self.alive().await;
    }

    /// Waits for the disk to do something, or fail.
    pub(crate) async fn disk(&self, is_write: bool) -> Result<(), Failure> {
        self.alive().await;
        let disk = self.lock().disk;
        match disk {
            Disk::Full if is_write => Err(unavailable("the disk is full")),
            Disk::Broken => Err(unavailable("the disk does not answer")),
            Disk::Slow(ms) if is_write => {
                sleep(millis(ms)).await;
                self.alive().await;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl Truth {
    /// The targets that a target stands behind, the nearest first.
    pub(crate) fn above(&self, target: usize) -> impl Iterator<Item = usize> {
        let next = |target: &usize| self.behind.get(*target).copied().flatten();
        std::iter::successors(next(&target), next)
    }
}

impl State {
    /// The age of the world.
    pub(crate) fn age_ms(&self) -> i64 {
        self.time.age_ms()
    }

    /// Notes what happens now. A story ends with what must never be.
    pub(crate) fn note(&mut self, word: &str, numbers: &[i64]) {
        if self.checker.violation.is_none() {
            let now = self.age_ms();
            self.trace.note(now, word, numbers);
        }
    }

    /// Whether canaries can say that our network is away: all of them answered before.
    pub(crate) fn canaries_tell(&self) -> bool {
        !self.answered.is_empty() && self.answered.iter().all(|answered| *answered)
    }

    /// I10: time goes on. Whoever does so much within a millisecond will never end.
    fn count_step(&mut self) {
        let now = self.age_ms();
        self.busy = if self.busy.0 == now { (now, self.busy.1 + 1) } else { (now, 0) };
        if self.busy.1 > 200_000 {
            self.checker.fail("I10", now, "time does not go on".into());
            self.is_dead = true;
        }
    }
}

impl Time {
    /// How old the world is. It never runs backwards.
    pub(crate) fn age_ms(&self) -> i64 {
        self.base_ms + self.born.map_or(0, |born| whole_ms(born.elapsed()))
    }

    pub(crate) fn wall(&self) -> Timestamp {
        Timestamp(self.start_ms + self.age_ms() + self.skew_ms)
    }

    /// The program starts, `later`, on a runtime of its own.
    pub(crate) fn begin_life(&mut self, later_ms: i64) {
        self.base_ms += later_ms;
        self.born = Some(Instant::now());
    }

    /// The program has ended, and its runtime with it.
    pub(crate) fn end_life(&mut self) {
        self.base_ms = self.age_ms();
        self.born = None;
    }

    /// Somebody sets the clock.
    pub(crate) fn step(&mut self, ms: i64) {
        self.skew_ms += ms;
    }

    /// The machine sleeps: monotonic time stands still.
    pub(crate) fn suspend(&mut self, ms: i64) {
        self.base_ms += ms;
        self.asleep_ms += ms;
    }
}

pub(crate) fn whole_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

pub(crate) fn millis(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

pub(crate) fn unavailable(why: &'static str) -> Failure {
    Failure::Unavailable { doing: "simulating", cause: why.into() }
}

/// The clock that the program has.
pub(crate) struct WorldClock {
    pub(crate) world: Arc<World>,
    pub(crate) born: Instant,
}

#[async_trait]
impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        self.world.lock().time.wall()
    }

    fn monotonic(&self) -> Duration {
        self.born.elapsed()
    }

    fn asleep(&self) -> Duration {
        millis(self.world.lock().time.asleep_ms)
    }

    async fn sleep(&self, duration: Duration) {
        sleep(duration).await;
    }
}
