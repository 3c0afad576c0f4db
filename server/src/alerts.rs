//! Telling people: sends what waits in the outbox, one lane a channel, and notes what became of it.
//!
//! What is to be done next is decided by [`domain::ChannelPace`]; here it is done. The outbox is written with the transitions it is about,
//! so after a crash everything that waited is still there, and a message whose answer was lost goes out again under the same key.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::{
    Alert, AlertArchive, AlertChange, AlertKind, ChannelId, ChannelPace, Clock, DeliveryState, DeliveryStep,
    Failure, IncidentId, Outgoing, Settled, StoredChannel, Timestamp, Waiting, access::Actor, retry_after,
};
use notify::{Channel, Class, Receipt, Undelivered};
use ring::rand::{SecureRandom as _, SystemRandom};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    health::Health,
    links::Links,
    recorder::{RecorderHandle, Roster},
};

pub(crate) mod heartbeat;
mod messenger;
mod notices;
mod reminders;

pub use self::messenger::Messenger;

/// A number from 0 to 1, another one each time.
pub type Chance = Arc<dyn Fn() -> f64 + Send + Sync>;

/// What telling needs.
pub struct Tools {
    /// What waits, who is told, and what lasts.
    pub archive: Arc<dyn AlertArchive>,
    /// Where is noted what became of a message.
    pub recorder: RecorderHandle,
    /// The trackers.
    pub roster: watch::Receiver<Roster>,
    /// Wall and monotonic time.
    pub clock: Arc<dyn Clock>,
    /// Whether this location sees.
    pub health: Arc<Health>,
    /// What sends.
    pub messenger: Arc<dyn Messenger>,
    /// By what tries are spread; see [`domain::retry_after`].
    pub chance: Chance,
    /// Woken when something was put into the outbox.
    pub outbox: Arc<Notify>,
    /// The addresses that messages lead to.
    pub links: Links,
    /// Cancelled when nothing new may start.
    pub stop: CancellationToken,
}

/// Sends what waits.
pub struct Dispatcher {
    tools: Arc<Tools>,
    lanes: BTreeMap<ChannelId, Lane>,
    tries: JoinSet<Tried>,
    /// Whether this location saw nothing when it was last looked.
    was_blind: bool,
}

/// One channel.
#[derive(Default)]
struct Lane {
    pace: ChannelPace,
    is_busy: bool,
}

/// What became of a try.
struct Tried {
    channel: ChannelId,
    kind: AlertKind,
    /// When the channel may be asked again, if it has to rest.
    rest_until: Option<Timestamp>,
    was_sent: bool,
}

/// Messages that are looked at together.
const MOST: usize = 20_000;
/// How often reminders, and whether this location sees anything, are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How long a message may take as a whole.
const PATIENCE: Duration = Duration::from_secs(45);
/// How long to wait until the database is asked again that refused.
const PAUSE: Duration = Duration::from_secs(1);

impl Dispatcher {
    /// A dispatcher that has sent nothing yet.
    pub fn new(tools: Tools) -> Self {
        Self { tools: Arc::new(tools), lanes: BTreeMap::new(), tries: JoinSet::new(), was_blind: false }
    }

    /// Sends until the program stops. What is on its way then is called off, and sent again by the next run.
    pub async fn run(mut self) {
        let mut next = Some(self.tools.clock.now());
        let mut remind_at = Timestamp(i64::MIN);
        let mut looked_at = Timestamp(i64::MIN);
        loop {
            let now = self.tools.clock.now();
            // What was worked out by a clock that has been set back since holds no more.
            if now < looked_at || next.is_some_and(|at| at <= now) {
                next = self.work().await;
                remind_at = remind_at.min(now.plus(reminders::LOOK));
            }
            looked_at = now;
            let (tools, pause) = (Arc::clone(&self.tools), self.until(next));
            tokio::select! {
                biased;
                () = tools.stop.cancelled() => return,
                () = tools.outbox.notified() => next = Some(Timestamp(i64::MIN)),
                Some(done) = self.tries.join_next() => {
                    self.finished(done);
                    next = Some(Timestamp(i64::MIN));
                }
                () = sleep(pause) => self.notice().await,
            }
            let now = self.tools.clock.now();
            if remind_at <= now {
                self.remind().await;
                remind_at = now.plus(reminders::LOOK);
            }
        }
    }

    /// How long nothing needs to be done.
    fn until(&self, next: Option<Timestamp>) -> Duration {
        next.map_or(LOOK, |at| at.since(self.tools.clock.now()).clamp(Duration::from_millis(10), LOOK))
    }

