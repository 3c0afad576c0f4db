//! The fold of every tracker: what is on disk, and what the group in hand would make of it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use domain::{
    About, Awaited, Batch, Belief, Cell, Check, CheckName, Exhibit, LiveView, Misfit, Outcome, Policy,
    Reason, Recent, Recorded, SHOWN_CHECKS, Slots, Status, Stretch, Timestamp, Tracker, TrackerId,
    Transition, Trust,
};

use super::{Arrival, Seen};

/// Fold state of every tracker, committed and staged.
#[derive(Default)]
pub(super) struct Ledger {
    /// Boxed, because half of the places of such a map are empty.
    accounts: HashMap<TrackerId, Box<Account>>,
    staged: Vec<Recorded>,
    transitions: Vec<(TrackerId, Transition)>,
    exhibits: Vec<Exhibit>,
    /// Those whose flapping began or ended in the group in hand, at the due time of the entry that it did with; the newest last.
    turns: Vec<(TrackerId, Timestamp)>,
}

/// One tracker's fold.
struct Account {
    policy: Policy,
    slots: Slots,
    /// What is expected of a target that calls.
    awaited: Option<Box<Awaited>>,
    /// Why it is to rest.
    rest: Option<Reason>,
    /// The maintenance that it is in, or the next one.
    maintenance: Option<Stretch>,
    /// After the last commit.
    belief: Belief,
    /// After the group in hand; absent when it holds nothing of this tracker.
    staged: Option<Belief>,
    /// Names of the newest scheduled check and of those after it, staged ones included, to recognise what was recorded already.
    names: Vec<(Timestamp, u16)>,
    /// The newest scheduled entry, staged ones included.
    last: Option<Last>,
    /// Why it rests, as it is recorded: no check is expected.
    resting: Option<Reason>,
}

/// The newest scheduled entry of a tracker.
#[derive(Clone, Copy)]
struct Last {
    due: Timestamp,
    is_gap: bool,
    /// Why nothing came after it, if that is known.
    silence: Option<Reason>,
}

impl Ledger {
    /// Folds a check into the group in hand, and before it the gap since the last one, if slots were missed. A check of a
    /// tracker that is gone, or that is recorded already, is dropped.
    pub(super) fn stage(&mut self, arrival: impl Into<Arrival>) {
        let Arrival { check, trust, seen } = arrival.into();
        let id = check.name.tracker;
        let Some(account) = self.accounts.get_mut(&id) else { return };
        if account.knows((check.name.due, check.name.attempt)) || account.is_off(&check) {
            return;
        }
        if check.name.attempt == 0 {
            let gap = account.gap_before(id, check.name.due);
            self.staged.extend(gap);
        }
        account.remember(&check);
        // What was on its way when it began to rest makes nobody down any more.
        let trust = if account.rest.is_some() { Trust::Held } else { trust };
        let before = account.staged.as_ref().unwrap_or(&account.belief);
        let step = before.after(check.name.due, &check.outcome, account.policy, trust);
        let retrying = step.tolerates(&check.outcome);
        if before.is_flapping() != step.belief.is_flapping() {
            self.turns.push((id, check.name.due));
        }
        account.staged = Some(step.belief);
        if let (Some(Transition::WentDown { at, .. }), Some(seen)) = (&step.transition, seen) {
            let Seen { failure, last_good } = *seen;
            self.exhibits.push(Exhibit { tracker: id, at: *at, failure, last_good });
        }
        self.transitions.extend(step.transition.map(|transition| (id, transition)));
        self.staged.push(Recorded { check, retrying });
    }

    /// Records from when on trackers rest. Until the first check afterwards their time is paused or in maintenance, not unknown.
    pub(super) fn stage_rests(&mut self, now: Timestamp) {
        for (id, account) in &mut self.accounts {
            if let Some(reason) = account.rest.filter(|reason| account.resting != Some(*reason)) {
                let from = account.rests_from(reason, now);
                self.staged.extend(account.gap_before(*id, from));
                self.staged.push(account.gap(*id, from, reason));
            }
            account.resting = account.rest;
        }
    }

