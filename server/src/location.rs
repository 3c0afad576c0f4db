//! Whether this location sees: asks the canaries, and tells drivers how a failure that may be our own is to be taken.
//!
//! What is decided is decided in [`domain::Sight`]. Good checks do not come here: a driver tells of a host only when it fails, and
//! when it answers again after it was told of.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{Advice, Blindness, Cell, Clock, Outcome, Sight, Status, host_of};
use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::{health::Health, live::SharedView, recorder::Roster};

mod canary;

pub use self::canary::{Canary, NoCanary, TcpCanary};

/// How often canaries are asked without being needed: so that one that answers late comes to count.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// How long who waits for a round waits at least: as long as one may take, and a little.
const A_ROUND: Duration = Duration::from_millis(2_250);
/// How often they are asked while this location is blind.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// This machine, as a place that probes from.
pub struct Location {
    sight: Mutex<Sight>,
    /// The same as the sight says, for who only wants to know that.
    is_blind: AtomicBool,
    canaries: Vec<Arc<dyn Canary>>,
    /// Asks for a round.
    wanted: Notify,
    /// Tells that a round has ended, in the order in which they came, to those who wait for it.
    round: Notify,
    clock: Arc<dyn Clock>,
    view: SharedView,
    roster: watch::Receiver<Roster>,
    health: Arc<Health>,
}

impl Location {
    /// A location with these canaries; without any, nothing but the tracked targets is ever asked.
    pub fn new(
        canaries: Vec<Arc<dyn Canary>>,
        clock: Arc<dyn Clock>,
        view: SharedView,
        roster: watch::Receiver<Roster>,
        health: Arc<Health>,
    ) -> Self {
        Self {
            sight: Mutex::new(Sight::new(canaries.len())),
            is_blind: AtomicBool::new(false),
            canaries,
            wanted: Notify::new(),
            round: Notify::new(),
            clock,
            view,
            roster,
            health,
        }
    }

    /// Whether nothing can be seen from here at the moment.
    pub fn is_blind(&self) -> bool {
        self.is_blind.load(Ordering::Relaxed)
    }

    /// Whether nothing can be seen from here, after a round of the canaries if there are any.
    pub async fn is_blind_now(&self) -> bool {
        if !self.canaries.is_empty() {
            // Hears of every round that ends from here on.
            let round = self.round.notified();
            self.wanted.notify_one();
            // What does not end is as it was known last.
            let _ = timeout(A_ROUND, round).await;
        }
        self.is_blind()
    }

    /// How the failure of a host that was up is to be taken. Waits for a round of canaries, if one decides: for `patience`, but as long as a
    /// round may take in any case. A target that never answers uses all of its time, and would be held for ever otherwise.
    pub async fn advise(&self, host: &Arc<str>, interval: Option<Duration>, patience: Duration) -> Advice {
        // Hears of every round that ends from here on.
        let round = self.round.notified();
        let mut advice = self.failed(host, Sight::window(interval));
        if advice == Advice::Look {
            self.wanted.notify_one();
            let ended = timeout(patience.clamp(A_ROUND, Sight::ROUND * 2), round).await;
            advice = match ended {
                Ok(()) => self.lock().advice(self.time()),
                Err(_) => Advice::Hold,
            };
        }
        self.tell();
        if advice == Advice::Look { Advice::Hold } else { advice }
    }

    /// A host that was told of answers again.
    pub fn succeeded(&self, host: &str) {
        self.lock().succeeded(host);
        self.tell();
    }

    /// Asks the canaries at the start, when they are needed, and now and then, until `stop`.
    pub async fn watch(&self, stop: CancellationToken) {
        if self.canaries.is_empty() {
            return;
        }
        loop {
            self.look().await;
            let pause = if self.is_blind() { LOOK_AGAIN } else { LOOK_EVERY };
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = self.wanted.notified() => {}
                () = self.clock.sleep(pause) => {}
            }
        }
    }

    /// One round. As soon as enough have answered it is told that this location sees: one that is silent for good holds nobody up.
    async fn look(&self) {
        let ask = |(place, canary): (usize, &Arc<dyn Canary>)| {
            let canary = Arc::clone(canary);
            async move { (place, timeout(Sight::ROUND, canary.answers()).await.unwrap_or(false)) }
        };
        let mut asked: FuturesUnordered<_> = self.canaries.iter().enumerate().map(ask).collect();
        let (mut seen, mut was_told) = (vec![false; self.canaries.len()], false);
        while let Some((place, answers)) = asked.next().await {
            seen.get_mut(place).into_iter().for_each(|seen| *seen = answers);
            if !was_told && !asked.is_empty() && self.lock().sees(&seen) {
                was_told = true;
                self.looked(&seen);
            }
        }
        self.looked(&seen);
    }

    /// Tells what was seen of the canaries.
    fn looked(&self, seen: &[bool]) {
        self.lock().looked(seen, self.time());
        self.tell();
        self.round.notify_waiters();
    }

    /// Time that also passes while the machine is suspended: what was seen before says nothing of afterwards.
    fn time(&self) -> Duration {
        self.clock.monotonic() + self.clock.asleep()
    }

    fn failed(&self, host: &Arc<str>, window: Duration) -> Advice {
        let now = self.time();
        // Counted outside the lock: it takes a millisecond when there are thousands.
        let count = self.lock().wants_count(now).then(|| self.hosts_up());
        let mut sight = self.lock();
        if let Some(up) = count {
            sight.count(up, now);
        }
        sight.failed(host, window, now)
    }

    /// The hosts of trackers that are up, or in doubt. Of one that rested, and was not asked since, nothing is known.
    fn hosts_up(&self) -> HashSet<Arc<str>> {
        let roster = self.roster.borrow().clone();
        let view = self.view.read();
        let is_up =
            |status: Option<&Status>| matches!(status, Some(Status::Up { .. } | Status::Retrying { .. }));
        let is_gap = |cell: &Cell| matches!(cell.outcome, Outcome::Unknown(reason) if reason.is_gap());
        let was_asked =
            |id| view.cells(id).and_then(|mut cells| cells.next_back()).is_some_and(|cell| !is_gap(&cell));
        let trackers = roster
            .values()
            .filter(|tracker| !tracker.rests() && is_up(view.status(tracker.id)) && was_asked(tracker.id));
        trackers.filter_map(|tracker| host_of(&tracker.settings.target)).collect()
    }

    /// Says, once, that this location became blind or sees again.
    fn tell(&self) {
        let sight = self.lock();
        let blindness = sight.blindness();
        // Within the lock, so that what is told last is what is so.
        if self.is_blind.swap(blindness.is_some(), Ordering::Relaxed) == blindness.is_some() {
            return;
        }
        let Some((since, why)) = blindness else {
            tracing::warn!("this location sees again");
            return self.health.sees();
        };
        let ago = self.time().saturating_sub(since);
        let ago = i64::try_from(ago.as_millis()).unwrap_or(0);
        let since = domain::Timestamp(self.clock.now().as_ms() - ago);
        let sentence = sentence(since, why);
        tracing::error!("{sentence}; failures are recorded as unknown until it sees again");
        self.health.blind(sentence);
    }

    fn lock(&self) -> MutexGuard<'_, Sight> {
        self.sight.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sentence(since: domain::Timestamp, why: Blindness) -> String {
    let why = match why {
        Blindness::Canaries { silent, of } => words::trouble_canaries(of, silent),
        Blindness::Hosts(hosts) => words::trouble_hosts(hosts),
    };
    words::trouble_blind_since(since.clock_time(), why)
}
