//! Trackers that rest for a time wake when it is over; maintenance begins and ends.

use std::{collections::BTreeMap, sync::Arc};

use domain::{Alteration, Timestamp, Tracker, TrackerId, access::Actor};

use super::Recorder;

/// When the next of them wakes.
pub(super) fn next(roster: &BTreeMap<TrackerId, Arc<Tracker>>) -> Option<Timestamp> {
    roster.values().filter_map(|tracker| ends(tracker)).min()
}

fn ends(tracker: &Tracker) -> Option<Timestamp> {
    tracker.settings.paused.as_ref()?.until
}

impl Recorder {
    /// Wakes whose time is over. What the database refuses is tried again with the next look.
    pub(super) async fn wake(&mut self) {
        let now = self.clock.now();
        // What was worked out by a clock that has been set back since holds no more.
        let is_due = now < self.planned_at || self.wake_at.is_some_and(|at| at <= now);
        if self.refused.is_some() || !is_due {
            return;
        }
        let roster = self.roster.borrow().clone();
        let over = roster.values().filter(|tracker| ends(tracker).is_some_and(|at| at <= now));
        let over: Vec<Alteration> = over.map(|tracker| Alteration::Rests(tracker.id, None)).collect();
        if over.is_empty() {
            // Maintenance begins, or ends.
            return self.reload_logged().await;
        }
        let by = Actor::program(words::ACTOR_PAUSE_END);
        if let Err(failure) = self.alter(&over, &by).await {
            self.health.storage_failed(&failure);
        }
    }
}
