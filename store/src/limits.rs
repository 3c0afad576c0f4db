//! How long a result holds.

use domain::Schedule;

/// The longest that a result of this schedule holds, in milliseconds; `None` (cron): to the next, as missed slots become gaps.
pub(crate) fn limit_ms(schedule: &Schedule) -> Option<u32> {
    schedule.interval().map(|interval| u32::try_from(interval.as_millis()).unwrap_or(u32::MAX))
}
