//! Edits of many trackers at once: one transaction, and one way back.

use std::collections::BTreeMap;

use domain::{
    Alteration, BulkDraft, Deed, Failure, NewTracker, Relabel, Spot, Tracker, TrackerId, rearranged,
};

use super::{
    Recorder, Roster,
    undo::{Back, Undo},
};

impl Recorder {
    /// Does something with all of these trackers, and gives the key that takes it back.
    pub(super) async fn many(
        &mut self,
        ids: &[TrackerId],
        deed: &Deed,
    ) -> Result<(u64, Vec<TrackerId>), Failure> {
        let roster = self.roster.borrow().clone();
        let alterations = match deed {
            Deed::Pause => ids.iter().map(|id| Alteration::Paused(*id, true)).collect(),
            Deed::Resume => ids.iter().map(|id| Alteration::Paused(*id, false)).collect(),
            Deed::Remove => ids.iter().map(|id| Alteration::Removed(*id)).collect(),
            Deed::Edit(fields) => edited(ids, &BulkDraft::of_fields(fields)?, &roster)?,
            Deed::Place(spot) => placed(ids, *spot, &roster),
        };
        let (steps, done) = self.alter(&alterations, &roster).await?;
        let is_known = |id: &TrackerId| self.view.read().about(*id).is_some();
        if done.is_empty() && !(alterations.is_empty() && ids.iter().any(is_known)) {
            return Err(Failure::NotFound);
        }
        let said = said(deed, &done, &roster);
        Ok((self.undos.push(Undo { said, at: self.clock.monotonic(), steps }), done))
    }

    /// Renames a tag or a group wherever a tracker has it, or takes it away, and gives the key that takes it back.
    pub(super) async fn relabel(&mut self, relabel: &Relabel) -> Result<(u64, Vec<TrackerId>), Failure> {
        let roster = self.roster.borrow().clone();
        let altered = roster.values().filter_map(|tracker| {
            let settings = relabel.apply(&tracker.settings)?;
            Some(Alteration::Settings(Box::new(Tracker { settings, ..Tracker::clone(tracker) })))
        });
        let altered: Vec<Alteration> = altered.collect();
        if altered.is_empty() {
            return Err(Failure::NotFound);
        }
        let (steps, done) = self.alter(&altered, &roster).await?;
        let said = counted("changed", &done, &roster);
        Ok((self.undos.push(Undo { said, at: self.clock.monotonic(), steps }), done))
    }

    /// Makes changes in one transaction. Gives what takes them back, and the trackers that there were.
    async fn alter(
        &mut self,
        all: &[Alteration],
        roster: &Roster,
    ) -> Result<(Vec<Back>, Vec<TrackerId>), Failure> {
        let steps = all.iter().filter_map(|alteration| self.way_back(alteration, roster)).collect();
        let done = self.records.alter(all, self.clock.now()).await;
        // Also after a failure, as for every edit.
        self.reload_logged().await;
        Ok((steps, done?))
    }

    /// Takes back what was done with many, in one transaction.
    pub(super) async fn undo(&mut self, key: u64) -> Result<Vec<TrackerId>, Failure> {
        let steps = self.undos.steps(key, self.clock.monotonic()).ok_or(Failure::NotFound)?;
        let roster = self.roster.borrow().clone();
        let alterations: Vec<Alteration> =
            steps.into_iter().filter_map(|step| step.alteration(&roster)).collect();
        let done = self.records.alter(&alterations, self.clock.now()).await;
        self.reload_logged().await;
        let done = done?;
        self.undos.done(key);
        let restored = alterations.iter().filter(|alteration| matches!(alteration, Alteration::Restored(_)));
        self.show_all_again(&restored.map(Alteration::id).collect::<Vec<_>>()).await;
        Ok(done)
    }