    /// Starts what is due; gives when to look again.
    async fn work(&mut self) -> Option<Timestamp> {
        let read = async {
            let waiting = self.tools.archive.waiting(MOST).await?;
            let channels =
                if waiting.is_empty() { Vec::new() } else { self.tools.archive.channels().await? };
            Ok::<_, Failure>((waiting, channels))
        };
        let now = self.tools.clock.now();
        let (waiting, channels) = match read.await {
            Ok(read) => read,
            Err(failure) => {
                tracing::warn!(cause = crate::failure::chain(&failure), "what is to be sent cannot be read");
                return Some(now.plus(PAUSE));
            }
        };
        let mut queues: BTreeMap<ChannelId, Vec<Waiting>> = BTreeMap::new();
        let roster = self.tools.roster.borrow().clone();
        for mut message in waiting {
            hold_back(&mut message, &roster);
            queues.entry(message.outgoing.channel).or_default().push(message);
        }
        let mut next = None;
        for (id, queue) in queues {
            let at = self.step(id, &queue, &channels, now).await;
            next = [next, at].into_iter().flatten().min();
        }
        next
    }

    /// What one channel does next; gives when to look again.
    async fn step(
        &mut self,
        id: ChannelId,
        queue: &[Waiting],
        channels: &[StoredChannel],
        now: Timestamp,
    ) -> Option<Timestamp> {
        let lane = self.lanes.entry(id).or_default();
        if lane.is_busy {
            return None;
        }
        let stored = channels.iter().find(|channel| channel.id == Some(id));
        if stored.is_none_or(|channel| !channel.enabled) {
            let all = queue.iter().map(|waiting| waiting.id).collect();
            self.tools.settle(dropped(all, words::ALERT_CHANNEL_OFF, now)).await;
            return Some(now);
        }
        match lane.pace.next(queue, now) {
            DeliveryStep::Wait(at) => at,
            DeliveryStep::Drop(rows) => {
                self.tools.settle(dropped(rows, words::ALERT_OVER, now)).await;
                Some(now)
            }
            DeliveryStep::Send(ids, alert) => {
                lane.is_busy = true;
                let sent: Vec<&Waiting> = queue.iter().filter(|waiting| ids.contains(&waiting.id)).collect();
                let rows = sent.iter().map(|waiting| (waiting.id, waiting.attempts)).collect();
                let fallback = sent.iter().find_map(|waiting| waiting.outgoing.fallback);
                let settings = stored.map(|channel| channel.settings.clone());
                let tools = Arc::clone(&self.tools);
                let attempt = Attempt { channel: id, rows, alert: *alert, fallback };
                self.tries.spawn(async move { attempt.make(&tools, settings.as_ref()).await });
                None
            }
        }
    }

    fn finished(&mut self, done: Result<Tried, tokio::task::JoinError>) {
        let tried = match done {
            Ok(tried) => tried,
            Err(error) => {
                // Its lane stays busy for nothing otherwise.
                tracing::error!(%error, "sending a message ended in a panic");
                self.lanes.values_mut().for_each(|lane| lane.is_busy = false);
                return;
            }
        };
        let now = self.tools.clock.now();
        let lane = self.lanes.entry(tried.channel).or_default();
        lane.is_busy = false;
        if tried.was_sent {
            lane.pace.sent(tried.kind, now);
        }
        if let Some(until) = tried.rest_until {
            lane.pace.rest(until);
        }
    }
}

/// One try to send a message.
struct Attempt {
    channel: ChannelId,
    /// The rows of the outbox that it is for, and how often each of them was tried before.
    rows: Vec<(i64, u32)>,
    alert: Alert,
    fallback: Option<ChannelId>,
}

impl Attempt {
    async fn make(self, tools: &Tools, settings: Option<&domain::Secret>) -> Tried {
        let alert = self.linked(tools);
        let channel = settings.map(|settings| Channel::from_json(settings.expose()));
        let pace = channel.as_ref().and_then(|channel| channel.as_ref().ok()).map(Channel::pace);
        let sent = match channel {
            Some(Ok(channel)) => {
                timeout(PATIENCE, tools.messenger.send(&channel, &alert)).await.unwrap_or_else(|_| {
                    let said = words::alert_late(PATIENCE.as_secs());
                    Err(Undelivered { said, class: Class::Later(None) })
                })
            }
            Some(Err(broken)) => Err(Undelivered { said: broken.to_string(), class: Class::Refused }),
            None => Err(Undelivered { said: words::ALERT_CHANNEL_GONE.into(), class: Class::Refused }),
        };
        let now = tools.clock.now();
        let (settled, rest_until) = self.judge(&sent, now, (tools.chance)());
        // As fast as the service takes messages at all.
        let rest_until = rest_until.or(pace.map(|pace| now.plus(pace)));
        let is_dead = settled.iter().any(|settled| settled.state == DeliveryState::Dead);
        if let Err(undelivered) = &sent {
            let attempt = self.rows.iter().map(|(_, tries)| tries + 1).max().unwrap_or_default();
            let channel = self.channel.0;
            tracing::warn!(channel, attempt, "an alert was not delivered: {}", undelivered.said);
        }
        // First the way out: a crash between the two sends it twice rather than never.
        if let Some(channel) = self.fallback.filter(|_| is_dead) {
            let alert = self.alert.clone();
            // A digest is about no single one.
            let tracker = alert.tracker.as_ref().map(|tracker| tracker.id);
            let outgoing = Outgoing { channel, tracker, not_before: now, fallback: None, alert };
            tools.change(AlertChange::Send(vec![outgoing])).await;
        }
        tools.settle(settled).await;
        Tried { channel: self.channel, kind: self.alert.kind, rest_until, was_sent: sent.is_ok() }
    }

