//! Announced maintenance: nobody is checked by schedule meanwhile, nobody is told of trouble, and what is recorded says so.

use domain::{Alert, AlertKind, CheckName, Maintenance, Occasion, Reason, Recorded, Timestamp, TrackerId};

use super::Checker;
use crate::world::{Disk, State, whole_ms};

/// How long the program may take to hear of maintenance.
const KNOWN: i64 = 2_000;
/// How long it may take to note that it is one, at most.
const NOTED: i64 = 8_000;
/// A minute.
const MINUTE: i64 = 60_000;

impl State {
    /// What is announced has changed on the disk.
    pub(crate) fn announced(&mut self, all: Vec<Maintenance>) {
        self.note("announced", &[i64::try_from(all.len()).unwrap_or(0)]);
        self.checker.announced = all;
        self.unsettle();
    }

    /// For a moment the program need not know who is in maintenance.
    pub(crate) fn unsettle(&mut self) {
        self.checker.settled_since = self.age_ms();
    }

    /// Whether the program has to know that a tracker is in maintenance now.
    fn must_rest(&self, id: TrackerId) -> bool {
        let wall = self.time.wall();
        let is_settled = self.disk == Disk::Well && self.age_ms() - self.checker.settled_since >= KNOWN;
        let began_before = Timestamp(wall.0 - KNOWN);
        // Whoever was removed is in nothing any more.
        let is_there = self.checker.trackers.get(&id).is_some_and(|watched| watched.settings.is_some());
        is_there
            && is_settled
            && self.checker.is_in_maintenance(id, wall)
            && self.checker.is_in_maintenance(id, began_before)
    }

    /// Whether somebody rests no more, and was not asked since.
    pub(super) fn is_anybody_unasked(&self) -> bool {
        self.checker.trackers.values().any(|watched| {
            let is_awake = watched.settings.as_ref().is_some_and(|settings| settings.paused.is_none());
            let newest = watched.latest.and_then(|(_, unknown)| unknown);
            is_awake && matches!(newest, Some(Reason::Paused | Reason::Maintenance))
        })
    }

    /// I6: nothing is recorded by a scheduled check that was due when the program had to know of the maintenance.
    pub(super) fn breaks_maintenance(&self, id: TrackerId, entries: &[&Recorded]) -> Option<String> {
        let (now, wall) = (self.age_ms(), self.time.wall());
        let breaks = |recorded: &&&Recorded| {
            let name = recorded.check.name;
            let due_at = now - (wall.0 - name.due.0);
            let is_scheduled = !recorded.is_gap() && name.attempt < CheckName::BY_HAND;
            is_scheduled
                && due_at - self.checker.settled_since >= KNOWN
                && self.checker.is_in_maintenance(id, name.due)
        };
        let due = entries.iter().find(breaks)?.check.name.due;
        Some(format!("tracker {id}: the check of {due} is recorded, which was due in maintenance"))
    }

    /// I6: nobody is told of trouble with who is in maintenance.
    pub(super) fn may_tell(&mut self, alert: &Alert) {
        let is_trouble = matches!(alert.kind, AlertKind::Down | AlertKind::StillDown | AlertKind::Flapping);
        let about = alert.tracker.as_ref().filter(|_| is_trouble).map(|tracker| tracker.id);
        if let Some(id) = about.filter(|id| self.must_rest(*id)) {
            let what = format!("{} of tracker {id} is sent in its maintenance", alert.kind.word());
            let now = self.age_ms();
            self.checker.fail("I6", now, what);
        }
    }

    /// I9: who is in maintenance has a gap that says so. I7: no outage has to be noticed meanwhile.
    pub(super) fn look_at_maintenance(&mut self) {
        let (now, wall) = (self.age_ms(), self.time.wall());
        // What the disk refused is tried again after a while; times that come again are newer than none.
        let has_time = now - self.checker.settled_since >= NOTED && self.checker.epoch == 0;
        let all = self.checker.trackers.keys().copied();
        let resting: Vec<TrackerId> = all.filter(|id| self.checker.is_in_maintenance(*id, wall)).collect();
        for id in resting {
            let must_rest = has_time && self.must_rest(id);
            let Some(watched) = self.checker.trackers.get_mut(&id) else { continue };
            watched.clear_since = now;
            let is_checked = watched.settings.as_ref().is_some_and(|settings| settings.paused.is_none());
            let recorded = watched.latest.and_then(|(_, unknown)| unknown);
            if must_rest && is_checked && recorded != Some(Reason::Maintenance) {
                let what = format!("tracker {id} is in maintenance, and recorded is {recorded:?}");
                self.checker.fail("I9", now, what);
            }
        }
    }
}

impl Checker {
    /// Whether a tracker is in maintenance at a time, by what is announced.
    pub(super) fn is_in_maintenance(&self, id: TrackerId, at: Timestamp) -> bool {
        let is_meant = |of: &&Maintenance| of.scope.trackers.is_empty() || of.scope.trackers.contains(&id);
        self.announced.iter().filter(is_meant).any(|maintenance| match &maintenance.when {
            Occasion::Once(stretch) => stretch.from <= at && at < stretch.until,
            Occasion::Recurring(cron, lasting) => {
                // They are all of the form `*/5 * * * *`, and divide the hour.
                let minutes = cron.expression().trim_start_matches("*/").split(' ').next();
                let every = minutes.and_then(|text| text.parse::<i64>().ok()).unwrap_or(1) * MINUTE;
                at.0.rem_euclid(every) < whole_ms(*lasting)
            }
        })
    }
}