    /// Records, after a start, that maintenance was over before it: `ended` says when that was which held at a time.
    pub(super) fn stage_ends(&mut self, ended: impl Fn(TrackerId, Timestamp) -> Option<Timestamp>) {
        for (id, account) in &mut self.accounts {
            let was_in = account.last.filter(|_| account.resting == Some(Reason::Maintenance));
            if let Some(until) = was_in.and_then(|last| ended(*id, last.due)) {
                self.staged.push(account.gap(*id, until, Reason::Stopped));
                account.resting = None;
            }
        }
    }

    /// Says for each tracker which maintenance it is in, or is next.
    pub(super) fn plan(&mut self, all: impl IntoIterator<Item = (TrackerId, Option<Stretch>)>) {
        for (id, stretch) in all {
            if let Some(account) = self.accounts.get_mut(&id) {
                account.maintenance = stretch;
            }
        }
    }

    /// Whether a tracker flapped before the group in hand, and whether it does with it.
    pub(super) fn flaps(&self, id: TrackerId) -> (bool, bool) {
        self.accounts.get(&id).map_or((false, false), |account| {
            let staged = account.staged.as_ref().unwrap_or(&account.belief);
            (account.belief.is_flapping(), staged.is_flapping())
        })
    }

    /// Those that flap, as of the newest commit.
    pub(super) fn flapping(&self) -> impl Iterator<Item = TrackerId> {
        let flaps = self.accounts.iter().filter(|(_, account)| account.belief.is_flapping());
        flaps.map(|(id, _)| *id)
    }

    /// Those that begin to flap with the batch in hand, or end that: since which entry, and what is believed then.
    pub(super) fn turned(&self) -> BTreeMap<TrackerId, (Timestamp, &Belief)> {
        let turned = self.turns.iter().filter_map(|(id, at)| {
            let account = self.accounts.get(id)?;
            let staged = account.staged.as_ref()?;
            let has_turned = staged.is_flapping() != account.belief.is_flapping();
            has_turned.then_some((*id, (*at, staged)))
        });
        turned.collect()
    }

    /// Checks in the group in hand.
    pub(super) fn staged(&self) -> usize {
        self.staged.len()
    }

    /// Whether the group in hand is worth not waiting for.
    pub(super) fn has_transition(&self) -> bool {
        !self.transitions.is_empty()
    }

    /// The group in hand, to be recorded.
    pub(super) fn batch(&mut self) -> Batch {
        let changed = self.staged.iter().map(|recorded| recorded.check.name.tracker);
        let mut ids: Vec<TrackerId> = changed.collect();
        ids.sort_unstable();
        ids.dedup();
        let statuses = ids.into_iter().filter_map(|id| {
            let account = self.accounts.get(&id)?;
            let staged = &account.staged.as_ref()?.status;
            (*staged != account.belief.status).then(|| (id, staged.clone()))
        });
        let statuses = statuses.collect();
        Batch {
            checks: std::mem::take(&mut self.staged),
            transitions: std::mem::take(&mut self.transitions),
            statuses,
            exhibits: std::mem::take(&mut self.exhibits),
            ..Batch::default()
        }
    }

    /// Adopts a batch that is on disk, and shows it.
    pub(super) fn adopt(&mut self, batch: Batch, view: &mut LiveView) {
        view.begin_commit();
        self.turns.clear();
        for recorded in &batch.checks {
            self.show(recorded, view);
        }
        for (id, status) in batch.statuses {
            view.set_status(id, status);
        }
        for recorded in &batch.checks {
            let id = recorded.check.name.tracker;
            let staged =
                self.accounts.get_mut(&id).and_then(|account| Some((account.staged.take()?, account)));
            if let Some((belief, account)) = staged {
                view.set_flapping(id, belief.is_flapping());
                account.belief = belief;
            }
        }
    }

