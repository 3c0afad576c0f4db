//! When maintenance is.

use std::time::Duration;

use super::{InMaintenance, MaintenanceId, Stretch};
use crate::{Cron, Schedule, Scope, Slots, Subject, Timestamp, TrackerId};

/// An announced maintenance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maintenance {
    /// Its number; absent before it is kept.
    pub id: Option<MaintenanceId>,
    /// What people call it.
    pub name: String,
    /// Which trackers.
    pub scope: Scope,
    /// When.
    pub when: Occasion,
}

/// When a maintenance is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Once.
    Once(Stretch),
    /// Again and again: from each of these times on, for so long.
    Recurring(Box<Cron>, Duration),
}

/// All that is announced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar(Vec<Maintenance>);

impl Maintenance {
    /// The occurrence that holds `now`, or else the next one; then those after it.
    pub fn stretches(&self, now: Timestamp) -> impl Iterator<Item = Stretch> {
        let (once, recurring) = match &self.when {
            Occasion::Once(stretch) => (Some(*stretch).filter(|stretch| stretch.until > now), None),
            Occasion::Recurring(cron, lasting) => {
                // A tracker's number moves the slots of intervals only.
                let slots = Slots::new(&Schedule::Cron(cron.clone()), TrackerId(0));
                (None, Some((slots, *lasting)))
            }
        };
        let recurring = recurring.into_iter().flat_map(move |(slots, lasting)| {
            let ms = i64::try_from(lasting.as_millis()).unwrap_or(i64::MAX);
            let first = slots.next_after(Timestamp(now.0.saturating_sub(ms)));
            let starts = std::iter::successors(first, move |start| slots.next_after(*start));
            starts.map(move |from| Stretch { from, until: from.plus(lasting) })
        });
        once.into_iter().chain(recurring)
    }
}

impl Calendar {
    /// A calendar of these.
    pub fn of(all: Vec<Maintenance>) -> Self {
        Self(all)
    }

    /// Works out once what `now` is for whom: ask the answer for each tracker. It is the occurrence that holds `now`, or the next one.
    pub fn at(&self, now: Timestamp) -> impl Fn(Subject<'_>) -> Option<(Stretch, InMaintenance)> + '_ {
        let next = |maintenance| Maintenance::stretches(maintenance, now).next();
        let all: Vec<(&Maintenance, Stretch)> =
            self.0.iter().filter_map(|maintenance| Some((maintenance, next(maintenance)?))).collect();
        move |subject| {
            let mine = all.iter().filter(|(maintenance, _)| maintenance.scope.holds(subject));
            // Of those that hold `now`, the one that lasts longest; else the one that begins first.
            let order = |stretch: &Stretch| {
                if stretch.holds(now) { (0, i64::MAX - stretch.until.0) } else { (1, stretch.from.0) }
            };
            mine.min_by_key(|(_, stretch)| order(stretch)).map(|(maintenance, stretch)| {
                (*stretch, InMaintenance { name: maintenance.name.clone(), until: stretch.until })
            })
        }
    }

    /// When the maintenance was over that a tracker was in `at` a moment, if it was by `now`.
    pub fn ended(&self, subject: Subject<'_>, at: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let (stretch, _) = self.at(at)(subject)?;
        (stretch.holds(at) && stretch.until <= now).then_some(stretch.until)
    }

    /// The next moment after `now` at which something begins or ends.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let next = |maintenance: &Maintenance| {
            let stretch = maintenance.stretches(now).next()?;
            Some(if stretch.from > now { stretch.from } else { stretch.until })
        };
        self.0.iter().filter_map(next).min()
    }
}

#[cfg(test)]
#[path = "calendar_tests.rs"]
mod tests;
