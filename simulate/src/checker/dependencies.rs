//! Trackers that depend on others: who is down because a parent is, is not told.

use domain::{Batch, TrackerId, Transition};

use crate::world::{Answer, State};

/// How long the program may take to act on what it knows of a parent.
const KNOWN: i64 = 2_000;

impl State {
    /// I6: nobody goes down by failures all of which came after a parent was known to be down.
    pub(super) fn blames_children(&self, batch: &Batch) -> Option<String> {
        let (now, wall) = (self.age_ms(), self.time.wall());
        batch.transitions.iter().find_map(|(id, transition)| {
            let Transition::WentDown { since, .. } = transition else { return None };
            let began_at = now - (wall.0 - since.0);
            // Before that, clocks were set, or trackers changed.
            if began_at - self.checker.settled_since < KNOWN {
                return None;
            }
            let parent = self.parent(*id)?;
            let watched = self.checker.trackers.get(&parent)?;
            let is_checked = watched.settings.as_ref().is_some_and(|settings| settings.paused.is_none());
            let known = watched.down_known.filter(|known| is_checked && known.0 + KNOWN <= since.0)?;
            Some(format!(
                "tracker {id} went down since {since}, its parent {parent} was known to be down at {known}"
            ))
        })
    }

    /// Remembers who is known to be down.
    pub(super) fn know_parents(&mut self, batch: &Batch) {
        let wall = self.time.wall();
        for (id, transition) in &batch.transitions {
            if let Some(watched) = self.checker.trackers.get_mut(id) {
                watched.down_known = matches!(transition, Transition::WentDown { .. }).then_some(wall);
            }
        }
    }

    /// I7: no outage has to be noticed while a parent is out, is believed to be down, or is in maintenance.
    pub(super) fn look_at_dependencies(&mut self) {
        let (now, wall) = (self.age_ms(), self.time.wall());
        let ids: Vec<TrackerId> = self.checker.trackers.keys().copied().collect();
        for id in ids {
            let mut parents = std::iter::successors(self.parent(id), |id| self.parent(*id));
            let explains = |parent: TrackerId| {
                let checker = &self.checker;
                checker.is_in_maintenance(parent, wall)
                    || checker.trackers.get(&parent).is_some_and(|watched| {
                        let answer = self.truth.targets.get(watched.target).copied();
                        !matches!(answer, Some(Answer::Well | Answer::Slowly(_)) | None)
                            || watched.model.status.is_down()
                    })
            };
            if parents.any(explains)
                && let Some(watched) = self.checker.trackers.get_mut(&id)
            {
                watched.clear_since = now;
            }
        }
    }

    fn parent(&self, id: TrackerId) -> Option<TrackerId> {
        self.checker.trackers.get(&id)?.settings.as_ref()?.parent
    }
}
