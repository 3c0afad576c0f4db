//! Makes what runs agree with what is wanted: one driver for each tracker that neither rests nor is broken.
//!
//! A reconciler: it is woken when the roster changed and by the clock, takes no other input, and doing it twice changes
//! nothing. A driver whose settings changed is replaced; the others are not disturbed.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
    time::Duration,
};

use domain::{Archive, Clock, Prober, Tracker, TrackerId};
use tokio::{
    sync::{mpsc, watch},
    task::{AbortHandle, JoinSet},
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    contacts::Contacts,
    dependencies::Dependencies,
    live::SharedView,
    location::Location,
    recorder::{RecorderHandle, Roster},
    service_manager,
    threads::Threads,
};

mod by_hand;
mod driver;
mod heartbeat;
mod listener;
mod nap;
mod signals;

pub use self::{
    by_hand::{ByHand, Orders},
    signals::{Signals, Untaken},
};
use self::{
    by_hand::{Hand, Order},
    driver::Driver,
    heartbeat::Heartbeat,
    listener::Listener,
    signals::Call,
};

/// How often the scheduler looks whether all drivers live, without being told.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How long probes in flight may take to end when the program stops.
const PATIENCE: Duration = Duration::from_secs(10);

/// What every driver uses.
#[derive(Clone)]
pub struct Tools {
    /// Wall and monotonic time.
    pub clock: Arc<dyn Clock>,
    /// Who asks the targets.
    pub prober: Arc<dyn Prober>,
    /// Where checks go.
    pub recorder: RecorderHandle,
    /// What is known of each tracker.
    pub view: SharedView,
    /// What was recorded.
    pub archive: Arc<dyn Archive>,
    /// Whether anything can be seen from here.
    pub location: Arc<Location>,
    /// Whether a failure is explained by another tracker.
    pub dependencies: Arc<Dependencies>,
    /// Whom trackers talked to.
    pub contacts: Contacts,
    /// Cancelled when nothing new may start.
    pub stop: CancellationToken,
}

/// Trackers are spread over the threads by their numbers.
fn place(id: TrackerId) -> usize {
    usize::try_from(id.0).unwrap_or_default()
}

/// The drivers that run.
pub struct Scheduler {
    tools: Tools,
    threads: Arc<Threads>,
    roster: watch::Receiver<Roster>,
    running: HashMap<TrackerId, Running>,
    drivers: JoinSet<()>,
    heartbeat: Arc<Heartbeat>,
    orders: Orders,
    /// Checks by hand of trackers that rest, which have no driver.
    hands: HashMap<TrackerId, AbortHandle>,
    /// Whether the first reconciliation has happened.
    started: bool,
}

struct Running {
    tracker: Arc<Tracker>,
    task: AbortHandle,
    door: Door,
}

/// Where one that runs is reached.
enum Door {
    /// Checks by hand are asked for here.
    Hand(Weak<Hand>),
    /// Signals are brought here.
    Ear(mpsc::Sender<Call>),
}

impl Scheduler {
    /// A scheduler without drivers yet. They will run on `threads`, whatever the scheduler itself runs on.
    pub fn new(tools: Tools, threads: Arc<Threads>, roster: watch::Receiver<Roster>, orders: Orders) -> Self {
        let (running, drivers, heartbeat) = (HashMap::new(), JoinSet::new(), Arc::new(Heartbeat::new()));
        let hands = HashMap::new();
        Self { tools, threads, roster, running, drivers, heartbeat, orders, hands, started: false }
    }