    /// Takes over what was recorded before. The checks were folded then: their verdicts stand. `silence` says why none came
    /// since.
    pub(super) fn restore(&mut self, recent: Recent, silence: Option<Reason>, view: &mut LiveView) {
        view.begin_commit();
        let mut by_tracker: HashMap<TrackerId, Vec<&Recorded>> = HashMap::new();
        for recorded in &recent.checks {
            by_tracker.entry(recorded.check.name.tracker).or_default().push(recorded);
            if let Some(account) = self.accounts.get_mut(&recorded.check.name.tracker) {
                account.remember(&recorded.check);
                if recorded.check.name.attempt == 0 {
                    // A check by hand does not wake who rests.
                    account.resting = match recorded.check.outcome {
                        Outcome::Unknown(reason @ (Reason::Paused | Reason::Maintenance)) => Some(reason),
                        _ => None,
                    };
                }
                self.show(recorded, view);
            }
        }
        for last in self.accounts.values_mut().filter_map(|account| account.last.as_mut()) {
            last.silence = last.silence.or(silence);
        }
        let mut statuses: HashMap<TrackerId, Status> = recent.statuses.into_iter().collect();
        for (id, recorded) in by_tracker {
            let Some(account) = self.accounts.get_mut(&id) else { continue };
            let status = statuses.remove(&id).unwrap_or_default();
            account.belief = Belief::resume(status, recorded);
            view.set_status(id, account.belief.status.clone());
            view.set_flapping(id, account.belief.is_flapping());
        }
        // Those of whom no check is kept.
        for (id, status) in statuses {
            if let Some(account) = self.accounts.get_mut(&id) {
                account.belief = Belief::of(status.clone());
                view.set_status(id, status);
            }
        }
    }

    /// Makes the ledger and the view agree with the trackers in the database, and gives those that can be checked: those that are as
    /// `before` are the same ones, because drivers have them, too.
    pub(super) fn set_trackers(
        &mut self,
        loaded: &[Result<Tracker, Misfit>],
        before: &BTreeMap<TrackerId, Arc<Tracker>>,
        view: &mut LiveView,
    ) -> BTreeMap<TrackerId, Arc<Tracker>> {
        view.begin_commit();
        let mut roster = BTreeMap::new();
        let mut first = HashMap::new();
        let known: HashMap<TrackerId, &Tracker> =
            loaded.iter().flatten().map(|tracker| (tracker.id, tracker)).collect();
        for row in loaded {
            match row {
                Ok(tracker) => {
                    self.open(tracker);
                    let first = *first.entry(tracker.settings.target.as_str()).or_insert(tracker.id);
                    let duplicate_of = (first != tracker.id).then_some(first);
                    let maintenance = tracker.maintenance.clone();
                    let parent = tracker.settings.parent.and_then(|id| known.get(&id));
                    let parent = parent.map(|parent| parent.settings.shown_name().to_string());
                    let about = About { duplicate_of, maintenance, parent, ..tracker.settings.about() };
                    view.set_about(tracker.id, about);
                    let same = before.get(&tracker.id).filter(|known| known.as_ref() == tracker);
                    roster.insert(tracker.id, same.cloned().unwrap_or_else(|| Arc::new(tracker.clone())));
                }
                Err(misfit) => view.set_about(misfit.id, about_misfit(misfit)),
            }
        }
        let id_of = |row: &Result<Tracker, Misfit>| match row {
            Ok(tracker) => tracker.id,
            Err(misfit) => misfit.id,
        };
        let ids: Vec<TrackerId> = loaded.iter().map(id_of).collect();
        let gone: Vec<TrackerId> = view.ids().filter(|id| ids.binary_search(id).is_err()).collect();
        for id in gone {
            view.remove(id);
        }
        self.accounts.retain(|id, _| roster.contains_key(id));
        roster
    }

