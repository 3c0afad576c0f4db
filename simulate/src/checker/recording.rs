//! What is recorded: that it was found, once, and means what it should.

use std::collections::BTreeMap;

use domain::{
    Alteration, Batch, Misfit, Outcome, Reason, Recent, Recorded, Slots, Status, Subject, Timestamp, Tracker,
    TrackerId, Transition, may_be_ours, routes,
};

use super::{Checker, Found, Watched};
use crate::world::State;

/// Answers of a target that are remembered; more are never on their way.
const FOUND: usize = 4_000;
/// How long our network has to be away before nobody may go down: a look at the canaries counts for two seconds, and takes as long.
const AWAY: i64 = 5_000;

impl State {
    /// A target answered.
    pub(crate) fn found(&mut self, tracker: i64, outcome: &Outcome) {
        // Who had contact with the target is not blind, whatever else it sees.
        let had_contact = match outcome {
            Outcome::Down(fault) => !may_be_ours(fault.kind),
            _ => true,
        };
        let is_blind = !had_contact && self.is_blind();
        let (at_ms, away_since) = (self.age_ms(), self.truth.away_since);
        let is_up = outcome.is_up();
        self.note("found", &[tracker, is_up.map_or(2, i64::from)]);
        if let Some(watched) = self.checker.trackers.get_mut(&TrackerId(tracker)) {
            if watched.found.len() == FOUND {
                watched.found.pop_front();
            }
            watched.found.push_back(Found { is_up, at_ms, away_since, is_blind });
        }
    }

    /// Whether the program says that it sees nothing.
    pub(crate) fn is_blind(&self) -> bool {
        self.health.as_ref().is_some_and(|health| health.blindness().is_some())
    }

    /// The program has read its trackers.
    pub(crate) fn loaded(&mut self, loaded: &[Result<Tracker, Misfit>]) {
        let now = self.age_ms();
        let mut has_changed = false;
        let mut there: BTreeMap<TrackerId, &Tracker> =
            loaded.iter().flatten().map(|tracker| (tracker.id, tracker)).collect();
        for (id, watched) in &mut self.checker.trackers {
            let settings = there.remove(id).map(|tracker| &tracker.settings);
            if watched.settings.as_ref() == settings {
                continue;
            }
            let schedule = |settings: Option<&domain::NewTracker>| settings.map(|of| of.schedule.clone());
            if schedule(watched.settings.as_ref()) != schedule(settings) {
                watched.last = None;
            }
            watched.clear_since = now;
            watched.settings = settings.cloned();
            has_changed = true;
        }
        if has_changed {
            self.unsettle();
        }
    }

    /// Trackers are altered: whoever is removed or restored is not watched for a moment.
    pub(crate) fn altered(&mut self, all: &[Alteration]) {
        for alteration in all {
            self.note("altered", &[alteration.id().0]);
        }
    }

    /// The program has read what it knew of trackers before.
    pub(crate) fn resumed(&mut self, recent: &Recent) {
        for (id, _) in &recent.statuses {
            if let Some(watched) = self.checker.trackers.get_mut(id) {
                watched.model.resume();
            }
        }
    }

    /// A batch is on disk.
    pub(crate) fn recorded(&mut self, batch: &Batch) {
        let now = self.age_ms();
        let wall = self.time.wall();
        let away = self.truth.away_since;
        // Who rested and was not asked since counts as up where no canary decides.
        let is_blind = self.is_blind() && !self.is_anybody_unasked();
        let (checks, transitions) = (batch.checks.len(), batch.transitions.len());
        self.note("recorded", &[checks, transitions, batch.alerts.len()].map(|n| n.try_into().unwrap_or(0)));
        let mut by_tracker: BTreeMap<TrackerId, Vec<&Recorded>> = BTreeMap::new();
        for recorded in &batch.checks {
            by_tracker.entry(recorded.check.name.tracker).or_default().push(recorded);
        }
        if let Some(what) = self.blames_children(batch) {
            self.checker.fail("I6", now, what);
        }
        let mut told = Vec::new();
        for (id, entries) in by_tracker {
            for recorded in &entries {
                let name = recorded.check.name;
                let outcome = recorded.check.outcome.is_up().map_or(2, i64::from);
                self.note(
                    "entry",
                    &[id.0, name.due.0, name.attempt.into(), outcome, recorded.retrying.into()],
                );
            }
            if let Some(what) = self.breaks_maintenance(id, &entries) {
                self.checker.fail("I6", now, what);
            }
            // Canaries that never answered in this run say nothing.
            let canaries_tell = self.canaries_tell();
            let epoch = self.checker.epoch;
            let Some(watched) = self.checker.trackers.get_mut(&id) else { continue };
            let before = watched.model.clone();
            let outcome = watched.take_all(&entries, epoch, wall);
            let outcome = outcome.and_then(|(made, decisive)| {
                may_go_down(&decisive, (away, is_blind), canaries_tell)?;
                watched.follows(id, &before.status, batch, &made)?;
                Ok(made)
            });
            match outcome {
                Ok(made) => told.push((id, before.is_flapping(), made)),
                Err((invariant, what)) => self.checker.fail(invariant, now, format!("tracker {id}: {what}")),
            }
        }
        let checks = batch.checks.iter().filter(|recorded| !recorded.is_gap()).count();
        self.checker.checks += u64::try_from(checks).unwrap_or(0);
        self.checker.transitions += u64::try_from(transitions).unwrap_or(0);
        self.know_parents(batch);
        if let Err(what) = self.checker.are_told(&told, batch) {
            self.checker.fail("I4", now, what);
        }
    }
}

