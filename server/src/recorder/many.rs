//! Edits of many trackers at once: one transaction, and one way back.

use std::collections::BTreeMap;

use domain::{
    Alteration, BulkDraft, Deed, Failure, NewTracker, Relabel, Spot, TrackerId, access::Actor, rearranged,
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
        by: &Actor,
    ) -> Result<(u64, Vec<TrackerId>), Failure> {
        let roster = self.roster.borrow().clone();
        let alterations = match deed {
            Deed::Pause(rest) => ids.iter().map(|id| Alteration::Rests(*id, Some(rest.clone()))).collect(),
            Deed::Resume => ids.iter().map(|id| Alteration::Rests(*id, None)).collect(),
            Deed::Remove => ids.iter().map(|id| Alteration::Removed(*id)).collect(),
            Deed::Edit(fields) => edited(ids, &BulkDraft::of_fields(fields)?, &roster)?,
            Deed::Place(spot) => placed(ids, *spot, &roster),
        };
        let (steps, done) = self.alter_undoably(&alterations, &roster, by).await?;
        let is_known = |id: &TrackerId| self.view.read().about(*id).is_some();
        if done.is_empty() && !(alterations.is_empty() && ids.iter().any(is_known)) {
            return Err(Failure::NotFound);
        }
        let said = said(deed, &done, &roster);
        Ok((self.undos.push(Undo { said, at: self.clock.monotonic(), steps }), done))
    }

    /// Renames a tag or a group wherever a tracker has it, or takes it away, and gives the key that takes it back.
    pub(super) async fn relabel(
        &mut self,
        relabel: &Relabel,
        by: &Actor,
    ) -> Result<(u64, Vec<TrackerId>), Failure> {
        let roster = self.roster.borrow().clone();
        let altered = roster.values().filter_map(|tracker| {
            let settings = relabel.apply(&tracker.settings)?;
            Some(Alteration::settings(tracker, settings))
        });
        let altered: Vec<Alteration> = altered.collect();
        if altered.is_empty() {
            return Err(Failure::NotFound);
        }
        let (steps, done) = self.alter_undoably(&altered, &roster, by).await?;
        let said = counted(CHANGED, &done, &roster);
        Ok((self.undos.push(Undo { said, at: self.clock.monotonic(), steps }), done))
    }

    /// Makes changes in one transaction. Gives what takes them back, and the trackers that there were.
    async fn alter_undoably(
        &mut self,
        all: &[Alteration],
        roster: &Roster,
        by: &Actor,
    ) -> Result<(Vec<Back>, Vec<TrackerId>), Failure> {
        let steps = all.iter().filter_map(|alteration| self.way_back(alteration, roster)).collect();
        let done = self.alter_some(all, by).await?;
        Ok((steps, done))
    }

    /// Takes back what was done with many, in one transaction.
    pub(super) async fn undo(&mut self, key: u64, by: &Actor) -> Result<Vec<TrackerId>, Failure> {
        let steps = self.undos.steps(key, self.clock.monotonic()).ok_or(Failure::NotFound)?;
        let roster = self.roster.borrow().clone();
        let alterations: Vec<Alteration> =
            steps.into_iter().filter_map(|step| step.alteration(&roster)).collect();
        let done = self.alter_some(&alterations, by).await?;
        self.undos.done(key);
        Ok(done)
    }

    /// What takes an alteration back; nothing for one that changes nothing.
    fn way_back(&self, alteration: &Alteration, roster: &Roster) -> Option<Back> {
        match alteration {
            Alteration::Settings(tracker, _) => {
                let before = &roster.get(&tracker.id)?.settings;
                let boxed = |settings: &NewTracker| Box::new(settings.clone());
                Some(Back::Settings {
                    id: tracker.id,
                    before: boxed(before),
                    after: boxed(&tracker.settings),
                })
            }
            Alteration::Rests(id, rest) => {
                // Also of a tracker that cannot be checked, which is not in the roster.
                let before = self.view.read().about(*id)?.paused.clone();
                (before != *rest).then_some(Back::Rests(*id, before))
            }
            Alteration::Removed(id) => Some(Back::Restored(*id)),
            Alteration::Restored(_) => None,
        }
    }
}

/// All trackers after an edit; those that it does not change are left alone.
fn edited(ids: &[TrackerId], draft: &BulkDraft, roster: &Roster) -> Result<Vec<Alteration>, Failure> {
    let mut edited = Vec::new();
    for tracker in ids.iter().filter_map(|id| roster.get(id)) {
        let settings = draft.apply(&tracker.settings)?;
        if settings != tracker.settings {
            edited.push(Alteration::settings(tracker, settings));
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
        Some(Alteration::settings(tracker, settings))
    });
    moved.collect()
}

/// What is said of one tracker, by its name, and of several.
type Said = (fn(String) -> String, fn(usize) -> String);
const CHANGED: Said = (words::many_changed_one, words::many_changed);

/// `12 trackers are paused.`
fn said(deed: &Deed, done: &[TrackerId], roster: &Roster) -> String {
    let said: Said = match deed {
        Deed::Pause(_) => (words::many_paused_one, words::many_paused),
        Deed::Resume => (words::many_resumed_one, words::many_resumed),
        Deed::Remove => (words::many_deleted_one, words::many_deleted),
        Deed::Place(_) if !done.is_empty() => return words::MANY_ORDER.into(),
        Deed::Edit(_) | Deed::Place(_) => CHANGED,
    };
    counted(said, done, roster)
}

fn counted((one, several): Said, done: &[TrackerId], roster: &Roster) -> String {
    match done {
        [] => words::MANY_NOTHING_DONE.into(),
        [id] => {
            let name = roster.get(id).map_or_else(
                || words::MANY_UNNAMED.into(),
                |tracker| tracker.settings.shown_name().to_string(),
            );
            one(name)
        }
        many => several(many.len()),
    }
}
