//! The due times of one tracker.

use std::time::Duration;

use ::cron::Schedule as Fields;
use jiff::{Timestamp as Instant, tz::TimeZone};

use super::{Cron, Schedule};
use crate::{Timestamp, TrackerId};

/// The due times of one tracker: strictly increasing, and the same after every restart.
///
/// Interval slots are `phase + n · interval` since the Unix epoch; the phase is a hash of the tracker's id, so the load of
/// many trackers is level. Cron slots are civil times turned into instants: a time that a change of summer time leaves out
/// moves to the first instant after the change; a repeated hour fires twice only if the hour field is `*`.
#[derive(Clone, Debug)]
pub struct Slots(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Even { phase_ms: i64, interval_ms: i64 },
    Cron(Box<Cron>),
}

impl Slots {
    /// The slots of a tracker.
    pub fn new(schedule: &Schedule, tracker: TrackerId) -> Self {
        Self(match schedule {
            Schedule::Every(interval) => {
                let interval_ms = i64::from(interval.as_secs()) * 1_000;
                Kind::Even { phase_ms: phase_ms(tracker, interval_ms), interval_ms }
            }
            Schedule::Cron(cron) => Kind::Cron(cron.clone()),
        })
    }

    /// The first slot strictly after `time`; `None` when a cron schedule has ended.
    pub fn next_after(&self, time: Timestamp) -> Option<Timestamp> {
        match &self.0 {
            Kind::Even { phase_ms, interval_ms } => {
                let slot = (time.as_ms().checked_sub(*phase_ms)?).div_euclid(*interval_ms) + 1;
                slot.checked_mul(*interval_ms)?.checked_add(*phase_ms).map(Timestamp)
            }
            Kind::Cron(cron) => cron.next_after(time),
        }
    }

    /// The slots after `time`, in order.
    pub fn after(&self, time: Timestamp) -> impl Iterator<Item = Timestamp> + '_ {
        std::iter::successors(self.next_after(time), |slot| self.next_after(*slot))
    }

    /// The first slot that lies between two due times, if any: then something was missed there.
    pub fn missed_between(&self, earlier: Timestamp, later: Timestamp) -> Option<Timestamp> {
        self.next_after(earlier).filter(|slot| *slot < later)
    }

    /// The time from a slot to the one after it; a day when there is none.
    pub fn length_of(&self, slot: Timestamp) -> Duration {
        self.next_after(slot).map_or(Duration::from_hours(24), |next| next.since(slot))
    }
}

/// Where in its interval a tracker is due: the finalizer of `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014) over its id,
/// which spreads consecutive ids evenly and never changes.
fn phase_ms(tracker: TrackerId, interval_ms: i64) -> i64 {
    let mut x = tracker.0.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^= x >> 31;
    i64::try_from(x % interval_ms.cast_unsigned()).unwrap_or(0)
}

/// A stretch of time in which the zone's offset is the same.
struct Stretch {
    offset_secs: i64,
    /// The first second after it, if the offset ever changes again; Unix seconds.
    end: Option<i64>,
    /// Its first second and the offset before it, unless it has no beginning.
    start: Option<(i64, i64)>,
}

impl Cron {
    /// How many changes of offset are looked through for the next slot: more than any expression that happens at all needs.
    const STRETCHES: usize = 400;

    fn next_after(&self, time: Timestamp) -> Option<Timestamp> {
        let mut first = time.as_ms().div_euclid(1_000) + 1;
        for _ in 0..Self::STRETCHES {
            let stretch = stretch_at(&self.zone, first)?;
            let is_change = stretch.start.is_some_and(|(start, before)| {
                start == first && self.falls_into_gap(start, before, stretch.offset_secs)
            });
            if is_change {
                return first.checked_mul(1_000).map(Timestamp);
            }
            if let Some(slot) = self.in_stretch(&stretch, first) {
                return slot.checked_mul(1_000).map(Timestamp);
            }
            first = stretch.end?;
        }
        None
    }

    /// The first slot of the stretch at or after `first`, in Unix seconds.
    fn in_stretch(&self, stretch: &Stretch, first: i64) -> Option<i64> {
        let mut civil = first + stretch.offset_secs;
        // A repeated civil time was a slot when it came first; only `*` fires again.
        if let Some((start, before)) = stretch.start
            && before > stretch.offset_secs
            && !self.every_hour
        {
            civil = civil.max(start + before);
        }
        let slot = next_civil(&self.fields, civil - 1)? - stretch.offset_secs;
        stretch.end.is_none_or(|end| slot < end).then_some(slot)
    }

    /// Whether a civil time that the change at `end` leaves out is one of ours.
    fn falls_into_gap(&self, end: i64, before: i64, after: i64) -> bool {
        after > before && next_civil(&self.fields, end + before - 1).is_some_and(|civil| civil < end + after)
    }
}

fn stretch_at(zone: &TimeZone, second: i64) -> Option<Stretch> {
    let instant = Instant::from_second(second).ok()?;
    let offset_secs = i64::from(zone.to_offset(instant).seconds());
    let end = zone.following(instant).map(|change| change.timestamp().as_second()).find(|end| *end > second);
    // `preceding` is exclusive; one second later includes a change at this very second.
    let later = Instant::from_second(second.checked_add(1)?).ok()?;
    let start = zone.preceding(later).next().and_then(|change| {
        let start = change.timestamp().as_second();
        let before = Instant::from_second(start - 1).ok()?;
        Some((start, i64::from(zone.to_offset(before).seconds())))
    });
    Some(Stretch { offset_secs, end, start })
}

/// The first civil second strictly after `civil` (seconds since 1970 on a clock without offset) that the fields name.
fn next_civil(fields: &Fields, civil: i64) -> Option<i64> {
    fields.after(&civil_label(civil)?).next().map(|next| next.timestamp())
}

/// A civil time labelled UTC, as the crate `cron` wants it.
pub(super) fn civil_label(civil: i64) -> Option<chrono::DateTime<chrono::Utc>> {
    chrono::DateTime::from_timestamp(civil, 0)
}

#[cfg(test)]
#[path = "slots_tests.rs"]
mod tests;
