//! Trackers that depend on others: whether a parent explains a failure.
//!
//! What a failure means is decided by [`domain::Blame`]; here a parent that may explain it, and has not answered since, is asked at once.

use std::{sync::Arc, time::Duration};

use domain::{Blame, Clock, Outcome, Parent, Status, Timestamp, Tracker, TrackerId, parents_of};
use tokio::{sync::watch, time::timeout};

use crate::{live::SharedView, recorder::Roster, scheduler::ByHand};

/// What drivers ask when a target fails that cannot work without another one.
pub struct Dependencies {
    roster: watch::Receiver<Roster>,
    view: SharedView,
    clock: Arc<dyn Clock>,
    by_hand: ByHand,
}

impl Dependencies {
    /// Over what is known of the trackers.
    pub fn new(
        roster: watch::Receiver<Roster>,
        view: SharedView,
        clock: Arc<dyn Clock>,
        by_hand: ByHand,
    ) -> Self {
        Self { roster, view, clock, by_hand }
    }

    /// What a failure of a tracker means that was due at `due`. Waits for a parent's answer, `patience` at most.
    pub(crate) async fn blame(&self, tracker: &Tracker, due: Timestamp, patience: Duration) -> Blame {
        let blame = self.look(tracker, due);
        let Blame::Unclear(parent) = blame else { return blame };
        // Whether it answered in time shows in the view.
        let _ = timeout(patience, self.by_hand.check(vec![parent])).await;
        self.look(tracker, due)
    }

    fn look(&self, tracker: &Tracker, due: Timestamp) -> Blame {
        let roster = self.roster.borrow().clone();
        let view = self.view.read();
        let since = match view.status(tracker.id) {
            Some(Status::Retrying { since, .. }) => *since,
            _ => due,
        };
        let parent_of = |id: TrackerId| roster.get(&id)?.settings.parent;
        let parents = parents_of(tracker.settings.parent, parent_of).filter_map(|id| {
            let tracker = roster.get(&id)?;
            let mut cells = view.cells(id)?.rev();
            Some(Parent {
                id,
                status: view.status(id)?.clone(),
                in_maintenance: tracker.maintenance.is_some(),
                is_paused: tracker.settings.paused.is_some(),
                up_at: cells.find(|cell| cell.outcome.is_up() == Some(true)).map(|cell| cell.due),
            })
        });
        Blame::of(parents, since, self.clock.now())
    }
}

/// Whether a finding is a failure that a parent may explain.
pub(crate) fn may_be_blocked(tracker: &Tracker, outcome: &Outcome) -> bool {
    let settings = &tracker.settings;
    settings.parent.is_some() && !settings.policy.upside_down && outcome.is_up() == Some(false)
}