type Wrong = (&'static str, String);

impl Watched {
    /// Takes recorded entries. Gives the transitions that they make, and for each that made it down what may have been found.
    fn take_all(
        &mut self,
        entries: &[&Recorded],
        epoch: u32,
        wall: Timestamp,
    ) -> Result<(Vec<Transition>, Vec<Vec<Found>>), Wrong> {
        let (mut made, mut decisive) = (Vec::new(), Vec::new());
        let settings = self.settings.clone();
        let policy = settings.as_ref().map(|settings| settings.policy).unwrap_or_default();
        for recorded in entries {
            let name = recorded.check.name;
            if name.attempt == 0 {
                let unknown = match recorded.check.outcome {
                    Outcome::Unknown(reason) => Some(reason),
                    _ => None,
                };
                // What was on its way when it began to rest comes after the gap, and belongs before it.
                self.latest = self.latest.filter(|(due, _)| *due > name.due).or(Some((name.due, unknown)));
                let before = self.reached.replace(name.due);
                if epoch > 0 && before.is_some_and(|before| name.due < before) {
                    // The clock was set back: times come again.
                    self.names.clear();
                }
            }
            // A gap is no result.
            if !recorded.is_gap() && !self.names.insert((name.due, name.attempt)) {
                return Err(("I2", format!("the check of {} #{} is there twice", name.due, name.attempt)));
            }
            if name.due.0 > wall.0 + 1_000 && epoch == 0 {
                return Err(("I2", format!("the check of {} comes before its time, {wall}", name.due)));
            }
            if let Some(settings) = &settings {
                self.has_no_hole(&Slots::new(&settings.schedule, name.tracker), recorded, epoch)?;
            }
            let found = self.was_found(&recorded.check.outcome)?;
            let failures = self.model.failures();
            let was_down = self.model.status.is_down();
            let is_failure = matches!(recorded.check.outcome, Outcome::Down(_));
            if is_failure && !recorded.retrying && !was_down && failures < policy.retries {
                let of = policy.retries;
                return Err(("I6", format!("down after {failures} of {of} failures that are tolerated")));
            }
            let transition = self.model.take(recorded, policy.successes);
            if matches!(transition, Some(Transition::WentDown { .. })) {
                // Which of the failures it was that are on their way nobody can tell.
                let failures = self.found.iter().filter(|found| found.is_up == Some(false));
                decisive.push(found.into_iter().chain(failures.copied()).collect());
                if settings.as_ref().is_some_and(|settings| settings.paused.is_some()) {
                    return Err(("I6", "went down while it rests".into()));
                }
            }
            made.extend(transition);
        }
        Ok((made, decisive))
    }

    /// I9: between two scheduled entries no slot is missing without a gap that says so.
    fn has_no_hole(&mut self, slots: &Slots, recorded: &Recorded, epoch: u32) -> Result<(), Wrong> {
        let name = recorded.check.name;
        if name.attempt > 0 {
            return Ok(());
        }
        let last = self.last.replace((name.due, recorded.is_gap()));
        let Some((due, false)) = last else { return Ok(()) };
        match slots.missed_between(due, name.due) {
            Some(missed) if missed < name.due && epoch == 0 => {
                Err(("I9", format!("the slot of {missed} is missing before that of {}", name.due)))
            }
            _ => Ok(()),
        }
    }

    /// I1: whoever is recorded as up or down was found so, once.
    fn was_found(&mut self, outcome: &Outcome) -> Result<Option<Found>, Wrong> {
        let wanted = match outcome {
            // Who is blind, or knows that a parent is down, found something to be down, and does not say so.
            Outcome::Unknown(Reason::Blind | Reason::Blocked) => Some(false),
            Outcome::Unknown(_) => return Ok(None),
            learnt => learnt.is_up(),
        };
        while let Some(found) = self.found.pop_front() {
            if found.is_up == wanted {
                return Ok(Some(found));
            }
        }
        Err(("I1", format!("{outcome:?} is recorded, but was never found")))
    }

    /// I3: the batch says what its entries mean.
    fn follows(
        &self,
        id: TrackerId,
        before: &Status,
        batch: &Batch,
        made: &[Transition],
    ) -> Result<(), Wrong> {
        let told: Vec<&Transition> =
            batch.transitions.iter().filter(|(of, _)| *of == id).map(|(_, transition)| transition).collect();
        if told != made.iter().collect::<Vec<_>>() {
            return Err(("I3", format!("transitions {told:?} instead of {made:?}")));
        }
        let status = batch.statuses.iter().find(|(of, _)| *of == id).map(|(_, status)| status);
        let now = &self.model.status;
        if status.unwrap_or(before) != now {
            return Err(("I3", format!("the status {status:?} instead of {now:?}")));
        }
        Ok(())
    }
}

impl Checker {
    /// I4: whoever is to be told is told once, of each transition; of one that flaps, that it does.
    fn are_told(&self, changed: &[(TrackerId, bool, Vec<Transition>)], batch: &Batch) -> Result<(), String> {
        let mut wanted: Vec<(i64, i64, &str)> = Vec::new();
        for (id, did_flap, made) in changed {
            let Some(watched) = self.trackers.get(id) else { continue };
            let Some(settings) = &watched.settings else { continue };
            let subject = Subject { id: *id, group: settings.group.as_str(), tags: settings.tags.as_slice() };
            let does_flap = watched.model.is_flapping();
            let mut kinds: Vec<&str> = match (did_flap, does_flap) {
                (true, true) => Vec::new(),
                // Also when it was a check that changed nothing else: the last good one of several, for example.
                (false, true) => vec!["flapping"],
                (false, false) => made.iter().map(word).collect(),
                // Whoever heard that it flaps hears how that ended.
                (true, false) if watched.model.status.is_down() => vec!["down"],
                (true, false) => vec!["recovered"],
            };
            kinds.sort_unstable();
            for channel in routes(&self.rules, subject).keys().filter(|id| self.channels.contains(id)) {
                wanted.extend(kinds.iter().map(|kind| (id.0, channel.0, *kind)));
            }
        }
        let mut told: Vec<(i64, i64, &str)> = Vec::new();
        for outgoing in &batch.alerts {
            let tracker = outgoing.tracker.map_or(0, |id| id.0);
            told.push((tracker, outgoing.channel.0, outgoing.alert.kind.word()));
            let began = outgoing.alert.since.filter(|_| outgoing.alert.kind.word() == "down");
            let delay = self.rules.iter().filter(|rule| rule.enabled).map(|rule| rule.delay).min();
            if let (Some(since), Some(delay)) = (began, delay)
                && outgoing.not_before < since.plus(delay)
            {
                return Err(format!("tracker {tracker}: told before its delay is over"));
            }
        }
        wanted.sort_unstable();
        told.sort_unstable();
        if wanted == told { Ok(()) } else { Err(format!("messages {told:?} instead of {wanted:?}")) }
    }
}

fn word(transition: &Transition) -> &'static str {
    match transition {
        Transition::WentDown { .. } => "down",
        Transition::Recovered { .. } => "recovered",
    }
}

/// I6: nobody goes down while this location sees nothing.
fn may_go_down(
    decisive: &[Vec<Found>],
    (away, is_blind): (Option<i64>, bool),
    canaries_tell: bool,
) -> Result<(), Wrong> {
    let is_ours = |found: &Found| {
        let was_away = found.away_since.is_some_and(|since| found.at_ms - since > AWAY);
        found.is_blind && is_blind || canaries_tell && was_away && away == found.away_since
    };
    match decisive.iter().find(|failures| failures.iter().all(is_ours)) {
        Some(failures) => Err(("I6", format!("went down while this location sees nothing: {failures:?}"))),
        None => Ok(()),
    }
}
