//! The one writer: folds checks, records them in groups, and shows them once they are on disk.
//!
//! A group is committed when 1,000 checks wait, 100 ms after its first check, or as soon as nothing more waits when it
//! holds a transition. The fold works on copies that are adopted after the commit; the live view changes after the commit
//! and only then. Edits by people go through the same task, between groups, so there is one order of events.
//!
//! When the database refuses a group, the group is kept and tried again every second. Meanwhile checks are still taken, so
//! that probers never stall, and wait in the [`backlog`] in their order; edits are refused at once. See `refusal.rs`.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::{
    Alteration, Batch, Calendar, Clock, Failure, Reason, Records, Retention, RetentionDraft, Settings,
    Timestamp, Tracker, TrackerId, access::Actor, undo_limit,
};
use tokio::{
    sync::{Notify, mpsc, watch},
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use crate::{health::Health, live::SharedView, metrics::Metrics};

mod arrival;
mod backlog;
mod flapping;
mod handle;
mod heard;
mod ledger;
mod maintenance;
mod many;
mod outside;
mod receipts;
mod refusal;
mod settings;
mod telling;
mod undo;
mod waking;

pub(crate) use self::telling::concerned;
pub use self::{
    arrival::{Arrival, Seen},
    handle::{Edit, RecorderHandle, Stopped},
    heard::Heard,
};
use self::{
    backlog::Backlog,
    flapping::Flapping,
    handle::{Edited, Message, Reply},
    heard::Signals,
    ledger::Ledger,
    receipts::Receipts,
    refusal::Refused,
    telling::Telling,
    undo::UndoList,
};

/// The trackers whose settings are known, as of the newest commit. The scheduler runs those that do not rest and have no
/// [problem](domain::NewTracker::problem).
pub type Roster = Arc<BTreeMap<TrackerId, Arc<Tracker>>>;

/// What a recorder tells of, as of the newest commit.
pub struct Told {
    /// The trackers.
    pub roster: watch::Receiver<Roster>,
    /// What was said of the installation.
    pub settings: watch::Receiver<Arc<Settings>>,
    /// Woken when there is something to send.
    pub outbox: Arc<Notify>,
}

/// How a recorder groups.
#[derive(Clone, Copy, Debug)]
pub struct Grouping {
    /// The longest that a check waits for others before the group is committed.
    pub commit_every: Duration,
    /// Checks that are kept in memory while the database refuses; those beyond become a gap.
    pub keep: usize,
}

impl Default for Grouping {
    fn default() -> Self {
        Self { commit_every: Duration::from_millis(100), keep: 100_000 }
    }
}

/// The one writer. [`Recorder::start`] loads, [`Recorder::run`] records until all handles are gone.
pub struct Recorder {
    records: Box<dyn Records>,
    clock: Arc<dyn Clock>,
    health: Arc<Health>,
    metrics: Arc<Metrics>,
    view: SharedView,
    roster: watch::Sender<Roster>,
    settings: watch::Sender<Arc<Settings>>,
    /// What the command line says of retention, which wins.
    fixed: RetentionDraft,
    /// What is kept for how long.
    retention: Retention,
    inbox: mpsc::Receiver<Message>,
    grouping: Grouping,
    ledger: Ledger,
    /// What targets told by themselves.
    signals: Signals,
    /// The group that the database refused last, until it takes it.
    refused: Option<Refused>,
    /// What came after the refused group.
    backlog: Backlog,
    /// How what was done with many is taken back.
    undos: UndoList,
    /// Whether the trackers changed and could not be read yet.
    is_stale: bool,
    /// When the next step of housekeeping is due.
    tend_at: Instant,
    /// When the next tracker wakes by itself, or maintenance begins or ends.
    wake_at: Option<Timestamp>,
    /// For which time that was worked out.
    planned_at: Timestamp,
    /// The maintenance that was announced.
    calendar: Calendar,
    /// Who is told of transitions.
    telling: Telling,
    /// What came of it.
    receipts: Receipts,
    /// Who goes up and down.
    flapping: Flapping,
    /// Woken when there is something to send.
    outbox: Arc<Notify>,
}

/// Checks that may wait for the disk; then probers wait to start.
const INBOX: usize = 32_768;
/// Checks in one commit.
const GROUP: usize = 1_000;
/// How long checks are left to gather before the recorder looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
/// How often the database is asked whether somebody else changed it.
const LOOK_OUTSIDE: Duration = Duration::from_millis(250);
/// How often removed trackers whose time is up are forgotten.
const PURGE_EVERY: Duration = Duration::from_secs(5);
/// How often history is tended. A step takes at most 50 ms; while there is more to do, one follows each group.
const TEND_EVERY: Duration = Duration::from_secs(1);

impl Recorder {
    /// Loads trackers, statuses and newest checks into `view`, which is empty so far.
    pub async fn start(
        records: Box<dyn Records>,
        clock: Arc<dyn Clock>,
        health: Arc<Health>,
        metrics: Arc<Metrics>,
        view: SharedView,
        grouping: Grouping,
        fixed: RetentionDraft,
    ) -> Result<(Self, RecorderHandle, Told), Failure> {
        let (sender, inbox) = mpsc::channel(INBOX);
        let (roster, roster_seen) = watch::channel(Roster::default());
        let (settings, settings_seen) = watch::channel(Arc::default());
        // A thousand a millisecond: no two runs give the same keys.
        let undos = UndoList::new(clock.now().as_ms().unsigned_abs().saturating_mul(1_000));
        let handle = RecorderHandle::new(sender, undos.clone(), clock.clone());
        let mut recorder = Self {
            records,
            clock,
            health,
            metrics,
            view,
            roster,
            settings,
            fixed,
            retention: Retention::default(),
            inbox,
            grouping,
            ledger: Ledger::default(),
            signals: Signals::default(),
            refused: None,
            backlog: Backlog::new(grouping.keep),
            undos,
            is_stale: false,
            tend_at: Instant::now(),
            wake_at: None,
            planned_at: Timestamp(i64::MIN),
            calendar: Calendar::default(),
            telling: Telling::default(),
            receipts: Receipts::default(),
            flapping: Flapping::default(),
            outbox: Arc::default(),
        };
        recorder.load().await?;
        let outbox = Arc::clone(&recorder.outbox);
        Ok((recorder, handle, Told { roster: roster_seen, settings: settings_seen, outbox }))
    }

    /// Records until every handle is dropped and everything that was sent is on disk.
    pub async fn run(mut self) {
        self.commit().await;
        let mut outside = interval(LOOK_OUTSIDE);
        outside.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut purge = interval(PURGE_EVERY);
        purge.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                _ = outside.tick() => {
                    self.look_outside().await;
                    self.wake().await;
                    self.commit().await;
                    self.tell_of_flapping().await;
                    self.show_receipts().await;
                }
                _ = purge.tick() => self.purge().await,
                () = refusal::over(self.refused.as_ref()) => self.try_again().await,
                message = self.inbox.recv() => match message {
                    Some(message) if self.refused.is_some() => refusal::put_off(&mut self.backlog, message),
                    Some(message) => self.work(message).await,
                    None => return self.finish().await,
                },
                () = sleep_until(self.tend_at) => self.tend().await,
            }
        }
    }

    /// One group, and the edit that ended it, if one did.
    async fn work(&mut self, first: Message) {
        let edit = self.gather(first).await;
        self.commit().await;
        self.tend().await;
        // Who was told that it did not work must not find it done later.
        if let Some((edit, by, reply)) = edit.filter(|(_, _, reply)| !reply.is_closed()) {
            let result =
                if self.refused.is_some() { Err(refusal::of_edit()) } else { self.apply(edit, &by).await };
            // What the edit itself brought to be recorded: from when on a tracker rests.
            self.commit().await;
            // Who asked may have gone away; the edit stands all the same.
            let _ = reply.send(result);
        }
    }

    /// Folds what waits until the group is large or old enough, holds a transition, or an edit comes. Between two looks it sleeps: to
    /// be woken for each of ten thousand checks a second would cost more than folding them.
    async fn gather(&mut self, first: Message) -> Option<(Edit, Actor, Reply)> {
        let until = Instant::now() + self.grouping.commit_every;
        let mut next = Some(first);
        loop {
            while let Some(message) = next {
                match message {
                    Message::Check(arrival) => self.ledger.stage(arrival),
                    Message::Heard(heard) => {
                        self.signals.stage(*heard).into_iter().for_each(|arrival| self.ledger.stage(arrival));
                    }
                    Message::Edit(edit, by, reply) => return Some((edit, by, reply)),
                }
                if self.ledger.staged() >= GROUP {
                    return None;
                }
                next = self.inbox.try_recv().ok();
            }
            let now = Instant::now();
            if self.ledger.has_transition() || now >= until || self.inbox.is_closed() {
                return None;
            }
            sleep_until(until.min(now + LOOK_AGAIN)).await;
            next = self.inbox.try_recv().ok();
        }
    }

    /// Commits the staged group, or keeps it when the database refuses.
    async fn commit(&mut self) {
        if self.refused.is_some() {
            return;
        }
        let Some(batch) = self.batch() else { return };
        let started = Instant::now();
        match self.records.record(&batch).await {
            Ok(()) => {
                self.adopt(batch, started);
                self.health.storage_answers();
            }
            Err(failure) => self.refuse(batch, &failure),
        }
    }

    /// The staged group with its messages; nothing when there is none.
    fn batch(&mut self) -> Option<Batch> {
        let mut batch = self.ledger.batch();
        batch.alerts = self.alerts_of(&batch);
        batch.signals = self.signals.take();
        (!batch.checks.is_empty() || !batch.signals.is_empty()).then_some(batch)
    }

    /// Shows a group that is on disk.
    fn adopt(&mut self, batch: Batch, started: Instant) {
        if !batch.alerts.is_empty() {
            self.outbox.notify_one();
        }
        self.receipts.are_old |= !batch.transitions.is_empty() || !batch.alerts.is_empty();
        let turned: Vec<_> =
            self.ledger.turned().into_iter().map(|(id, (_, belief))| (id, belief.is_flapping())).collect();
        self.flapping.note(&turned, &batch, self.clock.now());
        self.health.recorded(&batch, self.clock.monotonic());
        self.metrics.recorded(&batch, started.elapsed());
        self.ledger.adopt(batch, &mut self.view.write());
        self.signals.acknowledge();
    }

    async fn look_outside(&mut self) {
        match self.records.changed_outside().await {
            Ok(false) if !self.is_stale && self.refused.is_none() => self.health.storage_answers(),
            Ok(false) if !self.is_stale => {}
            Ok(_) => {
                let before = self.roster.borrow().clone();
                self.load_calendar().await;
                self.reload_logged().await;
                self.note_outside(&before).await;
                self.load_rules().await;
            }
            Err(failure) => self.health.storage_failed(&failure),
        }
    }

    async fn apply(&mut self, edit: Edit, by: &Actor) -> Result<Edited, Failure> {
        match edit {
            Edit::Many(ids, deed) => {
                let (key, ids) = self.many(&ids, &deed, by).await?;
                Ok(Edited { undo: Some(key), ..Edited::of(ids) })
            }
            Edit::Undo(key) => self.undo(key, by).await.map(Edited::of),
            Edit::Add(trackers) => {
                trackers.iter().try_for_each(|tracker| self.check_parent(None, tracker))?;
                let added = self.records.add(&trackers, by, self.clock.now()).await;
                self.reload_logged().await;
                added.map(Edited::of)
            }
            Edit::Change(id, draft) => {
                let tracker = self.roster.borrow().get(&id).cloned().ok_or(Failure::NotFound)?;
                let settings = draft.apply(&tracker.settings)?;
                if settings.parent != tracker.settings.parent {
                    self.check_parent(Some(id), &settings)?;
                }
                self.alter(&[Alteration::settings(&tracker, settings)], by).await.map(Edited::of)
            }
            Edit::Rest(id, rest) => self.alter(&[Alteration::Rests(id, rest)], by).await.map(Edited::of),
            Edit::Remove(id) => self.alter(&[Alteration::Removed(id)], by).await.map(Edited::of),
            Edit::Alert(change) => {
                let number = self.alert(&change, by).await?;
                Ok(Edited { number, ..Edited::of(Vec::new()) })
            }
            Edit::Restore(id) => self.alter(&[Alteration::Restored(id)], by).await.map(Edited::of),
            Edit::Relabel(relabel) => self
                .relabel(&relabel, by)
                .await
                .map(|(key, ids)| Edited { undo: Some(key), ..Edited::of(ids) }),
            Edit::Keep(retention) => self.set_retention(retention, by).await.map(Edited::of),
            Edit::Defaults(defaults) => self.set_defaults(*defaults, by).await.map(Edited::of),
        }
    }

    /// Makes changes in one transaction. When there is none of the trackers, that is [`Failure::NotFound`].
    async fn alter(&mut self, all: &[Alteration], by: &Actor) -> Result<Vec<TrackerId>, Failure> {
        let done = self.alter_some(all, by).await?;
        if done.is_empty() { Err(Failure::NotFound) } else { Ok(done) }
    }

    /// Makes changes of those trackers that there are, in one transaction.
    async fn alter_some(&mut self, all: &[Alteration], by: &Actor) -> Result<Vec<TrackerId>, Failure> {
        let done = self.records.alter(all, by, self.clock.now()).await;
        // Also after a failure: `changed_outside` does not see our own half of a race with another process.
        self.reload_logged().await;
        let done = done?;
        let restored = all.iter().filter(|alteration| matches!(alteration, Alteration::Restored(_)));
        let restored = restored.map(Alteration::id).filter(|id| done.contains(id));
        self.show_again(&restored.collect::<Vec<_>>()).await;
        Ok(done)
    }

    /// What was removed then or before cannot be restored.
    fn undo_limit(&self) -> Timestamp {
        undo_limit(self.clock.now())
    }

    /// Gives restored trackers back what is known of them.
    async fn show_again(&mut self, ids: &[TrackerId]) {
        let recent = match ids {
            [] => return,
            [id] => self.records.recent(Some(*id)).await,
            _ => self.records.recent(None).await,
        };
        match recent {
            Ok(mut recent) => {
                recent.checks.retain(|recorded| ids.contains(&recorded.check.name.tracker));
                recent.statuses.retain(|(id, _)| ids.contains(id));
                self.ledger.restore(recent, None, &mut self.view.write());
            }
            Err(failure) => self.health.storage_failed(&failure),
        }
    }

    /// Forgets for good what was removed ten minutes ago. It can wait for a database that refuses.
    async fn purge(&mut self) {
        if self.refused.is_some() {
            return;
        }
        match self.records.purge(self.undo_limit()).await {
            Ok(purged) => {
                let mut view = self.view.write();
                for id in purged {
                    view.forget(id);
                }
            }
            Err(failure) => self.health.storage_failed(&failure),
        }
    }

    /// One step of housekeeping, if it is time. In the same task as recording: there is one writer, and each of the two waits for
    /// at most one piece of the other's work.
    async fn tend(&mut self) {
        if Instant::now() < self.tend_at {
            return;
        }
        let more = match self.refused {
            Some(_) => Ok(false),
            None => self.records.tend(self.clock.now()).await,
        };
        if let Err(failure) = &more {
            self.health.storage_failed(failure);
        }
        let pause = if matches!(more, Ok(true)) { Duration::ZERO } else { TEND_EVERY };
        self.tend_at = Instant::now() + pause;
    }

    async fn reload_logged(&mut self) {
        let reloaded = self.reload().await;
        self.ledger.stage_rests(self.clock.now());
        self.is_stale = reloaded.is_err();
        if let Err(failure) = reloaded {
            self.health.storage_failed(&failure);
        }
    }

    async fn load(&mut self) -> Result<(), Failure> {
        self.load_rules().await;
        self.load_calendar().await;
        self.reload().await?;
        let recent = self.records.recent(None).await?;
        self.ledger.restore(recent, Some(Reason::Stopped), &mut self.view.write());
        self.flapping = Flapping::resume(self.ledger.flapping(), self.clock.now());
        self.stage_ends();
        self.ledger.stage_rests(self.clock.now());
        Ok(())
    }

    /// Makes ledger, live view and roster agree with the trackers in the database.
    async fn reload(&mut self) -> Result<(), Failure> {
        self.reload_settings().await?;
        let mut loaded = self.records.trackers().await?;
        // Before it is used: whatever begins meanwhile is noticed with the next look.
        self.planned_at = self.clock.now();
        let planned = self.planned(&mut loaded);
        let before = self.roster.borrow().clone();
        let roster = self.ledger.set_trackers(&loaded, &before, &mut self.view.write());
        self.ledger.plan(planned);
        let change = self.calendar.next_change(self.planned_at);
        self.wake_at = [waking::next(&roster), change].into_iter().flatten().min();
        let unreadable = roster.values().filter(|tracker| tracker.settings.problem().is_some());
        self.health.set_unreadable(unreadable.count());
        self.roster.send_if_modified(|current| {
            let differs = **current != roster;
            *current = Arc::new(roster);
            differs
        });
        Ok(())
    }
}
