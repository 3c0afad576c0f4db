//! `--track URL`: trackers that are there because the command line says so.

use domain::{Failure, Interval, NewTracker, Schedule, Target};

use crate::{
    live::SharedView,
    recorder::{Edit, RecorderHandle},
};

/// Adds a tracker of every second for each target that nothing tracks yet; so doing it at every start changes nothing.
pub(crate) async fn add_missing(
    recorder: &RecorderHandle,
    view: &SharedView,
    targets: &[Target],
) -> Result<(), Failure> {
    let tracked: Vec<String> = {
        let view = view.read();
        view.ids().filter_map(|id| view.tracker(id)).map(|tracker| tracker.about.target).collect()
    };
    let mut missing: Vec<NewTracker> = Vec::new();
    for target in targets {
        let is_known = tracked.iter().any(|known| known == target.as_str())
            || missing.iter().any(|tracker| tracker.target == *target);
        if !is_known {
            let schedule = Schedule::Every(Interval::SECOND);
            missing.push(NewTracker { schedule, ..NewTracker::of(target.clone()) });
        }
    }
    if missing.is_empty() { Ok(()) } else { recorder.edit(Edit::Add(missing)).await.map(drop) }
}
