//! What a watcher sees: that outages are noticed in time, that what is shown is on disk, and that time adds up.

use std::time::Duration;

use domain::{Held, Recorded, Tally, Timestamp, TrackerId};
use server::live::SharedView;

use super::Checker;
use crate::{
    disk::Shared,
    world::{Answer, Disk, Resolver, State, whole_ms},
};

/// From the moment at which a failure is found to that at which it is on disk, and shown.
const SLACK: i64 = 6_000;
/// How long a suspicion holds failures back when no canary decides.
const HOLD: i64 = 21_000;
/// How long a failure is held back until a parent has answered.
const PATIENCE: i64 = 60_000;

impl State {
    /// Something keeps outages from being noticed, or ends doing so.
    pub(crate) fn disturb(&mut self) {
        let now = self.age_ms();
        for watched in self.checker.trackers.values_mut() {
            watched.clear_since = now;
        }
    }

    /// The same for those who watch one target, or one behind it.
    pub(crate) fn disturb_target(&mut self, target: usize) {
        let now = self.age_ms();
        let truth = &self.truth;
        let is_of = |of: usize| of == target || truth.above(of).any(|above| above == target);
        for watched in self.checker.trackers.values_mut().filter(|watched| is_of(watched.target)) {
            watched.clear_since = now;
        }
    }

    /// I7: looks whether an outage lasts longer than it may without being noticed.
    pub(crate) fn look(&mut self) {
        let now = self.age_ms();
        self.look_at_maintenance();
        self.look_at_dependencies();
        let truth = &self.truth;
        let is_disturbed = truth.away_since.is_some()
            || truth.resolver != Resolver::Well
            || !truth.has_descriptors
            || self.disk != Disk::Well
            || self.is_blind();
        if is_disturbed {
            return self.disturb();
        }
        // Canaries that never answered in this run decide nothing.
        let has_canaries = self.canaries_tell();
        let mut late = None;
        for (id, watched) in &self.checker.trackers {
            let answer = truth.targets.get(watched.target).copied().unwrap_or(Answer::Well);
            let Some(settings) = &watched.settings else { continue };
            let Some(interval) = settings.schedule.interval() else { continue };
            let is_out = matches!(answer, Answer::Refuses | Answer::Hangs | Answer::Fails);
            if !is_out || settings.paused.is_some() || watched.model.status.is_down() {
                continue;
            }
            let bound = settings.policy.worst_detection(interval, settings.deadline(interval));
            let held = if has_canaries { 0 } else { HOLD + whole_ms(interval) };
            let patience = if settings.parent.is_some() { PATIENCE + whole_ms(interval) } else { 0 };
            let limit = whole_ms(bound) + SLACK + held + patience;
            let lasts = now - watched.clear_since;
            if lasts > limit {
                late = Some(format!(
                    "tracker {id}, {}, {:?}, is out ({answer:?}) since {lasts} ms, and shows {:?}; {limit} ms is the limit",
                    settings.schedule, settings.policy, watched.model.status
                ));
            }
        }
        if let Some(what) = late {
            self.checker.fail("I7", now, what);
        }
    }

    /// I1 and I3: what is shown is on disk, and is what follows from it.
    pub(crate) fn compare(&mut self, view: &SharedView) {
        let now = self.age_ms();
        let mut wrong = None;
        for (id, status, is_flapping) in statuses(view) {
            let Some(watched) = self.checker.trackers.get(&id) else { continue };
            if status != watched.model.status {
                wrong =
                    Some(format!("tracker {id} shows {status:?}, recorded is {:?}", watched.model.status));
            } else if is_flapping != watched.model.is_flapping() {
                wrong = Some(format!("tracker {id} shows that it flaps: {is_flapping}, which is not so"));
            }
        }
        if let Some(what) = wrong {
            self.checker.fail("I3", now, what);
        }
    }
}

fn statuses(view: &SharedView) -> Vec<(TrackerId, domain::Status, bool)> {
    let view = view.read();
    let all = view.ids().filter_map(|id| {
        let tracker = view.tracker(id)?;
        Some((id, tracker.status, tracker.flapping))
    });
    all.collect()
}

/// The newest entry that is shown of each tracker.
pub(crate) fn shown(view: &SharedView) -> Vec<(TrackerId, Timestamp, u16)> {
    let view = view.read();
    let newest = view.ids().filter_map(|id| {
        let cell = view.cells(id)?.next_back()?;
        Some((id, cell.due, cell.attempt))
    });
    newest.collect()
}

impl Checker {
    /// I1: what was shown before the program ended is on disk.
    pub(crate) fn survived(&mut self, now: i64, shown: &[(TrackerId, Timestamp, u16)], memory: &Shared) {
        let all = memory.lock().checks();
        for (id, due, attempt) in shown {
            let is_it = |recorded: &&Recorded| {
                let name = recorded.check.name;
                (name.tracker, name.due, name.attempt) == (*id, *due, *attempt)
            };
            if !all.iter().rev().any(|recorded| is_it(&recorded)) {
                return self.fail(
                    "I1",
                    now,
                    format!("the check of {due} of tracker {id} was shown and is lost"),
                );
            }
        }
    }
}

/// I9: how a tracker's time was spent, added up by hand. A result holds to the next scheduled entry, at most `limit`; a gap to the next.
pub(crate) fn recount(entries: &[&Recorded], limit: Option<Duration>, end: Timestamp) -> Tally {
    let scheduled: Vec<&&Recorded> = entries.iter().filter(|entry| entry.check.name.attempt == 0).collect();
    let mut tally = Tally::default();
    for (place, entry) in scheduled.iter().enumerate() {
        let due = entry.check.name.due;
        let next = scheduled.get(place + 1).map_or(end, |next| next.check.name.due);
        let all = next.since(due);
        let held = limit.filter(|_| !entry.is_gap()).map_or(all, |limit| limit.min(all));
        tally.add(Held::from(&entry.check.outcome), u64::try_from(held.as_millis()).unwrap_or(0));
        let rest = all.saturating_sub(held);
        tally.add(Held::Unknown, u64::try_from(rest.as_millis()).unwrap_or(0));
    }
    tally
}