    /// Opens a tracker's account, or gives it the tracker's rules of today.
    fn open(&mut self, tracker: &Tracker) {
        let policy = tracker.settings.policy;
        let slots = Slots::new(&tracker.settings.schedule, tracker.id);
        let awaited = Awaited::of(&tracker.settings).map(Box::new);
        let rest = match (&tracker.settings.paused, &tracker.maintenance) {
            (Some(_), _) => Some(Reason::Paused),
            (None, Some(_)) => Some(Reason::Maintenance),
            (None, None) => None,
        };
        if let Some(account) = self.accounts.get_mut(&tracker.id) {
            account.policy = policy;
            account.slots = slots;
            account.awaited = awaited;
            account.rest = rest;
            return;
        }
        let account = Account {
            policy,
            slots,
            awaited,
            rest,
            maintenance: None,
            belief: Belief::default(),
            staged: None,
            names: Vec::new(),
            last: None,
            resting: None,
        };
        self.accounts.insert(tracker.id, Box::new(account));
    }

    /// Appends a recorded entry to the view.
    fn show(&self, recorded: &Recorded, view: &mut LiveView) {
        if self.accounts.contains_key(&recorded.check.name.tracker) {
            view.push(recorded.check.name.tracker, Cell::from(recorded));
        }
    }
}

impl Account {
    /// Whether a scheduled check is due while maintenance is: the scheduler had not heard of it yet.
    fn is_off(&self, check: &Check) -> bool {
        let name = check.name;
        name.attempt < CheckName::BY_HAND && self.maintenance.is_some_and(|stretch| stretch.holds(name.due))
    }

    /// From when on it rests: maintenance from when it was announced for, unless something else was recorded since.
    fn rests_from(&self, reason: Reason, now: Timestamp) -> Timestamp {
        let from = self.maintenance.filter(|_| reason == Reason::Maintenance).map(|stretch| stretch.from);
        let is_free = |from: &Timestamp| self.last.is_none_or(|last| last.due < *from);
        from.filter(is_free).unwrap_or(now)
    }

    /// A stretch without checks, from a time on, which is the newest entry then.
    fn gap(&mut self, id: TrackerId, from: Timestamp, reason: Reason) -> Recorded {
        let gap = Recorded::gap(id, from, reason);
        self.remember(&gap.check);
        gap
    }

    /// The gap between the newest entry and this time, if slots were missed and no gap covers them yet.
    fn gap_before(&self, id: TrackerId, time: Timestamp) -> Option<Recorded> {
        let last = self.last.filter(|last| !last.is_gap)?;
        let first_missed = match &self.awaited {
            // A signal that is missing is an entry of its own, unless nobody listened.
            Some(awaited) => {
                last.silence.and(awaited.missing_after(last.due)).filter(|missed| *missed < time)?
            }
            None => self.slots.missed_between(last.due, time)?,
        };
        Some(Recorded::gap(id, first_missed, last.silence.unwrap_or(Reason::NotObserved)))
    }

    /// Whether a check of this name was recorded already. One from before the newest was not: the clock was set back, so its time came again.
    fn knows(&self, name: (Timestamp, u16)) -> bool {
        self.names.contains(&name) && !self.is_before_last(name.0)
    }

    fn is_before_last(&self, due: Timestamp) -> bool {
        self.last.is_some_and(|last| due < last.due)
    }

    /// Remembers that an entry was recorded.
    fn remember(&mut self, check: &Check) {
        if self.is_before_last(check.name.due) {
            // Those that are still to come again.
            self.names.clear();
        }
        if self.names.len() == SHOWN_CHECKS {
            self.names.remove(0);
        }
        self.names.push((check.name.due, check.name.attempt));
        if check.name.attempt == 0 {
            // `knows` says no of all that were due before it.
            self.names.retain(|(due, _)| *due >= check.name.due);
            let is_gap = matches!(&check.outcome, Outcome::Unknown(reason) if reason.is_gap());
            self.last = Some(Last { due: check.name.due, is_gap, silence: None });
        }
    }
}

fn about_misfit(misfit: &Misfit) -> About {
    About { name: misfit.label.clone(), problem: Some(misfit.problem.clone()), ..About::default() }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