    /// Runs until the tools' `stop`; then lets probes in flight end, 10 s at most.
    pub async fn run(mut self) {
        let mut again = interval(LOOK_AGAIN);
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let stop = self.tools.stop.clone();
        let mut helpers = JoinSet::new();
        for number in 0..self.threads.count() {
            let (heartbeat, until) = (self.heartbeat.clone(), stop.clone());
            helpers.spawn_on(async move { heartbeat.beat(until).await }, &self.threads.handle(number));
        }
        let (location, watched_until) = (self.tools.location.clone(), stop.clone());
        helpers.spawn(async move { location.watch(watched_until).await });
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                changed = self.roster.changed() => if changed.is_err() { break },
                _ = again.tick() => {}
                Some(order) = self.orders.next() => {
                    self.serve(order);
                    continue;
                }
                Some(ended) = self.drivers.join_next(), if !self.drivers.is_empty() => {
                    // Not replaced at once: what panicked may panic again, and the clock wakes us soon enough.
                    log_panic(ended);
                    continue;
                }
            }
            self.reconcile();
            service_manager::still_scheduling(self.tools.view.read().totals());
        }
        let ended = timeout(PATIENCE, async { while self.drivers.join_next().await.is_some() {} }).await;
        if ended.is_err() {
            tracing::warn!("some probes did not end in {} s and were given up", PATIENCE.as_secs());
            self.drivers.shutdown().await;
        }
    }

    fn reconcile(&mut self) {
        let is_start = !std::mem::replace(&mut self.started, true);
        let wanted = self.roster.borrow_and_update().clone();
        let may_run = |tracker: &Tracker| !tracker.rests() && tracker.settings.problem().is_none();
        self.running.retain(|id, running| {
            let keep = wanted
                .get(id)
                .is_some_and(|tracker| may_run(tracker) && !is_restart(&running.tracker, tracker))
                && !running.task.is_finished();
            if !keep {
                running.task.abort();
            }
            keep
        });
        for (id, tracker) in wanted.iter().filter(|(_, tracker)| may_run(tracker)) {
            if !self.running.contains_key(id) {
                // After a start everybody keeps to the slots, which are level; later, who was changed wants to see it.
                let at_once = !is_start || self.is_new(*id);
                let (task, door) = self.begin(tracker, is_start, at_once);
                self.running.insert(*id, Running { tracker: tracker.clone(), task, door });
            }
        }
    }

    /// Lets whoever it needs run for a tracker.
    fn begin(&mut self, tracker: &Arc<Tracker>, is_start: bool, at_once: bool) -> (AbortHandle, Door) {
        let thread = self.threads.handle(place(tracker.id));
        if let Some((listener, ear)) = Listener::new(tracker, &self.tools) {
            return (self.drivers.spawn_on(listener.run(is_start), &thread), Door::Ear(ear));
        }
        let (driver, hand) = self.driver(tracker.clone());
        (self.drivers.spawn_on(driver.run(at_once), &thread), Door::Hand(hand))
    }

    fn driver(&self, tracker: Arc<Tracker>) -> (Box<Driver>, Weak<Hand>) {
        Driver::new(tracker, self.tools.clone(), self.heartbeat.clone())
    }

    /// Hands an order to the tracker's driver. One that rests has none, so it gets one for this check alone. Who is not heard,
    /// because too many wait already or the tracker is gone, learns that by the end of the channel.
    fn serve(&mut self, order: Order) {
        let (Order::Check(id, _) | Order::Signal(id, _)) = order;
        let Some(tracker) = self.roster.borrow().get(&id).cloned() else { return };
        if tracker.settings.problem().is_some() {
            return;
        }
        if !self.running.contains_key(&id) && !tracker.rests() {
            // It was added a moment ago.
            self.reconcile();
        }
        let done = match (self.running.get(&id).map(|running| &running.door), order) {
            (Some(Door::Hand(hand)), Order::Check(_, done)) => {
                return hand.upgrade().map_or((), |hand| hand.ask(done));
            }
            (Some(Door::Ear(ear)), Order::Signal(_, call)) => return drop(ear.try_send(call)),
            (None, Order::Check(_, done)) => done,
            _ => return,
        };
        self.hands.retain(|_, task| !task.is_finished());
        if !self.hands.contains_key(&id) {
            let (driver, _) = self.driver(tracker);
            let task = self.drivers.spawn_on(driver.once(done), &self.threads.handle(place(id)));
            self.hands.insert(id, task);
        }
    }

    /// A tracker without any check so far.
    fn is_new(&self, id: TrackerId) -> bool {
        let view = self.tools.view.read();
        view.cells(id).is_none_or(|mut cells| cells.next().is_none())
    }
}

/// Whether a driver must be replaced to follow the new settings. A name is no reason.
fn is_restart(before: &Tracker, after: &Tracker) -> bool {
    let unnamed = |tracker: &Tracker| {
        let mut settings = tracker.settings.clone();
        settings.name = None;
        settings
    };
    unnamed(before) != unnamed(after)
}

fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a driver panicked; it is started again");
    }
}
