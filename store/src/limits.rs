//! How long a result holds.

use domain::{Facet, NewTracker};

/// The longest that a result of a tracker holds, in milliseconds. `None`: to the next, as with cron, where missed slots become gaps, and
/// with signals, whose absence is an entry of its own.
pub(crate) fn limit_ms(tracker: &NewTracker) -> Option<u32> {
    let interval = tracker.schedule.interval().filter(|_| tracker.target.kind().has(Facet::Asked));
    interval.map(|interval| u32::try_from(interval.as_millis()).unwrap_or(u32::MAX))
}
