//! What others did to trackers: the command line, or somebody with `sqlite3`.

use domain::{Act, TrackerId, access::Actor};

use super::{Recorder, Roster};

impl Recorder {
    /// Has the log of changes say what differs from before. Trackers that cannot be checked are in neither.
    pub(super) async fn note_outside(&mut self, before: &Roster) {
        let now = self.roster.borrow().clone();
        let acts = differences(before, &now);
        if acts.is_empty() {
            return;
        }
        let by = Actor::program(words::ACTOR_OUTSIDE);
        if let Err(failure) = self.records.note(&acts, &by, self.clock.now()).await {
            self.health.storage_failed(&failure);
        }
    }
}

fn differences(before: &Roster, now: &Roster) -> Vec<(TrackerId, Act)> {
    let gone = before.keys().filter(|id| !now.contains_key(id)).map(|id| (*id, Act::Removed));
    let others = now.iter().filter_map(|(id, tracker)| {
        let Some(former) = before.get(id) else { return Some((*id, Act::Added)) };
        let changes = tracker.settings.changes(&former.settings);
        (!changes.is_empty()).then_some((*id, Act::Edited(changes)))
    });
    gone.chain(others).collect()
}