    /// What takes an alteration back; nothing for one that changes nothing.
    fn way_back(&self, alteration: &Alteration, roster: &Roster) -> Option<Back> {
        match alteration {
            Alteration::Settings(tracker) => {
                let before = &roster.get(&tracker.id)?.settings;
                let boxed = |settings: &NewTracker| Box::new(settings.clone());
                Some(Back::Settings {
                    id: tracker.id,
                    before: boxed(before),
                    after: boxed(&tracker.settings),
                })
            }
            Alteration::Paused(id, paused) => {
                // Also of a tracker that cannot be checked, which is not in the roster.
                let before = self.view.read().about(*id)?.paused;
                (before != *paused).then_some(Back::Paused(*id, before))
            }
            Alteration::Removed(id) => Some(Back::Restored(*id)),
            Alteration::Restored(_) => None,
        }
    }

    /// Gives restored trackers back what is known of them.
    async fn show_all_again(&mut self, ids: &[TrackerId]) {
        if let [id] = ids {
            return self.show_again(*id).await;
        }
        if ids.is_empty() {
            return;
        }
        match self.records.recent(None).await {
            Ok(mut recent) => {
                recent.checks.retain(|recorded| ids.contains(&recorded.check.name.tracker));
                recent.statuses.retain(|(id, _)| ids.contains(id));
                self.ledger.restore(recent, None, &mut self.view.write());
            }
            Err(failure) => self.health.storage_failed(&failure),
        }
    }
}

/// All trackers after an edit; those that it does not change are left alone.
fn edited(ids: &[TrackerId], draft: &BulkDraft, roster: &Roster) -> Result<Vec<Alteration>, Failure> {
    let mut edited = Vec::new();
    for tracker in ids.iter().filter_map(|id| roster.get(id)) {
        let settings = draft.apply(&tracker.settings)?;
        if settings != tracker.settings {
            edited.push(Alteration::Settings(Box::new(Tracker { settings, ..Tracker::clone(tracker) })));
        }
    }
    Ok(edited)
}

/// The places of trackers when each of these has moved, among those of its group.
fn placed(ids: &[TrackerId], spot: Spot, roster: &Roster) -> Vec<Alteration> {
    let mut places: BTreeMap<TrackerId, i64> = BTreeMap::new();
    let Some(group) = ids.first().and_then(|id| roster.get(id)).map(|tracker| &tracker.settings.group) else {
        return Vec::new();
    };
    let mut order: Vec<(TrackerId, i64)> = roster
        .values()
        .filter(|tracker| tracker.settings.group == *group)
        .map(|tracker| (tracker.id, tracker.settings.place.unwrap_or(tracker.id.0)))
        .collect();
    order.sort_unstable_by_key(|(id, place)| (*place, *id));
    let find = |wanted: TrackerId| order.iter().position(|(id, _)| *id == wanted);
    let from = ids.first().and_then(|id| find(*id));
    let to = from.and_then(|from| match spot {
        Spot::Up => from.checked_sub(1),
        Spot::Down => Some(from + 1),
        Spot::At(other) => find(other),
    });
    if let (Some(from), Some(to)) = (from, to) {
        places.extend(rearranged(&order, from, to));
    }
    let moved = places.into_iter().filter_map(|(id, place)| {
        let tracker = roster.get(&id)?;
        let settings = NewTracker { place: Some(place), ..tracker.settings.clone() };
        Some(Alteration::Settings(Box::new(Tracker { settings, ..Tracker::clone(tracker) })))
    });
    moved.collect()
}

/// `12 trackers are paused.`
fn said(deed: &Deed, done: &[TrackerId], roster: &Roster) -> String {
    let what = match deed {
        Deed::Pause => "paused",
        Deed::Resume => "resumed",
        Deed::Remove => "deleted",
        Deed::Edit(_) => "changed",
        Deed::Place(_) if !done.is_empty() => return "The order is changed.".into(),
        Deed::Place(_) => "",
    };
    counted(what, done, roster)
}

fn counted(what: &str, done: &[TrackerId], roster: &Roster) -> String {
    match done {
        [] => "There was nothing to change.".into(),
        [id] => {
            let name = roster
                .get(id)
                .map_or_else(|| "1 tracker".into(), |tracker| tracker.settings.shown_name().to_string());
            format!("{name} is {what}.")
        }
        many => format!("{} trackers are {what}.", many.len()),
    }
}
