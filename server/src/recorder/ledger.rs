//! The fold of every tracker: what is on disk, and what the group in hand would make of it.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};

use domain::{
    About, Batch, Cell, Check, LiveView, Misfit, Outcome, Policy, Reason, Recent, Recorded, SHOWN_CHECKS,
    Slots, Status, Timestamp, Tracker, TrackerId, Transition,
};

/// Fold state of every tracker, committed and staged.
#[derive(Default)]
pub(super) struct Ledger {
    accounts: HashMap<TrackerId, Account>,
    staged: Vec<Recorded>,
    transitions: Vec<(TrackerId, Transition)>,
}

/// One tracker's fold.
struct Account {
    policy: Policy,
    slots: Slots,
    /// After the last commit.
    status: Status,
    /// After the group in hand; absent when it holds nothing of this tracker.
    staged: Option<Status>,
    /// Names of the newest checks, staged ones included, to recognise what was recorded already.
    names: VecDeque<(Timestamp, u16)>,
    /// Due time of the newest scheduled check that is shown.
    last_shown: Option<Timestamp>,
}

impl Ledger {
    /// Folds a check into the group in hand. A check of a tracker that is gone, or that is recorded already, is dropped.
    pub(super) fn stage(&mut self, check: Check) {
        let id = check.name.tracker;
        let Some(account) = self.accounts.get_mut(&id) else { return };
        let name = (check.name.due, check.name.attempt);
        if !account.remember(name) {
            return;
        }
        let before = account.staged.as_ref().unwrap_or(&account.status);
        let step = before.after(check.name.due, &check.outcome, account.policy);
        let retrying = step.status.is_retrying() && check.outcome.is_up() == Some(false);
        account.staged = Some(step.status);
        self.transitions.extend(step.transition.map(|transition| (id, transition)));
        self.staged.push(Recorded { check, retrying });
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
            let staged = account.staged.clone()?;
            (staged != account.status).then_some((id, staged))
        });
        let statuses = statuses.collect();
        Batch {
            checks: std::mem::take(&mut self.staged),
            transitions: std::mem::take(&mut self.transitions),
            statuses,
        }
    }

    /// Adopts a batch that is on disk, and shows it.
    pub(super) fn adopt(&mut self, batch: Batch, view: &mut LiveView) {
        view.begin_commit();
        for recorded in &batch.checks {
            self.show(recorded, view);
        }
        for (id, status) in batch.statuses {
            if let Some(account) = self.accounts.get_mut(&id) {
                account.status = status.clone();
            }
            view.set_status(id, status);
        }
        for recorded in &batch.checks {
            if let Some(account) = self.accounts.get_mut(&recorded.check.name.tracker) {
                account.staged = None;
            }
        }
    }

    /// Takes over what a former run recorded. The checks were folded then: their verdicts stand.
    pub(super) fn restore(&mut self, recent: Recent, view: &mut LiveView) {
        view.begin_commit();
        for recorded in &recent.checks {
            let name = recorded.check.name;
            if let Some(account) = self.accounts.get_mut(&name.tracker) {
                account.remember((name.due, name.attempt));
                self.show(recorded, view);
            }
        }
        for (id, status) in recent.statuses {
            if let Some(account) = self.accounts.get_mut(&id) {
                account.status = status.clone();
                view.set_status(id, status);
            }
        }
    }

    /// Makes the ledger and the view agree with the trackers in the database, and gives those that can be checked.
    pub(super) fn set_trackers(
        &mut self,
        loaded: &[Result<Tracker, Misfit>],
        view: &mut LiveView,
    ) -> BTreeMap<TrackerId, Arc<Tracker>> {
        view.begin_commit();
        let mut roster = BTreeMap::new();
        let mut first = HashMap::new();
        for row in loaded {
            match row {
                Ok(tracker) => {
                    self.open(tracker);
                    let known = *first.entry(tracker.settings.target.as_str()).or_insert(tracker.id);
                    let duplicate_of = (known != tracker.id).then_some(known);
                    view.set_about(tracker.id, About { duplicate_of, ..tracker.settings.about() });
                    roster.insert(tracker.id, Arc::new(tracker.clone()));
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
        if let Some(account) = self.accounts.get_mut(&tracker.id) {
            account.policy = policy;
            account.slots = slots;
            return;
        }
        let account = Account {
            policy,
            slots,
            status: Status::default(),
            staged: None,
            names: VecDeque::with_capacity(SHOWN_CHECKS),
            last_shown: None,
        };
        self.accounts.insert(tracker.id, account);
    }

    /// Appends a recorded check to the view, and before it the gap since the last one, if slots were missed.
    fn show(&mut self, recorded: &Recorded, view: &mut LiveView) {
        let name = recorded.check.name;
        let Some(account) = self.accounts.get_mut(&name.tracker) else { return };
        if name.attempt == 0 {
            let missed = account.last_shown.and_then(|last| account.slots.missed_between(last, name.due));
            if let Some(first_missed) = missed {
                view.push(name.tracker, Cell::gap(first_missed));
            }
            // A stretch that could not be recorded lasts until the next check: what is missing in between is told already.
            let is_lost = recorded.check.outcome == Outcome::Unknown(Reason::NotRecorded);
            account.last_shown = (!is_lost).then_some(name.due);
        }
        view.push(name.tracker, Cell::from(recorded));
    }
}

impl Account {
    /// Remembers a check's name; `false` when it is known.
    fn remember(&mut self, name: (Timestamp, u16)) -> bool {
        if self.names.contains(&name) {
            return false;
        }
        if self.names.len() == SHOWN_CHECKS {
            self.names.pop_front();
        }
        self.names.push_back(name);
        true
    }
}

fn about_misfit(misfit: &Misfit) -> About {
    About { name: misfit.label.clone(), problem: Some(misfit.problem.clone()), ..About::default() }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
