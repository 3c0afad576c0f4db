//! `--track URL`: trackers that are there because the command line says so.

use std::collections::HashSet;

use domain::{Facet, Failure, Interval, NewTracker, Schedule, Target, access::Actor};

use crate::{
    live::SharedView,
    recorder::{Edit, RecorderHandle},
};

/// A tracker of every second, as `--track` makes it.
pub(crate) fn every_second(target: Target) -> NewTracker {
    let usual = NewTracker::of(target);
    // What calls has its own pace.
    let is_asked = usual.target.kind().has(Facet::Asked);
    let schedule = if is_asked { Schedule::Every(Interval::SECOND) } else { usual.schedule.clone() };
    NewTracker { schedule, ..usual }
}

/// Adds those whose target nothing tracks yet; so doing it at every start changes nothing.
pub(crate) async fn add_missing(
    recorder: &RecorderHandle,
    view: &SharedView,
    wanted: Vec<NewTracker>,
) -> Result<(), Failure> {
    let mut tracked: HashSet<String> = {
        let view = view.read();
        view.ids().filter_map(|id| view.tracker(id)).map(|tracker| tracker.about.target).collect()
    };
    let missing: Vec<NewTracker> =
        wanted.into_iter().filter(|tracker| tracked.insert(tracker.target.to_string())).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by = Actor::program(words::ACTOR_COMMAND_LINE);
    recorder.edit(Edit::Add(missing), by).await.map(drop)
}