    /// The message with the pages that it leads to.
    fn linked(&self, tools: &Tools) -> Alert {
        let is_trouble = matches!(self.alert.kind, AlertKind::Down | AlertKind::StillDown);
        let incident = self.alert.incident.filter(|_| is_trouble).map(IncidentId);
        // The same each time, as a message that is sent again is the same message.
        let at = self.alert.at;
        let acknowledge = incident.and_then(|incident| tools.links.acknowledge(incident, self.channel, at));
        Alert { link: tools.links.more(&self.alert), acknowledge, ..self.alert.clone() }
    }

    /// What is noted, and until when the channel rests.
    fn judge(
        &self,
        sent: &Result<Receipt, Undelivered>,
        now: Timestamp,
        chance: f64,
    ) -> (Vec<Settled>, Option<Timestamp>) {
        let settled = |id, state, next_at, said: &str| {
            let said = said.to_owned();
            Settled { id, state, tried: true, next_at, said }
        };
        let undelivered = match sent {
            Ok(receipt) => {
                let sent = |(id, _): &(i64, u32)| settled(*id, DeliveryState::Sent, now, &receipt.said);
                return (self.rows.iter().map(sent).collect(), None);
            }
            Err(undelivered) => undelivered,
        };
        let (is_refused, asked) = match undelivered.class {
            Class::Refused => (true, None),
            Class::Later(asked) => (false, asked),
        };
        let wait = |tries: u32| retry_after(tries + 1, is_refused, asked, chance);
        // Those that are tried again wait together; who is at its end does not take others with it.
        let next_at = self.rows.iter().filter_map(|(_, tries)| wait(*tries)).max().map(|wait| now.plus(wait));
        let rows = self.rows.iter().map(|(id, tries)| match next_at.filter(|_| wait(*tries).is_some()) {
            Some(next_at) => settled(*id, DeliveryState::Waiting, next_at, &undelivered.said),
            None => settled(*id, DeliveryState::Dead, now, &undelivered.said),
        });
        // A message that is refused may be at fault itself; the others behind it get their turn.
        (rows.collect(), next_at.filter(|_| !is_refused))
    }
}

impl Tools {
    /// Notes what became of messages; tries until the database takes it, for otherwise they would go out again.
    async fn settle(&self, settled: Vec<Settled>) {
        self.change(AlertChange::Settle(settled)).await;
    }

    async fn change(&self, change: AlertChange) {
        loop {
            match self.recorder.alert(change.clone(), Actor::program("alerts")).await {
                Ok(_) => return,
                Err(failure) => {
                    tracing::warn!(
                        cause = crate::failure::chain(&failure),
                        "what became of an alert is not noted yet"
                    );
                }
            }
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                () = sleep(PAUSE) => {}
            }
        }
    }
}

/// What began shortly before maintenance waits until that is over: nobody is told of trouble meanwhile.
fn hold_back(message: &mut Waiting, roster: &Roster) {
    let is_trouble = !message.outgoing.alert.kind.is_end();
    let tracker = message.outgoing.tracker.filter(|_| is_trouble).and_then(|id| roster.get(&id));
    if let Some(maintenance) = tracker.and_then(|tracker| tracker.maintenance.as_ref()) {
        message.held_until = Some(maintenance.until);
    }
}

fn dropped(rows: Vec<i64>, said: &str, now: Timestamp) -> Vec<Settled> {
    let row =
        |id| Settled { id, state: DeliveryState::Dropped, tried: false, next_at: now, said: said.to_owned() };
    rows.into_iter().map(row).collect()
}

/// A number that nobody can guess.
pub(crate) fn chance() -> f64 {
    let mut bytes = [0; 4];
    // Without randomness everybody waits the whole time; that is allowed, too.
    if SystemRandom::new().fill(&mut bytes).is_err() {
        return 1.0;
    }
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}
