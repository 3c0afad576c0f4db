//! When a tracker is due.

use std::{fmt, time::Duration};

use jiff::{SignedDuration, fmt::friendly::SpanParser};

use crate::{FieldError, Kind};

mod cron;
mod slots;

pub use self::{cron::Cron, slots::Slots};

/// When a tracker is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// At even distances.
    Every(Interval),
    /// At times of a calendar.
    Cron(Box<Cron>),
}

impl Schedule {
    /// Reads `30s` or `1h 30m` or a number of seconds as an interval. The error is about the field `every`.
    pub fn every(text: &str) -> Result<Self, FieldError> {
        Interval::parse(text).map(Self::Every)
    }

    /// Reads a cron expression in an IANA time zone; `@every 1s` is an interval. The error is about `cron` or `zone`.
    pub fn cron(expression: &str, zone: &str) -> Result<Self, FieldError> {
        match expression.trim().strip_prefix("@every") {
            Some(text) => {
                Interval::parse(text).map(Self::Every).map_err(|error| FieldError::new("cron", error.problem))
            }
            None => Cron::parse(expression, zone).map(|cron| Self::Cron(Box::new(cron))),
        }
    }

    /// The schedule of a kind of target when nobody says anything.
    pub fn of(kind: Kind) -> Self {
        kind.every().and_then(|every| Self::every(every).ok()).unwrap_or_default()
    }

    /// The distance between slots; `None` for cron, whose slots are uneven.
    pub fn interval(&self) -> Option<Duration> {
        match self {
            Self::Every(interval) => Some(interval.as_duration()),
            Self::Cron(_) => None,
        }
    }
}

impl Default for Schedule {
    /// Every 30 s.
    fn default() -> Self {
        Self::Every(Interval(30))
    }
}

/// In words: `every 30 s`, `cron 0 0 6 * * * in Europe/Berlin`.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(interval) => f.write_str(&words::schedule_every(interval)),
            Self::Cron(cron) => f.write_str(&words::schedule_cron(cron.expression(), cron.zone())),
        }
    }
}

/// The distance between slots: whole seconds, 1 s to 24 h.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval(u32);

impl Interval {
    /// Every second.
    pub const SECOND: Self = Self(1);
    const LIMIT: u32 = 86_400;

    /// An interval of this many seconds, if that is 1 to 86,400.
    pub fn from_secs(secs: u32) -> Option<Self> {
        (1..=Self::LIMIT).contains(&secs).then_some(Self(secs))
    }

    /// Reads `30s`, `1h 30m`, or a number of seconds. The error is about the field `every`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let bounds = || FieldError::new("every", words::FIELD_EVERY_WRONG);
        let text = text.trim();
        if text.len() > 40 {
            return Err(bounds());
        }
        let secs = match text.parse::<i64>() {
            Ok(secs) => secs,
            Err(_) => parse_length(text)
                .filter(|length| length.subsec_nanos() == 0)
                .and_then(|length| i64::try_from(length.as_secs()).ok())
                .ok_or_else(bounds)?,
        };
        u32::try_from(secs).ok().and_then(Self::from_secs).ok_or_else(bounds)
    }

    /// The interval in seconds, 1 to 86,400.
    pub fn as_secs(self) -> u32 {
        self.0
    }

    /// The interval.
    pub fn as_duration(self) -> Duration {
        Duration::from_secs(u64::from(self.0))
    }
}

/// A duration as people write it: `500ms`, `30s`, `1h 30m`, `1d` (24 h). `None` for anything else, and below zero.
pub fn parse_length(text: &str) -> Option<Duration> {
    let text = text.trim();
    let days = text.strip_suffix('d').and_then(|days| days.trim().parse::<i64>().ok());
    let length = match days {
        Some(days) => days.checked_mul(24).and_then(SignedDuration::try_from_hours)?,
        None => SpanParser::new().parse_duration(text).ok()?,
    };
    Duration::try_from(length).ok()
}

/// Whole seconds for people: `1 h 30 min`, `48 h`.
pub(crate) fn spoken(length: Duration) -> String {
    let secs = length.as_secs();
    let part = |n: u64, with: fn(u64) -> String| (n > 0).then(|| with(n));
    let parts = [
        part(secs / 3_600, words::duration_h),
        part(secs / 60 % 60, words::duration_min),
        part(secs % 60, words::duration_s),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&spoken(self.as_duration()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_read_as_people_write_them() {
        for (text, secs, shown) in [
            ("1", 1, "1 s"),
            ("30s", 30, "30 s"),
            (" 5m ", 300, "5 min"),
            ("1h 30m", 5_400, "1 h 30 min"),
            ("1d", 86_400, "24 h"),
        ] {
            let interval = Interval::parse(text).unwrap();
            assert_eq!((interval.as_secs(), interval.to_string().as_str()), (secs, shown));
        }
    }

    #[test]
    fn intervals_out_of_bounds_are_refused() {
        for text in
            ["", "0", "-1", "0.5", "500ms", "1.5s", "NaN", "1000000000", "2d", "soon", "9223372036854775807d"]
        {
            assert_eq!(Interval::parse(text).unwrap_err().field, "every", "{text}");
        }
    }

    #[test]
    fn every_in_a_cron_expression_is_an_interval() {
        assert_eq!(Schedule::cron("@every 1s", "UTC"), Ok(Schedule::Every(Interval::SECOND)));
        assert_eq!(Schedule::cron("@every 0s", "UTC").unwrap_err().field, "cron");
    }
}
