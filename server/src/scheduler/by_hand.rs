//! Checks that people ask for, on their way to the drivers.
//!
//! A check by hand goes the way of every other: the tracker's driver asks its target between two slots, so nothing overlaps, and
//! hands the check to the recorder. All that is special is its name ([`domain::CheckName::BY_HAND`]).

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{Cell, CheckName, Clock, Facet, Failure, Invalid, MOST_BY_HAND, TrackerId};
use futures::future::join_all;
use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    time::{Instant, sleep, timeout},
};

use super::signals::{Call, Signals};
use crate::{
    live::SharedView,
    recorder::{RecorderHandle, Roster},
};

/// Told the name of the check that answers.
pub(super) type Done = oneshot::Sender<CheckName>;

/// Where one driver is asked for a check by hand. A channel would weigh 800 bytes for each tracker, and hardly one is ever used.
#[derive(Default)]
pub(super) struct Hand {
    asking: Mutex<Vec<Done>>,
    came: Notify,
}

impl Hand {
    /// Asks for a check. Who comes when too many wait for the same one is not heard.
    pub(super) fn ask(&self, done: Done) {
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        if asking.len() < ORDERS {
            asking.push(done);
            self.came.notify_one();
        }
    }

    /// Moves those who ask to others.
    pub(super) fn take(&self, into: &mut Vec<Done>) {
        into.append(&mut self.asking.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Waits until somebody asks.
    pub(super) async fn asked(&self) {
        self.came.notified().await;
    }
}

/// What the scheduler is asked for.
pub(super) enum Order {
    /// A check that somebody waits for.
    Check(TrackerId, Done),
    /// To let who listens for a tracker hear a signal.
    Signal(TrackerId, Call),
}

/// The scheduler's end.
pub struct Orders(mpsc::Receiver<Order>);

impl Orders {
    pub(super) async fn next(&mut self) -> Option<Order> {
        self.0.recv().await
    }
}

/// Where checks are asked for.
#[derive(Clone)]
pub struct ByHand(Arc<Desk>);

struct Desk {
    orders: mpsc::Sender<Order>,
    /// When each tracker was asked for last, by the monotonic clock; those of the last second.
    asked: Mutex<HashMap<TrackerId, Duration>>,
    roster: watch::Receiver<Roster>,
    view: SharedView,
    clock: Arc<dyn Clock>,
}

/// How often a tracker is checked by hand at most.
const EVERY: Duration = Duration::from_secs(1);
/// How long somebody waits. Shorter than a request may take; the check is made all the same.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a check may take from the driver to the page.
const COMMIT: Duration = Duration::from_secs(1);
/// How often it is looked for.
const LOOK: Duration = Duration::from_millis(10);
/// Orders for the same check that may wait.
const ORDERS: usize = 16;
/// Orders that may wait for the scheduler.
const QUEUE: usize = 1_024;

impl ByHand {
    /// A desk, and the end that the scheduler has.
    pub fn new(roster: watch::Receiver<Roster>, view: SharedView, clock: Arc<dyn Clock>) -> (Self, Orders) {
        let (orders, taken) = mpsc::channel(QUEUE);
        let desk = Desk { orders, asked: Mutex::default(), roster, view, clock };
        (Self(Arc::new(desk)), Orders(taken))
    }

    /// Where signals are brought, which go the same way.
    pub fn signals(&self, recorder: RecorderHandle) -> Signals {
        let Desk { orders, roster, clock, .. } = &*self.0;
        Signals::new(orders.clone(), recorder, roster.clone(), clock.clone())
    }

    /// Checks trackers now. Gives the checks that were recorded within 15 s, in the order of their trackers.
    pub async fn check(&self, mut ids: Vec<TrackerId>) -> Result<Vec<Cell>, Failure> {
        ids.sort_unstable();
        ids.dedup();
        if ids.len() > MOST_BY_HAND {
            return Err(Invalid::one("ids", words::check_now_many(MOST_BY_HAND)).into());
        }
        ids.iter().try_for_each(|id| self.0.know(*id))?;
        let asked = ids.len();
        ids.retain(|id| self.0.is_asked(*id));
        if ids.is_empty() && asked > 0 {
            return Err(Invalid::one("id", words::CHECK_NOW_PUSH).into());
        }
        let checks = join_all(ids.iter().map(|id| self.0.one(*id))).await;
        Ok(checks.into_iter().flatten().collect())
    }
}

impl Desk {
    fn know(&self, id: TrackerId) -> Result<(), Failure> {
        if self.roster.borrow().get(&id).is_some_and(|tracker| tracker.settings.problem().is_none()) {
            return Ok(());
        }
        self.view.read().about(id).ok_or(Failure::NotFound)?;
        Err(Invalid::one("id", words::CHECK_NOW_BROKEN).into())
    }

    /// Whether it has a target that can be asked.
    fn is_asked(&self, id: TrackerId) -> bool {
        let roster = self.roster.borrow();
        roster.get(&id).is_none_or(|tracker| tracker.settings.target.kind().has(Facet::Asked))
    }

    async fn one(&self, id: TrackerId) -> Option<Cell> {
        if !self.may_ask(id) {
            return self.view.read().cells(id)?.next_back().map(Cow::into_owned);
        }
        let (done, name) = oneshot::channel();
        let asked = async {
            self.orders.send(Order::Check(id, done)).await.ok()?;
            name.await.ok()
        };
        self.shown(timeout(PATIENCE, asked).await.ok()??).await
    }

    /// Notes that a tracker is asked for, unless that was so a moment ago.
    fn may_ask(&self, id: TrackerId) -> bool {
        let now = self.clock.monotonic();
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|_, at| now.saturating_sub(*at) < EVERY);
        // What is left is younger than that.
        let is_first = !asked.contains_key(&id);
        asked.entry(id).or_insert(now);
        is_first
    }

    /// The check as pages show it, once it is on disk.
    async fn shown(&self, name: CheckName) -> Option<Cell> {
        let until = Instant::now() + COMMIT;
        loop {
            let is_it = |cell: &Cow<'_, Cell>| (cell.due, cell.attempt) == (name.due, name.attempt);
            let found = self.view.read().cells(name.tracker)?.rev().find(is_it).map(Cow::into_owned);
            if found.is_some() || Instant::now() >= until {
                return found;
            }
            sleep(LOOK).await;
        }
    }
}
