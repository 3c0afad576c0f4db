//! Maintenance: trackers that are in it rest, as those do that a person let rest.

use domain::{
    Calendar, Failure, FieldError, Invalid, Misfit, NewTracker, Stretch, Tracker, TrackerId, check_parent,
};

use super::Recorder;

impl Recorder {
    /// Reads what was announced anew. When that fails, what was known counts.
    pub(super) async fn load_calendar(&mut self) {
        match self.records.alerts().maintenances().await {
            Ok(all) => self.calendar = Calendar::of(all),
            Err(failure) => self.health.storage_failed(&failure),
        }
    }

    /// Says of each tracker whether it is in maintenance; gives that maintenance, or the next one.
    pub(super) fn planned(
        &self,
        loaded: &mut [Result<Tracker, Misfit>],
    ) -> Vec<(TrackerId, Option<Stretch>)> {
        let now = self.clock.now();
        let of = self.calendar.at(now);
        let plan = |tracker: &mut Tracker| {
            let found = of(tracker.subject());
            tracker.maintenance =
                found.as_ref().filter(|(stretch, _)| stretch.holds(now)).map(|(_, named)| named.clone());
            (tracker.id, found.map(|(stretch, _)| stretch))
        };
        loaded.iter_mut().filter_map(|row| row.as_mut().ok()).map(plan).collect()
    }

    /// Records that maintenance was over while nothing ran.
    pub(super) fn stage_ends(&mut self) {
        let (roster, now) = (self.roster.borrow().clone(), self.clock.now());
        let calendar = &self.calendar;
        self.ledger.stage_ends(|id, at| calendar.ended(roster.get(&id)?.subject(), at, now));
    }

    /// Refuses a parent that there is not, or that depends on the tracker itself.
    pub(super) fn check_parent(&self, id: Option<TrackerId>, settings: &NewTracker) -> Result<(), Failure> {
        let Some(parent) = settings.parent else { return Ok(()) };
        let roster = self.roster.borrow();
        let parent_of = |id: TrackerId| roster.get(&id).map(|tracker| tracker.settings.parent);
        check_parent(id, parent, parent_of).map_err(|problem: FieldError| Invalid(vec![problem]).into())
    }
}
